//! Forest plots over hard cases: nothing overlaps, nothing leaves the canvas, the same bytes twice.

mod charts;
mod hard;
mod kinds;
mod sound;

use std::collections::BTreeSet;

use forestable::render::figure::{self, Drawing};
use forestable::report::figure::forest::{Axis, Benchmark, Cell, Column, ColumnKind, Forest, Row, RowKind, Section};
use forestable::report::figure::geometry::{Boxed, Figure, Rect, Shape};
use forestable::report::figure::glyph::{Glyph, Light};
use forestable::report::figure::style::{Color, Style};
use forestable::report::figure::text::Text;
use forestable::report::figure::weights::percentages;
use proptest::prelude::*;
use sound::assert_sound;

/// A series as the cases vary it.
#[derive(Debug, Clone)]
struct Series {
    label: String,
    estimate: f64,
    interval: Option<(f64, f64)>,
    weight: f64,
}

impl Series {
    fn new(label: &str, estimate: f64, lower: f64, upper: f64, weight: f64) -> Self {
        Self { label: label.into(), estimate, interval: Some((lower, upper)), weight }
    }
}

fn many(count: usize) -> Vec<Series> {
    let share = |i: usize| (i * 37 % 97) as f64 / 97.0;
    let series = |i: usize| {
        let (estimate, half) = (0.05 + 0.9 * share(i), 0.02 + 0.2 * share(i + 11));
        let interval = ((estimate - half).max(0.0), (estimate + half).min(1.0));
        let label = format!("Author {i} {}", 1990 + i % 36);
        Series::new(&label, estimate, interval.0, interval.1, 1.0 + 20.0 * share(i + 5))
    };
    (0..count).map(series).collect()
}

/// A figure of survival proportions with every kind of row.
fn forest(groups: &[Vec<Series>]) -> Forest {
    let weights: Vec<f64> = groups.iter().flatten().map(|series| series.weight).collect();
    let mut printed = percentages(&weights, 1).into_iter();
    let mut sections = Vec::new();
    for (i, group) in groups.iter().enumerate() {
        let mut rows = Vec::new();
        for (j, series) in group.iter().enumerate() {
            rows.push(study(series, Glyph::ALL[(i + j) % Glyph::ALL.len()], &printed.next().unwrap()));
        }
        let grouped = groups.len() > 1;
        rows.push(pooled(if grouped { RowKind::Subtotal } else { RowKind::Total }));
        let heading = grouped.then(|| Text::new().bold(&format!("Group {i}")).plain("  k = 5, n = 278"));
        sections.push(Section { heading, rows, notes: vec![heterogeneity()] });
    }
    let rows = vec![pooled(RowKind::Total), prediction()];
    sections.push(Section { heading: None, rows, notes: vec![heterogeneity()] });
    let benchmark = Benchmark { from: 0.85, to: 0.85, label: "85% benchmark".into() };
    let axis = Axis { pooled: Some(0.3), benchmark: Some(benchmark), ..Axis::percent("Local control at 2 years, %") };
    Forest {
        id: "case".into(),
        title: "A hard <case>".into(),
        description: "Drawn to be read & checked".into(),
        columns: vec![
            Column::left("Series").named("label"),
            Column::right("Patients\n(lesions)").under("Cohort").named("patients"),
            Column::left("Design").under("Cohort").named("design"),
            Column::plot(axis).named("plot"),
            Column::center("").named("precision"),
            Column::center("LC, %\n(95% CI)").named("effect"),
            Column::decimal("Weight, %").named("weight"),
        ],
        sections,
        legend: Glyph::ALL.iter().map(|glyph| (*glyph, format!("what {} means", glyph.character()))).collect(),
        footer: vec![Text::from("Random-effects model on the logit scale. ".repeat(5))],
        ..Forest::default()
    }
}

fn row(kind: RowKind, key: Option<String>, cells: Vec<Cell>) -> Row {
    Row { kind, key, description: format!("{kind:?}"), detail: String::new(), cells }
}

