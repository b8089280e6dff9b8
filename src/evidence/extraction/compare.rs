//! Two extractions side by side: records matched by what they are of, values compared by what they mean.

use serde::Serialize;

use super::super::{Bound, Date, Printed, Quantity, Reported};
use crate::source::Written;

/// One field of two extractions.
#[derive(Debug, Clone, Serialize)]
pub struct Field {
    /// Where it stands: `cohorts.all.results[pfs at 2 years].estimate`.
    pub name: String,
    /// What it holds.
    pub kind: FieldKind,
    /// What the first wrote; `None` where it is nothing.
    pub first: Option<Written>,
    /// What the second wrote; `None` where it is nothing.
    pub second: Option<Written>,
    /// Whether both mean the same.
    pub agrees: bool,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    /// A record as a whole, such as a result or a cohort: both have it, or one.
    Entry,
    /// Numbers, times, dates, or the word for why there is none.
    Figure,
    /// One of a few words, such as `timing` or `unit`.
    Category,
    /// Free words, such as a quotation.
    Words,
}

/// What is taken where two extractions differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// What the first wrote, even if that is nothing.
    First,
    /// What the second wrote, even if that is nothing.
    Second,
    /// Nothing.
    Neither,
    /// Something else.
    Other(Written),
}

impl Choice {
    /// Returns the choice that `a`, `b`, `neither` or any other YAML value names; `None` where it is empty or no YAML.
    ///
    /// ```
    /// use forestable::evidence::Choice;
    /// assert_eq!(Choice::parse("b"), Some(Choice::Second));
    /// assert!(matches!(Choice::parse("[41%, 72%]"), Some(Choice::Other(_))));
    /// assert_eq!(Choice::parse(" "), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim() {
            "a" => Some(Self::First),
            "b" => Some(Self::Second),
            "neither" => Some(Self::Neither),
            other => Written::parse(other).map(Self::Other),
        }
    }
}

/// Says who wrote a file; it is no part of what was extracted.
const ABOUT_THE_FILE: &str = "extraction";

/// Fields with one of a few words.
const CATEGORIES: [&str; 12] = [
    "timing", "primary", "role", "unit", "method", "status", "phase", "variant", "grade", "ci_scale", "derived",
    "centres",
];

/// Mappings whose values are judgements, under names of the author's choice.
const JUDGEMENTS: &str = "risk_of_bias.items";

/// What tells one record of a list from another.
const IDENTITY: [&str; 10] = ["code", "study", "name", "cohort", "about", "outcome", "event", "grade", "phase", "at"];

/// What tells results of different kinds on one outcome apart.
const KINDS: [&str; 4] = ["median", "curve", "mean", "hazard_ratio"];

/// Returns every field of two extractions, in the first's order.
#[must_use]
pub fn compare(first: &Written, second: &Written) -> Vec<Field> {
    let mut fields = Vec::new();
    walk(first, second, &mut |field| {
        let taken = field.first.clone();
        fields.push(field);
        taken
    });
    fields
}

/// Returns the study that two extractions agree on, and what is taken where they differ.
///
/// # Errors
/// The names of all fields on which `decide` says nothing.
pub fn agreed(
    first: &Written,
    second: &Written,
    mut decide: impl FnMut(&Field) -> Option<Choice>,
) -> Result<Written, Vec<String>> {
    let mut undecided = Vec::new();
    let written = walk(first, second, &mut |field| {
        if field.agrees {
            return field.first;
        }
        match decide(&field) {
            Some(Choice::First) => field.first,
            Some(Choice::Second) => field.second,
            Some(Choice::Neither) => None,
            Some(Choice::Other(value)) => Some(value),
            None => {
                undecided.push(field.name);
                None
            }
        }
    });
    if undecided.is_empty() { Ok(written) } else { Err(undecided) }
}

/// Shows every field to `take`, and returns what it gives back in its place.
type Take<'t> = &'t mut dyn FnMut(Field) -> Option<Written>;

fn walk(first: &Written, second: &Written, take: Take<'_>) -> Written {
    let extracted = |written| entries(written).into_iter().filter(|(key, _)| key != ABOUT_THE_FILE).collect::<Vec<_>>();
    Written::Record(named(&extracted(first), &extracted(second), &str::to_owned, take))
}

/// A value under its key.
type Named<'a> = (String, &'a Written);

fn entries(written: &Written) -> Vec<Named<'_>> {
    match written {
        Written::Record(entries) => entries.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Written::Value { .. } | Written::List(_) => Vec::new(),
    }
}

