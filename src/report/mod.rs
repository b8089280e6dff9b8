//! Findings become tables, figures and sentences: the only room that rounds.

mod appraisal_tables;
mod assemble;
mod audit_tables;
mod certainty_tables;
mod chain;
pub mod change;
mod comparison_table;
mod curves_table;
pub mod diagram;
mod extraction_tables;
pub mod figure;
mod footnotes;
pub mod format;
mod gallery;
mod lines;
mod log_tables;
mod methods;
mod over_time_table;
mod overlap_table;
pub mod page;
pub mod plots;
pub mod pool_data;
mod references;
mod result_cell;
mod series_table;
mod skeleton;
pub mod table;
mod toxicity_table;
mod wording;

pub use assemble::{Report, assemble};
pub use chain::{Chain, chain};
pub use extraction_tables::agreement_name;
pub use skeleton::{Beginning, skeleton};
