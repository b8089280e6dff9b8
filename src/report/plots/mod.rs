//! Findings become figures: forests, panels and charts, every text formatted, nothing placed yet.

mod bias;
mod bubble;
mod choices;
mod course;
mod drapery;
mod flow;
pub mod forest;
mod funnel;
mod gosh;
mod labbe;
mod log_forest;
mod next_series;
pub mod notes;
mod other_looks;
mod overlap;
mod panel;
mod posterior;
mod radial;
mod robustness;
mod specification_curve;
mod summary;
mod survival_curve;
mod tau_profile;
mod under_glass;
mod versions;

use std::borrow::Cow;

use serde::Serialize;

use super::figure::bars::Bars;
use super::figure::chart::Chart;
use super::figure::curves::Curves;
use super::figure::data::Data;
use super::figure::flow::Flow;
use super::figure::forest::{self as figure_forest, Choice, Forest, Pages, Unit};
use super::figure::geometry::Figure;
use super::figure::network::Network;
use super::figure::span::Spacing;
use super::figure::style::Style;
use super::figure::words::Dictionary;
use super::page::{FigureBlock, FileLink};
use crate::evidence::Evidence;
use crate::review::{
    AnalysisFindings, AxisScale, Benchmark, ColumnChoice, FigureKind, FigurePlan, Findings, Layout, Width,
};
pub use crate::review::{Lettering, Resolution};
pub use other_looks::{OtherLook, OtherLooks, other_looks};
use under_glass::UnderGlass;

/// Of a figure of more pages, the report's page shows the first and the last: a browser would open more too slowly, and nobody would
/// scroll through them.
const MOST_PAGES: usize = 10;

/// A figure laid out, with the numbers it draws.
#[derive(Debug, Clone, Serialize)]
pub struct Plot {
    /// The figure's id, as the plan has it.
    pub id: String,
    /// What is drawn; of a figure in pages, the first.
    pub figure: Figure,
    /// The further pages of a figure too long for one, still to be laid out.
    #[serde(skip)]
    pub further: Option<Further>,
    /// Its numbers.
    pub data: Data,
    /// The resolution of its PNG.
    pub resolution: Resolution,
    /// How the letters of its SVG are written.
    pub lettering: Lettering,
}

/// The pages of a figure but the first: each is laid out when it is asked for, since all at once are too much to hold.
#[derive(Debug, Clone)]
pub struct Further {
    pages: Pages,
    style: Style,
}

impl Plot {
    /// Returns how many pages it has; most figures have one.
    #[must_use]
    pub fn page_count(&self) -> usize {
        self.further.as_ref().map_or(1, |further| further.pages.count())
    }

    /// Returns a page, counted from 0: those after the first are laid out now.
    #[must_use]
    pub fn page(&self, page: usize) -> Option<Cow<'_, Figure>> {
        match (page, &self.further) {
            (0, _) => Some(Cow::Borrowed(&self.figure)),
            (_, None) => None,
            (_, Some(further)) => Some(Cow::Owned(further.pages.page(page)?.lay_out(&further.style))),
        }
    }

    /// Returns its pages one after another.
    pub fn pages(&self) -> impl Iterator<Item = Cow<'_, Figure>> {
        (0..self.page_count()).filter_map(|page| self.page(page))
    }

    /// Returns whether a page of it, counted from 0, stands on the report's page: of very many, the first and the last, which has the
    /// overall result.
    #[must_use]
    pub fn on_page(&self, page: usize) -> bool {
        self.page_count() <= MOST_PAGES || page == 0 || page + 1 == self.page_count()
    }

    /// Returns what a page has to say of it where not all of it is shown there.
    #[must_use]
    pub fn not_shown(&self) -> Option<String> {
        let (further, count) = (self.further.as_ref()?, self.page_count());
        let [second, last] = [1, count - 1].map(|page| format!("`figures/{}.svg`", further.pages.id(page)));
        (count > MOST_PAGES).then(|| {
            format!(
                "Of the {count} pages of this figure at most the first and the last, which has the overall result, are shown here. \
                 Its PDF has them all; each is a file of its own too, the others {second} to {last}."
            )
        })
    }

    /// Returns its block on a page, its picture still to come.
    #[must_use]
    pub fn block(&self) -> FigureBlock {
        let file = |label: &str, stem: &str| FileLink {
            label: label.to_owned(),
            path: format!("figures/{stem}.{}", label.to_lowercase()),
            note: String::new(),
        };
        let mut files = vec![file("SVG", &self.id)];
        match &self.further {
            None => files.push(file("PNG", &self.id)),
            Some(further) => {
                let shown = (1..self.page_count()).filter(|page| self.on_page(*page));
                files.extend(shown.map(|page| file("SVG", &further.pages.id(page))));
            }
        }
        files.extend(["PDF", "CSV"].map(|label| file(label, &self.id)));
        FigureBlock {
            id: self.id.clone(),
            caption: self.figure.title.clone(),
            alt: self.figure.description.clone(),
            svg: String::new(),
            looks: None,
            data: None,
            files,
        }
    }
}

