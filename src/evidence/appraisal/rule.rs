//! What a review calls low risk of bias: its own rule, since no tool has a cut-off that all accept.

use serde::Serialize;

use super::rating::{RiskOfBias, Verdict};
use super::tool::{Judgement, Tool};
use crate::source::raw::Risk;

/// The review's rule.
#[derive(Debug, Clone, Serialize)]
pub struct RiskRule {
    /// By tool.
    pub low_if: Vec<(&'static Tool, LowIf)>,
    /// Why this rule.
    pub reason: String,
}

/// What a study must reach, all of it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct LowIf {
    /// So many points, yeses or stars.
    pub at_least: Option<u32>,
    /// No item judged worse.
    pub worst: Option<Judgement>,
    /// Items by position, each with this answer or a better one.
    pub items: Vec<(usize, Verdict)>,
}

impl RiskRule {
    /// Returns a study's risk under this rule.
    ///
    /// Each condition is met, not met, or left open by items that were not read. One not met decides; so do all met.
    #[must_use]
    pub fn risk(&self, rated: Option<&RiskOfBias>) -> Risk {
        let Some(rated) = rated else { return Risk::Unknown };
        let Some((_, low)) = self.low_if.iter().find(|(tool, _)| tool.name == rated.tool.name) else {
            return Risk::Unknown;
        };
        let score =
            low.at_least.map(|least| rated.score().and_then(|score| reaches(score.points, score.unread_points, least)));
        let worst =
            low.worst.map(|worst| all(rated.agreed.iter().map(|rating| no_worse(rating.verdict.judgement(), worst))));
        let items = low.items.iter().map(|(item, wanted)| {
            rated.agreed.get(*item).and_then(|rating| no_worse(rating.verdict.judgement(), wanted.judgement()))
        });
        match all(score.into_iter().chain(worst).chain(items)) {
            Some(true) => Risk::Low,
            Some(false) => Risk::NotLow,
            None => Risk::Unknown,
        }
    }
}

/// Whether a score reaches the cut-off; `None` where the unread items decide.
fn reaches(points: u32, unread: u32, least: u32) -> Option<bool> {
    if points >= least {
        Some(true)
    } else if points + unread < least {
        Some(false)
    } else {
        None
    }
}

/// Whether a judgement is at least as good as wanted; `None` where it was not read. What does not apply stands in nobody's
/// way; what the study leaves unclear does.
fn no_worse(judgement: Judgement, wanted: Judgement) -> Option<bool> {
    match judgement {
        Judgement::NotRead => None,
        Judgement::NotApplicable => Some(true),
        judgement => Some(judgement <= wanted),
    }
}

/// Whether all conditions hold: one that does not decides, else one that is open leaves it open.
fn all(conditions: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(true);
    for condition in conditions {
        match condition {
            Some(true) => {}
            Some(false) => return Some(false),
            None => all = None,
        }
    }
    all
}
