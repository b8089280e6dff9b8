//! Bindings proposed for the numbers of a finished text, by what the numbers are and what is said around them.

use std::ops::Range;

use super::facts::{Fact, Facts, Measure, Pooled};
use super::guard::Bound;
use super::numerals::{Numeral, numerals};

/// A binding that would fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The bytes of the numbers to be bound.
    pub span: Range<usize>,
    /// The id that they are bound to.
    pub id: String,
    /// Other ids that fit as well by their numbers, the likeliest first.
    pub others: Vec<String>,
}

/// What stands in a text: a number, with the interval behind it.
struct Figure {
    span: Range<usize>,
    estimate: Numeral,
    interval: Option<(Numeral, Numeral)>,
}

/// Returns a binding for each figure of the text that is not bound and that a fact gives.
///
/// A figure with its interval is proposed where a fact has all three numbers; a percentage alone only where the words
/// around it name the study, or the outcome and the group. What is bound already, code and comments are passed over.
#[must_use]
pub fn propose(text: &str, bound: &[Bound], facts: &Facts) -> Vec<Proposal> {
    let taken =
        |span: &Range<usize>| bound.iter().any(|known| known.span.start < span.end && span.start < known.span.end);
    let mut proposals: Vec<Proposal> = Vec::new();
    for figure in figures(text).into_iter().filter(|figure| !taken(&figure.span)) {
        let around = Around::new(text, &figure.span);
        let mut fitting: Vec<(i32, usize, &str)> = facts
            .iter()
            .filter(|(_, named)| fits(&figure, &named.fact) && around.may_mean(&named.fact))
            .map(|(id, named)| (around.speaks_of(id, &named.fact, facts), rank(&named.fact, id), id.as_str()))
            .filter(|(score, ..)| figure.interval.is_some() || *score >= ALONE)
            .collect();
        // The likeliest first; of equals the plainest id.
        fitting.sort_by_key(|(score, rank, id)| (-score, *rank, id.len(), *id));
        let mut ids = fitting.into_iter().map(|(.., id)| id.to_owned());
        if let Some(id) = ids.next() {
            proposals.push(Proposal { span: figure.span, id, others: ids.take(3).collect() });
        }
    }
    proposals.extend(counts(text, facts).into_iter().filter(|proposal| !taken(&proposal.span)));
    proposals.sort_by_key(|proposal| proposal.span.start);
    // A count within a figure's brackets is checked with the figure.
    let mut end = 0;
    proposals.retain(|proposal| {
        let apart = proposal.span.start >= end;
        end = end.max(proposal.span.end);
        apart
    });
    proposals
}

/// What must be said around a percentage without interval.
const ALONE: i32 = 6;

/// Returns the figures of a text: percentages, and numbers with an interval in brackets.
fn figures(text: &str) -> Vec<Figure> {
    let hidden = hidden(text);
    let all: Vec<Numeral> = numerals(text)
        .into_iter()
        .filter(|numeral| !hidden.iter().any(|span| span.contains(&numeral.span.start)))
        .collect();
    let mut figures = Vec::new();
    for (at, estimate) in all.iter().enumerate() {
        let after = &text[estimate.span.end..];
        let percent = after.trim_start_matches('\\').starts_with('%');
        let unit = after.trim_start_matches(['\\', '%']).trim_start();
        let unit = ["percentage points", "points", "pp", "months", "of patients"]
            .iter()
            .find(|word| unit.starts_with(**word))
            .map_or("", |word| *word);
        let open = after.find('(').filter(|open| {
            let between = after[..*open].trim_matches(['\\', '%', ' ', '\n']);
            between == unit
        });
        let close = open.and_then(|open| Some(open + after[open..].find(')')?));
        let inside = open.zip(close).map(|(open, close)| estimate.span.end + open..estimate.span.end + close + 1);
        let interval = inside.clone().and_then(|inside| {
            let ends: Vec<&Numeral> = all[at + 1..]
                .iter()
                .filter(|numeral| inside.contains(&numeral.span.start) && !is_level(text, numeral))
                .collect();
            let joined = ends.first().zip(ends.get(1)).is_some_and(|(lower, upper)| {
                matches!(
                    text[lower.span.end..upper.span.start].trim_matches(['%', '\\', ' ']),
                    "–" | "-" | "--" | "to" | "," | "" | "—"
                )
            });
            if !joined { None } else { Some(((*ends.first()?).clone(), (*ends.get(1)?).clone())) }
        });
        let end = match (&interval, inside) {
            (Some(_), Some(inside)) => inside.end,
            _ if percent => estimate.span.end + after.find('%').map_or(0, |at| at + 1),
            _ => continue,
        };
        figures.push(Figure { span: estimate.span.start..end, estimate: estimate.clone(), interval });
    }
    // Numbers within the brackets of another figure belong to it.
    let spans: Vec<Range<usize>> = figures.iter().map(|figure| figure.span.clone()).collect();
    figures.retain(|figure| !spans.iter().any(|span| span.start < figure.span.start && figure.span.start < span.end));
    figures
}

