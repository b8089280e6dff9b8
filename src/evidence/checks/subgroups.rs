//! A subgroup lies within its parent, and is not larger.

use super::super::{Cohort, Evidence, Study};
use crate::diag::{Diagnostic, codes};

pub(super) fn check(evidence: &Evidence) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for study in &evidence.studies {
        for cohort in &study.cohorts {
            let Some(parent) = cohort.of.as_ref().and_then(|parent| study.cohort(parent)) else { continue };
            if is_circular(study, cohort) {
                let message = format!("the cohort `{}` contains itself", cohort.id);
                let finding = Diagnostic::new(codes::CIRCULAR, cohort.place.key("of"), message);
                findings.push(finding.expected("the larger cohort that contains this one").help("remove one `of`"));
                continue;
            }
            findings.extend(larger(cohort, parent));
        }
        if study.overlaps.contains(&study.id) {
            let finding = Diagnostic::new(codes::CIRCULAR, study.place.key("overlaps"), "the study overlaps itself");
            findings.push(finding.expected("the ids of other studies").help("remove its own id"));
        }
    }
    findings
}

fn larger(cohort: &Cohort, parent: &Cohort) -> Vec<Diagnostic> {
    let lesions = |cohort: &Cohort| cohort.lesions.and_then(|lesions| lesions.value());
    let sizes = [
        ("patients", cohort.patients.value().zip(parent.patients.value())),
        ("lesions", lesions(cohort).zip(lesions(parent))),
    ];
    let sizes = sizes.into_iter().filter_map(|(key, sizes)| sizes.map(|(own, whole)| (key, own, whole)));
    let larger = sizes.filter(|(_, own, whole)| own > whole).map(|(key, own, whole)| {
        let message = format!("`{}` has {own} {key}, the cohort `{}` that contains it {whole}", cohort.id, parent.id);
        Diagnostic::new(codes::SUBGROUP_SIZE, cohort.place.key(key), message)
            .found(format!("{own} in the subgroup"))
            .against(parent.place.key(key), format!("{whole} in the whole"))
            .expected(format!("at most {whole}"))
            .help("check both numbers, or remove `of` if this is no subgroup")
    });
    larger.collect()
}

/// Whether following `of` leads back to the cohort; no chain is longer than there are cohorts.
fn is_circular(study: &Study, cohort: &Cohort) -> bool {
    let parent = |cohort: &&Cohort| cohort.of.as_ref().and_then(|of| study.cohort(of));
    std::iter::successors(parent(&cohort), parent).take(study.cohorts.len()).any(|ancestor| ancestor.id == cohort.id)
}