/// Returns the figure that a plan asks for; `None` where its series do not suffice, such as a funnel of none.
#[must_use]
pub fn plot(evidence: &Evidence, findings: &Findings, plan: &FigurePlan) -> Option<Plot> {
    let several: Vec<&AnalysisFindings> = plan.analyses.iter().filter_map(|id| findings.analysis(id)).collect();
    let first = several.first().copied();
    let desk = Desk::new(plan);
    let notation = &desk.style.notation;
    match plan.kind {
        FigureKind::TrafficLight => {
            return bias::traffic_light(evidence, first, plan).map(|forest| desk.forest(forest));
        }
        FigureKind::BiasBars => return bias::bars(evidence, first, plan).map(|bars| desk.bars(&bars)),
        FigureKind::Overlap => return overlap::overlap(evidence, first, plan).map(|network| desk.network(&network)),
        FigureKind::Flow => return flow::flow(evidence, plan).map(|flow| desk.flow(&flow)),
        _ => {}
    }
    let found = first?;
    let glass = UnderGlass::new(evidence, found, plan);
    if plan.kind == FigureKind::SurvivalCurve {
        return survival_curve::survival_curve(evidence, findings, found, plan).map(|curves| desk.curves(&curves));
    }
    let forest = match plan.kind {
        FigureKind::Forest => Some(forest::forest(evidence, found, plan, notation)),
        FigureKind::Panel => Some(panel::panel(evidence, &several, plan, notation)),
        FigureKind::Summary => Some(summary::summary(evidence, &several, plan, notation)),
        FigureKind::Choices => choices::choices(evidence, found, plan),
        FigureKind::LeaveOneOut => robustness::leave_one_out(&glass),
        FigureKind::Cumulative => robustness::cumulative(&glass),
        FigureKind::Influence => robustness::influence(&glass),
        FigureKind::Versions => versions::versions(evidence, findings, &several, plan),
        FigureKind::Medians => log_forest::medians(evidence, findings, found, plan, notation),
        FigureKind::HazardRatios => log_forest::hazard_ratios(evidence, findings, found, plan, notation),
        _ => None,
    };
    let chart = match plan.kind {
        FigureKind::Funnel => funnel::by_error(&glass),
        FigureKind::FunnelSize => funnel::by_size(&glass),
        FigureKind::Radial => radial::radial(&glass),
        FigureKind::Baujat => robustness::baujat(&glass),
        FigureKind::SpecificationCurve => specification_curve::specification_curve(&glass),
        FigureKind::Gosh => gosh::gosh(&glass),
        FigureKind::Bubble => bubble::bubble(&glass),
        FigureKind::Drapery => drapery::drapery(&glass),
        FigureKind::TauProfile => tau_profile::tau_profile(&glass),
        FigureKind::Course => course::course(evidence, &several, plan),
        FigureKind::Posterior => posterior::posterior(&glass),
        FigureKind::PosteriorTau => posterior::spread(&glass),
        FigureKind::NextSeries => next_series::next_series(&glass, findings.living.as_ref()),
        FigureKind::Labbe => labbe::labbe(&glass),
        _ => None,
    };
    forest.map(|forest| desk.forest(forest)).or_else(|| chart.map(|chart| desk.chart(&chart)))
}

