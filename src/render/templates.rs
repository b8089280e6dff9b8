//! The templates: built in, overridden one by one by a review's own, and closed off from the file system.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use serde::Serialize;
use tera::{Context, Delimiters, ErrorKind, Kwargs, State, Tera, TeraResult, Value};

use super::{latex, markdown, prose, word};
use crate::diag::{Code, Diagnostic, Place, Spot};

/// The folder of a review that holds its own templates.
pub const FOLDER: &str = "templates";

/// A built-in template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuiltIn {
    /// Its name, by which a review's own takes its place: `table.html`.
    pub name: &'static str,
    /// What it makes, in a line.
    pub about: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// Names the built-in templates, with what each makes.
macro_rules! built_in {
    ($($name:literal $about:literal)+) => {
        &[$(BuiltIn { name: $name, about: $about, text: include_str!(concat!("../../templates/", $name)) }),+]
    };
}

/// The built-in templates: what a review's own `templates/` may override.
pub const BUILT_IN: &[BuiltIn] = built_in! {
    "page.html" "the page, `index.html`"
    "page.css" "the looks of the page and of embedded tables"
    "page.md" "the report in Markdown, `report.md`"
    "embed.html" "a table as a small page of its own, for an `<iframe>`"
    "figure.html" "a figure on the page"
    "files.html" "the links to a table's or figure's files, on the page"
    "files.md" "the same links in Markdown"
    "manuscript.html" "a woven manuscript as a page"
    "marks.html" "the footnote marks of a cell, on the page"
    "rows.html" "rows of a table in HTML"
    "sources.html" "where the figures of a table were read, on the page"
    "rows.md" "rows of a table in Markdown"
    "rows.tex" "rows of a table in LaTeX"
    "preamble.tex" "what a LaTeX document needs before it takes a table"
    "table.html" "a table in HTML"
    "table.md" "a table in Markdown"
    "table.tex" "a table in LaTeX"
    "table-head.tex" "the header lines of a table in LaTeX"
    "table-notes.tex" "the notes of a table in LaTeX"
    "word-caption.xml" "a numbered caption in Word"
    "word-document.xml" "the body of a Word file"
    "word-page.xml" "the page size and margins of a Word file"
    "word-paragraph.xml" "a paragraph in Word"
    "word-rows.xml" "rows of a table in Word"
    "word-styles.xml" "the styles of a Word file"
    "word-table.xml" "a table in Word"
};

/// What one template may write at most: a loop over everything, inside a loop over everything, ends here.
const OUTPUT_LIMIT: usize = 64 << 20;

/// How long one template may take: loops that write nothing end here.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// What a template wrote, to be shown by another without a copy.
pub(super) type Part = Value;

/// How many rows of a long table are filled at a time: what a template sees takes some ten times the room of what it writes.
const PART: usize = 250;

/// All templates of a review, parsed: one engine for each language, each with its own escaping.
///
/// A template sees the data it is given and the other templates of its kind, by name; it can't read a file, a clock or
/// the environment, and it can't count: every cell is text already.
#[derive(Debug)]
pub struct Templates {
    engines: BTreeMap<Kind, Arc<Tera>>,
    /// The names of those that the review has words of its own for.
    own: BTreeSet<String>,
}

impl Templates {
    /// Parses the built-in templates and the review's own, name (`table.html`) → text, over them.
    ///
    /// # Errors
    /// A name that no template has the ending of; a template with a fault in its syntax, or one that names an unknown
    /// filter, function or template.
    pub fn new(own: &BTreeMap<String, String>) -> Result<Self, RenderError> {
        if let Some(name) = own.keys().find(|name| Kind::of(name).is_none()) {
            return Err(RenderError {
                template: name.clone(),
                position: None,
                message: "a template's name ends in .html, .css, .md, .tex or .xml".into(),
            });
        }
        let engine = |kind: Kind| {
            let mut engine = kind.engine();
            engine.register_function("range", |_: Kwargs, _: &State| -> TeraResult<Value> {
                Err(tera::Error::message("a template loops over what it is given; there is no `range`"))
            });
            let built_in = BUILT_IN.iter().map(|template| (template.name, template.text));
            let own = own.iter().map(|(name, text)| (name.as_str(), text.as_str()));
            let all: BTreeMap<&str, &str> =
                built_in.chain(own).filter(|(name, _)| Kind::of(name) == Some(kind)).collect();
            engine.add_raw_templates(all).map_err(|error| RenderError::of("", &error))?;
            Ok((kind, Arc::new(engine)))
        };
        let engines = Kind::ALL.into_iter().map(engine).collect::<Result<_, _>>()?;
        let differs = |(name, text): &(&String, &String)| {
            !BUILT_IN.iter().any(|template| template.name == **name && template.text == **text)
        };
        Ok(Self { engines, own: own.iter().filter(differs).map(|(name, _)| name.clone()).collect() })
    }

