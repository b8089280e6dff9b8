//! A subgroup lies within its parent, and is not larger.

use std::collections::BTreeMap;

use super::super::{Cohort, Evidence, Study};
use crate::diag::{Diagnostic, all_of, codes};

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
        findings.extend(study.cohorts.iter().filter_map(|parent| together(study, parent)));
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

/// Subgroups with different primary tumours have no patient in common: together they are not more than their parent.
fn together(study: &Study, parent: &Cohort) -> Option<Diagnostic> {
    let whole = parent.patients.value()?;
    let mut largest: BTreeMap<&str, (u64, &Cohort)> = BTreeMap::new();
    for cohort in &study.cohorts {
        let is_part = cohort.of.as_ref() == Some(&parent.id) && cohort.primary != parent.primary;
        let Some(own) = cohort.patients.value().filter(|own| is_part && *own <= whole) else { continue };
        let entry = largest.entry(&cohort.primary).or_insert((own, cohort));
        if own > entry.0 {
            *entry = (own, cohort);
        }
    }
    let sum: u64 = largest.values().map(|(own, _)| own).sum();
    let (_, last) = largest.values().last().filter(|_| sum > whole)?;
    let names: Vec<_> = largest.values().map(|(_, cohort)| &cohort.id).collect();
    let message = format!(
        "{} together have {sum} patients, the cohort `{}` that contains them {whole}",
        all_of(names),
        parent.id
    );
    Some(
        Diagnostic::new(codes::SUBGROUP_SIZE, last.place.key("patients"), message)
            .found(format!("{sum} with the others"))
            .against(parent.place.key("patients"), format!("{whole} in the whole"))
            .expected(format!("at most {whole}: nobody has two primary tumours here"))
            .help("check all these numbers in the source"),
    )
}

/// Whether following `of` leads back to the cohort; no chain is longer than there are cohorts.
fn is_circular(study: &Study, cohort: &Cohort) -> bool {
    let parent = |cohort: &&Cohort| cohort.of.as_ref().and_then(|of| study.cohort(of));
    std::iter::successors(parent(&cohort), parent).take(study.cohorts.len()).any(|ancestor| ancestor.id == cohort.id)
}
