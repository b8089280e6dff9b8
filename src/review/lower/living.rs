//! What a living review asks of its pools.

use super::super::next_series::{LivingPlan, StopRule};
use super::Planner;
use crate::diag::{At, Diagnostic, codes, field};
use crate::evidence::words;
use crate::source::raw::{RawLiving, RawStopWhen};

/// The patients of a series still to come, unless the review says otherwise: the size of the series of this field.
const NEW_SERIES: u64 = 50;

impl Planner<'_> {
    pub(super) fn living(&mut self, at: At<'_, RawLiving>) -> LivingPlan {
        let new_series: u64 = self.lower.read(field!(at.new_series)).unwrap_or(NEW_SERIES);
        if new_series == 0 {
            let place = at.path.key("new_series").place();
            let finding = Diagnostic::new(codes::BAD_COUNT, place, "a series of nobody moves nothing");
            self.lower.report(finding.expected("a whole number from 1").help("write how many patients it may have"));
        }
        LivingPlan { new_series, stop: field!(at.stop_when).present().map(|at| self.stop_rule(at)) }
    }

    fn stop_rule(&mut self, at: At<'_, RawStopWhen>) -> StopRule {
        let rule = StopRule {
            shift_below: self.lower.read(field!(at.shift_below)),
            narrowing_below: self.lower.read(field!(at.narrowing_below)),
            width_below: self.lower.read(field!(at.width_below)),
            reason: words(&at.value.reason),
        };
        let raw = at.value;
        if raw.shift_below.is_none() && raw.narrowing_below.is_none() && raw.width_below.is_none() {
            let place = at.path.place().as_key();
            let finding = Diagnostic::new(codes::MISSING_FIELD, place, "the signal to stop names no limit");
            self.lower.report(
                finding
                    .expected("`shift_below`, `narrowing_below` or `width_below`")
                    .help("write the limits, such as `shift_below: 1 point`: none is built in"),
            );
        }
        rule
    }
}
