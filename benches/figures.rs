//! A forest plot of sixty rows, from its data to each file.

use divan::Bencher;
use forestable::render::figure;
use forestable::report::figure::forest::{Axis, Cell, Column, Forest, Row, RowKind, Section};
use forestable::report::figure::geometry::Figure;
use forestable::report::figure::style::Style;

fn main() {
    divan::main();
}

/// Returns sixty series, laid out.
fn sixty_rows() -> Figure {
    let row = |i: u32| {
        let estimate = 0.2 + f64::from(i) / 100.0;
        let [printed, lower, upper] = [0.0, -0.1, 0.1].map(|by| format!("{:.1}", 100.0 * (estimate + by)));
        Row {
            kind: RowKind::Study,
            key: Some(format!("series-{i}")),
            description: format!("Series {i}: {printed}%"),
            detail: String::new(),
            cells: vec![
                Cell::text(format!("Author {i} 20{:02}", i % 26)),
                Cell::text((20 + i).to_string()),
                Cell::study(estimate, Some((estimate - 0.1, estimate + 0.1)), Some(f64::from(1 + i % 7))),
                Cell::interval(&printed, &lower, &upper),
                Cell::text("1.7"),
            ],
        }
    };
    let columns = vec![
        Column::left("Series"),
        Column::right("Patients"),
        Column::plot(Axis::percent("Local control at 2 years, %")),
        Column::center("% (95% CI)"),
        Column::decimal("Weight, %"),
    ];
    let sections = vec![Section { rows: (0..60).map(row).collect(), ..Section::default() }];
    Forest { id: "sixty".into(), columns, sections, ..Forest::default() }.lay_out(&Style::plain())
}

/// Laid out and written: 5 ms at most.
#[divan::bench(sample_count = 50)]
fn svg() -> String {
    figure::svg(&sixty_rows())
}

/// At 300 dots per inch: 150 ms at most.
#[divan::bench(sample_count = 20)]
fn png(bencher: Bencher) {
    bencher.with_inputs(sixty_rows).bench_refs(|figure| figure::png(figure, 300));
}

#[divan::bench(sample_count = 20)]
fn pdf(bencher: Bencher) {
    bencher.with_inputs(sixty_rows).bench_refs(|figure| figure::pdf(figure));
}
