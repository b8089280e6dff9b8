//! Double extraction: what two people took from one paper, each without the other, field by field.

mod agreement;
mod compare;

pub use agreement::{Agreement, Compared, agreement};
pub use compare::{Choice, Field, FieldKind, agreed, compare};

use serde::Serialize;

use super::Date;
use crate::diag::Diagnostic;

/// Two extractions of one study, compared.
#[derive(Debug, Clone, Serialize)]
pub struct DoubleExtraction {
    /// The study's id.
    pub study: String,
    /// Every field that at least one of the two wrote.
    pub fields: Vec<Field>,
    /// What is wrong with the two files; it stops nothing but deciding between them.
    #[serde(skip)]
    pub faults: Vec<Diagnostic>,
}

/// Who took the figures from the paper, or decided between two who did.
#[derive(Debug, Clone, Serialize)]
pub struct Extraction {
    /// Who.
    pub by: Option<String>,
    /// When.
    pub on: Option<Date>,
    /// The two between whom was decided.
    pub extractors: Vec<String>,
    /// What was decided, field by field.
    pub decisions: Vec<Decision>,
}

/// What was decided on a field that two people extracted differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// The field, as [`Field::name`] has it.
    pub field: String,
    /// What the first wrote; `None` where it is nothing.
    pub first: Option<String>,
    /// What the second wrote; `None` where it is nothing.
    pub second: Option<String>,
    /// What is taken, as [`Choice`] reads it.
    pub take: String,
    /// Why.
    pub why: String,
}
