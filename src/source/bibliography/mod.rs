//! Bibliographic records as PubMed, Zotero and journals export them: BibTeX, RIS, CSL-JSON and PubMed's `.nbib`.

mod bibtex;
mod csl_json;
mod latex;
mod name;
mod tagged;

use std::fmt;

/// One publication, as far as its record tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// The key that texts cite it by, where the format has one.
    pub key: String,
    /// Family name, then initials: `Milano MT`.
    pub authors: Vec<String>,
    /// The first author's family name, with its particles.
    pub family: String,
    /// The title.
    pub title: String,
    /// The journal.
    pub journal: String,
    /// Year of publication.
    pub year: Option<u16>,
    /// Volume.
    pub volume: String,
    /// Issue.
    pub issue: String,
    /// Pages or article number.
    pub pages: String,
    /// DOI, bare.
    pub doi: String,
    /// PubMed's number.
    pub pmid: String,
    /// PubMed Central's number.
    pub pmcid: String,
    /// The abstract.
    pub summary: String,
}

/// Why no record could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordError {
    /// The text is in none of the four formats.
    UnknownFormat,
    /// The text is in this format, and broken; with what its reader says.
    Broken(&'static str, String),
    /// The file holds no publication.
    Empty,
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownFormat => f.write_str("it is none of BibTeX, RIS, CSL-JSON and PubMed's nbib"),
            Self::Broken(format, words) => write!(f, "it is broken {format}: {words}"),
            Self::Empty => f.write_str("it holds no publication"),
        }
    }
}

impl std::error::Error for RecordError {}

/// Returns the publications in an exported file, in its order; the format is known by its text, not by its name.
///
/// # Errors
/// [`RecordError`] where there is none.
///
/// ```
/// use forestable::source::read_records;
/// let records = read_records("TY  - JOUR\nAU  - Trovo, Marco\nPY  - 2018\nDO  - 10.1000/x\nER  - \n").unwrap();
/// assert_eq!((records[0].authors[0].as_str(), records[0].year), ("Trovo M", Some(2018)));
/// assert_eq!(records[0].id(), Some("trovo-2018".to_owned()));
/// ```
pub fn read_records(text: &str) -> Result<Vec<Record>, RecordError> {
    let begins = |start: &str| text.lines().any(|line| line.starts_with(start));
    let records = match text.trim_start().chars().next() {
        Some('{' | '[') => csl_json::read(text)?,
        Some(_) if begins("TY  -") => tagged::ris(text),
        Some(_) if begins("PMID-") => tagged::nbib(text),
        Some(_) if text.contains('@') && text.contains('{') => bibtex::read(text)?,
        _ => return Err(RecordError::UnknownFormat),
    };
    if records.is_empty() { Err(RecordError::Empty) } else { Ok(records) }
}

impl Record {
    /// Returns the record of a bare DOI (with or without its resolver) or PubMed number; `None` where `text` is neither.
    #[must_use]
    pub fn of_number(text: &str) -> Option<Self> {
        let text = text.trim();
        let doi = bare_doi(text);
        if doi.starts_with("10.") && doi.contains('/') && !doi.contains(char::is_whitespace) {
            return Some(Self { doi: doi.to_owned(), ..Self::default() });
        }
        let number = text.strip_prefix("PMID:").unwrap_or(text).trim();
        let is_number = !number.is_empty() && number.len() <= 9 && number.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| Self { pmid: number.to_owned(), ..Self::default() })
    }

    /// Returns the id that a study of this record has: family name and year in plain letters, `van-der-berg-2018`.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        let family = deunicode::deunicode(&self.family).to_lowercase();
        let words = family.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let family = words.collect::<Vec<_>>().join("-");
        (!family.is_empty()).then_some(format!("{family}-{:04}", self.year?))
    }

    /// Adds an author; the first one's family name is kept.
    fn author(&mut self, name: name::Name) {
        if self.authors.is_empty() {
            self.family.clone_from(&name.family);
        }
        self.authors.extend(name.printed());
    }
}

/// Returns a DOI without the address of its resolver.
fn bare_doi(text: &str) -> &str {
    let prefixes = ["https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "http://dx.doi.org/", "doi:", "DOI:"];
    prefixes.iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text).trim()
}

/// Returns the first run of four digits that is a year.
fn year(text: &str) -> Option<u16> {
    let runs = text.split(|letter: char| !letter.is_ascii_digit()).filter(|run| run.len() == 4);
    runs.filter_map(|run| run.parse().ok()).find(|year| (1800..3000).contains(year))
}

/// Returns the text on one line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
