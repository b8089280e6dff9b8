//! A study file to be filled in: what `forestable new ID` writes.

use std::fmt::Write;

use crate::evidence::{Months, Outcome, OutcomeKind, Protocol};
use crate::review::Plan;

/// Returns the text of a study file with the review's outcomes, words and times laid out.
///
/// A field left empty in it is a finding of `forestable check` that says what belongs there; filled in, or removed where
/// the paper is silent, the file is clean. `id` gives the year where it ends with one.
#[must_use]
pub fn skeleton(id: &str, protocol: &Protocol, plan: &Plan) -> String {
    let year = id.rsplit('-').next().filter(|word| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit()));
    let mut text = format!(
        "\
# yaml-language-server: $schema=../study.schema.json
#
# One published series. Fill in what the paper gives and remove the lines it says nothing about; then run `forestable check`.
# Proportions: 62% or 0.62. Times: 2 years, 18 months, 12 weeks, 90 days. Dates: 2007, 2007-03, 2007-03-15.
# No figure? Say which it is: not reported, not reached, not applicable, unclear.
reference:
  authors:          # [Milano MT, Katz AW, Zhang H, et al.]: family name, then initials
  title:
  journal:
  year: {year}
  volume:
  pages:
  doi:              # 10.1000/xyz, without https://doi.org/
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
        year = year.unwrap_or_default(),
        primaries = primaries(protocol),
    );
    for outcome in &protocol.outcomes {
        // Writing to a string cannot fail.
        let _ = results(&mut text, outcome, &times(plan, outcome));
    }
    text.push_str(
        "\
sources:
  abstract: {where: abstract, url: , read: }
# The same quantity printed differently elsewhere is kept here, with what was decided:
# conflicts:
#   - {cohort: all, outcome: os, at: 2 years, says: 33%, source: review-table, resolution: \"the abstract has 31.1%\"}
# Studies whose patients may be the same people:
# overlaps: [milano-2012]
",
    );
    text
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
