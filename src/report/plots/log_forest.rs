//! Median times and hazard ratios as forests on a logarithmic axis.

use super::notes::heterogeneity;
use crate::evidence::{Bound, Contrast, Evidence, Reported, Spread};
use crate::num;
use crate::num::distribution::{Distribution as _, Normal, Tail};
use crate::report::figure::forest::{Axis, Cell, Column, Forest, Mark, Row, RowKind, Section};
use crate::report::figure::style::Notation;
use crate::report::figure::weights::percentages;
use crate::report::log_tables::{arms, cohort_of, pooled_words, ratio};
use crate::report::result_cell::median_figure;
use crate::report::{format, wording};
use crate::review::{AnalysisFindings, FigurePlan, Findings, LogPool, LogSeries, TableStyle};

/// Returns the median times of the outcome of an analysis; `None` where no study reports one.
pub(super) fn medians(
    evidence: &Evidence,
    findings: &Findings,
    found: &AnalysisFindings,
    plan: &FigurePlan,
    notation: &Notation,
) -> Option<Forest> {
    let pool = findings.medians.iter().find(|pool| pool.outcome == found.analysis.outcome)?;
    let rows = pool.series.iter().map(|series| {
        let (key, median) = &series.published;
        let printed = median_figure(median, &TableStyle::default());
        let interval = match median.spread {
            Some(Spread::Confidence(Bound::At(lower), Bound::At(upper), _)) => Some((lower.0, upper.0)),
            Some(Spread::Confidence(Bound::At(lower), Bound::NotReached, _)) => Some((lower.0, f64::INFINITY)),
            _ => None,
        };
        let estimate = match median.median {
            Reported::Value(months) => Some(months.0),
            Reported::Absent(_) => None,
        };
        Shown { cohort: cohort_of(evidence, key), effect: Cell::text(printed.as_str()), printed, estimate, interval }
    });
    let rows = rows.collect();
    let outcome = evidence.protocol.outcome(&pool.outcome)?;
    let title = plan.title.clone().unwrap_or_else(|| format!("Median {}", wording::lower_first(&outcome.name)));
    let drawing = Drawing {
        evidence,
        plan,
        notation,
        axis: Axis { null: None, ..Axis::ratio(format!("{title}, months")) },
        title,
        columns: ["Cohort", "Median (CI), as printed"],
        unit: " months",
        notes: "Open circles have no interval in print and are not pooled. NRe, not reached.",
    };
    Some(drawing.forest(pool, rows))
}

/// Returns the hazard ratios of the outcome of an analysis; `None` where no study reports one.
pub(super) fn hazard_ratios(
    evidence: &Evidence,
    findings: &Findings,
    found: &AnalysisFindings,
    plan: &FigurePlan,
    notation: &Notation,
) -> Option<Forest> {
    let pool = findings.hazard_ratios.iter().find(|pool| pool.outcome == found.analysis.outcome)?;
    let z = Normal.quantile(Tail::above(pool.spec.level.0));
    let rows = pool.series.iter().map(|series| {
        let printed = match series.published.contrast {
            Contrast::HazardRatio { ratio, ci, .. } => Some((ratio, ci.map(|(lower, upper, _)| (lower, upper)))),
            Contrast::Counts { .. } => None,
        };
        let told = series.effect.map(|(effect, _)| [-z, z].map(|z| num::exp(effect.yi + z * effect.vi.sqrt())));
        let interval = printed.and_then(|(_, ci)| ci).or(told.map(|[lower, upper]| (lower, upper)));
        let estimate = printed.map(|(ratio, _)| ratio);
        let effect = match (estimate, interval) {
            (Some(estimate), Some((lower, upper))) => Cell::interval(&ratio(estimate), &ratio(lower), &ratio(upper)),
            (Some(estimate), None) => Cell::estimate(&ratio(estimate)),
            (None, _) => Cell::text("no hazard ratio"),
        };
        let words = |(lower, upper): (f64, f64)| format!(" ({} to {})", ratio(lower), ratio(upper));
        let printed = format!("{}{}", estimate.map(ratio).unwrap_or_default(), interval.map(words).unwrap_or_default());
        Shown { cohort: arms(evidence, series), effect, printed, estimate, interval }
    });
    let rows = rows.collect();
    let outcome = evidence.protocol.outcome(&pool.outcome)?;
    let title = plan.title.clone().unwrap_or_else(|| format!("Hazard ratios, {}", wording::lower_first(&outcome.name)));
    let directions = Some(("favours first".to_owned(), "favours second".to_owned()));
    let level = wording::level(pool.spec.level);
    let drawing = Drawing {
        evidence,
        plan,
        notation,
        axis: Axis { directions, ..Axis::ratio(format!("Hazard ratio, {}", wording::lower_first(&outcome.name))) },
        title,
        columns: ["Arms", &format!("Hazard ratio ({level} CI)")],
        unit: "",
        notes: "Where no interval is printed, it follows from the P value.",
    };
    Some(drawing.forest(pool, rows))
}

/// One study's figure, in the unit of the axis.
struct Shown {
    cohort: String,
    effect: Cell,
    printed: String,
    estimate: Option<f64>,
    interval: Option<(f64, f64)>,
}

