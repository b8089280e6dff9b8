//! What is numbered in the order in which the text first speaks of it: tables, figures, the works cited.

use std::collections::BTreeMap;
use std::fmt;

use super::names::Fault;
use super::tokens::Token;
use crate::diag::codes;
use crate::report::Report;
use crate::report::manuscript::{Bibliography, Library};

/// The number of a table or a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// Counted from 1.
    pub number: usize,
    /// Whether it stands in the supplement: `S1`.
    pub supplement: bool,
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.supplement { "S" } else { "" }, self.number)
    }
}

/// The numbers of tables and figures, and the works cited.
pub(super) struct Counting<'a> {
    pub report: &'a Report,
    pub library: &'a Library,
    pub numbers: BTreeMap<(bool, String), Number>,
    shown: BTreeMap<(bool, String), bool>,
    doubled: Vec<String>,
    counts: [usize; 4],
    seen: Vec<(bool, String)>,
    pub works: Bibliography<'a>,
}

impl<'a> Counting<'a> {
    pub fn new(report: &'a Report, library: &'a Library) -> Self {
        Self {
            report,
            library,
            numbers: BTreeMap::new(),
            shown: BTreeMap::new(),
            doubled: Vec::new(),
            counts: [0; 4],
            seen: Vec::new(),
            works: Bibliography::default(),
        }
    }

    pub fn see(&mut self, token: &Token) {
        match token {
            Token::Cite(id) => self.cite(id),
            Token::SeeTable(id) => self.speak_of((false, id.clone())),
            Token::SeeFigure(id) => self.speak_of((true, id.clone())),
            Token::Table { id, supplement } => self.show((false, id.clone()), *supplement),
            Token::Figure { id, supplement } => self.show((true, id.clone()), *supplement),
            Token::References | Token::Bind(_) => {}
        }
    }

    fn cite(&mut self, id: &str) {
        if let Some((id, reference)) = self.library.works.get_key_value(id) {
            self.works.cite(id, reference);
        }
    }

    /// Notes that the text speaks of a table or a figure; the works in it are numbered where it first does, as the
    /// International Committee of Medical Journal Editors asks.
    fn speak_of(&mut self, what: (bool, String)) {
        if self.seen.contains(&what) {
            return;
        }
        let id = &what.1;
        if what.0 {
            let studies = self.library.figure_studies.get(id);
            studies.into_iter().flatten().for_each(|study| self.cite(study));
        } else {
            let rows = self.report.tables.iter().filter(|table| table.id == *id).flat_map(|table| &table.rows);
            rows.filter_map(|row| row.key.as_deref()).for_each(|key| self.cite(key));
        }
        self.seen.push(what);
    }

    fn show(&mut self, what: (bool, String), supplement: bool) {
        self.speak_of(what.clone());
        if self.shown.insert(what.clone(), supplement).is_some() {
            self.doubled.push(what.1);
        }
    }

    /// Numbers what was seen, and returns what is spoken of and never shown, or shown twice.
    pub fn faults(&mut self) -> Vec<(String, Fault)> {
        let fault = |message: String, help: String| Fault {
            code: codes::MISSING_PART,
            message,
            expected: "each table and figure that the text speaks of once".to_owned(),
            help: Some(help),
        };
        let mut faults = Vec::new();
        for what in std::mem::take(&mut self.seen) {
            let (is_figure, id) = &what;
            let kind = if *is_figure { "figure" } else { "table" };
            let Some(&supplement) = self.shown.get(&what) else {
                let message = format!("the manuscript refers to the {kind} `{id}` and never shows it");
                faults.push((id.clone(), fault(message, format!("show it with `{{{{ {kind}(\"{id}\") }}}}`"))));
                continue;
            };
            let count = &mut self.counts[usize::from(*is_figure) * 2 + usize::from(supplement)];
            *count += 1;
            let number = Number { number: *count, supplement };
            self.numbers.insert(what, number);
        }
        for id in std::mem::take(&mut self.doubled) {
            let message = format!("the manuscript shows `{id}` twice");
            faults.push((id, fault(message, "refer to it the second time: `{{ ref(table=\"…\") }}`".to_owned())));
        }
        faults
    }
}