fn percent(value: f64) -> String {
    if value == 1.0 { "100".into() } else { format!("{:.1}", value * 100.0) }
}

fn study(series: &Series, glyph: Glyph, weight: &str) -> Row {
    let interval = match series.interval {
        Some((low, high)) => Cell::interval(&percent(series.estimate), &percent(low), &percent(high)),
        None => Cell::estimate(&percent(series.estimate)),
    };
    let cells = vec![
        Cell::text(series.label.as_str()),
        Cell::text("44 (102)"),
        Cell::text("P"),
        Cell::study(series.estimate, series.interval, Some(series.weight)),
        Cell::Glyph(glyph),
        interval,
        Cell::text(weight),
    ];
    row(RowKind::Study, Some(series.label.clone()), cells)
}

fn pooled(kind: RowKind) -> Row {
    let cells = vec![
        Cell::text("Pooled"),
        Cell::text("404"),
        Cell::Empty,
        Cell::pooled(0.3, 0.15, 0.5),
        Cell::Empty,
        Cell::interval("30.0", "15.0", "50.0"),
        Cell::text("100.0"),
    ];
    row(kind, None, cells)
}

fn prediction() -> Row {
    let cells = vec![
        Cell::text("95% prediction interval"),
        Cell::Empty,
        Cell::Empty,
        Cell::prediction(0.04, 0.82),
        Cell::Empty,
        Cell::interval("", "4.0", "82.0"),
    ];
    row(RowKind::Prediction, None, cells)
}

fn heterogeneity() -> Text {
    Text::new()
        .italic("τ")
        .plain("² = 0.89; χ²")
        .subscript("7")
        .plain(" = 57.0, P < 0.001; ")
        .italic("I")
        .plain("² = 88%")
}

fn lay_out(forest: &Forest) -> Figure {
    let figure = forest.lay_out(&Style::plain());
    assert_sound(&figure);
    figure
}

/// Returns the sides of the studies' squares, top to bottom.
fn squares(figure: &Figure) -> Vec<f64> {
    let blue = Style::plain().study;
    let side = |boxed| match boxed {
        Boxed::Mark(mark, bounds) if mark.fill == Some(blue) => match &mark.shape {
            Shape::Marker { corners, .. } if corners.len() == 4 => Some(bounds.right - bounds.left),
            _ => None,
        },
        _ => None,
    };
    figure.boxes().into_iter().filter_map(side).collect()
}

fn arrowheads(figure: &Figure) -> usize {
    let arrowhead = |boxed: &&Boxed<'_>| match boxed {
        Boxed::Mark(mark, _) => {
            mark.stroke.is_none() && matches!(&mark.shape, Shape::Marker { corners, .. } if corners.len() == 3)
        }
        Boxed::Text(..) => false,
    };
    figure.boxes().iter().filter(arrowhead).count()
}

#[test]
fn any_number_of_rows_fits() {
    for count in [0, 1, 2, 60, 200] {
        let figure = lay_out(&forest(&[many(count)]));
        assert_eq!(squares(&figure).len(), count);
    }
    lay_out(&forest(&(0..12).map(|i| many(1 + i % 4)).collect::<Vec<_>>()));
    lay_out(&forest(&[]));
    let nothing = Forest::default().lay_out(&Style::plain());
    assert!(nothing.width > 0.0 && nothing.height > 0.0);
}

