//! The engine against the figures of the established R programs, to the accuracy that README.md states for each file.
//!
//! One test reads every reference file, counts the figures and prints `N of M figures agree`. A figure that does not agree fails
//! it, unless the reference itself is shown to be wrong: those are counted apart, with the reason. Published meta-analyses are held to their
//! printed digits. `UPDATE_DOSSIER=1` writes docs/validation.md from what was found.

mod bayesian;
mod counts;
mod dossier;
mod effect_sizes;
mod joint_survival;
mod kaplan_meier;
mod meta_regression;
mod models;
mod multivariate;
mod proportion_intervals;
mod proportions_meta;
mod published;
mod sensitivity;
mod small_study_effects;
mod subgroups;
mod summary_survival_curve;
mod survival_precision;
mod tally;

use tally::Tally;

#[test]
fn every_reference_and_printed_figure_agrees() {
    let mut tally = Tally::default();
    effect_sizes::compare(&mut tally);
    proportion_intervals::compare(&mut tally);
    models::compare(&mut tally);
    subgroups::compare(&mut tally);
    meta_regression::compare(&mut tally);
    sensitivity::compare(&mut tally);
    small_study_effects::compare(&mut tally);
    proportions_meta::compare(&mut tally);
    counts::compare(&mut tally);
    bayesian::compare(&mut tally);
    multivariate::compare(&mut tally);
    kaplan_meier::compare(&mut tally);
    survival_precision::compare(&mut tally);
    summary_survival_curve::compare(&mut tally);
    joint_survival::compare(&mut tally);
    tally.report();
    dossier::hold(&tally, &published::compare());
}
