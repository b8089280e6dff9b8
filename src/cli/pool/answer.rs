//! The answer: what `--format json` prints, and what a table is made from.

use forestable::effect::{Figures, Limits, Measure};
use forestable::evidence::Level;
use forestable::model::bayes::{Priors, Summary, fit_bayes};
use forestable::model::small_study::{
    ENOUGH, FillEstimator, Predictor, RegressionTest, Side, TOO_FEW, asymmetry, begg, excess_significance, fail_safe,
    henmi_copas, selection, trim_and_fill,
};
use forestable::model::{
    BetweenTest, Coefficient, CommonTau2, Estimate, Fit, FitError, GroupFit, IntervalMethod, ModelKind,
    PredictionMethod, Regression, Spec, SubgroupTau2, Subgroups, Tau2Method, cochran_mantel_haenszel, fit, fit_apart,
    fit_counts, fit_subgroups, regress, sensitivity as single, tarone,
};
use forestable::num::distribution::{Distribution as _, Normal, Tail};
use serde::Serialize;
use serde_json::{Map, Value};

use super::studies::Studies;
use super::{PoolArgs, With};

/// The answer; a number that does not exist is `None`.
#[derive(Debug, Serialize)]
pub struct Answer {
    pub k: usize,
    pub measure: Measure,
    pub model: ModelKind,
    pub tau2_method: Option<Tau2Method>,
    pub interval: IntervalMethod,
    pub level: Level,
    pub estimate: Option<f64>,
    pub se: Option<f64>,
    pub statistic: Option<f64>,
    pub df: Option<f64>,
    pub p_value: Option<f64>,
    pub ci_lower: Option<f64>,
    pub ci_upper: Option<f64>,
    pub prediction: Option<PredictionMethod>,
    pub pi_df: Option<f64>,
    pub pi_lower: Option<f64>,
    pub pi_upper: Option<f64>,
    pub tau2: Option<f64>,
    pub tau2_se: Option<f64>,
    pub tau2_ci_lower: Option<f64>,
    pub tau2_ci_upper: Option<f64>,
    pub i2_percent: Option<f64>,
    pub i2_q_percent: Option<f64>,
    pub h2: Option<f64>,
    pub q: Option<f64>,
    pub q_df: Option<f64>,
    pub q_p: Option<f64>,
    pub q_lrt: Option<f64>,
    #[serde(flatten)]
    pub tables: Option<TableTests>,
    pub weights_percent: Vec<f64>,
    pub studies: Vec<Study>,
    pub natural: Natural,
    #[serde(flatten)]
    pub posterior: Option<Posterior>,
    #[serde(flatten)]
    pub grouped: Option<Grouped>,
    #[serde(flatten)]
    pub regression: Option<Regressed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sensitivity: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub small_study: Option<Value>,
    pub remarks: Vec<String>,
}

/// One study.
#[derive(Debug, Serialize)]
pub struct Study {
    pub study: String,
    pub yi: f64,
    pub vi: f64,
    pub ci_lower: f64,
    pub ci_upper: f64,
    pub weight_percent: Option<f64>,
    pub natural: StudyNatural,
    #[serde(skip)]
    pub figures: Figures,
    #[serde(skip)]
    pub group: Option<usize>,
}

/// A study back-transformed.
#[derive(Debug, Serialize)]
pub struct StudyNatural {
    pub estimate: f64,
    pub ci_lower: f64,
    pub ci_upper: f64,
}

/// A pool back-transformed.
#[derive(Debug, Serialize)]
pub struct Natural {
    pub estimate: Option<f64>,
    pub ci_lower: Option<f64>,
    pub ci_upper: Option<f64>,
    pub pi_lower: Option<f64>,
    pub pi_upper: Option<f64>,
}

/// The posterior of a Bayesian pool.
#[derive(Debug, Serialize)]
pub struct Posterior {
    pub priors: Priors,
    #[serde(flatten)]
    pub summary: Summary,
}