#[test]
fn any_name_fits() {
    let names = [
        "Consortium for the Study of Stereotactic Radiotherapy in Oligometastatic Breast Cancer 2021".to_string(),
        "Œuvré-Škvorecký & Ångström-Łukasiewicz 2018".into(),
        "山田太郎 乳癌オリゴ転移に対する定位放射線治療の多施設共同研究グループ 2019".into(),
        "W".repeat(90),
        "김철수 & <script> \"quoted\"\t2020".into(),
    ];
    let series: Vec<_> = names.iter().map(|name| Series::new(name, 0.5, 0.4, 0.6, 1.0)).collect();
    let figure = lay_out(&forest(&[series.clone(), series]));
    let missing: BTreeSet<char> = figure.missing_characters();
    assert!(missing.contains(&'山') && missing.contains(&'김') && !missing.contains(&'Ł'), "{missing:?}");
    assert!(figure.width < 900.0, "long names widen the figure to {}", figure.width);
}

#[test]
fn the_ends_of_the_axis_fit() {
    let series = vec![
        Series::new("All controlled", 1.0, 0.935, 1.0, 1.0),
        Series::new("Nobody", 0.0, 0.0, 0.08, 1.0),
        Series::new("Anything", 0.5, 0.0, 1.0, 1.0),
        Series { interval: None, ..Series::new("No interval", 0.4, 0.0, 0.0, 2.0) },
        Series::new("No number", f64::NAN, f64::NAN, f64::INFINITY, f64::NAN),
    ];
    let figure = lay_out(&forest(&[series]));
    assert_eq!((squares(&figure).len(), arrowheads(&figure)), (4, 0));
}

#[test]
fn area_is_weight_down_to_the_floor() {
    let weighted = |weights: &[f64]| {
        let series: Vec<_> = weights.iter().map(|w| Series::new("A", 0.5, 0.1, 0.9, *w)).collect();
        lay_out(&forest(&[series]))
    };
    let sides = squares(&weighted(&[4.0, 1.0]));
    assert!((sides[0] / sides[1] - 2.0).abs() < 1e-9, "{sides:?}");
    let figure = weighted(&[1.0, 0.0, 1e-9]);
    let (sides, floor) = (squares(&figure), Style::plain().square_floor);
    assert!(sides[1..].iter().all(|side| (side / sides[0] - floor).abs() < 1e-9), "{sides:?}");
    let said = |figure: &Figure| figure::svg(figure).contains("smallest squares");
    assert!(said(&figure) && !said(&weighted(&[4.0, 1.0])));
}

#[test]
fn an_interval_that_leaves_the_axis_ends_in_an_arrowhead() {
    let arrowheads_of = |series: Series| {
        let mut forest = forest(&[vec![series]]);
        // Only the series: the pooled rows leave this axis too.
        forest.sections.truncate(1);
        forest.sections[0].rows.truncate(1);
        for column in &mut forest.columns {
            if let ColumnKind::Plot(axis) = &mut column.kind {
                axis.domain = Some((0.5, 0.9));
            }
        }
        let figure = lay_out(&forest);
        (arrowheads(&figure), squares(&figure).len())
    };
    assert_eq!(arrowheads_of(Series::new("Within", 0.7, 0.6, 0.8, 1.0)), (0, 1));
    assert_eq!(arrowheads_of(Series::new("Left", 0.6, 0.3, 0.8, 1.0)), (1, 1));
    assert_eq!(arrowheads_of(Series::new("Both", 0.7, 0.1, 0.99, 1.0)), (2, 1));
    assert_eq!(arrowheads_of(Series::new("Wholly beyond", 0.2, 0.1, 0.3, 1.0)), (1, 0));
}

#[test]
fn every_layout_fits() {
    for layout in ["plain", "revman", "jama", "bmj", "lancet"] {
        let style = Style::named(layout).unwrap();
        for style in [style.clone(), style.single_column()] {
            let figure = forest(&[many(5), many(3)]).lay_out(&style);
            assert_sound(&figure);
            assert!(figure.boxes().iter().all(|boxed| match boxed {
                // 7 points are 9.33 pixels.
                Boxed::Text(text, _) => text.size >= 9.33,
                Boxed::Mark(..) => true,
            }));
        }
    }
}

