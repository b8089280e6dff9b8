//! The book in `docs/`: its reference is what the code says, and every link in it leads somewhere.
//!
//! `UPDATE_REFERENCE=1 cargo test --test book` writes the reference anew.

mod commands;
mod defaults;
mod formats;
mod links;

use std::fs;
use std::path::{Path, PathBuf};

use forestable::diag::codes::RULES;
use forestable::source::{review_schema, study_schema};

/// The folder of the book.
fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// Asserts that a page of the reference says what the code says; writes it where that is asked for.
#[track_caller]
fn assert_page(name: &str, words: &str) {
    let path = docs().join("reference").join(name);
    let page =
        format!("<!-- Written by `UPDATE_REFERENCE=1 cargo test --test book`: change the code, not this. -->\n{words}");
    if std::env::var_os("UPDATE_REFERENCE").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    let mut lines = written.lines().zip(page.lines());
    let first = lines.find(|(written, now)| written != now);
    assert!(
        written == page,
        "docs/reference/{name} is not what the code says (first: {first:?}): UPDATE_REFERENCE=1 cargo test --test book"
    );
}

#[test]
fn the_reference_of_commands_is_what_the_program_prints() {
    assert_page("commands.md", &commands::page());
}

#[test]
fn the_reference_of_study_files_is_the_schema_that_checks_them() {
    let lead = "One YAML file a published series, `studies/FAMILY-YEAR.yaml`, such as [this](../../studies/weykamp-2020.yaml).";
    assert_page("study-files.md", &formats::page("Study files", lead, &study_schema()));
}

#[test]
fn the_reference_of_review_yaml_is_the_schema_that_checks_it() {
    let lead =
        "What is pooled, how, and what is shown. [The review of this repository](../../review.yaml) is a whole one.";
    assert_page("review.md", &formats::page("review.yaml", lead, &review_schema()));
}

#[test]
fn the_reference_of_codes_is_what_explain_prints() {
    let mut page = String::from(
        "# Codes of findings\n\nAn error stops a build; a warning does not, unless with `--strict`. `exceptions` in `review.yaml` accepts a \
         finding with a reason. `forestable explain CODE` prints each of these in the terminal.\n\n| code | what it finds |\n|---|---|\n",
    );
    for rule in RULES {
        let code = rule.code.0;
        page.push_str(&format!("| [{code}](#{}) | {} |\n", anchor(rule.page), rule.title));
    }
    for rule in RULES {
        page.push('\n');
        page.push_str(&demoted(rule.page));
    }
    assert_page("codes.md", &page);
}

/// Returns the anchor of a page's heading.
fn anchor(page: &str) -> String {
    let heading = page.lines().next().unwrap_or_default().trim_start_matches('#').trim();
    links::slug(heading)
}

/// Returns a page whose headings stand one level lower; those below the first as words, since every page has the same.
fn demoted(page: &str) -> String {
    let mut code = false;
    let mut text = String::new();
    for line in page.lines() {
        code ^= line.starts_with("```");
        match (code, line.strip_prefix("## ")) {
            (false, Some(heading)) => text.push_str(&format!("**{heading}**")),
            (false, None) if line.starts_with("# ") => text.push_str(&format!("#{line}")),
            _ => text.push_str(line),
        }
        text.push('\n');
    }
    text
}