/// The tests of 2 × 2 tables that go with Mantel and Haenszel's odds ratio.
#[derive(Debug, Serialize)]
pub struct TableTests {
    pub cmh: Option<f64>,
    pub cmh_p: Option<f64>,
    pub tarone: Option<f64>,
    pub tarone_p: Option<f64>,
}

/// The pools by group.
#[derive(Debug, Serialize)]
pub struct Grouped {
    pub groups: Vec<Group>,
    pub subgroup_tau2: SubgroupTau2,
    pub common_tau2: Option<CommonTau2>,
    pub q_between: Option<f64>,
    pub q_between_df: Option<f64>,
    pub q_between_p: Option<f64>,
    pub f_between: Option<f64>,
    pub f_df1: Option<f64>,
    pub f_df2: Option<f64>,
    pub f_p: Option<f64>,
}

/// One group.
#[derive(Debug, Serialize)]
pub struct Group {
    pub level: String,
    pub k: usize,
    pub estimate: Option<f64>,
    pub se: Option<f64>,
    pub ci_lower: Option<f64>,
    pub ci_upper: Option<f64>,
    pub pi_lower: Option<f64>,
    pub pi_upper: Option<f64>,
    pub tau2: Option<f64>,
    pub i2_percent: Option<f64>,
    pub q: Option<f64>,
    pub natural: Natural,
}

/// The meta-regression.
#[derive(Debug, Serialize)]
pub struct Regressed {
    pub coefficients: Vec<Coefficient>,
    pub qm: f64,
    pub qm_df: f64,
    pub qm_df2: Option<f64>,
    pub qm_p: f64,
    pub qe: f64,
    pub qe_df: f64,
    pub qe_p: f64,
    pub r2_percent: Option<f64>,
    pub residual_tau2: f64,
    pub residual_tau2_se: Option<f64>,
    pub residual_i2_percent: f64,
}

impl Answer {
    /// Pools the studies. Fewer than two have no pool: the answer says so and its figures are `None`.
    pub fn of(studies: &Studies, args: &PoolArgs) -> Result<Self, FitError> {
        let spec = args.spec();
        let estimates = &studies.estimates;
        let k = estimates.len();
        let (pooled, posterior) = match k {
            0 | 1 => (None, None),
            _ => pool_of(estimates, &studies.figures, args).map(|(fit, posterior)| (Some(fit), posterior))?,
        };
        let pool = pooled.as_ref();
        let size = harmonic_size(&studies.figures);
        let grouped = match &studies.groups {
            Some(groups) if k >= 2 => {
                let found = match args.model {
                    ModelKind::Random | ModelKind::Common => {
                        fit_subgroups(estimates, &groups.of, &groups.levels, &spec, args.subgroup_tau2)?
                    }
                    _ => fit_apart(&groups.of, &groups.levels, spec.level, |members| {
                        let some: Vec<_> = members.iter().map(|&study| estimates[study]).collect();
                        let figures: Vec<_> = members.iter().map(|&study| studies.figures[study]).collect();
                        pool_of(&some, &figures, args).map(|(fit, _)| fit)
                    })?,
                };
                let sizes = (0..groups.levels.len()).map(|level| {
                    let members = studies.figures.iter().zip(&groups.of).filter(move |(_, of)| **of == level);
                    harmonic_size(&members.map(|(figures, _)| *figures).collect::<Vec<_>>())
                });
                Some(Grouped::of(&found, args.measure, &sizes.collect::<Vec<_>>()))
            }
            _ => None,
        };
        let regression = if args.moderator.is_empty() || k < 2 {
            None
        } else {
            Some(Regressed::of(regress(estimates, &studies.design, &spec)?))
        };
        let prediction = pool.and_then(|fit| fit.prediction);
        let tau2_ci = pool.and_then(|fit| fit.tau2_ci);
        Ok(Self {
            k,
            measure: args.measure,
            model: args.model,
            tau2_method: match pool {
                Some(fit) => fit.tau2_method,
                None => (args.model == ModelKind::Random).then_some(args.tau2),
            },
            interval: pool.map_or(args.interval, |fit| fit.interval),
            level: args.level,
            estimate: pool.map(|fit| fit.estimate),
            se: pool.map(|fit| fit.se).filter(finite),
            statistic: pool.map(|fit| fit.statistic).filter(finite),
            df: pool.and_then(|fit| fit.df),
            p_value: pool.map(|fit| fit.p_value).filter(finite),
            ci_lower: pool.map(|fit| fit.ci_lower),
            ci_upper: pool.map(|fit| fit.ci_upper),
            prediction: prediction.map(|prediction| prediction.method),
            pi_df: prediction.map(|prediction| prediction.df).filter(finite),
            pi_lower: prediction.map(|prediction| prediction.limits.lower),
            pi_upper: prediction.map(|prediction| prediction.limits.upper),
            tau2: pool.map(|fit| fit.tau2),
            tau2_se: pool.and_then(|fit| fit.tau2_se),
            tau2_ci_lower: tau2_ci.map(|ci| ci.lower),
            tau2_ci_upper: tau2_ci.map(|ci| ci.upper),
            i2_percent: pool.map(|fit| fit.heterogeneity.i2_percent),
            i2_q_percent: pool.map(|fit| fit.heterogeneity.i2_q_percent),
            h2: pool.map(|fit| fit.heterogeneity.h2),
            q: pool.map(|fit| fit.heterogeneity.q),
            q_df: pool.map(|fit| fit.heterogeneity.q_df),
            q_p: pool.map(|fit| fit.heterogeneity.q_p),
            q_lrt: pool.and_then(|fit| fit.heterogeneity.q_lrt),
            tables: TableTests::of(studies, args),
            weights_percent: pool.map(|fit| fit.weights_percent.clone()).unwrap_or_default(),
            studies: Study::all(studies, pool, args),
            natural: Natural::of(pool, args.measure, size),
            posterior,
            grouped,
            regression,
            sensitivity: args.with.contains(&With::Sensitivity).then(|| sensitivity(estimates, &spec)),
            small_study: args.with.contains(&With::Bias).then(|| small_study(studies, &spec)),
            remarks: remarks(studies, pool, args),
        })
    }
}

