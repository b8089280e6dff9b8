//! The tools as their authors published them, one data file each: items in our own short words, answers, scoring, and
//! what does not apply to a series of one arm.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// Every tool, in the order in which the documentation lists them.
pub static TOOLS: LazyLock<Vec<Tool>> = LazyLock::new(|| {
    let files = [
        include_str!("tools/minors.json"),
        include_str!("tools/jbi-case-series.json"),
        include_str!("tools/ihe.json"),
        include_str!("tools/newcastle-ottawa.json"),
        include_str!("tools/robins-i-2016.json"),
        include_str!("tools/robins-i-v2.json"),
        include_str!("tools/rob-2.json"),
        include_str!("tools/quips.json"),
    ];
    files.iter().map(|file| serde_json::from_str(file).expect("tests read every tool")).collect()
});

/// A tool for the risk of bias, or the quality, of a study.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// What study files call it.
    pub name: String,
    /// Its full title.
    pub title: String,
    /// Where it was published.
    pub reference: String,
    /// What its answers add up to.
    pub scoring: Scoring,
    /// What a study must have for it to be used at all.
    pub needs: Option<Needs>,
    /// The answers of every item that has none of its own.
    #[serde(rename = "answers")]
    pub common: Vec<Answer>,
    /// Its items, in the published order.
    pub items: Vec<Item>,
}

/// What the answers of a tool add up to. No tool has a cut-off here: reviewers state their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scoring {
    /// Points.
    Points,
    /// The number of items answered yes.
    Yes,
    /// Stars.
    Stars,
    /// Nothing better than the worst domain.
    Worst,
    /// Nothing: each domain stands for itself.
    None,
}

/// What a study must have for a tool to be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Needs {
    /// Something it is compared with, if only outside the study.
    Comparator,
    /// Random allocation.
    Randomisation,
}

/// One item or domain.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// What study files call it.
    pub name: String,
    /// What it asks, in a few words of ours.
    pub text: String,
    /// The heading it stands under.
    pub domain: Option<String>,
    /// Whether it asks about a second group, so that a series of one arm cannot answer it.
    #[serde(default)]
    pub comparative: bool,
    /// Its own answers; those of the tool where it has none.
    #[serde(default)]
    answers: Vec<Answer>,
}

/// One answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// What study files call it.
    pub answer: String,
    /// What it means.
    pub means: String,
    /// How it is shown.
    pub judgement: Judgement,
    /// What it adds to the score.
    #[serde(default)]
    pub points: u32,
}

/// An answer as every tool's lights show it, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Judgement {
    /// Low risk, or adequate.
    Low,
    /// Some concerns, or adequate in part.
    Moderate,
    /// High (or serious) risk, or inadequate.
    High,
    /// Critical risk.
    Critical,
    /// The study does not say.
    Unclear,
    /// The reviewers have not read what would tell.
    NotRead,
    /// It cannot be asked of this study.
    NotApplicable,
}

impl Tool {
    /// Returns the tool of this name.
    ///
    /// ```
    /// use forestable::evidence::Tool;
    /// assert_eq!(Tool::named("MINORS").unwrap().items.len(), 12);
    /// assert!(Tool::named("Jadad").is_none());
    /// ```
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        TOOLS.iter().find(|tool| tool.name == name)
    }

    /// Returns the position of the item of this name.
    #[must_use]
    pub fn item(&self, name: &str) -> Option<usize> {
        self.items.iter().position(|item| item.name.eq_ignore_ascii_case(name))
    }

    /// Returns the answers that an item of this tool can have.
    #[must_use]
    pub fn answers<'a>(&'a self, item: &'a Item) -> &'a [Answer] {
        if item.answers.is_empty() { &self.common } else { &item.answers }
    }

    /// Returns the most points that an item can give.
    #[must_use]
    pub fn most(&self, item: &Item) -> u32 {
        self.answers(item).iter().map(|answer| answer.points).max().unwrap_or(0)
    }
}