#[test]
fn risk_of_bias_stands_beside_the_rows() {
    let lights = [Light::Low, Light::Moderate, Light::High, Light::Unclear];
    let mut columns = vec![Column::left("Series"), Column::plot(Axis::percent("PFS, %"))];
    columns.extend((1..=4).map(|i| Column::light(&format!("D{i}")).under("Risk of bias")));
    let mut cells = vec![Cell::text("Trovo 2018"), Cell::study(0.53, Some((0.4, 0.7)), Some(1.0))];
    cells.extend(lights.map(Cell::Light));
    let section = Section { rows: vec![row(RowKind::Study, None, cells)], ..Section::default() };
    let figure = lay_out(&Forest { columns, sections: vec![section], ..Forest::default() });
    let circles = figure.boxes().into_iter().filter_map(|boxed| match boxed {
        // The dot within an unclear light is smaller.
        Boxed::Mark(mark, bounds) if matches!(mark.shape, Shape::Circle { radius, .. } if radius > 3.0) => Some(bounds),
        _ => None,
    });
    let circles: Vec<_> = circles.collect();
    assert_eq!(circles.len(), 4);
    assert!(circles.windows(2).all(|pair| pair[0].right < pair[1].left));
}

#[test]
fn a_rate_axis_reaches_as_far_as_the_intervals() {
    let ticks = |upper: f64| {
        let cells = vec![Cell::text("Trovo 2018"), Cell::study(0.01, Some((0.0, upper)), None)];
        let section = Section { rows: vec![row(RowKind::Study, None, cells)], ..Section::default() };
        let columns = vec![Column::left("Series"), Column::plot(Axis::rate("Grade 3, %"))];
        let figure = lay_out(&Forest { columns, sections: vec![section], ..Forest::default() });
        let texts = figure.boxes().into_iter().filter_map(|boxed| match boxed {
            Boxed::Text(text, _) => text.text.to_string().parse::<f64>().ok(),
            Boxed::Mark(..) => None,
        });
        texts.fold(0.0, f64::max)
    };
    assert_eq!([ticks(0.05), ticks(0.188), ticks(0.95)], [10.0, 20.0, 100.0]);
}

#[test]
fn an_interval_is_drawn_white_only_where_its_square_hides_it() {
    let mut hidden = 0;
    for step in 0..100 {
        let lower = 1.0 - f64::from(step) / 500.0;
        let cells = vec![Cell::text("Lemoine 2021"), Cell::study(1.0, Some((lower, 1.0)), Some(1.0))];
        let section = Section { rows: vec![row(RowKind::Study, None, cells)], ..Section::default() };
        let columns = vec![Column::left("Series"), Column::plot(Axis::percent("LC, %"))];
        let figure = lay_out(&Forest { columns, sections: vec![section], ..Forest::default() });
        let (mut white, mut square) = (Vec::new(), None);
        for boxed in figure.boxes() {
            let Boxed::Mark(mark, bounds) = boxed else { continue };
            match mark.stroke {
                Some(stroke) if stroke.color == Color::WHITE => white.push(bounds),
                None if matches!(mark.shape, Shape::Marker { .. }) => square = Some(bounds),
                _ => {}
            }
        }
        let square = square.expect("a square");
        // A box has room for half the line's width.
        let hides = |line: &Rect| line.left > square.left - 0.7 && line.right < square.right + 0.7;
        assert!(white.iter().all(hides), "from {lower}");
        hidden += white.len();
    }
    assert!((5..50).contains(&hidden), "{hidden} of 100 intervals are narrow");
}

#[test]
fn a_label_reaches_over_empty_cells_before_it_wraps() {
    let long = "Prediction interval (imprecise, k = 3)";
    let width = |second: Cell| {
        let cells = vec![Cell::text(long), second];
        let columns = vec![Column::left("Series"), Column::left("Cohort of the patients treated")];
        let section = Section { rows: vec![row(RowKind::Prediction, None, cells)], ..Section::default() };
        lay_out(&Forest { columns, sections: vec![section], ..Forest::default() }).width
    };
    assert!(width(Cell::Empty) < width(Cell::text("Breast")) - 100.0);
}

