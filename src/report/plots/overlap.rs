//! The graph of series that may report the same patients, of the review or of one analysis.

use crate::evidence::{Design, Evidence, Overlap, Role, Standing, Study};
use crate::report::figure::network::{Edge, EdgeCertainty, Network, Node, NodeStanding};
use crate::report::overlap_table::{enrolment_words, listed, shared};
use crate::report::{format, wording};
use crate::review::{AnalysisFindings, FigurePlan, OverlapRule, Reason};

/// More series than these are not drawn: the table has every pair.
const MOST_SERIES: usize = 60;

/// Nor are more pairs.
const MOST_PAIRS: usize = 100;

/// Pairs are told in the alternative text up to so many.
const MOST_TOLD: usize = 12;

/// Returns the graph of all series, or of those that an analysis could have taken; `None` where no two may overlap.
pub(super) fn overlap(evidence: &Evidence, found: Option<&AnalysisFindings>, plan: &FigurePlan) -> Option<Network> {
    let standing = |study: &Study| match found {
        None => Some(NodeStanding::Plain),
        Some(found) if found.entries.iter().any(|entry| entry.key.study == study.id) => Some(NodeStanding::Taken),
        Some(found) => {
            let gave_way = |reason: &Reason| matches!(reason, Reason::Overlap { .. });
            let mut left_out = found.left_out.iter();
            left_out
                .any(|left_out| left_out.study == study.id && gave_way(&left_out.reason))
                .then_some(NodeStanding::GaveWay)
        }
    };
    let study = |id: &String| evidence.study(id);
    let shown = |overlap: &Overlap| overlap.studies.iter().all(|id| study(id).and_then(standing).is_some());
    let pairs: Vec<Overlap> = listed(evidence).0.into_iter().filter(shown).collect();
    let groups = hanging_together(&pairs);
    let mut ids: Vec<&String> = Vec::new();
    for mut group in groups {
        group.sort_by_key(|id| study(id).map(|study| (begins(&study.design), study.reference.year, study.id.clone())));
        if ids.is_empty() || ids.len() + group.len() <= MOST_SERIES {
            ids.extend(group);
        }
    }
    ids.truncate(MOST_SERIES);
    let nodes: Vec<Node> = ids
        .iter()
        .filter_map(|id| {
            let study = study(id)?;
            let n = patients(study);
            let size = n.map_or_else(|| "n not reported".to_owned(), |n| format!("n = {}", format::whole(n)));
            Some(Node {
                label: study.label_year(),
                detail: format!("{size}; {}", enrolled(&study.design)),
                size: n.map(|n| n as f64),
                standing: standing(study)?,
            })
        })
        .collect();
    let edge = |overlap: &Overlap| {
        let [one, other] = overlap.studies.each_ref().map(|id| ids.iter().position(|known| *known == id));
        let (certainty, remark) = match &overlap.standing {
            Standing::Declared => (EdgeCertainty::Declared, String::new()),
            Standing::Open => (EdgeCertainty::Open, String::new()),
            Standing::Accepted(reason) => {
                (EdgeCertainty::Accepted, format!(" Both stay: {}.", reason.trim().trim_end_matches('.')))
            }
        };
        let reason = format!(
            "{}; enrolment {}.{remark}",
            wording::upper_first(&shared(overlap)),
            enrolment_words(overlap.enrolment)
        );
        Some(Edge { ends: [one?, other?], certainty, reason })
    };
    let mut edges: Vec<Edge> = pairs.iter().filter_map(edge).collect();
    edges.sort_by_key(|edge| edge.ends);
    edges.truncate(MOST_PAIRS);
    let title = plan.title.clone().unwrap_or_else(|| title(evidence, found));
    let description = description(&title, &nodes, &edges);
    let footer = footer(evidence, found, &pairs, (nodes.len(), edges.len()));
    let footer = footer.into_iter().map(Into::into).collect();
    (!edges.is_empty()).then(|| Network { id: plan.id.clone(), title, description, nodes, edges, footer })
}

