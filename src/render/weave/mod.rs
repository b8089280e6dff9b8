//! Manuscripts woven with the review: template tags become figures, tables, citations and cross-references.
//!
//! A manuscript has a template engine of its own, without access to files: it sees the facts of the review, the parts that
//! were read for it, and nothing else.

mod counting;
mod names;
mod pieces;
mod settings;
mod tags;
mod tokens;
mod written;

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use tera::{Context, Tera, Value};

use super::templates::RenderError;
use super::{latex, markdown};
use crate::diag::{Diagnostic, codes};
use crate::report::Report;
use crate::report::manuscript::{Bindings, Citing, Library};
pub use counting::Number;
use names::Names;
pub use pieces::{Entry, Piece};
pub use settings::{Citations, Settings, front_matter};
pub use tags::Dialect;
use tags::Prepared;
pub use written::Surroundings;

/// A manuscript as it was read.
#[derive(Debug, Clone, Copy)]
pub struct Manuscript<'a> {
    /// Its name, as findings call it.
    pub file: &'a str,
    /// What it is written in.
    pub dialect: Dialect,
    /// Its text.
    pub text: &'a str,
    /// The parts that it includes, as it names them, each with the name that findings call it by and its text.
    pub parts: &'a BTreeMap<String, (String, String)>,
    /// How it is woven.
    pub settings: &'a Settings,
}

/// A manuscript woven.
#[derive(Debug, Clone)]
pub struct Woven {
    /// What it is written in.
    pub dialect: Dialect,
    /// Its title, from the front matter.
    pub title: Option<String>,
    /// Its pieces, in order.
    pub pieces: Vec<Piece>,
    /// The works cited at each place that cites, in order, by id or key.
    pub cited: Vec<Vec<String>>,
    /// The works in the order of their numbers.
    pub works: Vec<String>,
    /// Whether its figures carry bindings, in every format that can be checked.
    pub bindings: Bindings,
}

/// More faults than this are not looked for.
const MOST_FAULTS: usize = 100;

/// Whether the text has a tag at all.
#[must_use]
pub fn has_tags(text: &str, dialect: Dialect) -> bool {
    Prepared::new(text, dialect).has_tags()
}

/// Weaves a manuscript, its citations as `citing` has them.
///
/// # Errors
/// Every tag that cannot be filled: a broken one, an unknown name, a table or figure spoken of and never shown. A fault in
/// a block hides what is behind it.
pub fn weave(
    manuscript: Manuscript<'_>,
    citing: Citing<'_>,
    report: &Report,
    library: &Library,
) -> Result<Woven, Vec<Diagnostic>> {
    let lists = [
        library.analyses.clone(),
        report.tables.iter().map(|table| table.id.clone()).collect(),
        report.figures.iter().map(|plot| plot.id.clone()).collect(),
        library.works.keys().cloned().collect(),
    ];
    let names = Arc::new(Names::new(&library.facts, lists, manuscript.settings.phrases));
    let mut texts: BTreeMap<&str, (&str, Prepared)> = BTreeMap::new();
    texts.insert(manuscript.file, (manuscript.file, Prepared::new(manuscript.text, manuscript.dialect)));
    for (name, (file, text)) in manuscript.parts {
        texts.insert(name, (file, Prepared::new(text, manuscript.dialect)));
    }
    let mut findings = Vec::new();
    let text = loop {
        let error = match fill(manuscript, &texts, &names, library) {
            Ok(text) => break text,
            Err(error) => RenderError::of(manuscript.file, &error),
        };
        let (finding, blanked) = finding(&error, manuscript.file, &mut texts, &names);
        findings.push(finding);
        if !blanked || findings.len() == MOST_FAULTS {
            return Err(findings);
        }
    };
    let arranged = pieces::pieces(&text, manuscript.dialect, citing, report, library);
    for (id, fault) in arranged.faults {
        let prepared = &texts[manuscript.file].1;
        let at = prepared.text.find(&format!("\"{id}\"")).map_or(0, |quote| quote + 1);
        let place = prepared.place(manuscript.file, &(at..at + id.len()));
        findings.push(diagnostic(fault, place));
    }
    if findings.is_empty() {
        let title = manuscript.settings.title.clone();
        let (pieces, cited, works) = (arranged.pieces, arranged.cited, arranged.works);
        let bindings = manuscript.settings.phrases.bindings;
        Ok(Woven { dialect: manuscript.dialect, title, pieces, cited, works, bindings })
    } else {
        Err(findings)
    }
}

/// Fills the tags.
fn fill(
    manuscript: Manuscript<'_>,
    texts: &BTreeMap<&str, (&str, Prepared)>,
    names: &Arc<Names>,
    library: &Library,
) -> tera::TeraResult<String> {
    let mut engine = Tera::new();
    engine.set_delimiters(tags::delimiters())?;
    // Every name ends in nothing more.
    engine.autoescape_on([""]);
    match manuscript.dialect {
        Dialect::Markdown | Dialect::Quarto => {
            engine.set_escape_fn(|text, out| out.write_all(markdown::escape(text).as_bytes()));
        }
        Dialect::Latex => {
            engine.set_escape_fn(|text, out: &mut dyn Write| out.write_all(latex::escape(text).as_bytes()))
        }
    }
    names::register(&mut engine, names);
    engine.add_raw_templates(texts.iter().map(|(name, (_, prepared))| (*name, prepared.text.as_str())))?;
    let mut context = Context::new();
    context.insert_value("analyses", Value::try_from_serializable(&library.pools())?);
    context.insert_value("studies", Value::try_from_serializable(&library.studies())?);
    engine.render(manuscript.file, &context)
}

/// Returns an error of the engine as a finding in the author's own text, and whether the tag could be taken out to go on.
fn finding(
    error: &RenderError,
    main: &str,
    texts: &mut BTreeMap<&str, (&str, Prepared)>,
    names: &Names,
) -> (Diagnostic, bool) {
    let name = if texts.contains_key(error.template.as_str()) { error.template.as_str() } else { main };
    let fault = names.take_fault();
    let message = tags::as_written(&error.message);
    let Some((file, prepared)) = texts.get_mut(name) else {
        return (Diagnostic::new(codes::BAD_WEAVE, crate::diag::Place::file(main), message), false);
    };
    let span = error.position.as_ref().map_or(0..0, |position| {
        let start = prepared.byte(position.line, position.column);
        if position.bytes.is_empty() { start..start } else { position.bytes.clone() }
    });
    let place = prepared.place(file, &span);
    let blanked = error.position.is_some() && prepared.blank(span.start);
    let finding = match fault {
        Some(fault) => diagnostic(fault, place),
        None => Diagnostic::new(codes::BAD_WEAVE, place, "this tag cannot be filled").found(message),
    };
    (finding, blanked)
}

fn diagnostic(fault: names::Fault, place: crate::diag::Place) -> Diagnostic {
    let finding = Diagnostic::new(fault.code, place, fault.message).expected(fault.expected);
    match fault.help {
        Some(help) => finding.help(help),
        None => finding,
    }
}