/// Whether a number is the level of an interval: `95% CI`.
fn is_level(text: &str, numeral: &Numeral) -> bool {
    let after = text[numeral.span.end..].trim_start_matches(['%', '\\', ' ']);
    ["CI", "confidence", "prediction", "PI", "credib"].iter().any(|word| after.starts_with(word))
}

/// Returns where a text is not prose: comments, fenced code, the front matter, addresses.
fn hidden(text: &str) -> Vec<Range<usize>> {
    let mut hidden = Vec::new();
    for (open, close) in [("<!--", "-->"), ("```", "```"), ("](", ")"), ("{{", "}}")] {
        let mut at = 0;
        while let Some(start) = text[at..].find(open).map(|found| at + found) {
            let length = text[start + open.len()..].find(close).unwrap_or(text.len() - start - open.len());
            at = (start + open.len() + length + close.len()).min(text.len());
            hidden.push(start..at);
        }
    }
    if text.starts_with("---\n")
        && let Some(end) = text[4..].find("\n---\n")
    {
        hidden.push(0..end + 9);
    }
    hidden
}

fn fits(figure: &Figure, fact: &Fact) -> bool {
    let is = |numeral: &Numeral, field: &str| fact.number(field).is_some_and(|value| numeral.is(value));
    let kind = match fact {
        Fact::Pool(_) | Fact::Difference(_) => true,
        Fact::Result(result) => figure.interval.is_some() || result.measure == Measure::Proportion,
        Fact::Range(_) | Fact::Share(_) | Fact::Count(_) | Fact::Study(_) => false,
    };
    let ends = figure.interval.as_ref().is_none_or(|(lower, upper)| is(lower, "lower") && is(upper, "upper"));
    kind && is(&figure.estimate, "") && ends
}

/// Returns how plain a fact is: pools before single results, those before variations.
fn rank(fact: &Fact, id: &str) -> usize {
    match fact {
        Fact::Pool(pool) if pool.variant.is_some() => 4,
        Fact::Pool(pool) if pool.k == 1 => 3,
        Fact::Result(_) if id.contains(':') => 1,
        Fact::Result(_) => 2,
        _ => 0,
    }
}

/// What is said around a figure, in small letters.
struct Around {
    /// The sentence, or the row of a table.
    sentence: String,
    /// The paragraph up to the figure, with the heading over it.
    before: String,
}

impl Around {
    fn new(text: &str, span: &Range<usize>) -> Self {
        let line_start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        let row = text[line_start..].starts_with('|');
        let entry = if row { entry_of(text, line_start) } else { "" };
        let start = if row { line_start } else { text[..span.start].rfind(". ").map_or(0, |at| at + 2) };
        let end = if row { text[span.end..].find('\n') } else { text[span.end..].find(". ") };
        let end = end.map_or(text.len(), |at| span.end + at);
        let heading = text[..span.start].rfind("\n#").unwrap_or(0);
        Self {
            sentence: format!("{entry} {}", &text[start..end]).to_lowercase(),
            before: text[heading..span.start].to_lowercase(),
        }
    }

    /// Whether a fact can be meant: a variation only where it is named.
    fn may_mean(&self, fact: &Fact) -> bool {
        let Fact::Pool(Pooled { variant: Some(name), .. }) = fact else { return true };
        let word = name.split(' ').next().unwrap_or_default().to_lowercase();
        self.sentence.contains(&word)
    }

