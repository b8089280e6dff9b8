//! Effects become a pooled estimate, its heterogeneity, intervals and diagnostics.
//!
//! [`fit`] pools, [`fit_subgroups`] pools by group and tests between them; [`fit_counts`] and [`fit_counts_subgroups`] do so from
//! counts; [`Spec`] says how. A [`Mean`] or [`Groups`] is a
//! checked set of estimates, which every estimator of τ² in [`tau2`] takes.

pub mod bayes;
#[cfg(test)]
mod bcg;
mod beta_binomial;
mod bivariate;
mod counts;
mod error;
mod fit;
mod glmm;
mod heterogeneity;
mod i2_limits;
mod interval;
mod linear;
mod mantel_haenszel;
mod many;
mod multilevel;
mod peto;
mod prediction;
mod predictive_bootstrap;
mod regression;
mod robust;
pub mod sensitivity;
pub mod small_study;
mod spec;
mod subgroup;
pub mod tau2;

pub use crate::effect::{Estimate, Limits};
pub use bivariate::{Bivariate, PairedEffects, bivariate};
pub use counts::{fit_counts, fit_counts_subgroups};
pub use error::FitError;
pub use fit::{Fit, Remark, fit, fit_at};
pub use heterogeneity::Heterogeneity;
pub use linear::{Groups, Linear, Mean, Moments};
pub use mantel_haenszel::{TableTest, cochran_mantel_haenszel, tarone};
pub use many::{CountPools, Grouping, QuickPool, fit_many};
pub use multilevel::{Multilevel, multilevel};
pub use prediction::{Prediction, new_study_above};
pub use predictive_bootstrap::PredictiveSample;
pub use regression::{
    At, Coefficient, Design, ModeratorTest, OnLine, Permutation, Regression, permutation_test, regress,
};
pub use robust::{Correction, robust};
pub use spec::{IntervalMethod, ModelKind, PredictionMethod, Spec, Tau2Interval, Tau2Method};
pub use subgroup::{
    BetweenF, BetweenTest, CommonTau2, Contrast, GroupFit, LikelihoodRatio, SubgroupTau2, Subgroups, Unbounded,
    fit_apart, fit_subgroups,
};