/// What tells medians and hazard ratios apart.
struct Drawing<'a> {
    evidence: &'a Evidence,
    plan: &'a FigurePlan,
    notation: &'a Notation,
    title: String,
    axis: Axis,
    columns: [&'a str; 2],
    unit: &'a str,
    notes: &'a str,
}

impl Drawing<'_> {
    fn forest<S>(mut self, pool: &LogPool<S>, shown: Vec<Shown>) -> Forest {
        let fit = pool.fit.as_ref().and_then(|fit| fit.as_ref().ok());
        self.axis.domain = domain(&shown, self.axis.null);
        self.axis.pooled = fit.map(|fit| num::exp(fit.estimate));
        let mut weights = fit.map(|fit| fit.weights_percent.clone()).unwrap_or_default().into_iter();
        let mut printed_weights = fit.map(|fit| percentages(&fit.weights_percent, 1)).unwrap_or_default().into_iter();
        let rows = pool.series.iter().zip(shown).map(|(series, shown)| {
            let weight = series.effect.and_then(|_| weights.next().zip(printed_weights.next()));
            self.row(series, shown, weight)
        });
        let mut sections = vec![Section { rows: rows.collect(), ..Section::default() }];
        let mut footer = Vec::new();
        if let Some(fit) = fit {
            let back = |y: f64| num::exp(y);
            let words = pooled_words(fit, self.unit);
            let cell =
                |mark: Cell, label: &str, text: String| vec![Cell::text(label), Cell::Empty, mark, Cell::text(text)];
            let mark = Cell::pooled(back(fit.estimate), back(fit.ci_lower), back(fit.ci_upper));
            let mut cells = cell(mark, "Pooled", words.clone());
            cells.push(Cell::text("100.0"));
            let mut rows = vec![Row {
                kind: RowKind::Total,
                key: None,
                description: format!("Pooled: {words}"),
                detail: String::new(),
                cells,
            }];
            if let Some(prediction) = &fit.prediction {
                let [lower, upper] = [prediction.limits.lower, prediction.limits.upper].map(back);
                let words = format!("{} to {}", ratio(lower), ratio(upper));
                let cells = cell(Cell::prediction(lower, upper), "Prediction interval", words.clone());
                let description = format!("Prediction interval: {words}");
                rows.push(Row { kind: RowKind::Prediction, key: None, description, detail: String::new(), cells });
            }
            sections.push(Section { rows, notes: vec![heterogeneity(fit, self.notation)], ..Section::default() });
            let spec = &pool.spec;
            let level = wording::level(spec.level);
            footer.push(
                format!(
                    "Random-effects model of the logarithms; τ² by {}; {level} CI by {}.",
                    spec.tau2, spec.interval
                )
                .into(),
            );
        } else {
            footer.push("Fewer than two series with a known precision: shown, not pooled.".into());
        }
        for series in &pool.series {
            if let Some(to) = &series.gave_way {
                let study = wording::study_name(self.evidence, &series.study);
                footer.push(format!("Not pooled: {study}, {}.", wording::gave_way(self.evidence, to)).into());
            }
        }
        footer.push(self.notes.into());
        let k = format::counted(pool.series.len() as u64, "series", "series");
        let said: Vec<&str> =
            sections.iter().flat_map(|section| &section.rows).map(|row| row.description.as_str()).collect();
        Forest {
            id: self.plan.id.clone(),
            description: format!("Forest plot: {}, {k}. {}.", wording::lower_first(&self.title), said.join("; ")),
            title: self.title,
            columns: vec![
                Column::left("Series").named("label"),
                Column::left(self.columns[0]).named("cohort"),
                Column::plot(self.axis).named("plot"),
                Column::center(self.columns[1]).named("effect"),
                Column::decimal("Weight\n%").named("weight"),
            ],
            sections,
            footer,
            ..Forest::default()
        }
    }

    fn row<S>(&self, series: &LogSeries<S>, shown: Shown, weight: Option<(f64, String)>) -> Row {
        let name = wording::study_name(self.evidence, &series.study);
        let (weight, printed) = weight.unzip();
        Row {
            kind: if series.effect.is_some() { RowKind::Study } else { RowKind::NotPooled },
            key: Some(series.study.clone()),
            description: format!("{name}, {}: {}", shown.cohort, shown.printed),
            detail: String::new(),
            cells: vec![
                Cell::text(name),
                Cell::text(shown.cohort),
                Cell::Mark(Mark { estimate: shown.estimate, interval: shown.interval, weight }),
                shown.effect,
                Cell::text(printed.unwrap_or_else(|| "–".to_owned())),
            ],
        }
    }
}

/// Returns the stretch that holds what the series report, with a margin; a pooled interval beyond it ends in an arrowhead.
fn domain(shown: &[Shown], null: Option<f64>) -> Option<(f64, f64)> {
    let ends = shown.iter().filter_map(|shown| shown.interval).flat_map(|(lower, upper)| [lower, upper]);
    let values = shown.iter().filter_map(|shown| shown.estimate).chain(ends).chain(null);
    let (low, high) = values
        .filter(|value| value.is_finite() && *value > 0.0)
        .fold((f64::INFINITY, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
    (high > 0.0).then_some((low / 1.5, high * 1.5))
}
