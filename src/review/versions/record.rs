//! A version as it is written down.

use super::{Version, VersionPool};
use crate::source::Written;

/// Returns the record of a version: the file `versions/VERSION.yaml` reads back as it.
#[must_use]
pub fn record(version: &Version) -> Written {
    let text = |text: &str| Written::Value { text: text.to_owned(), plain: false };
    let plain = |word: &str| Written::value(word);
    let optional = |value: &Option<String>| value.as_deref().map(text);
    let count = |value: Option<u64>| value.map(|value| Written::value(value.to_string()));
    let list = |items: Vec<Written>| (!items.is_empty()).then_some(Written::List(items));
    let flow = version.flow.map(|flow| {
        fields([
            ("identified", count(flow.identified)),
            ("assessed", count(flow.assessed)),
            ("studies", count(flow.studies)),
            ("reports", count(flow.reports)),
        ])
    });
    let changes = version.changes.iter().map(|change| {
        fields([
            ("kind", Some(plain(change.kind.as_str()))),
            ("study", change.study.as_deref().map(plain)),
            ("label", optional(&change.label)),
            ("says", optional(&change.says)),
        ])
    });
    let studies = version.studies.iter().map(|(id, sum)| (id.clone(), text(sum)));
    fields([
        ("date", Some(plain(&version.date.to_string()))),
        ("trigger", Some(text(&version.trigger))),
        ("reconstructed", optional(&version.reconstructed)),
        ("note", optional(&version.note)),
        ("program", optional(&version.program)),
        ("flow", flow),
        ("review", optional(&version.review)),
        ("studies", Some(Written::Record(studies.collect()))),
        ("methods", list(version.methods.iter().map(|item| text(item)).collect())),
        ("changes", list(changes.collect())),
        ("pools", Some(Written::List(version.pools.iter().map(pool).collect()))),
    ])
}

fn pool(pool: &VersionPool) -> Written {
    let state = &pool.state;
    let share = |value: f64| Written::value(number(value));
    let pair = |(from, to): (f64, f64)| Written::List(vec![share(from), share(to)]);
    let because = pool.causes.iter().map(|cause| {
        fields([("change", Some(Written::value((cause.step + 1).to_string()))), ("moved", cause.moved.map(share))])
    });
    let because: Vec<Written> = because.collect();
    fields([
        ("analysis", Some(Written::value(state.analysis.as_str()))),
        ("group", state.group.as_deref().map(Written::value)),
        ("series", Some(Written::List(state.series.iter().map(|id| Written::value(id.as_str())).collect()))),
        ("n", state.n.map(|n| Written::value(n.to_string()))),
        ("estimate", state.estimated.map(|found| share(found.estimate))),
        ("interval", state.estimated.map(|found| pair((found.lower, found.upper)))),
        ("prediction", state.estimated.and_then(|found| found.prediction).map(pair)),
        ("i2", state.i2_percent.map(share)),
        ("p_between", state.p_between.map(share)),
        ("level", Some(share(state.level))),
        ("because", (!because.is_empty()).then_some(Written::List(because))),
    ])
}

/// Returns ten decimals of a number, without the zeros at its end.
fn number(value: f64) -> String {
    let digits = format!("{value:.10}");
    let short = digits.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

/// Returns a mapping of the fields that have a value.
fn fields<const N: usize>(fields: [(&str, Option<Written>); N]) -> Written {
    Written::Record(fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_no_zero_is_negative() {
        let numbers = [0.5, 1.0, 0.123_456_789_012_34, -0.004, -1e-14, 0.0].map(number);
        assert_eq!(numbers, ["0.5", "1", "0.123456789", "-0.004", "0", "0"]);
    }
}