    /// Returns how many rows of a table the template `name` is handed at a time: a review's own may ask for all of them.
    pub(super) fn rows_at_once(&self, name: &str) -> usize {
        if self.own.contains(name) { usize::MAX } else { PART }
    }

    /// Returns these templates with authors' raw HTML obeyed on the page, but for elements that run or load something.
    #[must_use]
    pub fn with_raw_html(mut self) -> Self {
        if let Some(engine) = self.engines.get_mut(&Kind::Html).and_then(Arc::get_mut) {
            filter(engine, "prose", prose::to_html_with_raw);
        }
        self
    }

    /// Fills the template `name`, which sees `data` under the name `given`; what is handed over is gone before the template begins.
    pub(super) fn render(&self, name: &str, given: &'static str, data: impl Serialize) -> Result<String, RenderError> {
        self.render_within(TIME_LIMIT, name, given, data)
    }

    /// Fills a template whose text is to stand in another as it is.
    pub(super) fn part(&self, name: &str, given: &'static str, data: impl Serialize) -> Result<Part, RenderError> {
        self.render(name, given, data).map(|text| Value::safe_string(&text))
    }

    /// Fills a template of the review's own, or one that may take one in, on a thread of its own, which is left behind where it takes too
    /// long: nothing can stop it. The built-in ones come to an end.
    fn render_within(
        &self,
        limit: Duration,
        name: &str,
        given: &'static str,
        data: impl Serialize,
    ) -> Result<String, RenderError> {
        let error = |message: String| RenderError { template: name.to_owned(), position: None, message };
        let engine =
            Kind::of(name).and_then(|kind| self.engines.get(&kind)).ok_or_else(|| error("no such template".into()))?;
        let value = Value::try_from_serializable(&data).map_err(|fault| RenderError::of(name, &fault))?;
        drop(data);
        if self.own.is_empty() {
            return fill(engine, name, given, value).map_err(|fault| RenderError::of(name, &fault));
        }
        let (engine, template) = (Arc::clone(engine), name.to_owned());
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            // Nobody listens any more where the time was over.
            let _ = sender.send(fill(&engine, &template, given, value));
        });
        match receiver.recv_timeout(limit) {
            Ok(filled) => filled.map_err(|fault| RenderError::of(name, &fault)),
            Err(RecvTimeoutError::Timeout) => {
                Err(error(format!("the template takes more than {} seconds", limit.as_secs_f32())))
            }
            Err(RecvTimeoutError::Disconnected) => Err(error("the template breaks the template engine".into())),
        }
    }
}

/// Fills a template, which sees `value` under the name `given`.
fn fill(engine: &Tera, template: &str, given: &'static str, value: Value) -> TeraResult<String> {
    let mut output = Bounded(Vec::new());
    let mut context = Context::new();
    context.insert_value(given, value);
    engine.render_to(template, &context, &mut output)?;
    Ok(String::from_utf8(output.0).unwrap_or_else(|fault| String::from_utf8_lossy(fault.as_bytes()).into()))
}

/// The language that a template writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Html,
    Markdown,
    Latex,
    Word,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Html, Self::Markdown, Self::Latex, Self::Word];

    fn of(name: &str) -> Option<Self> {
        match name.rsplit_once('.')?.1 {
            "html" | "css" => Some(Self::Html),
            "md" => Some(Self::Markdown),
            "tex" => Some(Self::Latex),
            "xml" => Some(Self::Word),
            _ => None,
        }
    }

    /// Returns an engine that escapes as this language wants it, with the filters that its templates use.
    fn engine(self) -> Tera {
        let mut engine = Tera::new();
        match self {
            Self::Html => {
                engine.autoescape_on([".html"]);
                filter(&mut engine, "prose", prose::to_html);
                engine.register_filter("unbroken", |text: &str, _: Kwargs, _: &State| unbroken(text));
            }
            Self::Markdown => {
                engine.autoescape_on([".md"]);
                engine.set_escape_fn(|text, out| out.write_all(markdown::escape(text).as_bytes()));
                filter(&mut engine, "line", markdown::escape_line);
                filter(&mut engine, "prose", prose::to_markdown);
                filter(&mut engine, "address", markdown::escape_address);
            }
            Self::Latex => {
                // Braces and per cent signs are LaTeX's own.
                let delimiters = Delimiters {
                    block_start: "<%".into(),
                    block_end: "%>".into(),
                    variable_start: "<<".into(),
                    variable_end: ">>".into(),
                    comment_start: "<#".into(),
                    comment_end: "#>".into(),
                };
                engine.set_delimiters(delimiters).expect("the delimiters differ");
                engine.autoescape_on([".tex"]);
                engine.set_escape_fn(|text, out| out.write_all(latex::escape(text).as_bytes()));
                filter(&mut engine, "prose", latex::prose);
            }
            Self::Word => {
                engine.autoescape_on([".xml"]);
                engine.set_escape_fn(|text, out| out.write_all(word::escape(text).as_bytes()));
            }
        }
        engine
    }
}

