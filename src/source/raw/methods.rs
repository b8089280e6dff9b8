//! Statistical methods and analyses as they are written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Confidence, Id, Map, OneOr, Risk, Share, Status, Text, Time, Timing};

/// Declares records that may override the statistical methods, each with these same fields after its own.
macro_rules! with_settings {
    ($($(#[$attribute:meta])* pub struct $name:ident { $($own:tt)* })+) => {$(
        $(#[$attribute])*
        #[derive(Debug, Deserialize, JsonSchema)]
        #[schemars(deny_unknown_fields)]
        pub struct $name {
            $($own)*
            /// The scale on which proportions are pooled.
            #[schemars(extend("enum" = ["cloglog", "log-log", "logit", "log", "plain", "double-arcsine", "arcsine"]))]
            pub scale: Option<Text>,
            /// The statistical model.
            #[schemars(extend("enum" = ["random", "common", "glmm", "beta-binomial", "bayes"]))]
            pub model: Option<Text>,
            /// The estimator of the between-study variance.
            #[schemars(extend("enum" = ["DL", "HE", "HS", "HSk", "SJ", "ML", "REML", "EB", "PM", "PMM"]))]
            pub tau2: Option<Text>,
            /// The confidence interval of the between-study variance: Q-profile, Jackson's, Biggerstaff and Jackson's, profile likelihood.
            #[schemars(extend("enum" = ["QP", "GENQ", "BJ", "PL"]))]
            pub tau2_interval: Option<Text>,
            /// The confidence interval of the pooled effect; HKSJ-wide is never narrower than classic.
            #[schemars(extend("enum" = ["classic", "t", "HKSJ", "HKSJ-wide", "mKH", "KR"]))]
            pub interval: Option<Text>,
            /// The prediction interval.
            #[schemars(extend("enum" = ["V", "HTS", "HK", "HK-PR", "KR", "bootstrap", "none"]))]
            pub prediction: Option<Text>,
            /// The confidence level.
            pub level: Option<Confidence>,
            /// The proportion below which the true value of a new series is asked to lie: `50%`.
            pub threshold: Option<Share>,
            /// What happens to results printed without interval or standard error.
            #[schemars(extend("enum" = ["impute", "sample-size", "exclude"]))]
            pub missing_precision: Option<Text>,
            /// The prior on the standard deviation between studies, for the model bayes: half-normal:SCALE, half-cauchy:SCALE, uniform, jeffreys.
            pub tau_prior: Option<Text>,
            /// The prior on the mean, for the model bayes: flat, normal:MEAN:SD.
            pub mu_prior: Option<Text>,
            /// Whether subgroups share one between-study variance.
            #[schemars(extend("enum" = ["common", "separate"]))]
            pub subgroup_tau2: Option<Text>,
            /// Which of series that may share patients is taken.
            #[schemars(extend("enum" = ["most-patients", "longest-follow-up", "most-recent"]))]
            pub overlap_rule: Option<Text>,
        }

        impl $name {
            /// Returns the methods that are set here, each with its key.
            pub fn settings(&self) -> impl Iterator<Item = (&'static str, &str)> {
                [
                    ("scale", self.scale.as_deref()),
                    ("model", self.model.as_deref()),
                    ("tau2", self.tau2.as_deref()),
                    ("tau2_interval", self.tau2_interval.as_deref()),
                    ("interval", self.interval.as_deref()),
                    ("prediction", self.prediction.as_deref()),
                    ("level", self.level.as_deref()),
                    ("threshold", self.threshold.as_deref()),
                    ("missing_precision", self.missing_precision.as_deref()),
                    ("tau_prior", self.tau_prior.as_deref()),
                    ("mu_prior", self.mu_prior.as_deref()),
                    ("subgroup_tau2", self.subgroup_tau2.as_deref()),
                    ("overlap_rule", self.overlap_rule.as_deref()),
                ]
                .into_iter()
                .filter_map(|(key, value)| Some((key, value?)))
            }
        }
    )+};
}

pub(super) use with_settings;

with_settings! {
    /// Methods that hold for every analysis unless it says otherwise.
    pub struct RawMethods {
        /// How the times of a survival outcome are pooled jointly.
        pub joint: Option<RawJoint>,
        /// Named variations that are run beside every analysis.
        pub sensitivity: Option<Vec<RawSensitivity>>,
    }

    /// A named variation of every analysis.
    pub struct RawSensitivity {
        /// Its name.
        #[schemars(required)]
        pub name: Option<Text>,
        /// Only figures supported this well.
        pub status: Option<Vec<Status>>,
        /// Only figures whose precision has these grades.
        #[schemars(extend("items" = {"enum": ["A", "B", "C", "D", "E", "F", "M", "X"]}))]
        pub grade: Option<Vec<Text>>,
        /// Only series of this timing.
        pub timing: Option<Timing>,
        /// Only series of this risk of bias under the review's rule.
        pub risk: Option<Vec<Risk>>,
        /// Ids of studies left out.
        pub exclude: Option<Vec<Id>>,
    }

    /// One pool.
    pub struct RawAnalysis {
        /// Id of the outcome.
        #[schemars(required)]
        pub outcome: Option<Id>,
        /// When; a count needs none.
        pub at: Option<Time>,
        /// Words for the primary tumour, in order of preference: `breast` or `[breast, any]`.
        pub cohort: Option<OneOr<Text, Vec<Text>>>,
        /// What the effects are regressed on: year, patients, follow-up, timing, primary, centres, kind, dose, fractions, bed10, eqd2, or
        /// an interaction such as year:timing.
        #[schemars(extend("items" = {"type": "string", "pattern": r"^(year|patients|follow-up|timing|primary|centres|kind|dose|fractions|bed(\d+(\.\d+)?)?|eqd2)( ?: ?(year|patients|follow-up|timing|primary|centres|kind|dose|fractions|bed(\d+(\.\d+)?)?|eqd2))?$"}))]
        pub moderators: Option<Vec<Text>>,
        /// Whether the regression is done with fewer than ten series too; it is labelled so wherever it stands.
        pub force: Option<bool>,
        /// What divides the studies into subgroups.
        #[schemars(extend("enum" = ["timing", "risk", "rating", "primary", "unit"]))]
        pub group_by: Option<Text>,
        /// The order of the studies.
        #[schemars(extend("enum" = ["year", "label", "estimate", "weight"]))]
        pub sort: Option<Text>,
        /// The cohort to take from a study that has several: `{STUDY: COHORT}`.
        pub pick: Option<Map<Id>>,
        /// How figures and tables call it.
        pub title: Option<Text>,
        /// Only figures supported this well.
        pub status: Option<Vec<Status>>,
        /// Only series of this risk of bias under the review's rule.
        pub risk: Option<Vec<Risk>>,
        /// Ids of studies left out.
        pub exclude: Option<Vec<Id>>,
    }
}

/// The joint model of survival at several times; what it leaves out stays as it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawJoint {
    /// The pooled curve: a line in log time, or a level at each time.
    #[schemars(extend("enum" = ["log-time", "landmarks"]))]
    pub trend: Option<Text>,
    /// How series differ.
    #[schemars(extend("enum" = ["random-intercept", "random-intercept-and-slope", "compound-symmetry"]))]
    pub random: Option<Text>,
    /// The likelihood that is made largest.
    #[schemars(extend("enum" = ["REML", "ML"]))]
    pub likelihood: Option<Text>,
}
