//! The lists of tables and figures in the book hold what the code has, and nothing else.

use std::collections::BTreeSet;
use std::fs;

use forestable::review::{FigureKind, OTHER_TABLES, TableKind};
use forestable::source::review_schema;
use serde_json::Value;

use super::docs;

/// Returns the words in backticks.
fn named(text: &str) -> BTreeSet<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// Returns the part of a chapter from one phrase to the next.
fn part<'a>(chapter: &'a str, from: &str, to: &str) -> &'a str {
    let after = &chapter[chapter.find(from).unwrap_or_else(|| panic!("no `{from}`")) + from.len()..];
    &after[..after.find(to).unwrap_or_else(|| panic!("no `{to}`"))]
}

/// Returns the words that the grammar takes for the `kind` of a table or a figure.
fn kinds(of: &str) -> BTreeSet<String> {
    let schema = review_schema();
    let kinds = &schema["properties"][of]["additionalProperties"]["properties"]["kind"]["enum"];
    kinds.as_array().unwrap().iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[test]
fn the_tables_that_every_report_has_are_all_named() {
    let chapter = fs::read_to_string(docs().join("embedding.md")).unwrap();
    let worded = named(part(&chapter, "worded anew under `tables:`:", "Others come from"));
    assert_eq!(worded, TableKind::BUILT_IN.iter().map(|kind| kind.as_str()).collect());
    let others = named(part(&chapter, "as they stand there:", "The `.json`"));
    let risk = ["risk-of-bias-TOOL", "risk-of-bias-reasons"];
    assert_eq!(others, OTHER_TABLES.into_iter().chain(risk).collect());
}

#[test]
fn each_kind_of_table_that_can_be_asked_for_is_one() {
    assert_eq!(kinds("tables"), TableKind::ALL.iter().map(|kind| kind.as_str().to_owned()).collect());
}

#[test]
fn each_kind_of_figure_stands_in_the_chapter() {
    let chapter = fs::read_to_string(docs().join("figures.md")).unwrap();
    let rows = part(&chapter, "| kind | shows |\n|---|---|\n", "\n\n");
    let shown: BTreeSet<String> =
        rows.lines().flat_map(|row| named(row.split('|').nth(1).unwrap())).map(str::to_owned).collect();
    assert_eq!(shown, kinds("figures"));
    assert_eq!(shown, FigureKind::ALL.iter().map(|kind| kind.as_str().to_owned()).collect());
}

#[test]
fn the_chapter_on_the_library_shows_the_example_that_is_compiled() {
    let chapter = fs::read_to_string(docs().join("library.md")).unwrap();
    let example = fs::read_to_string(docs().join("../examples/pool.rs")).unwrap();
    let (_, code) = example.split_once("\n\n").expect("a first line of documentation");
    assert_eq!(part(&chapter, "```rust\n", "```"), code);
    let depends = part(&chapter, "```toml\n", "```");
    assert!(depends.contains("forestable = { git = ") && depends.contains("forestable = { path = "), "{depends}");
}