/// Returns how a scale spreads proportions, and its name; `None` for the plain one, which needs no word.
fn scale(scale: AxisScale) -> Option<(Spacing, &'static str)> {
    match scale {
        AxisScale::Plain => None,
        AxisScale::Logit => Some((Spacing::Logit, "logit scale")),
        AxisScale::LogLog => Some((Spacing::LogLog, "complementary log-log scale")),
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

/// Where figures are laid out, with the looks that the plan asks for.
struct Desk<'a> {
    plan: &'a FigurePlan,
    style: Style,
    words: Dictionary,
}

impl<'a> Desk<'a> {
    fn new(plan: &'a FigurePlan) -> Self {
        let looks = &plan.looks;
        let mut style = style(looks.layout, looks.width);
        let words = Dictionary::new(&looks.labels);
        style.words = style.words.translated(&words);
        Self { plan, style, words }
    }

    fn forest(&self, mut forest: Forest) -> Plot {
        let (data, looks, mut style) = (forest.data(), &self.plan.looks, self.style.clone());
        if !looks.columns.is_empty() {
            let choice = |column: &'a ColumnChoice| Choice {
                id: &column.column,
                header: column.header.as_deref(),
                spanner: column.spanner.as_deref(),
            };
            forest = forest.choose(&looks.columns.iter().map(choice).collect::<Vec<_>>());
            // What is asked for goes before the layout's order and headers.
            style.order = vec!["*".to_owned()];
            style.dispensable.clear();
            let own = looks.columns.iter().filter(|column| column.header.is_some());
            own.for_each(|column| drop(style.headers.remove(&column.column)));
        }
        forest = forest.translated(&self.words).with_axes(|axis| {
            if matches!(axis.unit, Unit::Percent | Unit::Rate) {
                axis.domain = looks.axis.or(axis.domain);
                if let Some((spacing, words)) = scale(looks.scale) {
                    axis.spacing = spacing;
                    axis.label = axis.label.clone().plain(&format!(" ({})", self.words.translate(words)));
                }
                let own = looks.benchmark.clone().map(|Benchmark { from, to, label }| figure_forest::Benchmark {
                    from,
                    to,
                    label: self.words.translate(&label),
                });
                axis.benchmark = own.or(axis.benchmark.take());
            }
        });
        let pages = Pages::of(forest);
        let figure = pages.page(0).unwrap_or_default().lay_out(&style);
        let further = (pages.count() > 1).then_some(Further { pages, style });
        Plot { further, ..self.plot(figure, data) }
    }

    fn chart(&self, chart: &Chart) -> Plot {
        let (figure, data) = (chart.clone().translated(&self.words).lay_out(&self.style), chart.data());
        self.plot(figure, data)
    }

    fn curves(&self, curves: &Curves) -> Plot {
        let (figure, data) = (curves.clone().translated(&self.words).lay_out(&self.style), curves.data.clone());
        self.plot(figure, data)
    }

    fn bars(&self, bars: &Bars) -> Plot {
        let (figure, data) = (bars.clone().translated(&self.words).lay_out(&self.style), bars.data());
        self.plot(figure, data)
    }

    fn flow(&self, flow: &Flow) -> Plot {
        let (figure, data) = (flow.clone().translated(&self.words).lay_out(&self.style), flow.data());
        self.plot(figure, data)
    }

    fn network(&self, network: &Network) -> Plot {
        let (figure, data) = (network.clone().translated(&self.words).lay_out(&self.style), network.data());
        self.plot(figure, data)
    }

    fn plot(&self, figure: Figure, data: Data) -> Plot {
        let (resolution, lettering) = (self.plan.looks.resolution, self.plan.looks.lettering);
        Plot { id: self.plan.id.clone(), figure, further: None, data, resolution, lettering }
    }
}
