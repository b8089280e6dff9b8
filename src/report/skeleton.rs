//! A study file to be filled in: what `forestable new ID` writes.

use std::fmt::Write;

use crate::evidence::{Months, Outcome, OutcomeKind, Protocol, Reference};
use crate::review::Plan;

/// Lines of an abstract are broken before this many characters.
const WIDTH: usize = 110;

/// What is known of a study before its paper is read.
#[derive(Debug, Clone, Default)]
pub struct Beginning {
    /// Its reference, as far as a record gives it; empty words and the year 0 are blanks.
    pub reference: Reference,
    /// Its abstract, to read the figures in.
    pub summary: Option<String>,
}

/// Returns the text of a study file with the review's outcomes, words and times laid out.
///
/// A field left empty in it is a finding of `forestable check` that says what belongs there; filled in, or removed where
/// the paper is silent, the file is clean. `id` gives the year where it ends with one and the record has none.
#[must_use]
pub fn skeleton(id: &str, beginning: &Beginning, protocol: &Protocol, plan: &Plan) -> String {
    let mut text = "\
# yaml-language-server: $schema=../study.schema.json
#
# One published series. Fill in what the paper gives and remove the lines it says nothing about; then run `forestable check`.
# Proportions: 62% or 0.62. Times: 2 years, 18 months, 12 weeks, 90 days. Dates: 2007, 2007-03, 2007-03-15.
# No figure? Say which it is: not reported, not reached, not applicable, unclear.
reference:
"
    .to_owned();
    reference(&mut text, id, &beginning.reference);
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "\
design:
  timing:           # retrospective | prospective
  kind:             # single arm, phase 2, registry, randomised
  centres:          # a number, or multicentre
  enrolment:        # [2007-07, 2010-06]
definition:         # of the condition, as the paper puts it
follow_up: {{median: , source: abstract}}          # also: ci, range, iqr, method
treatment: {{technique: , dose: , fractions: , sites: }}
cohorts:            # one for each group with results; a subgroup of `all` says `of: all`
  all:
    primary:        # {primaries}
    patients:
    lesions:
    # Each figure with the words it was read in. `ci: [55%, 81%]` where an interval is printed; `se`, `at_risk`, `events`
    # and `censored` at that time where they are. `unit: lesions` where lesions are counted.
    results:
",
        primaries = primaries(protocol),
    );
    for outcome in &protocol.outcomes {
        let _ = results(&mut text, outcome, &times(plan, outcome));
    }
    let url = address(&beginning.reference).map(|url| scalar(&url)).unwrap_or_default();
    let _ = writeln!(text, "sources:\n  abstract: {{where: abstract, url: {url}, read: }}");
    text.push_str(
        "\
# The same quantity printed differently elsewhere is kept here, with what was decided:
# conflicts:
#   - {cohort: all, outcome: os, at: 2 years, says: 33%, source: review-table, resolution: \"the abstract has 31.1%\"}
# Studies whose patients may be the same people:
# overlaps: [milano-2012]
",
    );
    if let Some(summary) = &beginning.summary {
        text.push_str("# The abstract, as the record gives it:\n");
        for line in broken(summary) {
            let _ = writeln!(text, "#   {line}");
        }
    }
    text
}

/// Writes what is known of the reference, and blanks for the rest.
fn reference(text: &mut String, id: &str, reference: &Reference) {
    let from_id =
        id.rsplit('-').next().filter(|word| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit()));
    let year = if reference.year > 0 { Some(reference.year.to_string()) } else { from_id.map(str::to_owned) };
    let others = reference.and_others.then_some("et al.");
    let names: Vec<String> = reference.authors.iter().map(String::as_str).chain(others).map(scalar).collect();
    let authors = Some(format!("[{}]", names.join(", "))).filter(|_| !names.is_empty());
    let known = |value: &Option<String>| value.as_deref().map(scalar);
    let blanks = [
        ("authors", authors, "[Milano MT, Katz AW, Zhang H, et al.]: family name, then initials"),
        ("title", Some(scalar(&reference.title)).filter(|_| !reference.title.is_empty()), ""),
        ("journal", known(&reference.journal), ""),
        ("year", year, ""),
        ("volume", known(&reference.volume), ""),
        ("pages", known(&reference.pages), ""),
        ("doi", known(&reference.doi), "10.1000/xyz, without https://doi.org/"),
    ];
    // Writing to a string cannot fail.
    for (field, value, hint) in blanks {
        let _ = match value {
            Some(value) => writeln!(text, "  {field}: {value}"),
            None if hint.is_empty() => writeln!(text, "  {field}:"),
            None => writeln!(text, "  {:<17} # {hint}", format!("{field}:")),
        };
    }
    for (field, value) in [("issue", &reference.issue), ("pmid", &reference.pmid), ("pmcid", &reference.pmcid)] {
        if let Some(value) = known(value) {
            let _ = writeln!(text, "  {field}: {value}");
        }
    }
}

/// Returns the address at which the abstract is read, where the record tells.
fn address(reference: &Reference) -> Option<String> {
    let doi = reference.doi.as_ref().map(|doi| format!("https://doi.org/{doi}"));
    doi.or_else(|| reference.pmid.as_ref().map(|pmid| format!("https://pubmed.ncbi.nlm.nih.gov/{pmid}/")))
}

/// Returns a text as YAML reads it back: plain where that is safe, else in double quotes, as JSON has them.
fn scalar(text: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || " -.'/()".contains(letter);
    let word = matches!(text.to_lowercase().as_str(), "null" | "true" | "false" | "yes" | "no" | "on" | "off");
    let safe = text.chars().all(plain) && text.starts_with(char::is_alphanumeric) && !text.ends_with(' ') && !word;
    if safe { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

/// Breaks a text into lines.
fn broken(text: &str) -> Vec<String> {
    let text: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut().filter(|line| line.chars().count() + word.chars().count() < WIDTH) {
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

fn primaries(protocol: &Protocol) -> String {
    let words = protocol.primaries.iter().map(|(word, printed)| format!("{word} ({})", one_line(printed)));
    words.collect::<Vec<_>>().join(" | ")
}

/// The times at which some analysis asks for the outcome.
fn times(plan: &Plan, outcome: &Outcome) -> Vec<Months> {
    let analyses = plan.analyses.iter().filter(|analysis| analysis.outcome == outcome.id);
    let mut times: Vec<_> = analyses.filter_map(|analysis| analysis.at).collect();
    times.sort_by(|one, other| one.0.total_cmp(&other.0));
    times.dedup();
    times
}

fn results(text: &mut String, outcome: &Outcome, times: &[Months]) -> std::fmt::Result {
    let id = &outcome.id;
    writeln!(text, "      # {}", one_line(&outcome.name))?;
    for variant in &outcome.variants {
        writeln!(text, "      #   {} is entered with `variant: {}`", one_line(&variant.name), variant.id)?;
    }
    match outcome.kind {
        OutcomeKind::Survival => {
            for time in times {
                writeln!(text, "      - {{outcome: {id}, at: {time}, estimate: , source: abstract, quote: }}")?;
            }
            writeln!(
                text,
                "      # - {{outcome: {id}, median: 22 months, ci: [16 months, not reached], source: abstract, quote: \"…\"}}"
            )
        }
        OutcomeKind::Proportion => {
            let grade = outcome.grade.map(|grade| format!(" grade: \"{grade}\",")).unwrap_or_default();
            writeln!(text, "      - {{outcome: {id},{grade} events: , of: , source: abstract, quote: }}")
        }
    }
}

/// A comment ends with its line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
