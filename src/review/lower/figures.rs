//! The figures that the plan draws.

use super::super::figure_plan::{FigureKind, FigurePlan, Looks};
use super::super::moderators::Moderator;
use super::super::plan::Analysis;
use super::Planner;
use crate::diag::{At, Diagnostic, codes, field, one_of};
use crate::evidence::words;
use crate::source::raw::RawFigure;

impl Planner<'_> {
    pub(super) fn figure(
        &mut self,
        id: &str,
        at: At<'_, RawFigure>,
        analyses: &[Analysis],
        defaults: &Looks,
    ) -> FigurePlan {
        self.check_id(id, &at.path);
        let known: Vec<&str> = analyses.iter().map(|analysis| analysis.id.as_str()).collect();
        let kind: FigureKind = self.word(field!(at.kind)).unwrap_or_default();
        let one = self.lower.known(field!(at.analysis), codes::UNKNOWN_ANALYSIS, known.iter().copied());
        let several = field!(at.analyses);
        let several = several
            .items()
            .map(|id| self.lower.known_id(id.map(|id| &**id), codes::UNKNOWN_ANALYSIS, known.iter().copied()));
        let analyses: Vec<String> = one.into_iter().chain(several).collect();
        let help = if kind.takes_several() { "write `analyses: [ID, ID]`" } else { "write `analysis: ID`" };
        let fault = match analyses.len() {
            0 if !kind.needs_none() => Some((codes::MISSING_FIELD, format!("the figure `{id}` shows no analysis"))),
            k if k > 1 && !kind.takes_several() => {
                Some((codes::WRONG_KIND, format!("the figure `{id}` shows {k} analyses; a {kind} plot shows one")))
            }
            _ => None,
        };
        if let Some((code, message)) = fault {
            self.lower.report(Diagnostic::new(code, at.path.place().as_key(), message).help(help));
        }
        if kind == FigureKind::Flow && self.evidence.protocol.flow.is_none() {
            let message = format!("the figure `{id}` shows a flow that the review does not give");
            let finding = Diagnostic::new(codes::MISSING_FIELD, at.path.place().as_key(), message);
            self.lower.report(finding.help("give its counts under `flow` in review.yaml"));
        }
        FigurePlan {
            id: id.to_owned(),
            title: words(&at.value.title),
            kind,
            analyses,
            moderator: self.bubble_moderator(at, kind),
            forced: at.value.force.unwrap_or(false),
            looks: self.looks(at.value.looks(), &at.path, defaults),
        }
    }

    /// Returns what a bubble plot sets the effects against, after reporting one that is a word, or of a figure that has none.
    fn bubble_moderator(&mut self, at: At<'_, RawFigure>, kind: FigureKind) -> Moderator {
        let moderator = field!(at.moderator);
        let Some(written) = moderator.present() else { return Moderator::default() };
        let place = written.path.place();
        let spelt = self.bed_spelt(written.map(|word| &**word));
        let found: Option<Moderator> =
            spelt.and_then(|spelt| self.name(At { value: spelt.as_str(), path: moderator.path }));
        if kind != FigureKind::Bubble {
            let finding = Diagnostic::new(codes::WRONG_KIND, place, format!("a {kind} plot has no moderator"));
            self.lower.report(finding.expected("`kind: bubble`").help("remove `moderator`, or draw a bubble plot"));
        } else if let Some(word) = found.filter(|moderator| !moderator.is_number()) {
            let finding = Diagnostic::new(codes::WRONG_KIND, place, format!("`{word}` is no number"));
            let numbers =
                Moderator::ALL.iter().filter(|moderator| moderator.is_number()).map(|moderator| moderator.as_str());
            let finding = finding.expected(one_of(numbers.collect::<Vec<_>>()));
            self.lower.report(finding.help("an axis is of numbers: take one of these"));
        }
        found.unwrap_or_default()
    }
}

pub(super) fn default_figure(analysis: &Analysis, looks: &Looks) -> FigurePlan {
    FigurePlan {
        id: format!("{}-forest", analysis.id),
        title: None,
        kind: FigureKind::default(),
        analyses: vec![analysis.id.clone()],
        moderator: Moderator::default(),
        forced: false,
        looks: looks.clone(),
    }
}