/// Walks what both have by the same name, then what one has alone.
fn named(
    first: &[Named<'_>],
    second: &[Named<'_>],
    name: &dyn Fn(&str) -> String,
    take: Take<'_>,
) -> Vec<(String, Written)> {
    let find = |entries: &[Named<'_>], key: &str| entries.iter().position(|(other, _)| other == key);
    let mut taken = Vec::new();
    for (key, value) in first {
        let other = find(second, key).map(|position| second[position].1);
        taken.extend(node(&name(key), key, Some(value), other, take).map(|value| (key.clone(), value)));
    }
    for (key, value) in second.iter().filter(|(key, _)| find(first, key).is_none()) {
        taken.extend(node(&name(key), key, None, Some(value), take).map(|value| (key.clone(), value)));
    }
    taken
}

fn node(name: &str, key: &str, first: Option<&Written>, second: Option<&Written>, take: Take<'_>) -> Option<Written> {
    if let (Some(one @ Written::Record(_)), Some(other @ Written::Record(_))) = (first, second) {
        // Both have the record: that is agreement too, where a study may be without.
        if name.contains(['.', '[']) && name != JUDGEMENTS {
            take(field(name, key, first, second));
        }
        let below = |key: &str| format!("{name}.{key}");
        return Some(Written::Record(named(&entries(one), &entries(other), &below, take)));
    }
    if let (Some(Written::List(one)), Some(Written::List(other))) = (first, second)
        && one.iter().chain(other).all(|item| matches!(item, Written::Record(_)))
    {
        let below = |key: &str| format!("{name}[{key}]");
        let taken = named(&identified(one), &identified(other), &below, take);
        return Some(Written::List(taken.into_iter().map(|(_, item)| item).collect()));
    }
    take(field(name, key, first, second))
}

fn field(name: &str, key: &str, first: Option<&Written>, second: Option<&Written>) -> Field {
    let agrees = match (first, second) {
        (Some(Written::Record(_)), Some(Written::Record(_))) => true,
        (Some(first), Some(second)) => same(first, second),
        _ => false,
    };
    let kind = kind(name, key, [first, second].into_iter().flatten());
    Field { name: name.to_owned(), kind, first: first.cloned(), second: second.cloned(), agrees }
}

fn kind<'a>(name: &str, key: &str, mut values: impl Iterator<Item = &'a Written> + Clone) -> FieldKind {
    let is_entry = |value: &Written| match value {
        Written::Record(_) => true,
        Written::List(items) => items.iter().any(|item| matches!(item, Written::Record(_))),
        Written::Value { .. } => false,
    };
    if values.clone().any(is_entry) {
        FieldKind::Entry
    } else if CATEGORIES.contains(&key) || name.starts_with(JUDGEMENTS) {
        FieldKind::Category
    } else if values.all(is_figure) {
        FieldKind::Figure
    } else {
        FieldKind::Words
    }
}

fn is_figure(written: &Written) -> bool {
    match written {
        Written::Value { text, .. } => Meaning::of(text).is_some(),
        Written::List(items) => items.iter().all(is_figure),
        Written::Record(_) => false,
    }
}

/// Names the records of a list by what they are of, with a number where there are several of the same.
fn identified(items: &[Written]) -> Vec<Named<'_>> {
    let mut names: Vec<Named<'_>> = Vec::new();
    for item in items {
        let parts = IDENTITY.iter().filter_map(|key| {
            let text = item.get(key)?.text()?;
            Some(match (*key, Bound::parse(text)) {
                ("at", Ok(time)) => format!("at {time}"),
                ("at", Err(_)) => format!("at {text}"),
                _ => text.to_owned(),
            })
        });
        let kinds = KINDS.iter().filter(|kind| item.get(kind).is_some()).map(|kind| (*kind).to_owned());
        let name = parts.chain(kinds).collect::<Vec<_>>().join(" ");
        let many = |count: usize| if count == 1 { name.clone() } else { format!("{name} ({count})") };
        let is_free = |wanted: &String| names.iter().all(|(known, _)| known != wanted);
        let free = (1..).map(many).find(is_free);
        names.extend(free.map(|name| (name, item)));
    }
    names
}

/// What a value means, whichever way it is spelt.
#[derive(PartialEq)]
enum Meaning {
    Proportion(f64),
    Time(Bound),
    Number(f64),
    Date(Date),
    Absent,
}

impl Meaning {
    fn of(text: &str) -> Option<Self> {
        match Reported::<Printed>::parse(text) {
            Ok(Reported::Value(printed)) => return Some(Self::Proportion(printed.value.0)),
            Ok(Reported::Absent(_)) => return Some(Self::Absent),
            Err(_) => {}
        }
        let number = || f64::parse(text).ok().map(Self::Number);
        let time = || Bound::parse(text).ok().map(Self::Time);
        number().or_else(time).or_else(|| Date::parse(text).ok().map(Self::Date))
    }
}

/// Whether two values mean the same: `62%` and `0.62`, `24 months` and `2 years`, words apart from their spaces, quotes
/// and dashes.
fn same(first: &Written, second: &Written) -> bool {
    match (first, second) {
        (Written::Value { text: first, .. }, Written::Value { text: second, .. }) => {
            plain(first) == plain(second)
                || matches!((Meaning::of(first), Meaning::of(second)),
                    (Some(first), Some(second)) if first != Meaning::Absent && first == second)
        }
        (Written::List(first), Written::List(second)) => {
            first.len() == second.len() && first.iter().zip(second).all(|(first, second)| same(first, second))
        }
        (first, second) => first == second,
    }
}

fn plain(text: &str) -> String {
    let letter = |letter: char| match letter {
        '‘' | '’' => '\'',
        '“' | '”' => '"',
        '‐' | '‑' | '–' | '—' | '−' => '-',
        letter => letter,
    };
    let words: Vec<String> = text.split_whitespace().map(|word| word.chars().map(letter).collect()).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "\
design: {timing: retrospective}
follow_up: {median: 24 months}
cohorts:
  all:
    patients: 54
    results:
      - {outcome: os, at: 2 years, estimate: 95%, quote: \"OS was 95%\"}
      - {outcome: pfs, at: 2 years, estimate: 53%, ci: [40%, 65%]}
      - {outcome: lc, at: 2 years, estimate: 97%}
extraction: {by: A}
";

    const SECOND: &str = "\
cohorts:
  all:
    results:
      - {outcome: pfs, at: 24 months, estimate: 43%, ci: [0.40, 0.65]}
      - {outcome: os, at: 24 mo, estimate: 0.95, quote: “OS was  95%”}
      - {outcome: os, median: not reached}
    patients: not reported
design: {timing: prospective}
follow_up: {median: 2 years}
extraction: {by: B}
";

    fn written(text: &str) -> Written {
        Written::parse(text).unwrap()
    }

    #[test]
    fn fields_are_matched_by_what_they_are_of_and_compared_by_what_they_mean() {
        let fields = compare(&written(FIRST), &written(SECOND));
        let differ: Vec<&str> = fields.iter().filter(|field| !field.agrees).map(|field| field.name.as_str()).collect();
        assert_eq!(
            differ,
            [
                "design.timing",
                "cohorts.all.patients",
                "cohorts.all.results[os at 2 years].quote",
                "cohorts.all.results[pfs at 2 years].estimate",
                "cohorts.all.results[lc at 2 years]",
                "cohorts.all.results[os median]",
            ]
        );
        let kind = |name: &str| fields.iter().find(|field| field.name == name).unwrap().kind;
        assert_eq!(kind("design.timing"), FieldKind::Category);
        assert_eq!(kind("follow_up.median"), FieldKind::Figure);
        assert_eq!(kind("cohorts.all.results[pfs at 2 years].ci"), FieldKind::Figure);
        assert_eq!(kind("cohorts.all.results[os at 2 years].quote"), FieldKind::Words);
        assert_eq!(kind("cohorts.all.results[os median]"), FieldKind::Entry);
    }

    #[test]
    fn what_is_agreed_follows_the_decisions() {
        let decide = |field: &Field| match field.name.as_str() {
            "design.timing" => Some(Choice::Second),
            "cohorts.all.patients" => Choice::parse("55"),
            "cohorts.all.results[lc at 2 years]" => Some(Choice::Neither),
            "cohorts.all.results[os median]" => Some(Choice::Second),
            "cohorts.all.results[os at 2 years].quote" => Some(Choice::First),
            "cohorts.all.results[pfs at 2 years].estimate" => Some(Choice::First),
            other => panic!("{other} agrees"),
        };
        let agreed = agreed(&written(FIRST), &written(SECOND), decide).unwrap();
        let expected = "\
design: {timing: prospective}
follow_up: {median: 24 months}
cohorts:
  all:
    patients: 55
    results:
      - {outcome: os, at: 2 years, estimate: 95%, quote: \"OS was 95%\"}
      - {outcome: pfs, at: 2 years, estimate: 53%, ci: [40%, 65%]}
      - {outcome: os, median: not reached}
";
        assert_eq!(agreed.document(), expected);
    }

    #[test]
    fn what_nobody_decides_is_named() {
        let undecided = agreed(&written("label: a b\nnotes: c"), &written("label: a  b\nnotes: d"), |_| None);
        assert_eq!(undecided, Err(vec!["notes".to_owned()]));
    }

    #[test]
    fn several_of_the_same_are_numbered() {
        let list = written("- {outcome: os, at: 1 year}\n- {outcome: os, at: 12 months}");
        let Written::List(items) = &list else { panic!() };
        let names: Vec<String> = identified(items).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["os at 1 year", "os at 1 year (2)"]);
    }
}
