//! A long table is filled part by part, and nobody can tell: not where a part ends, nor how many there are.

use std::collections::BTreeMap;

use forestable::render::templates::{BUILT_IN, Templates};
use forestable::render::{html, latex, markdown, word};
use forestable::report::table::{Cell, Row, RowKind, Table};

use super::fixture;

/// The retrospective series so often, under a heading before every so many rows.
fn long(times: usize, heading_every: usize) -> Table {
    let series = fixture::retrospective();
    let mut rows = Vec::new();
    for (at, row) in series.rows.iter().cycle().take(times * series.rows.len()).enumerate() {
        if at % heading_every == heading_every - 1 {
            let cells = vec![Cell::text(format!("Group {at}"))];
            rows.push(Row { kind: RowKind::Group, key: None, cells });
        }
        rows.push(row.clone());
    }
    Table { rows, ..series }
}

/// Templates that say what the built-in ones say, in words of their own: a table in them is filled as a whole.
fn own() -> Templates {
    let own = |template: &forestable::render::templates::BuiltIn| {
        let remark = match template.name {
            "table.html" | "table.md" | "word-table.xml" => "{#- This review's own. -#}",
            "table.tex" => "<#- This review's own. -#>",
            _ => return None,
        };
        Some((template.name.to_owned(), format!("{remark}\n{}", template.text)))
    };
    Templates::new(&BUILT_IN.iter().filter_map(own).collect()).expect("they parse")
}

#[test]
fn a_long_table_reads_as_if_it_were_filled_at_once() {
    let (parts, whole) = (Templates::new(&BTreeMap::new()).expect("they parse"), own());
    for (times, heading_every) in [(1, 3), (60, 7), (60, 400), (60, usize::MAX), (100, 251)] {
        let table = long(times, heading_every);
        let case = format!("{} rows, a heading every {heading_every}", table.rows.len());
        let texts = |templates: &Templates| {
            [html::table, html::embedded, markdown::table, latex::table]
                .map(|write| write(templates, &table).expect("it can be filled"))
        };
        assert!(texts(&parts) == texts(&whole), "{case}");
        let documents = [&parts, &whole].map(|templates| word::table(templates, &table).expect("it can be filled"));
        assert!(documents[0] == documents[1], "{case}, in Word");
        let cited = table.rows.iter().flat_map(|row| &row.cells).filter(|cell| cell.citation.is_some()).count();
        let buttons = html::table(&parts, &table).expect("it can be filled").matches("popovertarget").count();
        assert_eq!(buttons, cited, "{case}");
    }
}

#[test]
fn a_template_of_the_review_sees_every_row() {
    let counting = BTreeMap::from([("table.html".to_owned(), "{{ table.bodies[0].rows | length }} rows".to_owned())]);
    let templates = Templates::new(&counting).expect("it parses");
    let table = long(60, usize::MAX);
    assert_eq!(html::table(&templates, &table).expect("it can be filled"), format!("{} rows", table.rows.len()));
}
