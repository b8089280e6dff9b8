//! How far a pool rests on single series: without each, as they came in, what each does to it.

use super::forest::{interval_cell, natural_cell};
use super::under_glass::{UnderGlass, extent};
use crate::model::sensitivity::{Baujat, Influence, Omitted};
use crate::report::figure::chart::{self, Chart, Dot, Layer};
use crate::report::figure::forest::{Axis, Cell, Column, Forest, Row, RowKind, Section, Unit};
use crate::report::figure::geometry::point;
use crate::report::figure::text::Text;
use crate::report::format;
use crate::review::Entry;

/// Returns the pool without each series in turn.
pub(super) fn leave_one_out(glass: &UnderGlass<'_>) -> Option<Forest> {
    let without = glass.close.leave_one_out().ok()?;
    let row = |(entry, pool): (&Entry, Omitted)| {
        let ends = glass.close.proportions(pool.ci_lower, pool.ci_upper);
        let label = format!("Without {}", glass.name(entry));
        let estimate = glass.close.proportion(pool.estimate);
        pool_row(glass, &label, &entry.key.study, estimate, ends, pool.tau2, pool.i2_percent)
    };
    let rows = glass.found.entries.iter().zip(without).map(row).collect();
    Some(pools(glass, "Pool without each series", rows))
}

/// Returns the pool as series came in, oldest first.
pub(super) fn cumulative(glass: &UnderGlass<'_>) -> Option<Forest> {
    let mut order: Vec<usize> = (0..glass.found.entries.len()).collect();
    order.sort_by_key(|i| glass.found.entries.get(*i).map(|entry| (glass.year(entry), entry.key.clone())));
    let cumulated = glass.close.cumulative(&order).ok()?;
    let mut rows = Vec::new();
    for (position, (index, pool)) in order.iter().zip(cumulated).enumerate() {
        let entry = glass.found.entries.get(*index)?;
        let (lower, upper) = glass.close.proportions(pool.ci_lower, pool.ci_upper);
        let plus = if position == 0 { "" } else { "+ " };
        let label = format!("{plus}{}", glass.name(entry));
        let estimate = glass.close.proportion(pool.estimate);
        rows.push(pool_row(glass, &label, &entry.key.study, estimate, (lower, upper), pool.tau2, pool.i2_percent));
    }
    Some(pools(glass, "Pool as series were published", rows))
}

fn pool_row(
    glass: &UnderGlass<'_>,
    label: &str,
    key: &str,
    estimate: f64,
    (lower, upper): (f64, f64),
    tau2: f64,
    i2_percent: f64,
) -> Row {
    let figure = format::estimate_interval(estimate, lower, upper);
    Row {
        kind: RowKind::Study,
        key: Some(key.to_owned()),
        description: format!("{label}: {} {figure}", glass.outcome()),
        detail: String::new(),
        cells: vec![
            Cell::text(label),
            Cell::study(estimate, Some((lower, upper)), None),
            interval_cell(estimate, lower, upper),
            Cell::text(format::fixed(tau2, 3)),
            Cell::text(format::fixed(i2_percent, 0)),
        ],
    }
}

/// Returns a forest of pools with that of all series below.
fn pools(glass: &UnderGlass<'_>, what: &str, rows: Vec<Row>) -> Forest {
    let title = glass.title(what);
    let axis = Axis {
        pooled: glass.found.pool.estimated().map(|natural| natural.estimate),
        ..Axis::percent(format!("{}, %", glass.outcome()))
    };
    let total = glass.pooled().map(|(fit, natural)| Row {
        kind: RowKind::Total,
        key: None,
        description: format!("All series: {}", glass.pool_words()),
        detail: String::new(),
        cells: vec![
            Cell::text("All series"),
            Cell::pooled(natural.estimate, natural.lower, natural.upper),
            natural_cell(natural),
            Cell::text(format::fixed(fit.tau2, 3)),
            Cell::text(format::fixed(fit.heterogeneity.i2_percent, 0)),
        ],
    });
    let level = format::percent(glass.found.analysis.methods.spec.level.0, 0);
    Forest {
        id: glass.plan.id.clone(),
        description: format!("{title}. All series give {}.", glass.pool_words()),
        title,
        columns: vec![
            Column::left("Pool").named("pool"),
            Column::plot(axis).named("plot"),
            Column::center(&format!("% ({level}% CI)")).named("effect"),
            Column::decimal("*τ*²").named("tau2"),
            Column::right("*I*², %").named("i2"),
        ],
        sections: vec![
            Section { rows, ..Section::default() },
            Section { rows: total.into_iter().collect(), ..Section::default() },
        ],
        ..Forest::default()
    }
}

