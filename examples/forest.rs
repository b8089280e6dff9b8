//! A forest plot assembled by hand: `cargo run --example forest -- FOLDER` writes it there in every layout, as SVG and PNG.

use std::path::PathBuf;

use forestable::render::figure;
use forestable::report::figure::forest::{Axis, Cell, Column, Forest, Row, RowKind, Section};
use forestable::report::figure::glyph::Glyph;
use forestable::report::figure::style::Style;
use forestable::report::figure::text::Text;
use forestable::report::figure::weights::percentages;

/// Label, patients, two-year survival in percent with its interval, weight, how its precision was obtained.
type Series = (&'static str, u32, f64, f64, f64, f64, Glyph);

const RETROSPECTIVE: [Series; 5] = [
    ("Fumagalli 2012", 90, 10.0, 4.9, 18.1, 12.8, Glyph::Disc),
    ("Bhattacharya 2015", 76, 26.3, 16.9, 37.7, 13.5, Glyph::Ring),
    ("Onal 2018", 22, 9.1, 1.1, 29.2, 9.0, Glyph::HalfDisc),
    ("Weykamp 2020", 46, 17.4, 7.8, 31.4, 12.5, Glyph::HalfDisc),
    ("Lemoine 2021", 44, 59.1, 43.2, 73.7, 13.2, Glyph::Disc),
];
const PROSPECTIVE: [Series; 3] = [
    ("Milano 2012 (breast)", 39, 51.3, 34.8, 67.6, 13.1, Glyph::Triangle),
    ("Scorsetti 2016", 33, 27.3, 13.3, 45.5, 12.4, Glyph::Ring),
    ("Trovo 2018", 54, 53.7, 39.6, 67.4, 13.5, Glyph::Disc),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| ".".into()));
    for layout in ["plain", "revman", "jama", "bmj", "lancet"] {
        let style = Style::named(layout).ok_or("no such layout")?;
        let laid_out = forest().lay_out(&style);
        std::fs::write(folder.join(format!("forest-{layout}.svg")), figure::svg(&laid_out))?;
        std::fs::write(folder.join(format!("forest-{layout}.png")), figure::png(&laid_out, 300)?)?;
    }
    let narrow = forest().lay_out(&Style::plain().single_column());
    std::fs::write(folder.join("forest-narrow.png"), figure::png(&narrow, 300)?)?;
    Ok(())
}

fn forest() -> Forest {
    let weights: Vec<f64> = RETROSPECTIVE.iter().chain(&PROSPECTIVE).map(|series| series.5).collect();
    let mut printed = percentages(&weights, 1).into_iter();
    let mut rows = |series: &[Series]| -> Vec<Row> { series.iter().zip(&mut printed).map(study).collect() };
    let mut retrospective = rows(&RETROSPECTIVE);
    let prospective = rows(&PROSPECTIVE);
    retrospective.push(pooled(RowKind::Subtotal, "Pooled, 5 series", "278", [0.22, 0.07, 0.52], "61.0"));
    let mut prospective = prospective;
    prospective.push(pooled(RowKind::Subtotal, "Pooled, 3 series", "126", [0.45, 0.15, 0.78], "39.0"));
    let axis =
        Axis { pooled: Some(0.30), ..Axis::percent("Progression-free survival at 2 years, % (higher is better)") };
    Forest {
        id: "pfs-2y-forest".into(),
        title: "Progression-free survival at 2 years".into(),
        description: "Forest plot of eight series; pooled 30% (95% CI 15 to 50).".into(),
        columns: vec![
            Column::left("Series").named("label"),
            Column::right("Patients").named("patients"),
            Column::plot(axis).named("plot"),
            Column::center("SE").named("precision"),
            Column::center("PFS at 2 years,\n% (95% CI)").named("effect"),
            Column::decimal("Weight,\n%").named("weight"),
        ],
        sections: vec![
            Section {
                heading: Some(Text::new().bold("Retrospective")),
                rows: retrospective,
                notes: vec![heterogeneity("1.03", "36.6", "4", "< 0.001", "89")],
            },
            Section {
                heading: Some(Text::new().bold("Prospective")),
                rows: prospective,
                notes: vec![heterogeneity("0.24", "6.1", "2", "= 0.05", "67")],
            },
            Section {
                heading: None,
                rows: vec![
                    pooled(RowKind::Total, "All series, 8", "404", [0.30, 0.15, 0.50], "100.0"),
                    prediction(0.04, 0.82),
                ],
                notes: vec![
                    heterogeneity("0.89", "57.0", "7", "< 0.001", "88"),
                    Text::new()
                        .plain("Subgroup difference: ")
                        .italic("Q")
                        .plain(" = 3.1, df = 1, ")
                        .italic("P")
                        .plain(" = 0.08"),
                ],
            },
        ],
        legend: vec![
            (Glyph::Disc, "published interval".into()),
            (Glyph::HalfDisc, "number at risk".into()),
            (Glyph::Triangle, "digitised curve".into()),
            (Glyph::Ring, "n and median follow-up".into()),
        ],
        footer: vec![Text::from(
            "Random-effects model on the logit scale; τ² by REML, Hartung-Knapp intervals; prediction interval with t(k − 1). \
             Dashed line: pooled estimate.",
        )],
        ..Forest::default()
    }
}

fn study((series, weight): (&Series, String)) -> Row {
    let &(label, patients, estimate, lower, upper, share, glyph) = series;
    let interval = Some((lower / 100.0, upper / 100.0));
    Row {
        kind: RowKind::Study,
        key: Some(label.to_lowercase()),
        description: format!("{label}, PFS at 2 years {estimate}%, 95% CI {lower} to {upper}, weight {weight}%"),
        detail: String::new(),
        cells: vec![
            Cell::text(label),
            Cell::text(patients.to_string()),
            Cell::study(estimate / 100.0, interval, Some(share)),
            Cell::Glyph(glyph),
            Cell::interval(&format!("{estimate:.1}"), &format!("{lower:.1}"), &format!("{upper:.1}")),
            Cell::text(weight),
        ],
    }
}

fn pooled(kind: RowKind, label: &str, patients: &str, [estimate, lower, upper]: [f64; 3], weight: &str) -> Row {
    let [e, l, u] = [estimate, lower, upper].map(|p| format!("{:.1}", p * 100.0));
    Row {
        kind,
        key: None,
        description: format!("{label}: {e}%, 95% CI {l} to {u}"),
        detail: String::new(),
        cells: vec![
            Cell::text(label),
            Cell::text(patients),
            Cell::pooled(estimate, lower, upper),
            Cell::Empty,
            Cell::interval(&e, &l, &u),
            Cell::text(weight),
        ],
    }
}

fn prediction(lower: f64, upper: f64) -> Row {
    let [l, u] = [lower, upper].map(|p| format!("{:.1}", p * 100.0));
    Row {
        kind: RowKind::Prediction,
        key: None,
        description: format!("95% prediction interval {l} to {u}"),
        detail: String::new(),
        cells: vec![
            Cell::text("95% prediction interval"),
            Cell::Empty,
            Cell::prediction(lower, upper),
            Cell::Empty,
            Cell::interval("", &l, &u),
            Cell::Empty,
        ],
    }
}

fn heterogeneity(tau2: &str, q: &str, df: &str, p: &str, i2: &str) -> Text {
    Text::new()
        .italic("τ")
        .plain(&format!("² = {tau2}; "))
        .italic("Q")
        .plain(&format!(" = {q}, df = {df}, "))
        .italic("P")
        .plain(&format!(" {p}; "))
        .italic("I")
        .plain(&format!("² = {i2}%"))
}
