//! The plan: which cohorts, which analyses; run to Findings.
