//! Findings become figures: forests, panels and charts, every text formatted, nothing placed yet.

mod bubble;
mod choices;
mod course;
mod drapery;
pub mod forest;
mod funnel;
mod gosh;
mod log_forest;
mod panel;
mod radial;
mod robustness;
mod summary;
mod survival_curve;
mod tau_profile;
mod under_glass;

use serde::Serialize;

use super::figure::chart::Chart;
use super::figure::data::Data;
use super::figure::forest::Forest;
use super::figure::geometry::Figure;
use super::figure::style::Style;
use super::page::{FigureBlock, FileLink};
use crate::evidence::Evidence;
use crate::review::{AnalysisFindings, FigureKind, FigurePlan, Findings, Layout, Width};
use under_glass::UnderGlass;

/// A figure laid out, with the numbers it draws.
#[derive(Debug, Clone, Serialize)]
pub struct Plot {
    /// The figure's id, as the plan has it.
    pub id: String,
    /// What is drawn.
    pub figure: Figure,
    /// Its numbers.
    pub data: Data,
}

impl Plot {
    /// Returns its block on a page, its picture still to come.
    #[must_use]
    pub fn block(&self) -> FigureBlock {
        let file = |label: &str| FileLink {
            label: label.to_owned(),
            path: format!("figures/{}.{}", self.id, label.to_lowercase()),
            note: String::new(),
        };
        FigureBlock {
            id: self.id.clone(),
            caption: self.figure.title.clone(),
            alt: self.figure.description.clone(),
            svg: String::new(),
            data: None,
            files: ["SVG", "PNG", "PDF", "CSV"].map(file).into(),
        }
    }
}

/// Returns the figure that a plan asks for; `None` where its series do not suffice, such as a funnel of none.
#[must_use]
pub fn plot(evidence: &Evidence, findings: &Findings, plan: &FigurePlan) -> Option<Plot> {
    let several: Vec<&AnalysisFindings> = plan.analyses.iter().filter_map(|id| findings.analysis(id)).collect();
    let found = *several.first()?;
    let glass = || UnderGlass::new(evidence, found, plan);
    let style = style(plan.layout, plan.width);
    let of_forest = |forest: Forest| Plot { id: plan.id.clone(), figure: forest.lay_out(&style), data: forest.data() };
    let of_chart = |chart: Chart| Plot { id: plan.id.clone(), figure: chart.lay_out(&style), data: chart.data() };
    match plan.kind {
        FigureKind::Forest => Some(of_forest(forest::forest(evidence, found, plan))),
        FigureKind::Panel => Some(of_forest(panel::panel(evidence, &several, plan))),
        FigureKind::Summary => Some(of_forest(summary::summary(evidence, &several, plan))),
        FigureKind::Choices => choices::choices(evidence, found, plan).map(of_forest),
        FigureKind::LeaveOneOut => robustness::leave_one_out(&glass()).map(of_forest),
        FigureKind::Cumulative => robustness::cumulative(&glass()).map(of_forest),
        FigureKind::Influence => robustness::influence(&glass()).map(of_forest),
        FigureKind::Funnel => funnel::by_error(&glass()).map(of_chart),
        FigureKind::FunnelSize => funnel::by_size(&glass()).map(of_chart),
        FigureKind::Radial => radial::radial(&glass()).map(of_chart),
        FigureKind::Baujat => robustness::baujat(&glass()).map(of_chart),
        FigureKind::Gosh => gosh::gosh(&glass()).map(of_chart),
        FigureKind::Bubble => bubble::bubble(&glass()).map(of_chart),
        FigureKind::Drapery => drapery::drapery(&glass()).map(of_chart),
        FigureKind::TauProfile => tau_profile::tau_profile(&glass()).map(of_chart),
        FigureKind::Course => course::course(evidence, &several, plan).map(of_chart),
        FigureKind::Medians => log_forest::medians(evidence, findings, found, plan).map(of_forest),
        FigureKind::HazardRatios => log_forest::hazard_ratios(evidence, findings, found, plan).map(of_forest),
        FigureKind::SurvivalCurve => survival_curve::survival_curve(evidence, findings, found, plan)
            .map(|curves| Plot { id: plan.id.clone(), figure: curves.lay_out(&style), data: curves.data }),
    }
}

/// Returns the style of a layout at a width.
#[must_use]
pub fn style(layout: Layout, width: Width) -> Style {
    let style = Style::named(layout.as_str()).unwrap_or_else(Style::plain);
    match width {
        Width::OneColumn => style.single_column(),
        Width::TwoColumns => style,
    }
}