/// Returns the ids of series that hang together by pairs, group by group, in the order that they are met.
fn hanging_together(pairs: &[Overlap]) -> Vec<Vec<&String>> {
    let mut groups: Vec<Vec<&String>> = Vec::new();
    for pair in pairs {
        let mut merged: Vec<&String> = Vec::new();
        let mut at = groups.len();
        let mut position = 0;
        groups.retain(|group| {
            let joined = group.iter().any(|id| pair.studies.contains(id));
            if joined {
                at = at.min(position);
                merged.extend(group.iter().copied());
            } else {
                position += 1;
            }
            !joined
        });
        for id in &pair.studies {
            if !merged.contains(&id) {
                merged.push(id);
            }
        }
        groups.insert(at.min(groups.len()), merged);
    }
    groups
}

/// Returns when enrolment begins, as far as it is known; what is not known comes last.
fn begins(design: &Design) -> (u16, u8) {
    design.enrolment.map_or((u16::MAX, 0), |(from, _)| (from.year, from.month.unwrap_or(1)))
}

fn enrolled(design: &Design) -> String {
    match design.enrolment {
        Some((from, to)) if from.year == to.year => format!("enrolled {}", from.year),
        Some((from, to)) => format!("enrolled {} to {}", from.year, to.year),
        None => "enrolment not reported".to_owned(),
    }
}

/// Returns the treated patients of a study; `None` where a cohort does not say.
fn patients(study: &Study) -> Option<u64> {
    let cohorts = study.cohorts.iter().filter(|cohort| cohort.of.is_none() && cohort.role == Role::Treated);
    cohorts.map(|cohort| cohort.patients.value()).sum()
}

fn title(evidence: &Evidence, found: Option<&AnalysisFindings>) -> String {
    let title = "Series that may report the same patients";
    match found {
        Some(found) => {
            format!("{title}: {}", wording::lower_first(&wording::analysis_title(&evidence.protocol, &found.analysis)))
        }
        None => title.to_owned(),
    }
}

fn description(title: &str, nodes: &[Node], edges: &[Edge]) -> String {
    let counted = |count: usize, one: &str, many: &str| format::counted(count as u64, one, many);
    let mut words =
        format!("{title}. {} in {}.", counted(nodes.len(), "series", "series"), counted(edges.len(), "pair", "pairs"));
    for edge in edges.iter().take(MOST_TOLD) {
        let [one, other] = edge.ends.map(|end| nodes.get(end).map_or("", |node| node.label.as_str()));
        let how = match edge.certainty {
            EdgeCertainty::Declared => "declared",
            EdgeCertainty::Open => "suspected",
            EdgeCertainty::Accepted => "suspected, and both stay",
        };
        words.push_str(&format!(" {one} and {other}: {how}."));
    }
    words
}

fn footer(
    evidence: &Evidence,
    found: Option<&AnalysisFindings>,
    pairs: &[Overlap],
    drawn: (usize, usize),
) -> Vec<String> {
    let mut lines = vec!["The area of a circle goes with the number of patients.".to_owned()];
    if let Some(found) = found {
        let rule = match found.analysis.methods.overlap_rule {
            OverlapRule::MostPatients => "the set with the most patients together",
            OverlapRule::LongestFollowUp => "the longest median follow-up first",
            OverlapRule::MostRecent => "the last published first",
        };
        lines.push(format!(
            "Filled circles are in the pool; open ones gave way under the review’s rule, {rule}. The table of sensitivity has the other sets."
        ));
    }
    let mut met: Vec<&String> = pairs.iter().flat_map(|pair| &pair.studies).collect();
    met.sort();
    met.dedup();
    if met.len() > drawn.0 || pairs.len() > drawn.1 {
        lines.push(format!(
            "Of {} series in {} pairs, {} in {} are drawn; the table has every pair.",
            met.len(),
            pairs.len(),
            drawn.0,
            drawn.1
        ));
    }
    let all = found.map_or(evidence.studies.len(), |found| {
        let gave_way = found.left_out.iter().filter(|left_out| matches!(left_out.reason, Reason::Overlap { .. }));
        found.entries.len() + gave_way.count()
    });
    let apart = all.saturating_sub(met.len());
    if apart > 0 {
        let series = format::counted(apart as u64, "further series shares", "further series share");
        lines.push(format!("{series} nothing that would make an overlap likely."));
    }
    lines
}