/// Pools by the model that was asked for.
fn pool_of(estimates: &[Estimate], figures: &[Figures], args: &PoolArgs) -> Result<(Fit, Option<Posterior>), FitError> {
    let spec = args.spec();
    match args.model {
        ModelKind::Random | ModelKind::Common => Ok((fit(estimates, &spec)?, None)),
        ModelKind::Bayes => {
            let priors = Priors { tau: args.tau_prior, mu: args.mu_prior };
            let (fit, found) = fit_bayes(estimates, priors, &spec)?;
            Ok((fit, Some(Posterior { priors, summary: found.summary() })))
        }
        _ => Ok((fit_counts(figures, args.measure, &spec)?, None)),
    }
}

impl Study {
    fn all(studies: &Studies, pool: Option<&Fit>, args: &PoolArgs) -> Vec<Self> {
        let z = Normal.quantile(Tail::above(args.level.0));
        let weight = |index: usize| pool.and_then(|fit| fit.weights_percent.get(index).copied());
        let group = |index: usize| studies.groups.as_ref().and_then(|groups| groups.of.get(index).copied());
        let figures = studies.names.iter().zip(&studies.estimates).zip(&studies.figures).enumerate();
        figures
            .map(|(index, ((name, &Estimate { yi, vi }), figures))| {
                let half = z * vi.sqrt();
                let back = |y| args.measure.back(y, size(figures));
                Self {
                    study: name.clone(),
                    yi,
                    vi,
                    ci_lower: yi - half,
                    ci_upper: yi + half,
                    weight_percent: weight(index),
                    natural: StudyNatural { estimate: back(yi), ci_lower: back(yi - half), ci_upper: back(yi + half) },
                    figures: *figures,
                    group: group(index),
                }
            })
            .collect()
    }
}

