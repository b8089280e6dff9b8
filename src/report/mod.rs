//! Findings become tables, figures and sentences: the only room that rounds.

pub mod figure;
pub mod page;
pub mod table;
