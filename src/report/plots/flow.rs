//! The PRISMA 2020 flow diagram of new and updated reviews.
//!
//! Page et al. (2021), <https://doi.org/10.1136/bmj.n71>

use crate::evidence::{Evidence, Included, ReportFlow};
use crate::report::figure::flow::{Flow, FlowBox};
use crate::report::figure::text::Text;
use crate::report::format;
use crate::review::FigurePlan;

/// Rows of the diagram, from the search down to what is included.
const IDENTIFIED: usize = 0;
const SCREENED: usize = 1;
const SOUGHT: usize = 2;
const ASSESSED: usize = 3;
const NEW: usize = 4;

/// Returns the diagram; `None` where the review gives no flow.
pub(super) fn flow(evidence: &Evidence, plan: &FigurePlan) -> Option<Flow> {
    let counts = evidence.protocol.flow.as_ref()?;
    let (mut diagram, mut heads) = (Diagram::default(), Vec::new());
    let searched = !counts.identified.is_empty();
    if searched {
        heads.push((0, 1, Text::from("Databases and registers")));
        diagram.put(0, IDENTIFIED, listed("Records identified", &counts.identified));
        if !counts.removed.is_empty() {
            diagram.aside(0, IDENTIFIED, listed("Records removed before screening", &counts.removed));
        }
        diagram.below(0, SCREENED, counted("Records screened", counts.screened));
        diagram.aside(0, SCREENED, counted("Records excluded", counts.excluded));
        diagram.reports(0, &counts.reports);
    }
    // Where nothing was searched, the other ways are the only ones.
    let aside = if searched { 2 } else { 0 };
    if let Some(other) = &counts.other {
        heads.push((aside, aside + 1, Text::from("Other methods")));
        diagram.put(aside, IDENTIFIED, listed("Records identified", &other.identified));
        diagram.reports(aside, &other.reports);
    }
    let last = match counts.previous {
        None => {
            diagram.below(0, NEW, included("Studies included", counts.included));
            NEW
        }
        Some(previous) => {
            let new = Included {
                studies: counts.included.studies.saturating_sub(previous.studies),
                reports: counts.included.reports.saturating_sub(previous.reports),
            };
            diagram.below(0, NEW, included("New studies included", new));
            diagram.below(0, NEW + 1, included("Studies included in all", counts.included));
            let before = diagram.put(1, NEW + 1, included("Studies of the previous version", previous));
            diagram.arrows.push((before, diagram.at(0, NEW + 1)));
            NEW + 1
        }
    };
    if searched && counts.other.is_some() {
        diagram.arrows.push((diagram.at(2, ASSESSED), diagram.at(0, NEW)));
    }
    let title = plan.title.clone().unwrap_or_else(|| "Flow of records, reports and studies (PRISMA 2020)".to_owned());
    let Included { studies, reports } = counts.included;
    let words = format!(
        "{title}. {} screened; {} included, in {}.",
        format::counted(counts.screened, "record", "records"),
        format::counted(studies, "study", "studies"),
        format::counted(reports, "report", "reports"),
    );
    let stages = [("Identification", 1), ("Screening", 3), ("Included", last - NEW + 1)];
    Some(Flow {
        id: plan.id.clone(),
        title,
        description: words,
        heads,
        stages: stages.map(|(name, rows)| (name.into(), rows)).into(),
        boxes: diagram.boxes,
        arrows: diagram.arrows,
    })
}

/// Boxes and arrows as they are put down.
#[derive(Default)]
struct Diagram {
    boxes: Vec<FlowBox>,
    arrows: Vec<(usize, usize)>,
}

impl Diagram {
    fn put(&mut self, column: usize, row: usize, lines: Vec<Text>) -> usize {
        self.boxes.push(FlowBox { column, row, lines });
        self.boxes.len() - 1
    }

    /// Returns the box at a place; the last one where there is none.
    fn at(&self, column: usize, row: usize) -> usize {
        let found = self.boxes.iter().position(|flow_box| (flow_box.column, flow_box.row) == (column, row));
        found.unwrap_or(self.boxes.len().saturating_sub(1))
    }

    /// Puts a box under the one above it in its column.
    fn below(&mut self, column: usize, row: usize, lines: Vec<Text>) {
        let above = self.boxes.iter().rposition(|flow_box| flow_box.column == column && flow_box.row < row);
        let new = self.put(column, row, lines);
        self.arrows.extend(above.map(|above| (above, new)));
    }

    /// Puts what goes out beside what it goes out of.
    fn aside(&mut self, column: usize, row: usize, lines: Vec<Text>) {
        let from = self.at(column, row);
        let new = self.put(column + 1, row, lines);
        self.arrows.push((from, new));
    }

    fn reports(&mut self, column: usize, reports: &ReportFlow) {
        self.below(column, SOUGHT, counted("Reports sought for retrieval", reports.sought));
        self.aside(column, SOUGHT, counted("Reports not retrieved", reports.not_retrieved));
        self.below(column, ASSESSED, counted("Reports assessed for eligibility", reports.assessed));
        if !reports.reasons.is_empty() {
            self.aside(column, ASSESSED, listed("Reports excluded", &reports.reasons));
        }
    }
}

fn number(count: u64) -> Text {
    Text::new().plain(" (").italic("n").plain(&format!(" = {})", format::whole(count)))
}

fn counted(words: &str, count: u64) -> Vec<Text> {
    vec![Text::from(words).followed_by(&number(count))]
}

fn listed(words: &str, counts: &[(String, u64)]) -> Vec<Text> {
    let each = counts.iter().map(|(name, count)| Text::from(name.as_str()).followed_by(&number(*count)));
    std::iter::once(Text::from(format!("{words}:"))).chain(each).collect()
}

fn included(words: &str, included: Included) -> Vec<Text> {
    let mut lines = counted(words, included.studies);
    lines.extend(counted("Reports of them", included.reports));
    lines
}
