//! Charts over hard cases: names keep off dots and off each other, nothing leaves the axes.

use forestable::render::figure;
use forestable::report::figure::chart::{Axis, Chart, Dot, Ink, Key, Layer, Pen};
use forestable::report::figure::geometry::{Boxed, Figure, Point, point};
use forestable::report::figure::glyph::Glyph;
use forestable::report::figure::style::Style;
use proptest::prelude::*;

use super::sound::assert_sound;

fn chart(layers: Vec<Layer>) -> Chart {
    Chart {
        id: "chart".into(),
        title: "A chart".into(),
        description: "Drawn to be read".into(),
        x: Axis::new("Survival at 2 years, %", 0.0, 100.0),
        y: Axis::new("Standard error", 0.5, 0.0),
        right: None,
        layers,
        legend: vec![(Key::Dot(Glyph::Disc, Ink::Study), "series".into()), (Key::Area(Ink::Tint(40)), "95%".into())],
        footer: vec!["A footer that is long enough to be wrapped where one column is all there is. ".repeat(2).into()],
    }
}

fn lay_out(chart: &Chart) -> Figure {
    let figure = chart.lay_out(&Style::plain());
    assert_sound(&figure);
    assert_sound(&chart.lay_out(&Style::plain().single_column()));
    figure
}

fn texts(figure: &Figure) -> Vec<String> {
    let text = |boxed| match boxed {
        Boxed::Text(text, _) => Some(text.text.to_string()),
        Boxed::Mark(..) => None,
    };
    figure.boxes().into_iter().filter_map(text).collect()
}

fn dots(places: impl IntoIterator<Item = (f64, f64)>) -> Vec<Layer> {
    let dot = |(i, (x, y)): (usize, (f64, f64))| Layer::Dot(Dot::study(format!("Author {i} 20{i:02}"), point(x, y)));
    places.into_iter().enumerate().map(dot).collect()
}

#[test]
fn names_stand_beside_their_dots() {
    let figure = lay_out(&chart(dots([(10.0, 0.1), (12.0, 0.11), (50.0, 0.3), (99.0, 0.2), (99.5, 0.49)])));
    let texts = texts(&figure);
    for i in 0..5 {
        assert!(texts.contains(&format!("Author {i} 20{i:02}")), "{texts:?}");
    }
}

#[test]
fn a_crowd_is_named_as_far_as_there_is_room() {
    let crowd = dots((0..60).map(|i| (50.0 + f64::from(i % 8), 0.2 + 0.002 * f64::from(i))));
    let figure = lay_out(&chart(crowd));
    let named = texts(&figure).iter().filter(|text| text.starts_with("Author")).count();
    assert!((5..60).contains(&named), "{named}");
    // Each has its name as a title all the same.
    assert_eq!(figure::svg(&figure).matches("<title>Author").count(), 60);
}

#[test]
fn what_lies_beyond_the_axes_is_cut_or_left_out() {
    let line = |points: &[(f64, f64)]| Layer::Line {
        name: "curve".into(),
        points: points.iter().map(|&(x, y)| point(x, y)).collect(),
        pen: Pen::solid(Ink::Study, 1.0),
    };
    let area = vec![point(-500.0, 0.0), point(500.0, 9.0), point(50.0, 0.2)];
    let mut layers = vec![Layer::Area { corners: area, ink: Ink::Tint(50) }, line(&[(-300.0, 0.2), (400.0, 0.3)])];
    layers.push(line(&[(50.0, f64::NAN), (60.0, 0.1), (f64::INFINITY, 0.1)]));
    layers.extend(dots([(500.0, 0.1), (f64::NAN, 0.1)]));
    let chart = chart(layers);
    let figure = lay_out(&chart);
    assert!(!texts(&figure).iter().any(|text| text.starts_with("Author")));
    assert_eq!(chart.data().rows.len(), 2 + 3 + 2);
}

#[test]
fn two_scales_and_axes_without_extent_fit() {
    let mut case = chart(dots([(1.0, 0.1)]));
    let ticks = (0..40).map(|i| (f64::from(i) / 80.0, format!("{i} and more"))).collect();
    case.right = Some(Axis::new("Another scale with a long name, %", 0.5, 0.0).with_ticks(ticks));
    case.y.label = "A scale whose name is long as well, in years".into();
    lay_out(&case);
    case.x = Axis::new("Nothing", 3.0, 3.0);
    case.y = Axis::new("", f64::NAN, 1.0);
    lay_out(&case);
}

#[test]
fn a_small_chart_looks_as_it_did() {
    let mut layers =
        vec![Layer::Area { corners: vec![point(40.0, 0.0), point(0.0, 0.5), point(80.0, 0.5)], ink: Ink::Tint(40) }];
    layers.extend(dots([(35.0, 0.1), (60.0, 0.2), (20.0, 0.4)]));
    insta::assert_snapshot!("small_chart", figure::svg(&lay_out(&chart(layers))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_chart_fits(
        places in prop::collection::vec((any_number(), any_number(), "\\PC{0,30}"), 0..30),
        ends in prop::array::uniform4(prop_oneof![-1e6..1e6_f64, Just(0.0), Just(1.0)]),
    ) {
        let points: Vec<Point> = places.iter().map(|(x, y, _)| point(*x, *y)).collect();
        let mut layers = vec![
            Layer::Area { corners: points.clone(), ink: Ink::Tint(30) },
            Layer::Line { name: "line".into(), points, pen: Pen::dashed(Ink::Total, 1.0) },
        ];
        layers.extend(places.into_iter().map(|(x, y, name)| Layer::Dot(Dot::study(name, point(x, y)))));
        let (x, y) = (Axis::new("x", ends[0], ends[1]), Axis::new("y", ends[2], ends[3]));
        let svg = figure::svg(&lay_out(&Chart { x, y, ..chart(layers) }));
        prop_assert!(roxmltree::Document::parse(&svg).is_ok(), "{svg}");
    }
}

fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![1 => prop::num::f64::ANY, 6 => -10.0..110.0_f64]
}
