//! Our two tables against Tables 4 and 5 of Lemoine et al. 2021, cell by cell: equal, or listed with the reason.
//! `tests/lemoine_2021/README.md` says when two cells are equal.

use std::collections::BTreeMap;
use std::path::Path;

use forestable::evidence::{self, Evidence};
use forestable::report::table::{RowKind, Table};
use forestable::{report, review, source};

/// The columns that the printed tables have.
const COLUMNS: [&str; 8] = ["author", "primary", "definition", "n", "time", "os", "pfs", "lc"];

/// Study, cohort and line → column → text.
type Cells = BTreeMap<(String, String, String), BTreeMap<String, String>>;

#[test]
fn every_cell_is_as_printed_or_listed_with_its_reason() {
    let (evidence, tables) = our_tables();
    let mut differences = read("differences.csv");
    let mut faults = Vec::new();
    for (printed_table, ours) in [("table4", "retrospective"), ("table5", "prospective")] {
        let table = tables.iter().find(|table| table.id == ours).unwrap();
        let columns: Vec<&str> = COLUMNS.into_iter().chain((printed_table == "table5").then_some("design")).collect();
        let (ours, printed) = (lines(&evidence, table), printed(printed_table));
        let keys: std::collections::BTreeSet<_> = ours.keys().chain(printed.keys()).collect();
        for key in keys {
            for column in &columns {
                let cell =
                    |cells: &Cells| cells.get(key).and_then(|line| line.get(*column)).cloned().unwrap_or_default();
                let (a, b) = (cell(&printed), cell(&ours));
                if comparable(column, &a) == comparable(column, &b) {
                    continue;
                }
                let listed = differences.iter().position(|row| {
                    row["table"] == printed_table
                        && (&row["study"], &row["cohort"], &row["line"]) == (&key.0, &key.1, &key.2)
                        && row["column"] == *column
                        && row["printed"] == a
                        && comparable(column, &row["ours"]) == comparable(column, &b)
                        && !row["reason"].is_empty()
                });
                match listed {
                    Some(index) => drop(differences.remove(index)),
                    None => faults.push(format!("{printed_table} {key:?} {column}: printed `{a}`, ours `{b}`")),
                }
            }
        }
    }
    faults.extend(differences.iter().map(|row| format!("listed, but there is no such difference: {row:?}")));
    assert!(faults.is_empty(), "{} cells:\n{}", faults.len(), faults.join("\n"));
}

/// Returns what of a cell is compared.
fn comparable(column: &str, cell: &str) -> String {
    let cell = match cell.trim() {
        "/" | "–" => "",
        other => other,
    };
    match column {
        "author" => cell.rsplit_once(' ').map_or(cell, |(name, _)| name).to_lowercase().replace(',', ""),
        "os" | "pfs" | "lc" => cell.split(" (").next().unwrap_or_default().to_owned(),
        "primary" | "design" | "definition" => {
            cell.to_lowercase().replace(',', "").split_whitespace().collect::<Vec<_>>().join(" ")
        }
        _ => cell.to_owned(),
    }
}

/// Returns the review in this repository and its tables.
fn our_tables() -> (Evidence, Vec<Table>) {
    let (raw, _, _) = source::load(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let (evidence, _) = evidence::lower(&raw);
    let (plan, _) = review::plan(&raw, &evidence);
    let findings = review::run(&evidence, &plan);
    let tables = report::assemble(&evidence, &plan, &findings).tables;
    (evidence, tables)
}

/// Returns the lines of one of our tables; the pooled rows and remarks are not printed in the paper.
fn lines(evidence: &Evidence, table: &Table) -> Cells {
    let mut lines = Cells::new();
    let mut cohorts = BTreeMap::<String, String>::new();
    for row in table.rows.iter().filter(|row| matches!(row.kind, RowKind::Entry | RowKind::Continuation)) {
        let study = row.key.clone().unwrap();
        let cells: BTreeMap<String, String> = table
            .columns
            .iter()
            .zip(&row.cells)
            .filter(|(column, _)| COLUMNS.contains(&column.id.as_str()) || column.id == "design")
            .map(|(column, cell)| (column.id.clone(), cell.text.clone()))
            .collect();
        // A cohort's first line names it; the study file says which cohort has that name.
        if !cells["primary"].is_empty() {
            let known = evidence.studies.iter().find(|known| known.id == study).unwrap();
            let named = known.cohorts.iter().find(|cohort| {
                let word = evidence.protocol.primaries.iter().find(|(word, _)| *word == cohort.primary);
                let label = cohort.label.clone().or_else(|| word.map(|(_, label)| label.clone()));
                label.as_deref() == Some(cells["primary"].as_str())
            });
            cohorts.insert(study.clone(), named.unwrap().id.clone());
        }
        let key = (study.clone(), cohorts[&study].clone(), cells["time"].clone());
        assert!(lines.insert(key.clone(), cells).is_none(), "two lines {key:?}");
    }
    lines
}

fn printed(table: &str) -> Cells {
    let rows = read(&format!("{table}.csv"));
    rows.into_iter().map(|row| ((row["study"].clone(), row["cohort"].clone(), row["line"].clone()), row)).collect()
}

fn read(file: &str) -> Vec<BTreeMap<String, String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lemoine_2021").join(file);
    csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect()
}