impl TableTests {
    fn of(studies: &Studies, args: &PoolArgs) -> Option<Self> {
        if args.model != ModelKind::MantelHaenszel || args.measure != Measure::Or {
            return None;
        }
        let [cmh, tarone] = [cochran_mantel_haenszel, tarone].map(|test| test(&studies.figures).ok().flatten());
        Some(Self {
            cmh: cmh.map(|test| test.statistic),
            cmh_p: cmh.map(|test| test.p_value),
            tarone: tarone.map(|test| test.statistic),
            tarone_p: tarone.map(|test| test.p_value),
        })
    }
}

impl Natural {
    fn of(pool: Option<&Fit>, measure: Measure, size: Option<f64>) -> Self {
        let back = |y: f64| measure.back(y, size);
        let limits = pool.and_then(|fit| fit.prediction).map(|prediction| prediction.limits);
        Self {
            estimate: pool.map(|fit| back(fit.estimate)),
            ci_lower: pool.map(|fit| back(fit.ci_lower)),
            ci_upper: pool.map(|fit| back(fit.ci_upper)),
            pi_lower: limits.map(|Limits { lower, .. }| back(lower)),
            pi_upper: limits.map(|Limits { upper, .. }| back(upper)),
        }
    }
}

impl Grouped {
    fn of(found: &Subgroups, measure: Measure, sizes: &[Option<f64>]) -> Self {
        let group = |(GroupFit { level, k, fit }, size): (&GroupFit, &Option<f64>)| {
            let pool = fit.as_ref();
            let limits = pool.and_then(|fit| fit.prediction).map(|prediction| prediction.limits);
            Group {
                level: level.clone(),
                k: *k,
                estimate: pool.map(|fit| fit.estimate),
                se: pool.map(|fit| fit.se),
                ci_lower: pool.map(|fit| fit.ci_lower),
                ci_upper: pool.map(|fit| fit.ci_upper),
                pi_lower: limits.map(|limits| limits.lower),
                pi_upper: limits.map(|limits| limits.upper),
                tau2: pool.map(|fit| fit.tau2),
                i2_percent: pool.map(|fit| fit.heterogeneity.i2_percent),
                q: pool.map(|fit| fit.heterogeneity.q),
                natural: Natural::of(pool, measure, *size),
            }
        };
        let test: Option<BetweenTest> = found.test;
        let f = test.and_then(|test| test.f);
        Self {
            groups: found.groups.iter().zip(sizes).map(group).collect(),
            subgroup_tau2: found.tau2,
            common_tau2: found.common_tau2,
            q_between: test.map(|test| test.q_between),
            q_between_df: test.map(|test| test.q_between_df),
            q_between_p: test.map(|test| test.q_between_p),
            f_between: f.map(|f| f.f_between),
            f_df1: f.map(|f| f.f_df1),
            f_df2: f.map(|f| f.f_df2),
            f_p: f.map(|f| f.f_p),
        }
    }
}

impl Regressed {
    fn of(found: Regression) -> Self {
        Self {
            coefficients: found.coefficients,
            qm: found.moderators.qm,
            qm_df: found.moderators.qm_df,
            qm_df2: found.moderators.qm_df2,
            qm_p: found.moderators.qm_p,
            qe: found.residual.q,
            qe_df: found.residual.q_df,
            qe_p: found.residual.q_p,
            r2_percent: found.r2_percent,
            residual_tau2: found.tau2,
            residual_tau2_se: found.tau2_se,
            residual_i2_percent: found.residual.i2_percent,
        }
    }
}

/// A posterior has no statistic, and not always a standard deviation.
fn finite(value: &f64) -> bool {
    value.is_finite()
}

/// Returns what a Freeman-Tukey value is taken back at: patients, or time at risk.
fn size(figures: &Figures) -> Option<f64> {
    match figures {
        Figures::Rate { ti, .. } => Some(*ti),
        others => others.n(),
    }
}

fn harmonic_size(figures: &[Figures]) -> Option<f64> {
    let reciprocals: Option<f64> = figures.iter().map(|figures| size(figures).map(|size| 1.0 / size)).sum();
    reciprocals.map(|sum| figures.len() as f64 / sum)
}

