//! The tables that the plan shows.

use super::super::table_plan::is_reserved;
use super::super::table_plan::{TableKind, TablePlan, TableStyle};
use super::{Planner, set};
use crate::diag::{At, Diagnostic, codes, field, nearest, one_of};
use crate::evidence::{Months, words};
use crate::source::raw::RawTable;

impl Planner<'_> {
    pub(super) fn table(&mut self, id: &str, at: At<'_, RawTable>) -> TablePlan {
        let raw = at.value;
        self.check_id(id, &at.path);
        let outcomes = field!(at.outcomes);
        let known: Vec<&str> = self.evidence.protocol.outcomes.iter().map(|outcome| outcome.id.as_str()).collect();
        let outcomes: Vec<String> = outcomes
            .items()
            .map(|id| self.lower.known_id(id.map(|id| &**id), codes::UNKNOWN_OUTCOME, known.iter().copied()))
            .collect();
        let kind = self.table_kind(id, at);
        let columns = self.columns(at, kind, &outcomes);
        TablePlan {
            id: id.to_owned(),
            title: words(&raw.title).unwrap_or_else(|| kind.title().to_owned()),
            kind,
            timing: raw.filter.as_ref().and_then(|filter| filter.timing),
            outcomes,
            at: self.times(at),
            columns,
            sort: self.word(field!(at.sort)).unwrap_or_default(),
            style: self.table_style(at),
        }
    }

    /// Returns what a table shows. The id of a built-in table is kept for it: its files have that name.
    fn table_kind(&mut self, id: &str, at: At<'_, RawTable>) -> TableKind {
        let named: Option<TableKind> = id.parse().ok();
        let kind = self.word(field!(at.kind)).or(named).unwrap_or_default();
        if let Some(named) = named.filter(|named| *named != kind && TableKind::BUILT_IN.contains(named)) {
            let message = format!("`{id}` is the table of kind {named} that every report has");
            let finding = Diagnostic::new(codes::BAD_ID, at.path.place().as_key(), message);
            self.lower.report(finding.expected("another id, or no other kind").help("rename it, or leave `kind` out"));
        } else if is_reserved(id) {
            let message = format!("`{id}` is a table that every report has");
            let finding = Diagnostic::new(codes::BAD_ID, at.path.place().as_key(), message);
            let help = "rename it: both would be the same file in `output/`";
            self.lower.report(finding.expected("another id").help(help));
        }
        kind
    }

    fn columns(&mut self, at: At<'_, RawTable>, kind: TableKind, outcomes: &[String]) -> Vec<String> {
        let known = kind.columns(outcomes);
        let chosen = field!(at.columns);
        let mut columns = Vec::new();
        for column in chosen.items() {
            let id: &str = column.value;
            if known.iter().any(|known| known == id) && !columns.iter().any(|chosen| chosen == id) {
                columns.push(id.to_owned());
                continue;
            }
            let (message, help) = match nearest(id, known.iter().map(String::as_str)) {
                _ if columns.iter().any(|chosen| chosen == id) => {
                    (format!("the column `{id}` is there twice"), "name each column once".to_owned())
                }
                Some(meant) => (format!("a table of kind {kind} has no column `{id}`"), format!("write `{meant}`")),
                None => (format!("a table of kind {kind} has no column `{id}`"), "take one of these".to_owned()),
            };
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let finding = Diagnostic::new(codes::UNKNOWN_WORD, column.path.place(), message);
            self.lower.report(finding.expected(one_of(&known)).help(help));
        }
        columns
    }

    fn table_style(&mut self, at: At<'_, RawTable>) -> TableStyle {
        const MOST_DIGITS: u64 = 3;
        let mut style = TableStyle::default();
        if let Some(digits) = self.lower.read::<u64>(field!(at.digits)) {
            if digits > MOST_DIGITS {
                let place = at.path.key("digits").place();
                let finding = Diagnostic::new(codes::BAD_NUMBER, place, format!("a table of {digits} decimals"));
                let finding = finding.expected(format!("0 to {MOST_DIGITS}"));
                self.lower.report(finding.help("more decimals than these are not in the evidence"));
            }
            style.digits = digits.min(MOST_DIGITS) as usize;
        }
        if let Some(marks) = field!(at.marks).present() {
            for (mark, wanted) in [
                (&mut style.not_reported, &marks.value.not_reported),
                (&mut style.not_reached, &marks.value.not_reached),
                (&mut style.not_applicable, &marks.value.not_applicable),
                (&mut style.unclear, &marks.value.unclear),
                (&mut style.nothing, &marks.value.nothing),
            ] {
                set(mark, words(wanted));
            }
        }
        style
    }

    fn times(&mut self, at: At<'_, RawTable>) -> Vec<Months> {
        let times = field!(at.at);
        times.each().into_iter().filter_map(|time| self.lower.moment_of(time.map(|time| &**time))).collect()
    }
}
