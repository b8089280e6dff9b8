//! `living` of review.yaml as it is written: what is asked of a review that goes on.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Count, Points, Text};

/// How much the next series could move, and when the review may stop.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawLiving {
    /// The patients (or lesions) of a series still to come; 50 unless said.
    pub new_series: Option<Count>,
    /// The signal to stop; no limit is built in.
    pub stop_when: Option<RawStopWhen>,
}

/// The signal to stop: it is given for a pool where all limits that are named are kept.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawStopWhen {
    /// A new series moves the pooled value by less, wherever in the prediction interval it lies: `1 point`.
    pub shift_below: Option<Points>,
    /// A new series narrows the interval by less, wherever in the prediction interval it lies: `2 points`.
    pub narrowing_below: Option<Points>,
    /// The interval is narrower: `15 points`.
    pub width_below: Option<Points>,
    /// Why these limits; printed with them.
    #[schemars(extend("x-recommended" = true))]
    pub reason: Option<Text>,
}
