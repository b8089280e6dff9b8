//! The gallery: one figure of each kind, drawn from this review, with the lines that ask for it.

use super::page::{Block, Page, Section};
use super::plots::Plot;
use crate::evidence::Evidence;
use crate::review::{FigureKind, FigurePlan, Plan};

/// Returns the page that shows the first figure of every kind there is.
#[must_use]
pub fn gallery(evidence: &Evidence, plan: &Plan, plots: &[Plot]) -> Page {
    let drawn = |kind: &FigureKind| {
        let mut of_kind = plan.figures.iter().filter(|figure| figure.kind == *kind);
        of_kind.find_map(|figure| Some((figure, plots.iter().find(|plot| plot.id == figure.id)?)))
    };
    let sections = FigureKind::ALL.iter().filter_map(|kind| drawn(kind).map(|(figure, plot)| section(figure, plot)));
    Page {
        title: format!("Figures of “{}”", evidence.protocol.title),
        lang: "en".to_owned(),
        question: Vec::new(),
        lead: "One figure of each kind, drawn from this review, with the lines of `review.yaml` that ask for it. Each is a file \
               as SVG, PNG (300 dots per inch) and PDF, its numbers beside it as CSV. [Back to the report](index.html)"
            .to_owned(),
        sections: sections.collect(),
        colophon: format!("Made by forestable {} from the files of this review.", env!("CARGO_PKG_VERSION")),
    }
}

fn section(figure: &FigurePlan, plot: &Plot) -> Section {
    let (title, about) = about(figure.kind);
    let analyses = match figure.analyses.as_slice() {
        [] => String::new(),
        [only] => format!(", analysis: {only}"),
        several => format!(", analyses: [{}]", several.join(", ")),
    };
    let asked = format!("`{}: {{kind: {}{analyses}}}`", figure.id, figure.kind);
    Section {
        id: format!("kind-{}", figure.kind),
        title: title.to_owned(),
        blocks: [Block::Prose(format!("{about}\n\n{asked}")), Block::Figure(plot.block())]
            .into_iter()
            .chain(plot.not_shown().map(Block::Prose))
            .collect(),
    }
}

/// Returns the name of a kind and what it is good for.
fn about(kind: FigureKind) -> (&'static str, &'static str) {
    match kind {
        FigureKind::Forest => {
            ("Forest plot", "Each series with its interval and weight, the pool of each group and of all.")
        }
        FigureKind::Panel => {
            ("Panel", "One row a series, several times or outcomes side by side on axes that line up.")
        }
        FigureKind::Summary => ("Comparison", "Only the pooled results, group by group, with their differences."),
        FigureKind::Choices => {
            ("Other choices", "The same pool under every variation of the plan: does the answer hang on one?")
        }
        FigureKind::SpecificationCurve => (
            "Specification curve",
            "The same pool under every sensible combination of choices, in the order of its value, and which choices were taken.",
        ),
        FigureKind::LeaveOneOut => ("Leave one out", "The pool without each series in turn."),
        FigureKind::Cumulative => ("Cumulative", "The pool as series were published, oldest first."),
        FigureKind::Influence => ("Influence", "What each series does to the pool, by six diagnostics."),
        FigureKind::Funnel => ("Funnel plot", "Do small series show other effects than large ones?"),
        FigureKind::FunnelSize => (
            "Funnel plot by size",
            "For proportions, whose standard error follows from the estimate itself, against the number of patients.",
        ),
        FigureKind::Radial => {
            ("Radial plot", "Standardised effects against precision: a line from the origin is one effect.")
        }
        FigureKind::Baujat => ("Baujat plot", "Which series make the heterogeneity, and which move the pool?"),
        FigureKind::Gosh => ("Pools of all subsets", "Two clouds would be two kinds of series."),
        FigureKind::Bubble => ("Effects by year", "Did results change with the years?"),
        FigureKind::Drapery => ("Drapery plot", "The P value of every effect: intervals of all levels at once."),
        FigureKind::TauProfile => ("Profile of τ²", "How well each variance between series fits."),
        FigureKind::SurvivalCurve => {
            ("Survival curve", "The pooled curve with its bands over what each series reports, by timing.")
        }
        FigureKind::Medians => ("Median times", "What studies report, as they print it, on a logarithmic axis."),
        FigureKind::HazardRatios => ("Hazard ratios", "Two-arm studies, with the line of no difference."),
        FigureKind::Course => ("Course", "Survival over time, series by series, with the pool at each time."),
        FigureKind::Posterior => (
            "Posterior",
            "What is believed of the mean and of a new series once these are known, by the plan's priors.",
        ),
        FigureKind::PosteriorTau => ("Posterior of τ", "What is believed of the spread between series."),
        FigureKind::Labbe => {
            ("L’Abbé plot", "Events among the treated against events among controls, in studies with two arms.")
        }
        FigureKind::TrafficLight => ("Risk of bias", "Every judgement of every series."),
        FigureKind::BiasBars => {
            ("Risk of bias by item", "The judgements in shares, weighted as in a pool where one is named.")
        }
        FigureKind::NextSeries => (
            "The next series",
            "How far a series still to come would move the pool, by its size: is the answer settled?",
        ),
        FigureKind::Versions => ("Versions", "The pools as each released version of a living review had them."),
        FigureKind::Overlap => {
            ("Overlap", "Which series may report the same patients, and why; for an analysis, which of them it took.")
        }
        FigureKind::Flow => ("Flow", "The PRISMA 2020 diagram; its counts must add up before anything is built."),
    }
}
