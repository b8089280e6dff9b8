//! What may stand around a pool: single studies, subsets, small studies. What there is no answer for is `None`, with the
//! reason.

use std::collections::BTreeMap;

use forestable::effect::Figures;
use forestable::model::sensitivity::{
    self as single, Baujat, Cumulated, Influence, Omitted, Plan, Shrunken, SubsetPool,
};
use forestable::model::small_study::{
    Asymmetry, ENOUGH, ExcessSignificance, FailSafe, FillEstimator, HenmiCopas, PetPeese, Predictor, RankCorrelation,
    RegressionTest, Selection, Side, TOO_FEW, TrimAndFill, asymmetry, begg, excess_significance, fail_safe,
    fail_safe_effect, fail_safe_weighted, henmi_copas, pet_peese, selection, trim_and_fill,
};
use forestable::model::{Estimate, FitError, IntervalMethod, Spec, Tau2Method};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::super::PoolArgs;
use super::super::studies::Studies;
use super::study::harmonic_size;

/// Why answers are `None`, by their keys.
pub type Reasons = BTreeMap<String, String>;

/// Returns the answer, or notes why there is none.
pub fn kept<T>(reasons: &mut Reasons, key: &str, found: Result<T, FitError>) -> Option<T> {
    found.map_err(|error| reasons.insert(key.to_owned(), error.to_string())).ok()
}

/// What single studies do to the pool.
#[derive(Debug, Serialize)]
pub struct Sensitivity {
    #[serde(serialize_with = "columns")]
    pub leave_one_out: Option<Vec<Omitted>>,
    #[serde(serialize_with = "columns")]
    pub cumulative: Option<Vec<Cumulated>>,
    #[serde(serialize_with = "columns")]
    pub influence: Option<Vec<Influence>>,
    #[serde(serialize_with = "columns")]
    pub baujat: Option<Vec<Baujat>>,
    #[serde(serialize_with = "columns")]
    pub shrunken: Option<Vec<Shrunken>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub null_because: Reasons,
}

impl Sensitivity {
    /// Looks at each study.
    pub fn of(estimates: &[Estimate], spec: &Spec) -> Self {
        let mut null_because = Reasons::new();
        let reasons = &mut null_because;
        Self {
            leave_one_out: kept(reasons, "leave_one_out", single::leave_one_out(estimates, spec)),
            cumulative: kept(reasons, "cumulative", single::cumulative(estimates, spec)),
            influence: kept(reasons, "influence", single::influence(estimates, spec)),
            baujat: kept(reasons, "baujat", single::baujat(estimates, spec)),
            shrunken: kept(reasons, "shrunken", single::shrunken(estimates, spec)),
            null_because,
        }
    }
}

/// The pools of subsets.
#[derive(Debug, Serialize)]
pub struct Gosh {
    pub plan: Plan,
    pub subsets: usize,
    /// Least, quartiles, largest.
    pub estimate_quartiles: [f64; 5],
    pub i2_percent_quartiles: [f64; 5],
    pub pools: Pools,
}

/// A column a figure, one entry a subset.
#[derive(Debug, Serialize)]
pub struct Pools {
    pub k: Vec<usize>,
    pub estimate: Vec<f64>,
    pub tau2: Vec<f64>,
    pub i2_percent: Vec<f64>,
    pub q: Vec<f64>,
}

impl Gosh {
    /// Pools all subsets, or a sample of them drawn with `seed`; `None` below three studies.
    pub fn of(estimates: &[Estimate], seed: u64, spec: &Spec) -> Result<Option<Self>, FitError> {
        if estimates.len() < 3 {
            return Ok(None);
        }
        let found = single::gosh(estimates, Plan::of(estimates.len(), seed), spec)?;
        let column = |figure: fn(&SubsetPool) -> f64| found.pools.iter().map(figure).collect::<Vec<f64>>();
        let (estimate, i2_percent) = (column(|pool| pool.estimate), column(|pool| pool.i2_percent));
        Ok(Some(Self {
            plan: found.plan,
            subsets: found.pools.len(),
            estimate_quartiles: quartiles(&estimate),
            i2_percent_quartiles: quartiles(&i2_percent),
            pools: Pools {
                k: found.pools.iter().map(|pool| pool.k).collect(),
                tau2: column(|pool| pool.tau2),
                q: column(|pool| pool.q),
                estimate,
                i2_percent,
            },
        }))
    }
}

