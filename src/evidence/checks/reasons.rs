//! Every judgement has its reason.

use super::super::{Evidence, Rating, Verdict};
use crate::diag::{Diagnostic, all_of, codes};

pub(super) fn check(evidence: &Evidence) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for rated in evidence.studies.iter().filter_map(|study| study.risk_of_bias.as_ref()) {
        let bare = |rating: &Rating| rating.reason.is_none() && matches!(rating.verdict, Verdict::Answered(_));
        let items: Vec<_> = rated.items().filter(|(_, rating)| bare(rating)).map(|(item, _)| &item.name).collect();
        if !items.is_empty() {
            let message = format!("no reason is given for {}", all_of(&items));
            findings.push(
                Diagnostic::new(codes::NO_REASON, rated.place.as_key(), message)
                    .help("write `{answer: …, reason: …}`, so that a reader can judge the judgement"),
            );
        }
    }
    findings
}