/// Returns the case diagnostics of each series, side by side.
pub(super) fn influence(glass: &UnderGlass<'_>) -> Option<Forest> {
    let (fit, _) = glass.pooled()?;
    let cases = glass.close.influence().ok()?;
    let axis = |null: Option<f64>| Axis { null, ..Axis::new(Unit::Plain, "") };
    let shown = [
        ("Residual", axis(Some(0.0))),
        ("DFFITS", axis(Some(0.0))),
        ("Cook’s D", axis(Some(0.0))),
        ("Covariance\nratio", axis(Some(1.0))),
        ("τ² without", Axis { pooled: Some(fit.tau2), ..axis(None) }),
        ("Weight, %", axis(Some(0.0))),
    ];
    let mut columns = vec![Column::left("Series").named("label")];
    for (name, axis) in shown {
        let (first, rest) = name.split_once('\n').unwrap_or((name, ""));
        let header = [first, rest].into_iter().filter(|line| !line.is_empty()).map(Text::from).collect();
        columns.push(Column { header, ..Column::plot(axis).named("plot") });
    }
    let row = |(entry, case): (&Entry, &Influence)| {
        let name = glass.name(entry);
        let label = if case.influential { Text::new().bold(&name).plain(" *") } else { Text::from(name.as_str()) };
        let values = [case.rstudent, case.dffits, case.cook_d, case.cov_r, case.tau2_deleted, case.weight_percent];
        let mut cells = vec![Cell::text(label)];
        cells.extend(values.map(|value| Cell::study(value, None, None)));
        let description = format!(
            "{name}: residual {}, Cook’s D {}{}",
            format::fixed(case.rstudent, 2),
            format::fixed(case.cook_d, 2),
            if case.influential { ", influential" } else { "" }
        );
        Row { kind: RowKind::Study, key: Some(entry.key.study.clone()), description, detail: String::new(), cells }
    };
    let rows: Vec<Row> = glass.found.entries.iter().zip(&cases).map(row).collect();
    let influential = cases.iter().filter(|case| case.influential).count();
    let title = glass.title("Influence of each series");
    let note = if influential == 0 {
        "No series is influential by the rules of Viechtbauer & Cheung (2010)."
    } else {
        "* Influential by the rules of Viechtbauer & Cheung (2010)."
    };
    Some(Forest {
        id: glass.plan.id.clone(),
        description: format!("{title}. {influential} influential."),
        title,
        columns,
        sections: vec![Section { rows, ..Section::default() }],
        footer: vec![
            note.into(),
            "Residual: studentised, of the series against the pool of the others. Dashed line: τ² of all series."
                .into(),
        ],
        ..Forest::default()
    })
}

/// Returns heterogeneity against influence.
pub(super) fn baujat(glass: &UnderGlass<'_>) -> Option<Chart> {
    let places = glass.close.baujat().ok()?;
    let reach = |of: fn(&Baujat) -> f64| extent(places.iter().map(of)).map(|(_, high)| high);
    let (right, top) = (reach(|place| place.x)?, reach(|place| place.y)?);
    // A little below 0, so that a dot there stands free of the axes.
    let axis = |label: &str, reach: f64| {
        let reach = if reach > 0.0 { reach } else { 1.0 };
        chart::Axis::new(label, -0.04 * reach, 1.1 * reach)
    };
    let dot =
        |(entry, place): (&Entry, &Baujat)| Layer::Dot(Dot::study(glass.short_name(entry), point(place.x, place.y)));
    let title = glass.title("Baujat plot");
    Some(Chart {
        id: glass.plan.id.clone(),
        description: format!("{title}. Series to the right are far from the pool; series at the top move it."),
        title,
        x: axis("Share in heterogeneity (squared Pearson residual)", right),
        y: axis("Influence on the pool (squared standardised change without the series)", top),
        right: None,
        layers: glass.found.entries.iter().zip(&places).map(dot).collect(),
        legend: Vec::new(),
        footer: Vec::new(),
    })
}
