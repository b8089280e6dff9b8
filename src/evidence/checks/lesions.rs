//! Everyone who was treated had a lesion.

use super::super::Evidence;
use crate::diag::{Diagnostic, codes};

pub(super) fn check(evidence: &Evidence) -> Vec<Diagnostic> {
    let cohorts = evidence.studies.iter().flat_map(|study| &study.cohorts);
    let findings = cohorts.filter_map(|cohort| {
        let patients = cohort.patients.value()?;
        let lesions = cohort.lesions?.value().filter(|lesions| *lesions < patients)?;
        let message = format!("fewer lesions ({lesions}) than patients ({patients})");
        Some(
            Diagnostic::new(codes::FEW_LESIONS, cohort.place.key("lesions"), message)
                .found("one at least in each patient")
                .against(cohort.place.key("patients"), format!("{patients} patients"))
                .expected(format!("at least {patients}, one a patient"))
                .help("check both numbers in the source: were they exchanged, or is one of a subgroup?"),
        )
    });
    findings.collect()
}