    /// Returns how much the words speak for a fact.
    fn speaks_of(&self, id: &str, fact: &Fact, facts: &Facts) -> i32 {
        let title = match fact {
            Fact::Pool(pool) => &pool.title,
            Fact::Difference(gap) => &gap.title,
            Fact::Result(result) => {
                let analysis = id.split_once(':').and_then(|(analysis, _)| facts.get(analysis));
                let named = match analysis.map(|named| &named.fact) {
                    Some(Fact::Pool(pool)) => self.says_title(&pool.title),
                    _ => 0,
                };
                let study = facts.get(&result.study).map(|named| &named.fact);
                let Some(Fact::Study(study)) = study else { return named };
                let family = study.label.split(' ').next().unwrap_or_default().to_lowercase();
                let says = self.sentence.contains(&family);
                let year = self.sentence.contains(&study.year.to_string());
                return named + if says { 4 + i32::from(year) } else { -4 };
            }
            _ => return 0,
        };
        let group = |name: &str| self.sentence.rfind(name).or_else(|| self.before.rfind(name).map(|_| 0));
        let groups = match fact {
            Fact::Pool(pool) => match pool.group.as_deref() {
                Some(own) => {
                    let other = if own == "prospective" { "retrospective" } else { "prospective" };
                    if group(own).is_some()
                        && (group(other).is_none() || self.sentence.contains(&format!("{own} series")))
                    {
                        3
                    } else {
                        -2
                    }
                }
                None => 0,
            },
            Fact::Difference(_) => {
                if self.sentence.contains("differ") || self.sentence.contains("points") {
                    3
                } else {
                    -2
                }
            }
            _ => 0,
        };
        // What one series has is its own; a pool of it changes with the next.
        let alone = match fact {
            Fact::Pool(pool) if pool.k == 1 && !self.sentence.contains("the only") => -6,
            _ => 0,
        };
        self.says_title(title) + groups + alone
    }

    /// Returns how much of `2-year progression-free survival` is said.
    fn says_title(&self, title: &str) -> i32 {
        let title = title.to_lowercase();
        let (time, outcome) = match title.split_once(' ') {
            Some((time, outcome)) if time.ends_with("-year") || time.ends_with("-month") => (Some(time), outcome),
            _ => (None, title.as_str()),
        };
        let outcome = outcome.split(',').next().unwrap_or(outcome);
        let named = if self.sentence.contains(outcome) {
            3
        } else if self.before.contains(outcome) {
            2
        } else {
            0
        };
        let timed = time.map_or(0, |time| {
            let number = time.split('-').next().unwrap_or_default();
            let word = number.parse().map(super::counted_word).unwrap_or_default();
            let says = |number: &str| {
                ["-year", " year", "-month", " month"]
                    .iter()
                    .any(|unit| self.sentence.contains(&format!("{number}{unit}")))
            };
            if says(number) || says(&word) { 2 } else { -1 }
        });
        named + timed
    }
}

/// Returns the first cell of the row that begins at `line`, or of the last row before it that has one.
fn entry_of(text: &str, line: usize) -> &str {
    let above = text[..line].lines().rev().take_while(|row| row.starts_with('|'));
    let rows = text[line..].lines().take(1).chain(above);
    let mut first_cells = rows.filter_map(|row| row.trim_start_matches('|').split('|').next()).map(str::trim);
    first_cells.find(|cell| !cell.is_empty()).unwrap_or_default()
}

/// Returns bindings for counts of studies, patients and lesions.
fn counts(text: &str, facts: &Facts) -> Vec<Proposal> {
    let hidden = hidden(text);
    let nouns = [("series", "studies"), ("studies", "studies"), ("patients", "patients"), ("lesions", "lesions")];
    let mut found = Vec::new();
    for numeral in numerals(text) {
        if hidden.iter().any(|span| span.contains(&numeral.span.start)) || numeral.value < 2.0 {
            continue;
        }
        let after = text[numeral.span.end..].trim_start();
        let group = ["retrospective", "prospective"].into_iter().find(|group| after.starts_with(group));
        let rest = group.map_or(after, |group| after[group.len()..].trim_start());
        let Some((noun, id)) = nouns.iter().find(|(noun, _)| rest.starts_with(noun)) else { continue };
        let id = group.map_or((*id).to_owned(), |group| format!("{id}@{group}"));
        if facts.get(&id).and_then(|named| named.fact.number("")).is_some_and(|value| numeral.is(value)) {
            let end = text.len() - rest.len() + noun.len();
            found.push(Proposal { span: numeral.span.start..end, id, others: Vec::new() });
        }
    }
    found
}
