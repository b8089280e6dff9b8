//! What reviewers judge of a study: tools of risk of bias, ratings with them, agreement, and the review's own rule.

mod agreement;
mod rating;
mod rule;
mod tool;

pub use agreement::{RaterAgreement, rater_agreement};
pub use rating::{Rating, RiskOfBias, Score, Verdict};
pub use rule::{LowIf, RiskRule};
pub use tool::{Answer, Item, Judgement, Needs, Scoring, TOOLS, Tool};
