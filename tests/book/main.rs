//! The book in `docs/`: its reference is what the code says, and every link in it leads somewhere.
//!
//! `UPDATE_REFERENCE=1 cargo test --test book` writes the reference anew.

mod commands;
mod defaults;
mod formats;
mod links;
mod lists;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use forestable::diag::codes::RULES;
use forestable::evidence::lower;
use forestable::review::{Analysis, choices, plan};
use forestable::source::{load_files, review_schema, study_schema};

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
    assert_page("study-files.md", &formats::page("Study files", lead, &study_schema(), &[]));
}

#[test]
fn the_reference_of_review_yaml_is_the_schema_that_checks_it() {
    let lead =
        "What is pooled, how, and what is shown. [The review of this repository](../../review.yaml) is a whole one.";
    assert_page("review.md", &formats::page("review.yaml", lead, &review_schema(), &remarks()));
}

/// What the schema does not say of the methods: the defaults, as the program takes them where nothing is written.
fn remarks() -> [formats::Remarks; 2] {
    let review = "title: T\noutcomes:\n  os: {name: Survival, short: S, kind: survival}\n  tox: {name: Toxicity, short: T, kind: proportion}\n\
                  analyses:\n  os-2y: {outcome: os, at: 2 years}\n  tox: {outcome: tox}\n";
    let files = BTreeMap::from([("review.yaml".to_owned(), review.as_bytes().to_vec())]);
    let (raw, ..) = load_files(&files).unwrap();
    let (evidence, _) = lower(&raw);
    let (plan, _) = plan(&raw, &evidence);
    let chosen = |analysis: &Analysis| choices(analysis, evidence.protocol.outcome(&analysis.outcome).unwrap());
    let [survival, counts] = [0, 1].map(|at| chosen(&plan.analyses[at]));
    // The choices of series come first: `scale` begins those of methods.
    let methods = survival.into_iter().zip(counts).skip_while(|((key, _), _)| *key != "scale");
    let defaults = methods.map(|((key, value), (_, of_counts))| {
        let words = if value == of_counts {
            format!("`{value}`")
        } else {
            format!("`{value}` of survival, `{of_counts}` of counts")
        };
        (key, words)
    });
    let joint = plan.joint;
    let joint = [
        ("trend", joint.trend.to_string()),
        ("random", joint.random.to_string()),
        ("likelihood", joint.likelihood.to_string()),
    ];
    [
        formats::Remarks {
            path: "methods",
            words: "The defaults of `interval` (HKSJ) and `prediction` (V) are what readers of metafor expect; what [the simulations](../simulation.md) \
                    support is `interval: mKH` with `prediction: HK`, which `forestable init` writes.",
            defaults: defaults.collect(),
        },
        formats::Remarks {
            path: "methods.joint",
            words: "",
            defaults: joint.into_iter().map(|(key, value)| (key, format!("`{value}`"))).collect(),
        },
    ]
}

#[test]
fn a_new_review_has_the_intervals_that_the_simulations_support() {
    let review = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/init/review.yaml")).unwrap();
    assert!(review.contains("\n  interval: mKH\n  prediction: HK\n"));
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