fn remarks(studies: &Studies, pool: Option<&Fit>, args: &PoolArgs) -> Vec<String> {
    let few = match studies.estimates.len() {
        0 => Some("no study".to_owned()),
        1 => Some("one study: no pool".to_owned()),
        2 => Some("two studies: no prediction interval".to_owned()),
        _ => None,
    };
    // A model of counts takes empty cells as they are; only the studies' own effects are shown with the addition.
    let corrected = (studies.corrected > 0).then(|| {
        let noun = if studies.corrected == 1 { "study" } else { "studies" };
        let shown = if args.model.takes_counts() { ", for its own row only" } else { "" };
        format!("{} added to the cells of {} {noun} with an empty cell{shown}", args.add, studies.corrected)
    });
    let of_fit = pool.into_iter().flat_map(|fit| fit.remarks.iter().map(ToString::to_string));
    few.into_iter().chain(corrected).chain(of_fit).collect()
}

/// Returns what single studies do to the pool; what too few studies have no answer for is `null`.
fn sensitivity(estimates: &[Estimate], spec: &Spec) -> Value {
    let mut found = Map::new();
    found.insert("leave_one_out".into(), columns(single::leave_one_out(estimates, spec)));
    found.insert("cumulative".into(), columns(single::cumulative(estimates, spec)));
    found.insert("influence".into(), columns(single::influence(estimates, spec)));
    found.insert("baujat".into(), columns(single::baujat(estimates, spec)));
    found.insert("shrunken".into(), columns(single::shrunken(estimates, spec)));
    Value::Object(found)
}

/// Returns the small-study answers; one that does not exist is `null`.
fn small_study(studies: &Studies, spec: &Spec) -> Value {
    let estimates = &studies.estimates;
    let mut found = Map::new();
    let sizes: Option<Vec<f64>> = studies.figures.iter().map(Figures::n).collect();
    for (name, predictor, test) in [
        ("egger_mixed", Predictor::StandardError, RegressionTest::Mixed),
        ("egger_linear", Predictor::StandardError, RegressionTest::Linear),
        ("pet_peese_variance", Predictor::Variance, RegressionTest::Mixed),
    ] {
        found.insert(name.into(), object(asymmetry(estimates, &[], predictor, test, spec)));
    }
    if let Some(sizes) = sizes {
        let test = asymmetry(estimates, &sizes, Predictor::InverseSize, RegressionTest::Linear, spec);
        found.insert("inverse_n_linear".into(), object(test));
    }
    found.insert("begg".into(), object(begg(estimates)));
    let filling = Spec { tau2: Tau2Method::DerSimonianLaird, interval: IntervalMethod::Classic, ..*spec };
    for &estimator in FillEstimator::ALL {
        for &side in Side::ALL {
            let filled = trim_and_fill(estimates, side, estimator, &filling);
            found.insert(format!("trimfill_{estimator}_{side}"), object(filled));
        }
    }
    found.insert("fail_safe".into(), object(fail_safe(estimates)));
    found.insert("three_parameter_selection".into(), object(selection(estimates)));
    found.insert("henmi_copas".into(), object(henmi_copas(estimates, spec.level)));
    found.insert("excess_significance".into(), object(excess_significance(estimates, spec)));
    let warning = (estimates.len() < ENOUGH).then_some(TOO_FEW);
    found.insert("warning".into(), warning.map_or(Value::Null, Value::from));
    Value::Object(found)
}

fn object(found: Result<impl Serialize, FitError>) -> Value {
    found.ok().and_then(|found| serde_json::to_value(found).ok()).unwrap_or(Value::Null)
}

/// Turns a list of records into a record of lists, as the reference files have it.
fn columns(rows: Result<Vec<impl Serialize>, FitError>) -> Value {
    let Value::Array(rows) = object(rows) else { return Value::Null };
    let mut columns = Map::new();
    for row in rows {
        let Value::Object(row) = row else { continue };
        for (key, value) in row {
            if let Value::Array(list) = columns.entry(key).or_insert_with(|| Value::Array(Vec::new())) {
                list.push(value);
            }
        }
    }
    Value::Object(columns)
}
