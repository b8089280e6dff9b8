//! A study's ratings with one tool.

use serde::Serialize;

use super::tool::{Answer, Item, Judgement, Scoring, Tool};
use crate::diag::Place;

/// Ratings with one tool.
#[derive(Debug, Clone, Serialize)]
pub struct RiskOfBias {
    /// The tool.
    pub tool: &'static Tool,
    /// Who rated.
    pub by: Option<String>,
    /// What a series of one arm is compared with, for a tool that compares.
    pub comparator: Option<String>,
    /// What holds: one rating an item, in the tool's order.
    pub agreed: Vec<Rating>,
    /// What each of several raters found, by name, laid out as `agreed`.
    pub raters: Vec<(String, Vec<Rating>)>,
    /// Where it is written.
    pub place: Place,
}

/// The rating of one item.
#[derive(Debug, Clone, Serialize)]
pub struct Rating {
    /// The judgement.
    pub verdict: Verdict,
    /// Why.
    pub reason: Option<String>,
    /// Id of the source it was read in.
    pub source: Option<String>,
    /// Word for word.
    pub quote: Option<String>,
    /// Where it is written; `None` for an item that nobody entered.
    pub place: Option<Place>,
}

/// What was found of one item.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// One of its answers.
    Answered(&'static Answer),
    /// What would tell has not been read.
    NotRead,
    /// It cannot be asked of this study.
    NotApplicable,
}

impl Verdict {
    /// Returns the answer as study files write it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Answered(answer) => &answer.answer,
            Self::NotRead => "not read",
            Self::NotApplicable => "not applicable",
        }
    }

    /// Returns how it is shown.
    #[must_use]
    pub fn judgement(self) -> Judgement {
        match self {
            Self::Answered(answer) => answer.judgement,
            Self::NotRead => Judgement::NotRead,
            Self::NotApplicable => Judgement::NotApplicable,
        }
    }
}

impl PartialEq for Verdict {
    fn eq(&self, other: &Self) -> bool {
        self.word() == other.word()
    }
}

impl Rating {
    /// Returns the rating of an item that nobody has entered: it was not read.
    #[must_use]
    pub fn unread() -> Self {
        Self { verdict: Verdict::NotRead, reason: None, source: None, quote: None, place: None }
    }
}

/// What the items that were read add up to. An unread item is never counted as 0: it stands apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Score {
    /// Points, yeses or stars.
    pub points: u32,
    /// The most that the items read could give.
    pub possible: u32,
    /// The most that the unread items could add.
    pub unread_points: u32,
    /// Items that were read.
    pub read: usize,
    /// Items that apply to the study.
    pub applicable: usize,
}

impl RiskOfBias {
    /// Returns each item with its rating.
    pub fn items(&self) -> impl Iterator<Item = (&'static Item, &Rating)> {
        self.tool.items.iter().zip(&self.agreed)
    }

    /// Returns the score; `None` for a tool that has none.
    #[must_use]
    pub fn score(&self) -> Option<Score> {
        if matches!(self.tool.scoring, Scoring::Worst | Scoring::None) {
            return None;
        }
        let mut score = Score { points: 0, possible: 0, unread_points: 0, read: 0, applicable: 0 };
        for (item, rating) in self.items() {
            match rating.verdict {
                Verdict::NotApplicable => continue,
                Verdict::NotRead => score.unread_points += self.tool.most(item),
                Verdict::Answered(answer) => {
                    score.points += answer.points;
                    score.possible += self.tool.most(item);
                    score.read += 1;
                }
            }
            score.applicable += 1;
        }
        Some(score)
    }

    /// Returns the worst judgement among the items answered, for a tool that is no better than its worst domain.
    #[must_use]
    pub fn worst(&self) -> Option<Judgement> {
        let answered = self.agreed.iter().map(|rating| rating.verdict.judgement());
        let answered = answered.filter(|judgement| *judgement <= Judgement::Critical);
        (self.tool.scoring == Scoring::Worst).then(|| answered.max()).flatten()
    }
}
