//! The last line.

use std::collections::BTreeSet;

use crate::diag::{Diagnostic, Severity, counted};

/// Returns `2 errors, 1 warning in 1 of 14 studies; nothing written`, where `consequence` is what comes after the
/// semicolon; `14 studies, no findings` where there are none.
#[must_use]
pub fn summary(findings: &[Diagnostic], studies: usize, consequence: &str) -> String {
    let files: BTreeSet<&str> = findings.iter().map(|finding| finding.primary.place.file.as_str()).collect();
    // `studies/x.a.yaml` is one of two extractions of a study, and none itself.
    let stem = |file: &str| file.strip_prefix("studies/")?.strip_suffix(".yaml").map(str::to_owned);
    let is_study = |file: &&str| stem(file).is_some_and(|stem| !stem.contains('.'));
    let in_studies = files.iter().copied().filter(is_study).count();
    let elsewhere = files.iter().copied().filter(|file| !is_study(file)).map(str::to_owned);
    let of_studies = (in_studies > 0).then(|| format!("{in_studies} of {}", counted(studies, "study")));
    let places: Vec<_> = elsewhere.chain(of_studies).collect();
    let number = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let kinds = [(number(Severity::Error), "error"), (number(Severity::Warning), "warning")];
    let kinds: Vec<_> =
        kinds.into_iter().filter(|(count, _)| *count > 0).map(|(count, noun)| counted(count, noun)).collect();
    let consequence = if consequence.is_empty() { String::new() } else { format!("; {consequence}") };
    if kinds.is_empty() {
        return format!("{}, no findings{consequence}", counted(studies, "study"));
    }
    format!("{} in {}{consequence}", kinds.join(", "), places.join(" and "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::{Place, codes};

    #[test]
    fn counts_findings_and_the_studies_they_are_in() {
        let finding = |code, file: &str| Diagnostic::new(code, Place::file(file), "m");
        let mut findings = vec![
            finding(codes::RISING_SURVIVAL, "studies/a.yaml"),
            finding(codes::RISING_SURVIVAL, "studies/a.yaml"),
            finding(codes::NO_WHOLE_NUMBER, "studies/a.yaml"),
        ];
        assert_eq!(
            summary(&findings, 14, "nothing written"),
            "2 errors, 1 warning in 1 of 14 studies; nothing written"
        );
        findings.push(finding(codes::UNUSED_EXCEPTION, "review.yaml"));
        assert_eq!(summary(&findings, 14, ""), "2 errors, 2 warnings in review.yaml and 1 of 14 studies");
        assert_eq!(summary(&[], 1, "nothing written"), "1 study, no findings; nothing written");
    }
}
