//! The engine: one bench a bound in the README beside this file.

use divan::{AllocProfiler, Bencher, black_box};
use forestable::effect::Measure;
use forestable::evidence::Level;
use forestable::model::bayes::{MuPrior, Posterior, Priors, TauPrior};
use forestable::model::sensitivity::{Plan, cumulative, gosh, influence, leave_one_out};
use forestable::model::small_study::{
    FillEstimator, Predictor, RegressionTest, Side, asymmetry, henmi_copas, selection, trim_and_fill,
};
use forestable::model::tau2::{Likelihood, QWeights, generalised_q, profile_likelihood};
use forestable::model::{
    Design, Estimate, Mean, ModelKind, PredictiveSample, Spec, Tau2Method, fit, fit_counts, permutation_test,
};
use forestable_benches::{bcg, pritz, schools, simulated};

/// Counts what is allocated: the column `max alloc` is the memory that a call needs beside its input.
#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

#[divan::bench]
fn reml_of_13_studies(bencher: Bencher) {
    let studies = bcg();
    bencher.bench(|| fit(black_box(&studies), &Spec::default()));
}

#[divan::bench(args = [1_000, 10_000, 100_000], sample_count = 20)]
fn reml_of_many_studies(bencher: Bencher, k: usize) {
    let studies = simulated(k);
    bencher.bench(|| fit(black_box(&studies), &Spec::default()));
}

#[divan::bench(args = Tau2Method::ALL)]
fn each_estimator_of_tau2(bencher: Bencher, method: &Tau2Method) {
    let studies = bcg();
    bencher.bench(|| method.estimate(&Mean::new(black_box(&studies)).unwrap()));
}

#[divan::bench]
fn leave_one_out_of_13(bencher: Bencher) {
    let studies = bcg();
    bencher.bench(|| leave_one_out(black_box(&studies), &Spec::default()));
}

#[divan::bench]
fn cumulative_of_13(bencher: Bencher) {
    let studies = bcg();
    bencher.bench(|| cumulative(black_box(&studies), &Spec::default()));
}

#[divan::bench]
fn influence_of_13(bencher: Bencher) {
    let studies = bcg();
    bencher.bench(|| influence(black_box(&studies), &Spec::default()));
}

#[divan::bench(sample_count = 20)]
fn gosh_of_2_to_the_13(bencher: Bencher) {
    let studies = bcg();
    bencher.bench(|| gosh(black_box(&studies), Plan::of(13, 1), &Spec::default()));
}

#[divan::bench(sample_count = 3)]
fn gosh_of_2_to_the_20(bencher: Bencher) {
    let studies = simulated(20);
    bencher.bench(|| gosh(black_box(&studies), Plan::of(20, 1), &Spec::default()));
}

#[divan::bench]
fn egger_of_13(bencher: Bencher) {
    let (studies, spec) = (bcg(), Spec::default());
    bencher.bench(|| asymmetry(black_box(&studies), &[], Predictor::StandardError, RegressionTest::Mixed, &spec));
}

#[divan::bench]
fn trim_and_fill_of_13(bencher: Bencher) {
    let studies = bcg();
    bencher.bench(|| trim_and_fill(black_box(&studies), Side::Right, FillEstimator::L0, &Spec::default()));
}

#[divan::bench]
fn selection_model_of_13(bencher: Bencher) {
    // The model looks for effects above 0.
    let studies: Vec<Estimate> = bcg().into_iter().map(|Estimate { yi, vi }| Estimate { yi: -yi, vi }).collect();
    bencher.bench(|| selection(black_box(&studies)));
}

#[divan::bench]
fn henmi_copas_of_13(bencher: Bencher) {
    let studies = bcg();
    bencher.bench(|| henmi_copas(black_box(&studies), Level::NINETY_FIVE));
}

#[divan::bench]
fn profile_likelihood_of_13(bencher: Bencher) {
    let studies = bcg();
    let mean = Mean::new(&studies).unwrap();
    bencher.bench(|| profile_likelihood(black_box(&mean), Likelihood::Restricted, Level::NINETY_FIVE));
}

#[divan::bench]
fn generalised_q_of_13(bencher: Bencher) {
    let studies = bcg();
    let mean = Mean::new(&studies).unwrap();
    bencher.bench(|| generalised_q(black_box(&mean), QWeights::InverseVariance, Level::NINETY_FIVE));
}

#[divan::bench(sample_count = 20)]
fn bootstrap_prediction_of_13(bencher: Bencher) {
    let studies = bcg();
    let mean = Mean::new(&studies).unwrap();
    bencher.bench(|| PredictiveSample::draw(black_box(&mean), PredictiveSample::DRAWS, 1));
}

#[divan::bench]
fn binomial_normal_of_14(bencher: Bencher) {
    let studies = pritz();
    let spec = Spec { model: ModelKind::Glmm, ..Spec::default() }.settled();
    bencher.bench(|| fit_counts(black_box(&studies), Measure::Plo, &spec));
}

#[divan::bench]
fn posterior_of_8(bencher: Bencher) {
    let studies = schools();
    let priors = Priors { tau: TauPrior::HalfNormal(10.0), mu: MuPrior::Flat };
    bencher.bench(|| Posterior::new(black_box(&studies), priors).map(|posterior| posterior.summary()));
}

#[divan::bench]
fn exact_permutation_of_10(bencher: Bencher) {
    let studies = simulated(10);
    let mut design = Design::default();
    design.factor("group", &["a", "b", "a", "b", "a", "b", "a", "b", "a", "b"]);
    bencher.bench(|| permutation_test(black_box(&studies), &design, &Spec::default(), 1));
}

/// Eight different values have 40,320 orders: the most that a review's seven or eight series ask for.
#[divan::bench(sample_count = 5)]
fn exact_permutation_of_8_numbers(bencher: Bencher) {
    let studies = simulated(8);
    let mut design = Design::default();
    design.number("year", (0..8).map(f64::from).collect());
    bencher.bench(|| permutation_test(black_box(&studies), &design, &Spec::default(), 1));
}
