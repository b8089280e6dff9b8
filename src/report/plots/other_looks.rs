//! The forests of a review in every layout and on every scale: what the page shows when a reader asks for another.

use rayon::prelude::*;
use serde::Serialize;

use super::{Plot, plot};
use crate::effect::Scale;
use crate::evidence::Evidence;
use crate::report::figure::geometry::Figure;
use crate::report::page::{FigureLooks, Look, OtherPicture};
use crate::review::{AxisScale, FigureKind, FigurePlan, Findings, Layout, Looks, Plan};

/// Forests of more rows are shown in their own looks alone: every row is drawn once a look.
const MOST_ROWS: usize = 60;

/// So many forests at most are shown in other looks.
const MOST_FIGURES: usize = 60;

/// A figure in the looks that it has not.
#[derive(Debug, Clone, Serialize)]
pub struct OtherLooks {
    /// The figure's id, as the plan has it.
    pub id: String,
    /// The layout it has.
    pub layout: Layout,
    /// The scale it has.
    pub scale: AxisScale,
    /// The scales there are to choose from; its own alone where its axis leaves no choice.
    pub scales: Vec<AxisScale>,
    /// Each other combination of layout and scale, laid out.
    pub others: Vec<OtherLook>,
}

impl OtherLooks {
    /// Returns them for a page; `draw` makes the pictures.
    pub fn drawn(&self, draw: impl Fn(&Figure) -> String) -> FigureLooks {
        let look = |name: &str, label: &str, own: bool| Look { name: name.to_owned(), label: label.to_owned(), own };
        let layouts = Layout::ALL.iter();
        let scales = self.scales.iter().filter(|_| self.scales.len() > 1);
        let others = self.others.iter().map(|other| OtherPicture {
            layout: other.layout.to_string(),
            scale: other.scale.to_string(),
            svg: draw(&other.figure),
        });
        FigureLooks {
            layouts: layouts.map(|one| look(one.as_str(), layout_name(*one), *one == self.layout)).collect(),
            scales: scales.map(|one| look(one.as_str(), scale_name(*one), *one == self.scale)).collect(),
            others: others.collect(),
        }
    }
}

fn layout_name(layout: Layout) -> &'static str {
    match layout {
        Layout::Plain => "Plain",
        Layout::RevMan => "RevMan",
        Layout::Jama => "JAMA",
        Layout::Bmj => "BMJ",
        Layout::Lancet => "Lancet",
    }
}

fn scale_name(scale: AxisScale) -> &'static str {
    match scale {
        AxisScale::Plain => "Per cent",
        AxisScale::Logit => "Logit",
        AxisScale::LogLog => "Complementary log-log",
    }
}

/// A figure in one look.
#[derive(Debug, Clone, Serialize)]
pub struct OtherLook {
    /// Its layout.
    pub layout: Layout,
    /// The scale of its axis.
    pub scale: AxisScale,
    /// It, under an id of its own.
    pub figure: Figure,
}

/// Returns the forests among `plots` in every layout and, where they show series, in per cent and on the scale of the analysis.
///
/// Left out are forests of more than 60 rows, and all after the sixtieth: a page has to open at once.
#[must_use]
pub fn other_looks(evidence: &Evidence, plan: &Plan, findings: &Findings, plots: &[Plot]) -> Vec<OtherLooks> {
    let shown = |figure: &&FigurePlan| {
        let plot = plots.iter().find(|plot| plot.id == figure.id);
        is_forest(figure.kind) && plot.is_some_and(|plot| plot.data.rows.len() <= MOST_ROWS)
    };
    let figures: Vec<&FigurePlan> = plan.figures.iter().filter(shown).take(MOST_FIGURES).collect();
    figures.into_par_iter().map(|figure| of(evidence, findings, figure)).collect()
}

fn of(evidence: &Evidence, findings: &Findings, figure: &FigurePlan) -> OtherLooks {
    let own = (figure.looks.layout, figure.looks.scale);
    let scales = scales(findings, figure);
    let looks = Layout::ALL.iter().flat_map(|layout| scales.iter().map(move |scale| (*layout, *scale)));
    let others = looks.filter(|look| *look != own).filter_map(|(layout, scale)| {
        let looks = Looks { layout, scale, ..figure.looks.clone() };
        let id = format!("{}:{layout}-{scale}", figure.id);
        let plan = FigurePlan { id, looks, ..figure.clone() };
        Some(OtherLook { layout, scale, figure: plot(evidence, findings, &plan)?.figure })
    });
    OtherLooks { id: figure.id.clone(), layout: own.0, scale: own.1, others: others.collect(), scales }
}

/// Returns the scales that a figure can be drawn on: its own, per cent, and that of its analysis.
fn scales(findings: &Findings, figure: &FigurePlan) -> Vec<AxisScale> {
    let mut scales = vec![figure.looks.scale];
    if figure.kind == FigureKind::Forest {
        let found = figure.analyses.first().and_then(|id| findings.analysis(id));
        let analysed = found.and_then(|found| match found.analysis.methods.scale {
            Scale::Logit => Some(AxisScale::Logit),
            Scale::Cloglog => Some(AxisScale::LogLog),
            _ => None,
        });
        scales.extend(analysed.into_iter().chain([AxisScale::Plain]));
        scales.sort();
        scales.dedup();
    }
    scales
}

/// Returns whether journals have a look of their own for it; panels, as wide as several, would weigh too much.
fn is_forest(kind: FigureKind) -> bool {
    matches!(
        kind,
        FigureKind::Forest
            | FigureKind::Summary
            | FigureKind::Choices
            | FigureKind::LeaveOneOut
            | FigureKind::Cumulative
            | FigureKind::Medians
            | FigureKind::HazardRatios
    )
}
