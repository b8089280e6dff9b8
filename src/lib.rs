//! Forest plots and evidence tables from curated study files.
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