/// Returns least, quartiles and largest of values: order statistics, none made up between them.
fn quartiles(values: &[f64]) -> [f64; 5] {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    [0, 1, 2, 3, 4].map(|quarter| sorted[quarter * (sorted.len() - 1) / 4])
}

/// What small studies say.
#[derive(Debug, Serialize)]
pub struct SmallStudy {
    pub egger_mixed: Option<Asymmetry>,
    pub egger_linear: Option<Asymmetry>,
    pub pet_peese_variance: Option<Asymmetry>,
    pub inverse_n_linear: Option<Asymmetry>,
    pub begg: Option<RankCorrelation>,
    #[serde(flatten)]
    pub filled: BTreeMap<String, Option<TrimAndFill>>,
    pub pet_peese: Option<PetPeese>,
    pub fail_safe: Option<FailSafe>,
    pub fail_safe_weighted: Option<FailSafe>,
    /// To the effect that `--threshold` names.
    pub fail_safe_effect: Option<u64>,
    pub three_parameter_selection: Option<Selection>,
    pub henmi_copas: Option<HenmiCopas>,
    pub excess_significance: Option<ExcessSignificance>,
    pub warning: Option<&'static str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub null_because: Reasons,
}

impl SmallStudy {
    /// Looks at small studies.
    pub fn of(studies: &Studies, args: &PoolArgs) -> Self {
        let (estimates, spec) = (&studies.estimates, &args.spec());
        let mut null_because = Reasons::new();
        let reasons = &mut null_because;
        let sizes: Option<Vec<f64>> = studies.figures.iter().map(Figures::n).collect();
        let test = |predictor, sizes: &[f64], test| asymmetry(estimates, sizes, predictor, test, spec);
        let by_size = match &sizes {
            Some(sizes) => {
                kept(reasons, "inverse_n_linear", test(Predictor::InverseSize, sizes, RegressionTest::Linear))
            }
            None => {
                reasons.insert("inverse_n_linear".into(), "the table does not say how many patients there are".into());
                None
            }
        };
        let filling = Spec { tau2: Tau2Method::DerSimonianLaird, interval: IntervalMethod::Classic, ..*spec };
        let kinds =
            FillEstimator::ALL.iter().flat_map(|estimator| Side::ALL.iter().map(move |side| (*estimator, *side)));
        let filled = kinds.map(|(estimator, side)| {
            let key = format!("trimfill_{estimator}_{side}");
            let found = kept(reasons, &key, trim_and_fill(estimates, side, estimator, &filling));
            (key, found)
        });
        let filled = filled.collect();
        let target = args.threshold.map(|value| args.measure.transform(value, harmonic_size(&studies.figures)));
        let to_target = target.and_then(|target| fail_safe_effect(estimates, target).ok()).flatten();
        Self {
            egger_mixed: kept(reasons, "egger_mixed", test(Predictor::StandardError, &[], RegressionTest::Mixed)),
            egger_linear: kept(reasons, "egger_linear", test(Predictor::StandardError, &[], RegressionTest::Linear)),
            pet_peese_variance: kept(
                reasons,
                "pet_peese_variance",
                test(Predictor::Variance, &[], RegressionTest::Mixed),
            ),
            inverse_n_linear: by_size,
            begg: kept(reasons, "begg", begg(estimates)),
            filled,
            pet_peese: kept(reasons, "pet_peese", pet_peese(estimates, spec)),
            fail_safe: kept(reasons, "fail_safe", fail_safe(estimates)),
            fail_safe_weighted: kept(reasons, "fail_safe_weighted", fail_safe_weighted(estimates)),
            fail_safe_effect: to_target,
            three_parameter_selection: kept(reasons, "three_parameter_selection", selection(estimates)),
            henmi_copas: kept(reasons, "henmi_copas", henmi_copas(estimates, spec.level)),
            excess_significance: kept(reasons, "excess_significance", excess_significance(estimates, spec)),
            warning: (estimates.len() < ENOUGH).then_some(TOO_FEW),
            null_because,
        }
    }
}

/// Writes a list of records as a record of lists, as the reference files have it.
fn columns<T: Serialize, S: Serializer>(rows: &Option<Vec<T>>, serializer: S) -> Result<S::Ok, S::Error> {
    let Some(rows) = rows else { return serializer.serialize_none() };
    let mut columns = Map::new();
    for row in rows {
        let Ok(Value::Object(row)) = serde_json::to_value(row) else { continue };
        for (key, value) in row {
            if let Value::Array(list) = columns.entry(key).or_insert_with(|| Value::Array(Vec::new())) {
                list.push(value);
            }
        }
    }
    columns.serialize(serializer)
}