#[test]
fn an_axis_that_begins_above_nought_says_so() {
    let mut case = forest(&[many(2)]);
    let svg = figure::svg(&lay_out(&case));
    assert!(!svg.contains("The axis begins"));
    for column in &mut case.columns {
        if let ColumnKind::Plot(axis) = &mut column.kind {
            axis.domain = Some((0.5, 1.0));
        }
    }
    assert!(figure::svg(&lay_out(&case)).contains("The axis begins at 50%."));
}

#[test]
fn other_arrangements_fit() {
    let mut ratio = Axis::ratio("Hazard ratio");
    ratio.directions = Some(("Favours radiotherapy".into(), "Favours systemic therapy alone".into()));
    let rows = [(0.5, 0.2, 1.2), (1.1, 0.01, 900.0), (0.9, 0.8, 1.0)].map(|(estimate, low, high)| {
        let interval = Cell::interval("0.50", "0.20", "1.20");
        row(RowKind::Study, None, vec![Cell::study(estimate, Some((low, high)), None), Cell::text("Study"), interval])
    });
    let section = Section { heading: Some(Text::from("Trials")), rows: rows.into(), notes: vec![heterogeneity()] };
    let columns = vec![
        Column::plot(ratio),
        Column::left("Study"),
        Column::center("HR (95% CI)").under("A spanner wider than its only column"),
    ];
    let mut forest = Forest { id: "hr".into(), columns, sections: vec![section], ..Forest::default() };
    lay_out(&forest);
    // Cells that are too many, and a plot with nothing beside it.
    forest.columns.truncate(2);
    lay_out(&forest);
    forest.columns.truncate(1);
    lay_out(&forest);
}

#[test]
fn three_plots_stand_side_by_side() {
    let mut columns = vec![Column::left("Series")];
    for year in ["1 year", "2 years", "3 years"] {
        columns.push(Column::plot(Axis::percent("PFS, %")).under(year));
        columns.push(Column::center("% (95% CI)").under(year));
    }
    let rows = (0..6).map(|i| {
        let mut cells = vec![Cell::text(format!("Author {i}"))];
        for year in 0..3 {
            let estimate = 0.8 - 0.1 * f64::from(i) - 0.1 * f64::from(year);
            cells.push(Cell::study(estimate, Some((estimate - 0.1, estimate + 0.1)), Some(1.0)));
            cells.push(Cell::interval("50.0", "40.0", "60.0"));
        }
        row(RowKind::Study, None, cells)
    });
    let section = Section { rows: rows.collect(), ..Section::default() };
    let figure = lay_out(&Forest { columns, sections: vec![section], ..Forest::default() });
    assert_eq!(squares(&figure).len(), 18);
}

#[test]
fn svg_parses_and_is_the_same_twice() {
    let case = forest(&[many(3), many(4)]);
    let svg = figure::svg(&lay_out(&case));
    assert_eq!(svg, figure::svg(&case.lay_out(&Style::plain())));
    let document = roxmltree::Document::parse(&svg).unwrap();
    let root = document.root_element();
    assert_eq!(root.attribute("role"), Some("img"));
    let ids: Vec<_> = document.descendants().filter_map(|node| node.attribute("id")).collect();
    assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "an id stands twice");
    assert!(ids.iter().all(|id| id.starts_with("case")));
    assert!(root.attribute("aria-labelledby").unwrap().split(' ').all(|label| ids.contains(&label)));
    let texts = document.descendants().filter(|node| node.has_tag_name("text"));
    assert!(texts.clone().count() > 50 && texts.clone().all(|text| text.attribute("textLength").is_some()));
    assert!(!svg.contains("<style") && !svg.contains(" style=\""));
}

