//! The templates: built in, overridden one by one by a review's own, and closed off from the file system.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};

use serde::Serialize;
use tera::{Context, ErrorKind, Kwargs, State, Tera, TeraResult, Value};

use super::{markdown, prose};
use crate::diag::{Code, Diagnostic, Place, Spot};

/// The folder of a review that holds its own templates.
pub const FOLDER: &str = "templates";

/// The built-in templates, name and text: what a review's own `templates/` may override.
pub const BUILT_IN: [(&str, &str); 10] = [
    ("page.html", include_str!("../../templates/page.html")),
    ("page.css", include_str!("../../templates/page.css")),
    ("page.md", include_str!("../../templates/page.md")),
    ("manuscript.html", include_str!("../../templates/manuscript.html")),
    ("figure.html", include_str!("../../templates/figure.html")),
    ("files.html", include_str!("../../templates/files.html")),
    ("files.md", include_str!("../../templates/files.md")),
    ("marks.html", include_str!("../../templates/marks.html")),
    ("table.html", include_str!("../../templates/table.html")),
    ("table.md", include_str!("../../templates/table.md")),
];

/// What one template may write at most: a loop over everything, inside a loop over everything, ends here.
const OUTPUT_LIMIT: usize = 64 << 20;

/// All templates of a review, parsed: one engine for HTML and one for Markdown, each with its own escaping.
///
/// A template sees the data it is given and the other templates of its kind, by name; it can't read a file, a clock or
/// the environment, and it can't count: every cell is text already.
#[derive(Debug)]
pub struct Templates {
    html: Tera,
    markdown: Tera,
}

impl Templates {
    /// Parses the built-in templates and the review's own, name (`table.html`) → text, over them.
    ///
    /// # Errors
    /// A name that ends in none of `.html`, `.css`, `.md`; a template with a fault in its syntax, or one that names an
    /// unknown filter, function or template.
    pub fn new(own: &BTreeMap<String, String>) -> Result<Self, RenderError> {
        if let Some(name) = own.keys().find(|name| Kind::of(name).is_none()) {
            return Err(RenderError {
                template: name.clone(),
                position: None,
                message: "a template's name ends in .html, .css or .md".into(),
            });
        }
        let mut html = Tera::new();
        html.autoescape_on([".html"]);
        html.register_filter("prose", |text: &str, _: Kwargs, _: &State| Value::safe_string(&prose::to_html(text)));
        let mut markdown = Tera::new();
        markdown.autoescape_on([".md"]);
        markdown.set_escape_fn(|text, out| out.write_all(markdown::escape(text).as_bytes()));
        markdown.register_filter("line", |text: &str, _: Kwargs, _: &State| {
            Value::safe_string(&markdown::escape_line(text))
        });
        markdown
            .register_filter("prose", |text: &str, _: Kwargs, _: &State| Value::safe_string(&prose::to_markdown(text)));
        markdown.register_filter("address", |text: &str, _: Kwargs, _: &State| {
            Value::safe_string(&markdown::escape_address(text))
        });

        for (kind, engine) in [(Kind::Html, &mut html), (Kind::Markdown, &mut markdown)] {
            engine.register_function("range", |_: Kwargs, _: &State| -> TeraResult<Value> {
                Err(tera::Error::message("a template loops over what it is given; there is no `range`"))
            });
            let built_in = BUILT_IN.iter().map(|(name, text)| (*name, *text));
            let own = own.iter().map(|(name, text)| (name.as_str(), text.as_str()));
            let all: BTreeMap<&str, &str> =
                built_in.chain(own).filter(|(name, _)| Kind::of(name) == Some(kind)).collect();
            engine.add_raw_templates(all).map_err(|error| RenderError::of("", &error))?;
        }
        Ok(Self { html, markdown })
    }

    /// Fills the template `name`, which sees `data` under the name `given`.
    pub(super) fn render(&self, name: &str, given: &'static str, data: &impl Serialize) -> Result<String, RenderError> {
        let engine = if Kind::of(name) == Some(Kind::Markdown) { &self.markdown } else { &self.html };
        let mut output = Bounded(Vec::new());
        let mut context = Context::new();
        Value::try_from_serializable(data)
            .and_then(|value| {
                context.insert_value(given, value);
                engine.render_to(name, &context, &mut output)
            })
            .map_err(|error| RenderError::of(name, &error))?;
        Ok(String::from_utf8_lossy(&output.0).into_owned())
    }
}

/// Which engine a template belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Html,
    Markdown,
}

impl Kind {
    fn of(name: &str) -> Option<Self> {
        match name.rsplit_once('.')?.1 {
            "html" | "css" => Some(Self::Html),
            "md" => Some(Self::Markdown),
            _ => None,
        }
    }
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
