//! Screening files: every record that was found and what became of it, one file a version of the review.

use super::numbers::Numbers;
use crate::diag::{Diagnostic, Place, Spot};

/// One version's records.
#[derive(Debug)]
pub struct Screening {
    /// The version: the file's stem.
    pub version: String,
    /// The file, from the review's folder.
    pub file: String,
    /// The records in the file's order.
    pub records: Vec<Screened>,
}

/// One record as it is written; empty where nothing is.
#[derive(Debug, Default, Clone)]
pub struct Screened {
    /// Where it was found: a database, a register, a website.
    pub found: String,
    /// `database`, or `other` for what citations, websites and people gave.
    pub via: String,
    /// What became of it.
    pub decision: String,
    /// Why it was removed or found ineligible.
    pub reason: String,
    /// The study that it reports.
    pub study: String,
    /// Its row, or its first line.
    pub place: Option<Place>,
}

/// Reads a table with the columns decision, found, via, reason, study; only the first must be there.
pub(super) fn of_table(table: &Numbers) -> (Vec<Screened>, Vec<Diagnostic>) {
    let decision = match table.required("decision") {
        Ok(column) => column,
        Err(finding) => return (Vec::new(), vec![finding]),
    };
    let text =
        |name: &str, row: usize| table.column(name).map(|column| column.text(row)).unwrap_or_default().to_owned();
    let records = (0..table.len()).map(|row| Screened {
        found: text("found", row),
        via: text("via", row),
        decision: decision.text(row).to_lowercase(),
        reason: text("reason", row),
        study: text("study", row),
        place: Some(decision.place(row)),
    });
    (records.collect(), Vec::new())
}

/// Reads RIS whose notes say what became of each record: `N1  - decision: ineligible; reason: no SBRT; study: trovo-2018`,
/// or as Rayyan writes it, `RAYYAN-INCLUSION: {"A"=>"Excluded"}`. `DB` names the database.
pub(super) fn of_ris(file: &str, text: &str) -> Vec<Screened> {
    let mut records = Vec::new();
    let mut open: Option<Screened> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let spot = Spot::Bytes(start..start + line.trim_end().len());
        start += line.len();
        let Some((tag, value)) = line.split_once("  -") else { continue };
        match (tag.trim(), value.trim()) {
            ("TY", _) => {
                let place = Some(Place { file: file.to_owned(), spot });
                records.extend(open.replace(Screened { place, ..Screened::default() }));
            }
            ("ER", _) => records.extend(open.take()),
            ("DB", name) => {
                if let Some(record) = &mut open {
                    record.found = name.to_owned();
                }
            }
            ("N1" | "C1" | "RN", note) => {
                if let Some(record) = &mut open {
                    note_of(record, note);
                }
            }
            _ => {}
        }
    }
    records.extend(open);
    records
}

/// Takes what a note says.
fn note_of(record: &mut Screened, note: &str) {
    for part in note.split([';', '|']) {
        let Some((key, value)) = part.split_once(':') else { continue };
        let value = value.trim();
        match key.trim().to_lowercase().as_str() {
            "decision" => record.decision = value.to_lowercase(),
            "reason" | "rayyan-exclusion-reasons" => record.reason = value.to_owned(),
            "study" => record.study = value.to_owned(),
            "via" => record.via = value.to_owned(),
            "found" => record.found = value.to_owned(),
            "rayyan-inclusion" => record.decision = rayyan(value),
            _ => {}
        }
    }
}

/// Returns what all who screened said, or every word where they differ: `{"A"=>"Included", "B"=>"Excluded"}`.
fn rayyan(value: &str) -> String {
    let words = value.split("=>").skip(1).filter_map(|rest| rest.trim().trim_start_matches('"').split('"').next());
    let mut words: Vec<String> = words.map(str::to_lowercase).collect();
    words.sort();
    words.dedup();
    words.join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_read_as_people_and_as_rayyan_write_them() {
        let text = "TY  - JOUR\nTI  - One\nDB  - PubMed\nN1  - decision: Ineligible; reason: no SBRT\nER  -\n\
                    TY  - JOUR\nN1  - RAYYAN-INCLUSION: {\"A\"=>\"Excluded\", \"B\"=>\"Excluded\"} | RAYYAN-EXCLUSION-REASONS: wrong population\nER  - \n\
                    TY  - JOUR\nN1  - RAYYAN-INCLUSION: {\"A\"=>\"Excluded\", \"B\"=>\"Included\"}\n";
        let records = of_ris("s.ris", text);
        let words: Vec<_> =
            records.iter().map(|r| (r.decision.as_str(), r.reason.as_str(), r.found.as_str())).collect();
        assert_eq!(
            words,
            [
                ("ineligible", "no SBRT", "PubMed"),
                ("excluded", "wrong population", ""),
                ("excluded and included", "", "")
            ]
        );
    }
}
