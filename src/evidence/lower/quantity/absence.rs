//! The words for why there is no figure.

use super::{Quantity, Refusal};
use crate::diag::{nearest, one_of};
use crate::evidence::{Absence, Reported};

/// The words for why there is no figure.
pub const ABSENCES: [(&str, Absence); 4] = [
    ("not reported", Absence::NotReported),
    ("not reached", Absence::NotReached),
    ("not applicable", Absence::NotApplicable),
    ("unclear", Absence::Unclear),
];

impl<T: Quantity> Quantity for Reported<T> {
    fn parse(text: &str) -> Result<Self, Refusal> {
        if let Some((_, absence)) = ABSENCES.iter().find(|(word, _)| *word == text) {
            return Ok(Self::Absent(*absence));
        }
        let words = ABSENCES.map(|(word, _)| word);
        T::parse(text).map(Self::Value).map_err(|refusal| {
            let refusal = refusal.or(&one_of(words));
            match nearest(text, words) {
                Some(word) => Refusal { mend: format!("write `{word}`"), ..refusal },
                None if is_blank(text) => Refusal {
                    mend: "say in words why there is no figure: `not reported`, most often".to_owned(),
                    ..refusal
                },
                None => refusal,
            }
        })
    }
}

/// Whether `text` is what a table prints in an empty cell.
fn is_blank(text: &str) -> bool {
    matches!(
        text.to_ascii_lowercase().as_str(),
        "nr" | "n.r." | "na" | "n.a." | "n/a" | "nd" | "-" | "–" | "—" | "/" | "?"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    use super::super::mend;

    #[test]
    fn absence_is_four_different_words() {
        assert_eq!(Reported::<u64>::parse("not reported"), Ok(Reported::Absent(Absence::NotReported)));
        assert_eq!(mend::<Reported<u64>>("not reporte"), "write `not reported`");
        let mend = mend::<Reported<u64>>("NR");
        assert!(mend.contains("`not reported`"), "{mend}");
    }
}
