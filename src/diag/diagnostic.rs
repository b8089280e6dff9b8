//! One finding, and the place in the author's files that it speaks of.

use std::fmt;
use std::ops::Range;

use serde::Serialize;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Nothing is built; exit status 1.
    Error,
    /// Built all the same; exit status 0, or 1 with `--strict`.
    Warning,
}

impl Severity {
    /// Returns `error` or `warning`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A finding's code, such as `E204`; [`crate::diag`] holds the table of all codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Code(pub &'static str);

impl Code {
    /// Returns how much a finding of this code weighs: `E…` are errors, `W…` warnings.
    #[must_use]
    pub fn severity(self) -> Severity {
        if self.0.starts_with('W') { Severity::Warning } else { Severity::Error }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// One step of a path into a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(untagged)]
pub enum Segment {
    /// A mapping's key, or a table's column.
    Key(String),
    /// A list's item, or a table's row; from 0.
    Index(usize),
}

/// What part of a file is meant.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spot {
    /// The file as a whole.
    File,
    /// The value at a path.
    Value(Vec<Segment>),
    /// The key at a path (its value may be anything).
    Key(Vec<Segment>),
    /// These bytes.
    Bytes(Range<usize>),
}

/// A place in the author's files: resolved to line and column only when it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Place {
    /// The file, relative to the review's folder, with `/` between folders.
    pub file: String,
    /// The part of it.
    pub spot: Spot,
}

impl Place {
    /// Returns the place of a whole file.
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: file.into(), spot: Spot::File }
    }

    /// Returns the value at `key` below this place.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.below(Segment::Key(key.to_owned()))
    }

    /// Returns the list item `index` (from 0) below this place.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.below(Segment::Index(index))
    }

    /// Returns the same path, but meaning its key and not its value.
    #[must_use]
    pub fn as_key(&self) -> Self {
        Self { file: self.file.clone(), spot: Spot::Key(self.path().to_vec()) }
    }

    /// Returns the path of this place; empty for a file or a run of bytes.
    #[must_use]
    pub fn path(&self) -> &[Segment] {
        match &self.spot {
            Spot::Value(path) | Spot::Key(path) => path,
            Spot::File | Spot::Bytes(_) => &[],
        }
    }

    pub(super) fn below(&self, segment: Segment) -> Self {
        let mut path = self.path().to_vec();
        path.push(segment);
        Self { file: self.file.clone(), spot: Spot::Value(path) }
    }
}

/// Prints `studies/x.yaml: cohorts.all.results[2].estimate`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        for (position, segment) in self.path().iter().enumerate() {
            match segment {
                Segment::Key(key) if position == 0 => write!(f, ": {key}")?,
                Segment::Key(key) => write!(f, ".{key}")?,
                Segment::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// A place and the words written under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// What stands there, in a few words.
    pub text: String,
}

/// One finding about the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Its code.
    pub code: Code,
    /// Error or warning.
    pub severity: Severity,
    /// The one sentence shown if only one can be: lower case, no full stop, literals in backticks.
    pub message: String,
    /// The very words that are wrong, and what was found there.
    pub primary: Label,
    /// Other places that contradict it.
    pub secondary: Vec<Label>,
    /// What was expected, and what else helps to judge.
    pub notes: Vec<String>,
    /// One next step.
    pub help: Option<String>,
    /// What mends it without a doubt of what was meant: `check --fix` does it. All of it or none.
    pub edits: Vec<Edit>,
}

/// Other words for a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// Where.
    pub place: Place,
    /// What is to stand there.
    pub text: String,
}

/// A finding is written down as it is said: `Diagnostic::new(code, place, message).found(…).expected(…).help(…)`.
impl Diagnostic {
    /// Returns a finding at `place`; its severity is the code's.
    #[must_use]
    pub fn new(code: Code, place: Place, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            primary: Label { place, text: String::new() },
            secondary: Vec::new(),
            notes: Vec::new(),
            help: None,
            edits: Vec::new(),
        }
    }

    /// Says under the underlined words what was found there.
    #[must_use]
    pub fn found(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Adds a place that contradicts the first.
    #[must_use]
    pub fn against(mut self, place: Place, text: impl Into<String>) -> Self {
        self.secondary.push(Label { place, text: text.into() });
        self
    }

    /// Says what was expected.
    #[must_use]
    pub fn expected(self, text: impl fmt::Display) -> Self {
        self.note(format!("expected {text}"))
    }

    /// Adds what else helps to judge.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Says what mends it safely.
    #[must_use]
    pub fn edit(mut self, place: Place, text: impl Into<String>) -> Self {
        self.edits.push(Edit { place, text: text.into() });
        self
    }

    /// Names one next step.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }
}