#[test]
fn png_is_opaque_with_its_resolution_and_the_same_twice() {
    let figure = lay_out(&forest(&[many(3)]));
    let file = figure::png(&figure, 300).unwrap();
    assert_eq!(file, figure::png(&figure, 300).unwrap());
    let reader = png::Decoder::new(std::io::Cursor::new(&file)).read_info().unwrap();
    let info = reader.info();
    assert_eq!(info.color_type, png::ColorType::Indexed);
    assert_eq!(info.pixel_dims.map(|dims| dims.xppu), Some(11811));
    assert_eq!(info.width, (figure.width * 300.0 / 96.0).ceil() as u32);
    let huge = Figure { width: 1e6, height: 1e6, ..figure };
    assert!(matches!(figure::png(&huge, 300), Err(figure::PictureError::Size(..))));
}

#[test]
fn a_very_large_png_shows_what_a_small_one_does() {
    // Both are drawn at the same scale, the second on a canvas so large that it is compressed another way.
    let figure = lay_out(&forest(&[many(12)]));
    let (small, large) = (figure.clone(), Figure { height: figure.height + 2000.0, ..figure });
    let read = |figure: &Figure| {
        let file = figure::png(figure, 300).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(&file)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        pixels
    };
    let (small, large) = (read(&small), read(&large));
    assert!(large.len() > 8_000_000 && small.len() < 8_000_000, "{} and {}", large.len(), small.len());
    let (same, below) = large.split_at(small.len());
    assert!(same == small && small.iter().any(|pixel| *pixel != 0) && below.iter().all(|pixel| *pixel == 0));
}

#[test]
fn pdf_is_tagged_without_a_date_and_the_same_twice() {
    let figure = lay_out(&forest(&[many(3), vec![Series::new("山田太郎 2019", 0.5, 0.4, 0.6, 1.0)]]));
    let file = figure::pdf(&figure).unwrap();
    assert_eq!(file, figure::pdf(&figure).unwrap());
    let holds = |words: &str| file.windows(words.len()).any(|part| part == words.as_bytes());
    assert!(file.starts_with(b"%PDF-1.7") && holds("/MarkInfo") && holds("pdfuaid:part") && holds("Arimo-Regular"));
    assert!(!holds("CreationDate") && !holds("xmp:CreateDate"));
    assert!(matches!(figure::pdf(&Figure { width: 0.0, ..figure }), Err(figure::PictureError::Encoding(_))));
}

#[test]
fn outlined_text_needs_no_font() {
    let figure = lay_out(&forest(&[many(2)]));
    let svg = Drawing::of(&figure).outlined_svg();
    assert!(!svg.contains("<text") && svg.contains("<path"));
    assert!(roxmltree::Document::parse(&svg).is_ok());
}

#[test]
fn a_small_figure_looks_as_it_did() {
    let figure = lay_out(&forest(&[many(2), vec![Series::new("Lemoine 2021", 0.58, 0.41, 0.72, 12.0)]]));
    insta::assert_snapshot!("small_forest", figure::svg(&figure));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_series_fit(groups in prop::collection::vec(prop::collection::vec(any_series(), 0..5), 0..4)) {
        let mut case = forest(&groups);
        // Formatted figures are the assembler's; here only the drawing is at stake.
        let rows = case.sections.iter_mut().flat_map(|section| &mut section.rows);
        for row in rows.filter(|row| row.kind == RowKind::Study) {
            row.cells[5] = Cell::interval("50.0", "40.0", "60.0");
        }
        let svg = figure::svg(&lay_out(&case));
        prop_assert!(roxmltree::Document::parse(&svg).is_ok(), "{svg}");
    }
}

fn any_series() -> impl Strategy<Value = Series> {
    let number = || prop_oneof![prop::num::f64::ANY, 0.0..1.0_f64];
    ("\\PC{0,40}", number(), prop::option::of((number(), number())), number())
        .prop_map(|(label, estimate, interval, weight)| Series { label, estimate, interval, weight })
}
