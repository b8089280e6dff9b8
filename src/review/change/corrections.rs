//! What a study says differently: results matched by what they measure, everything else by its name.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::evidence::{Cohort, Published, ResultEntry, Study};

/// One thing that a study says differently.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Correction {
    /// A published result; `None` where it is new or gone.
    Result {
        /// Id of the cohort.
        cohort: String,
        /// As it was.
        before: Option<Box<ResultEntry>>,
        /// As it is.
        after: Option<Box<ResultEntry>>,
    },
    /// Another fact; `None` where it is new or gone.
    Fact {
        /// Where it stands: `cohorts.all.patients`.
        fact: String,
        /// As it was.
        before: Option<String>,
        /// As it is.
        after: Option<String>,
    },
}

/// Whether two records say the same, wherever in their files they stand.
pub(super) fn same<T: Serialize>(before: &T, after: &T) -> bool {
    said(before) == said(after)
}

/// Returns what `after` says differently.
pub(super) fn corrections(before: &Study, after: &Study) -> Vec<Correction> {
    let mut found = facts(before, after);
    for cohort in &after.cohorts {
        let earlier = before.cohort(&cohort.id).map_or(&[][..], |earlier| &earlier.results);
        results(cohort, earlier, &cohort.results, &mut found);
    }
    for cohort in before.cohorts.iter().filter(|cohort| after.cohort(&cohort.id).is_none()) {
        results(cohort, &cohort.results, &[], &mut found);
    }
    found
}

/// Pairs the results that measure the same, in their order, and takes those that say something else.
fn results(cohort: &Cohort, before: &[ResultEntry], after: &[ResultEntry], found: &mut Vec<Correction>) {
    let mut unpaired: Vec<&ResultEntry> = before.iter().collect();
    let mut report = |before: Option<&ResultEntry>, after: Option<&ResultEntry>| {
        let owned = |result: &ResultEntry| Box::new(result.clone());
        let (before, after) = (before.map(owned), after.map(owned));
        found.push(Correction::Result { cohort: cohort.id.clone(), before, after });
    };
    for result in after {
        let pair = unpaired.iter().position(|earlier| measures_the_same(earlier, result));
        let earlier = pair.map(|position| unpaired.remove(position));
        if earlier.is_none_or(|earlier| !same(earlier, result)) {
            report(earlier, Some(result));
        }
    }
    for result in unpaired {
        report(Some(result), None);
    }
}

fn measures_the_same(a: &ResultEntry, b: &ResultEntry) -> bool {
    let quantity = match (&a.published, &b.published) {
        (Published::Survival(a), Published::Survival(b)) => a.at == b.at,
        (Published::Count(a), Published::Count(b)) => {
            (a.at, a.grade, a.phase, &a.event) == (b.at, b.grade, b.phase, &b.event)
        }
        (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
    };
    quantity && (&a.outcome, &a.variant) == (&b.outcome, &b.variant)
}

/// Compares everything but the results.
fn facts(before: &Study, after: &Study) -> Vec<Correction> {
    let flat = |study: &Study| {
        let mut facts = BTreeMap::new();
        flatten(&said(study), "", &mut facts);
        facts
    };
    let (before, after) = (flat(before), flat(after));
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    let differs = names.into_iter().filter(|name| before.get(*name) != after.get(*name));
    differs
        .map(|name| Correction::Fact {
            fact: name.clone(),
            before: before.get(name).cloned(),
            after: after.get(name).cloned(),
        })
        .collect()
}

/// Returns a record as plain data, without the places where it is written.
fn said<T: Serialize>(record: &T) -> Value {
    let mut value = serde_json::to_value(record).unwrap_or_default();
    strip(&mut value);
    value
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(entries) => {
            entries.remove("place");
            entries.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

/// Names every value by its path; what has an id goes by that, and the results are left to [`results`].
fn flatten(value: &Value, path: &str, facts: &mut BTreeMap<String, String>) {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::Object(entries) => {
            for (name, value) in entries.iter().filter(|(name, _)| !matches!(name.as_str(), "results" | "id")) {
                // A figure that is there or not is one fact, whichever it is.
                let inner = if matches!(name.as_str(), "value" | "absent") { path.to_owned() } else { below(name) };
                flatten(value, &inner, facts);
            }
        }
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            facts.insert(path.to_owned(), items.iter().map(text).collect::<Vec<_>>().join(", "));
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let name =
                    item.get("id").and_then(Value::as_str).map_or_else(|| (index + 1).to_string(), str::to_owned);
                flatten(item, &below(&name), facts);
            }
        }
        Value::Null => {}
        value => {
            facts.insert(path.to_owned(), text(value));
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
