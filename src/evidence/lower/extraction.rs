//! What two people extracted from one paper, and the record of what was decided between them.

use super::{Lower, words};
use crate::diag::{At, Diagnostic, Place, Severity, codes, counted, field};
use crate::evidence::{Decision, DoubleExtraction, Extraction, compare};
use crate::source::raw::{RawDecision, RawExtraction};
use crate::source::{EXTRACTORS, Extracted, Extractions};

impl Lower<'_> {
    /// Returns both extractions compared, and reports what keeps them from being used: nothing that stops a build.
    pub(super) fn extractions(&mut self, raw: &Extractions) -> Option<DoubleExtraction> {
        let study = &raw.study;
        let agreed = self.studies.contains(&study.as_str());
        let (first, second) = match &raw.both {
            [Some(first), Some(second)] => (first, second),
            [one, other] => {
                let there = one.as_ref().or(other.as_ref())?;
                let missing = EXTRACTORS[usize::from(one.is_some())];
                let message = format!("the other extraction of `{study}` is missing");
                let finding = Diagnostic::new(codes::UNAGREED, Place::file(&there.raw.file), message);
                let finding = finding.expected(format!("`studies/{study}.{missing}.yaml` beside it"));
                self.report(finding.help("extract the paper a second time without looking at this file"));
                return None;
            }
        };
        let faults = [self.faults(first), self.faults(second)];
        if !agreed {
            let message = format!("`{study}` is extracted twice, and nobody has decided between the two");
            let finding = Diagnostic::new(codes::UNAGREED, Place::file(&first.raw.file), message);
            let finding = finding.expected(format!("the agreed file, `studies/{study}.yaml`"));
            self.report(finding.help(format!("`forestable adjudicate {study}` compares the two and writes it")));
        } else if let Some((extracted, faults)) =
            [first, second].into_iter().zip(&faults).find(|(_, faults)| !faults.is_empty())
        {
            let message = format!("this extraction has {}", counted(faults.len(), "fault"));
            let finding = Diagnostic::new(codes::UNAGREED, Place::file(&extracted.raw.file), message);
            self.report(finding.help(format!("`forestable adjudicate {study}` shows them")));
        }
        let fields = match (&first.written, &second.written) {
            (Some(first), Some(second)) => compare(first, second),
            _ => Vec::new(),
        };
        Some(DoubleExtraction { study: study.clone(), fields, faults: faults.concat() })
    }

    /// Returns what is wrong with one of the two, grammar and values.
    fn faults(&mut self, extracted: &Extracted) -> Vec<Diagnostic> {
        let before = self.findings.len();
        self.study(&extracted.raw);
        let of_values = self.findings.split_off(before);
        extracted
            .findings
            .iter()
            .cloned()
            .chain(of_values)
            .filter(|finding| finding.severity == Severity::Error)
            .collect()
    }

    pub(super) fn extraction(&mut self, at: At<'_, RawExtraction>) -> Extraction {
        let raw = at.value;
        Extraction {
            by: words(&raw.by),
            on: self.read(field!(at.on)),
            extractors: raw.extractors.iter().flatten().map(ToString::to_string).collect(),
            decisions: raw.decisions.iter().flatten().map(decision).collect(),
        }
    }
}

fn decision(raw: &RawDecision) -> Decision {
    Decision {
        field: words(&raw.field).unwrap_or_default(),
        first: words(&raw.a),
        second: words(&raw.b),
        take: words(&raw.take).unwrap_or_default(),
        why: words(&raw.why).unwrap_or_default(),
    }
}
