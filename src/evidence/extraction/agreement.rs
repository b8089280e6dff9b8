//! How far two extractors agree.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::cohen_kappa;
use super::compare::{Field, FieldKind};

/// Agreement of two extractors on one kind of field.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Agreement {
    /// What was compared: all fields, a kind of field, or one field with categories, such as `timing`.
    pub of: Compared,
    /// How many fields.
    pub fields: usize,
    /// How many of them mean the same.
    pub agree: usize,
    /// Cohen's κ, for categories; `None` where chance alone makes both agree always, or there is one field only.
    pub kappa: Option<f64>,
}

/// What was compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Compared {
    /// Every field of a kind; of [`FieldKind::Category`] there are rows of their own.
    Kind(FieldKind),
    /// One field with categories.
    Category(String),
    /// All fields.
    All,
}

impl Agreement {
    /// Returns the share of fields that agree.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.agree as f64 / self.fields as f64
    }
}

/// Returns how far two extractors agree on these fields: by kind, by category, and on all; nothing without a field.
#[must_use]
pub fn agreement<'a>(fields: impl IntoIterator<Item = &'a Field>) -> Vec<Agreement> {
    let mut rows: BTreeMap<Compared, Vec<&Field>> = BTreeMap::new();
    for field in fields {
        let row = match field.kind {
            FieldKind::Category => {
                let last = field.name.rsplit('.').next().unwrap_or_default();
                let judgement = field.name.starts_with("risk_of_bias");
                Compared::Category(if judgement { "risk of bias" } else { last }.to_owned())
            }
            kind => Compared::Kind(kind),
        };
        rows.entry(row).or_default().push(field);
        rows.entry(Compared::All).or_default().push(field);
    }
    let row = |(of, fields): (Compared, Vec<&Field>)| {
        let word = |written: &Option<_>| written.as_ref().map(ToString::to_string).unwrap_or_default();
        let ratings: Vec<_> = fields.iter().map(|field| (word(&field.first), word(&field.second))).collect();
        Agreement {
            fields: fields.len(),
            agree: fields.iter().filter(|field| field.agrees).count(),
            kappa: matches!(of, Compared::Category(_)).then(|| cohen_kappa(&ratings)).flatten(),
            of,
        }
    };
    rows.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::super::compare;
    use super::*;
    use crate::source::Written;

    #[test]
    fn agreement_is_counted_by_kind_and_category() {
        let written = |text| Written::parse(text).unwrap();
        let first =
            "design: {timing: prospective}\ncohorts: {all: {patients: 54, primary: any}, sub: {primary: breast}}";
        let second =
            "design: {timing: retrospective}\ncohorts: {all: {patients: 54, primary: any}, sub: {primary: any}}";
        let rows = agreement(&compare(&written(first), &written(second)));
        let row = |of: Compared| rows.iter().find(|row| row.of == of).map(|row| (row.fields, row.agree, row.kappa));
        assert_eq!(row(Compared::All), Some((6, 4, None)));
        assert_eq!(row(Compared::Kind(FieldKind::Figure)), Some((1, 1, None)));
        assert_eq!(row(Compared::Kind(FieldKind::Entry)), Some((2, 2, None)));
        assert_eq!(row(Compared::Category("timing".to_owned())), Some((1, 0, None)));
        assert_eq!(row(Compared::Category("primary".to_owned())), Some((2, 1, Some(0.0))));
        assert_eq!(agreement(&[]), []);
    }
}
