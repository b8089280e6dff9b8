//! Forest plots and evidence tables from curated study files.
//!
//! Five effects with their sampling variances, pooled (random effects; τ² by REML, the interval by Hartung, Knapp, Sidik and Jonkman):
//!
//! ```
//! use forestable::model::{Estimate, Spec, fit};
//! let study = |yi, vi| Estimate { yi, vi };
//! let studies = [study(-0.89, 0.33), study(-1.59, 0.19), study(-1.35, 0.42), study(-1.44, 0.02), study(-0.22, 0.05)];
//! let pool = fit(&studies, &Spec::default())?;
//! println!("{:.2} ({:.2} to {:.2}), τ² {:.2}", pool.estimate, pool.ci_lower, pool.ci_upper, pool.tau2);
//! # Ok::<(), forestable::model::FitError>(())
//! ```
//!
//! [`effect::Measure::estimate`] makes effects of counts, means, correlations and hazard ratios; [`effect::survival`] of published survival.
//!
//! One direction, one verb a border, one named type across each border:
//!
//! ```text
//! studies/*.yaml  review.yaml
//!       │ load                  source    text → Raw records; the only room that reads or writes files
//!       ▼ lower                 evidence  Raw → Evidence: checked studies, cohorts, results; quantities carry their unit
//!       ▼ compute               effect    published result → Effect (yi, vi) on a scale, with how its precision was obtained
//!       ▼ fit                   model     effects → Fit: pooled estimate, heterogeneity, intervals
//!       ▼ run                   review    the plan: which cohorts, which analyses → Findings
//!       ▼ assemble              report    Findings → Report: tables, figures, sentences; the only rounding
//!       ▼ render                render    Report → Artifacts: Markdown, HTML, LaTeX, Word, SVG, PNG, CSV, JSON
//!       ▼ write                 cli       artifacts, written whole or not at all
//! ```
//!
//! Between `lower` and `run`, [`review::digitise`] adds to the evidence what digitised curves tell.
//!
//! Leaves that every room may use: [`num`] (distributions, roots, sums, small algebra) and [`diag`] (findings about the
//! input). `tests/architecture.rs` holds these edges.

#![warn(missing_docs)]

pub mod diag;
pub mod effect;
pub mod evidence;
pub mod model;
pub mod num;
pub mod render;
pub mod report;
pub mod review;
pub mod source;
pub mod survival;
