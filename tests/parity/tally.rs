//! Counts figures that agree, and lists those that don't.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

/// The count so far.
#[derive(Default)]
pub struct Tally {
    agree: BTreeMap<&'static str, usize>,
    reference_wrong: BTreeMap<&'static str, usize>,
    disagree: Vec<String>,
    file: &'static str,
}

impl Tally {
    /// Reads a reference file; what is counted from now on belongs to it.
    pub fn open(&mut self, file: &'static str) -> Value {
        self.file = file;
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity").join(file);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Compares one figure: equal within `tolerance` of the expected value (floor 1e-9), or both absent.
    pub fn figure(&mut self, what: impl FnOnce() -> String, found: Option<f64>, expected: &Value, tolerance: f64) {
        if agrees(found, expected, tolerance) {
            *self.agree.entry(self.file).or_default() += 1;
        } else {
            self.disagree.push(format!("{}: {}: found {found:?}, expected {expected}", self.file, what()));
        }
    }

    /// Compares a figure that the reference may have wrong for `reason`; the caller has proof of that.
    pub fn contested(&mut self, found: Option<f64>, expected: &Value, tolerance: f64, reason: &'static str) {
        if agrees(found, expected, tolerance) {
            *self.agree.entry(self.file).or_default() += 1;
        } else {
            *self.reference_wrong.entry(reason).or_default() += 1;
        }
    }

    /// Prints the count and fails if a figure disagrees, or if nothing was compared.
    pub fn report(&self) {
        let agree: usize = self.agree.values().sum();
        let wrong: usize = self.reference_wrong.values().sum();
        println!("{agree} of {} figures agree", agree + wrong + self.disagree.len());
        for (file, count) in &self.agree {
            println!("  {count:6} in {file}");
        }
        for (reason, count) in &self.reference_wrong {
            println!("  {count:6} differ because {reason}");
        }
        assert!(agree > 0, "nothing was compared");
        assert!(self.disagree.is_empty(), "{} disagree:\n{}", self.disagree.len(), self.disagree.join("\n"));
    }
}

fn agrees(found: Option<f64>, expected: &Value, tolerance: f64) -> bool {
    match (found, expected.as_f64()) {
        (None, None) => expected.is_null(),
        (Some(found), Some(expected)) => (found - expected).abs() <= (tolerance * expected.abs()).max(1e-9),
        _ => false,
    }
}

/// Returns the cases of a reference file.
pub fn cases(reference: &Value) -> &[Value] {
    reference["cases"].as_array().expect("`cases` is a list")
}

/// Returns a list of numbers.
pub fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(|item| item.as_f64().expect("a number")).collect()
}

/// Returns a text.
pub fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// Returns effects and variances.
pub fn estimates(case: &Value) -> Vec<forestable::model::Estimate> {
    let pairs = numbers(&case["yi"]).into_iter().zip(numbers(&case["vi"]));
    pairs.map(|(yi, vi)| forestable::model::Estimate { yi, vi }).collect()
}

/// Returns the studies with a variance between them added to each: their common-effect model is the random-effects model at this τ².
pub fn enlarged(
    estimates: &[forestable::model::Estimate],
    tau2: impl Fn(usize) -> f64,
) -> Vec<forestable::model::Estimate> {
    let larger = |(index, one): (usize, &forestable::model::Estimate)| forestable::model::Estimate {
        vi: one.vi + tau2(index),
        ..*one
    };
    estimates.iter().enumerate().map(larger).collect()
}

/// Proves that `found` solves Q(τ²) = `df`, and that `theirs` solves it no better.
#[track_caller]
pub fn prove_root(q: impl Fn(f64) -> f64, df: f64, found: f64, theirs: f64) {
    let (ours, reference) = ((q(found) - df).abs(), (q(theirs) - df).abs());
    assert!(ours < 1e-10 && ours <= reference, "Q misses {df} by {ours} at {found}, by {reference} at {theirs}");
}

/// The reference's names of intervals, which are metafor's and meta's.
pub fn interval(name: &str) -> forestable::model::IntervalMethod {
    use forestable::model::IntervalMethod;
    match name {
        "z" | "classic" => IntervalMethod::Classic,
        "t" => IntervalMethod::T,
        "knha" | "HK" => IntervalMethod::Hksj,
        "adhoc" => IntervalMethod::Mkh,
        "KR" => IntervalMethod::KenwardRoger,
        other => panic!("unknown test `{other}`"),
    }
}