/// Returns a sentence in which no line ends at an equals sign or within the degrees of freedom of an F.
fn unbroken(text: &str) -> String {
    let mut words = text.replace(" = ", "\u{a0}=\u{a0}");
    let freedom = words.find("F(").and_then(|start| Some(start..start + words[start..].find(')')?));
    if let Some(freedom) = freedom {
        let kept = words[freedom.clone()].replace(' ', "\u{a0}");
        words.replace_range(freedom, &kept);
    }
    words
}

/// Registers a filter whose result needs no escaping.
fn filter(engine: &mut Tera, name: &'static str, of: fn(&str) -> String) {
    engine.register_filter(name, move |text: &str, _: Kwargs, _: &State| Value::safe_string(&of(text)));
}

/// A buffer that refuses to grow past [`OUTPUT_LIMIT`].
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > OUTPUT_LIMIT {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A template that could not be parsed or filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderError {
    /// The template's name: `table.html`.
    pub template: String,
    /// Where in it, when that is known.
    pub position: Option<Position>,
    /// What is wrong.
    pub message: String,
}

/// A place in a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// Its line, from 1.
    pub line: usize,
    /// Its column, from 1.
    pub column: usize,
    /// The bytes that are meant, from the template's start; none when only the line is known.
    pub bytes: std::ops::Range<usize>,
}

impl RenderError {
    pub(super) fn of(name: &str, error: &tera::Error) -> Self {
        match error.kind() {
            ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
                let span = report.span();
                Self {
                    template: report.filename().to_owned(),
                    position: Some(Position {
                        line: span.start_line,
                        column: span.start_col + 1,
                        bytes: span.range.clone(),
                    }),
                    message: report.message().to_owned(),
                }
            }
            ErrorKind::Io(_) => Self {
                template: name.to_owned(),
                position: None,
                message: format!("the template writes more than {} MB", OUTPUT_LIMIT >> 20),
            },
            ErrorKind::CircularInclude { tpl, .. } | ErrorKind::CircularExtend { tpl, .. } => Self {
                template: tpl.clone(),
                position: None,
                message: "the template takes itself in, and would never end".to_owned(),
            },
            ErrorKind::Msg(report) => Self::from_report(name, report),
            other => Self { template: name.to_owned(), position: None, message: other.to_string() },
        }
    }

    /// Reads `error: MESSAGE` ` --> NAME:LINE:COLUMN`: unknown filters and includes come as printed reports only.
    fn from_report(name: &str, report: &str) -> Self {
        let plain = || Self { template: name.to_owned(), position: None, message: report.trim().to_owned() };
        let Some((message, rest)) = report.split_once("-->") else { return plain() };
        let place = rest.lines().next().unwrap_or_default().trim();
        let mut parts = place.rsplitn(3, ':');
        let (Some(column), Some(line), Some(template)) = (parts.next(), parts.next(), parts.next()) else {
            return plain();
        };
        let (Ok(line), Ok(column)) = (line.parse(), column.parse()) else { return plain() };
        let message = message.trim();
        Self {
            template: template.to_owned(),
            position: Some(Position { line, column, bytes: 0..0 }),
            message: message.strip_prefix("error: ").unwrap_or(message).to_owned(),
        }
    }

    /// Returns this error as a finding that points into the review's own template.
    #[must_use]
    pub fn diagnostic(&self, code: Code) -> Diagnostic {
        let file = format!("{FOLDER}/{}", self.template);
        let place = match &self.position {
            Some(Position { bytes, .. }) if !bytes.is_empty() => Place { file, spot: Spot::Bytes(bytes.clone()) },
            _ => Place::file(file),
        };
        Diagnostic::new(code, place, format!("the template can't be used: {self}"))
            .found(self.message.clone())
            .help("mend it, or delete it to use the built-in one")
    }
}

/// Prints `templates/table.html:2:25: MESSAGE`.
impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{FOLDER}/{}", self.template)?;
        if let Some(position) = &self.position {
            write!(f, ":{}:{}", position.line, position.column)?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for RenderError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_that_writes_nothing_is_stopped() {
        let loops = 12;
        let text = "{% for a in page %}".repeat(loops) + &"{% endfor %}".repeat(loops);
        let templates = Templates::new(&BTreeMap::from([("page.html".to_owned(), text)])).expect("parses");
        let data: Vec<u8> = vec![0; 40];
        let limit = Duration::from_millis(50);
        let error = templates.render_within(limit, "page.html", "page", &data).expect_err("it never ends");
        assert_eq!(error.to_string(), "templates/page.html: the template takes more than 0.05 seconds");
    }
}
