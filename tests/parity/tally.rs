//! Counts figures that agree, and lists those that don't.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

/// The count so far.
#[derive(Default)]
pub struct Tally {
    agree: BTreeMap<&'static str, Agreement>,
    reference_wrong: BTreeMap<(&'static str, &'static str), usize>,
    disagree: Vec<String>,
    data: BTreeSet<String>,
    file: &'static str,
}

/// What agrees with one reference file.
#[derive(Debug, Clone, Default)]
pub struct Agreement {
    /// Figures.
    pub figures: usize,
    /// The largest difference, as [`difference`] has it.
    pub largest: f64,
    /// The widest tolerance.
    pub tolerance: f64,
    /// The versions of the programs that wrote the file.
    pub software: BTreeMap<String, String>,
}

impl Tally {
    /// Reads a reference file; what is counted from now on belongs to it.
    pub fn open(&mut self, file: &'static str) -> Value {
        self.file = file;
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity").join(file);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let reference: Value =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let versions = reference["software"].as_object().expect("the versions of the programs");
        let version = |(program, version): (&String, &Value)| (program.clone(), self::text(version).to_owned());
        let name = |case: &Value| {
            let name = ["id", "data", "dataset"].iter().find_map(|key| case[key].as_str());
            name.map(|name| name.split('/').next().unwrap_or(name).to_owned())
        };
        self.data.extend(cases(&reference).iter().filter_map(name));
        self.agree.entry(file).or_default().software = versions.iter().map(version).collect();
        reference
    }

    /// Compares one figure: equal within `tolerance` of the expected value (floor 1e-9), or both absent.
    pub fn figure(&mut self, what: impl FnOnce() -> String, found: Option<f64>, expected: &Value, tolerance: f64) {
        if !self.agrees(found, expected, tolerance) {
            self.disagree.push(format!("{}: {}: found {found:?}, expected {expected}", self.file, what()));
        }
    }

    /// Compares a figure that the reference may have wrong for `reason`; the caller has proof of that.
    pub fn contested(&mut self, found: Option<f64>, expected: &Value, tolerance: f64, reason: &'static str) {
        if !self.agrees(found, expected, tolerance) {
            *self.reference_wrong.entry((self.file, reason)).or_default() += 1;
        }
    }

    /// Returns whether a figure agrees, and counts it if it does.
    fn agrees(&mut self, found: Option<f64>, expected: &Value, tolerance: f64) -> bool {
        let difference = match (found, expected.as_f64()) {
            (None, None) if expected.is_null() => 0.0,
            (Some(found), Some(expected)) => difference(found, expected, tolerance),
            _ => return false,
        };
        if difference.is_nan() || difference > tolerance {
            return false;
        }
        let agreement = self.agree.entry(self.file).or_default();
        agreement.figures += 1;
        agreement.largest = agreement.largest.max(difference);
        agreement.tolerance = agreement.tolerance.max(tolerance);
        true
    }

    /// Prints the count and fails if a figure disagrees, or if nothing was compared.
    pub fn report(&self) {
        let agree = self.figures();
        println!("{agree} of {} figures agree", agree + self.set_apart() + self.disagree.len());
        for (file, agreement) in &self.agree {
            println!("  {:6} in {file}", agreement.figures);
        }
        for ((file, reason), count) in &self.reference_wrong {
            println!("  {count:6} in {file} differ because {reason}");
        }
        assert!(agree > 0, "nothing was compared");
        assert!(self.disagree.is_empty(), "{} disagree:\n{}", self.disagree.len(), self.disagree.join("\n"));
    }

    /// Returns how many figures agree.
    pub fn figures(&self) -> usize {
        self.agree.values().map(|agreement| agreement.figures).sum()
    }

    /// Returns how many were set apart as wrong in the reference.
    pub fn set_apart(&self) -> usize {
        self.reference_wrong.values().sum()
    }

    /// Returns what agrees with a reference file, and how often it is wrong for which reason.
    pub fn of(&self, file: &str) -> (&Agreement, Vec<(&'static str, usize)>) {
        let wrong = self.reference_wrong.iter().filter(|((of, _), _)| *of == file);
        (&self.agree[file], wrong.map(|((_, reason), count)| (*reason, *count)).collect())
    }

    /// Returns the names of the data sets that were read.
    pub fn data(&self) -> impl Iterator<Item = &str> {
        self.data.iter().map(String::as_str)
    }

    /// Returns the reference files that were read.
    pub fn files(&self) -> impl Iterator<Item = &'static str> {
        self.agree.keys().copied()
    }
}

/// Returns how far `found` is from `expected`, relative to it; a difference of 1e-9 is within `tolerance` of any.
fn difference(found: f64, expected: f64, tolerance: f64) -> f64 {
    (found - expected).abs() / expected.abs().max(1e-9 / tolerance)
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
