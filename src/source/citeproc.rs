//! Citations in a style of the user's own (CSL), formatted by pandoc: nothing is written, what it needs is handed to it.

use std::fmt;
use std::io;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The last author of a work whose list of authors goes on; styles that name everybody would join it as they join a person.
pub const AND_OTHERS: &str = "et al";

/// What such styles put before it.
const JOINED: [&str; 4] = [" & et al", " and et al", " und et al", " et et al"];

/// Words of a formatted citation, and how they are set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StyledWords {
    /// The words.
    pub text: String,
    /// Slanted.
    pub italic: bool,
    /// Bold.
    pub bold: bool,
    /// Above the line.
    pub raised: bool,
}

/// An entry of the reference list: which work it is, what stands before it, what it says.
pub type StyledEntry = (usize, Option<String>, Vec<StyledWords>);

/// Citations, formatted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StyledCitations {
    /// The mark of each place that cites.
    pub marks: Vec<Vec<StyledWords>>,
    /// The reference list, in its order.
    pub entries: Vec<StyledEntry>,
    /// Whether marks name authors.
    pub names_authors: bool,
}

/// Why a style could not format the citations.
#[derive(Debug)]
pub enum CiteprocError {
    /// The style file cannot be read.
    Unreadable(io::Error),
    /// The file is no style: not XML, another root.
    NoStyle(String),
    /// It only points to another style, by this address.
    Dependent(String),
    /// It puts citations into footnotes.
    Notes,
    /// pandoc is not installed, or could not be run.
    NoPandoc(io::Error),
    /// pandoc refused, with what it said.
    Refused(String),
}

impl fmt::Display for CiteprocError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => write!(f, "it cannot be read: {error}"),
            Self::NoStyle(why) => write!(f, "it is no CSL style: {why}"),
            Self::Dependent(parent) => write!(f, "it only points to another style: name that one, {parent}"),
            Self::Notes => f.write_str("it puts citations into footnotes, which no manuscript here has"),
            Self::NoPandoc(error) => write!(f, "pandoc, which reads such styles, cannot be run: {error}"),
            Self::Refused(words) => write!(f, "pandoc cannot use it: {words}"),
        }
    }
}

impl std::error::Error for CiteprocError {}

/// Returns the citations of a text in the style of the file `csl`: `works` are CSL-JSON items in the order of their numbers,
/// `cited` the works of each place that cites, each by its index among them.
///
/// # Errors
/// The file is no style of its own, or one with footnotes; pandoc is missing or refuses.
pub fn format_citations(csl: &Path, works: &[Value], cited: &[Vec<usize>]) -> Result<StyledCitations, CiteprocError> {
    let style = super::files::read_text(csl).map_err(CiteprocError::Unreadable)?;
    let names_authors = check(&style)?;
    let answer = pandoc(csl, &document(works, cited)).map_err(CiteprocError::NoPandoc)?;
    let answer = answer.map_err(CiteprocError::Refused)?;
    let unlike = || CiteprocError::Refused("its answer is not what was asked for".to_owned());
    let answer: Value = serde_json::from_slice(&answer).map_err(|_| unlike())?;
    let blocks = answer["blocks"].as_array().ok_or_else(unlike)?;
    let (list, places) = match blocks.split_last() {
        Some((last, places)) if last["t"] == "Div" => (last["c"][1].as_array(), places),
        _ => (None, blocks.as_slice()),
    };
    if places.len() != cited.len() + 1 {
        return Err(unlike());
    }
    let marks = places.iter().skip(1).map(|place| words(&place["c"])).collect();
    let entries = list.into_iter().flatten().filter_map(entry).collect();
    Ok(StyledCitations { marks, entries, names_authors })
}

/// Returns whether a style names authors in the text; an error for one that cannot be used.
fn check(style: &str) -> Result<bool, CiteprocError> {
    let document = roxmltree::Document::parse(style).map_err(|error| CiteprocError::NoStyle(error.to_string()))?;
    let root = document.root_element();
    if root.tag_name().name() != "style" {
        return Err(CiteprocError::NoStyle(format!("its root is `{}`, not `style`", root.tag_name().name())));
    }
    let named = |name: &'static str| document.descendants().filter(move |node| node.tag_name().name() == name);
    if let Some(parent) = named("link").find(|link| link.attribute("rel") == Some("independent-parent")) {
        return Err(CiteprocError::Dependent(parent.attribute("href").unwrap_or_default().to_owned()));
    }
    if root.attribute("class") == Some("note") {
        return Err(CiteprocError::Notes);
    }
    Ok(named("category")
        .any(|category| matches!(category.attribute("citation-format"), Some("author-date" | "author"))))
}

/// Returns the text that pandoc is given: the works in its head, and a paragraph a place that cites.
fn document(works: &[Value], cited: &[Vec<usize>]) -> String {
    let works: Vec<Value> = works
        .iter()
        .enumerate()
        .map(|(at, work)| {
            let mut work = literal(work);
            work["id"] = Value::String(key(at));
            work
        })
        .collect();
    let head = serde_json::json!({"references": works});
    // A style numbers works as it meets them: the first paragraph shows it all of them in their order.
    let all: Vec<String> = (0..works.len()).map(|at| format!("[@{}]", key(at))).collect();
    let places = cited.iter().map(|place| {
        let keys: Vec<String> = place.iter().map(|at| format!("@{}", key(*at))).collect();
        format!("[{}]\n\n", keys.join("; "))
    });
    // JSON is YAML.
    format!("---\n{head}\n---\n\n{}\n\n{}", all.join(" "), places.collect::<String>())
}

/// Returns the key of the work at an index: ids of studies and keys of bibliographies may hold anything.
fn key(at: usize) -> String {
    format!("w{at}")
}

/// Returns a work with its texts escaped, which pandoc would read as Markdown.
fn literal(value: &Value) -> Value {
    match value {
        Value::String(text) => {
            let mut escaped = String::with_capacity(text.len() + 8);
            for letter in text.chars() {
                if letter.is_ascii_punctuation() {
                    escaped.push('\\');
                }
                escaped.push(letter);
            }
            Value::String(escaped)
        }
        Value::Array(values) => values.iter().map(literal).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), literal(value))).collect(),
        other => other.clone(),
    }
}

/// Runs pandoc: what it writes, or what it says when it refuses.
fn pandoc(csl: &Path, text: &str) -> io::Result<Result<Vec<u8>, String>> {
    let mut command = Command::new("pandoc");
    let command = command.args(["--from", "markdown-smart", "--to", "json", "--citeproc", "--csl"]).arg(csl);
    super::revision::fed(command, text.as_bytes())
}

/// Returns an entry of pandoc's reference list.
fn entry(block: &Value) -> Option<StyledEntry> {
    let at = block["c"][0][0].as_str()?.strip_prefix("ref-w")?.parse().ok()?;
    let paragraph = &block["c"][1][0]["c"];
    let inlines = paragraph.as_array()?;
    let is_label = |inline: &&Value| {
        inline["t"] == "Span"
            && inline["c"][0][1].as_array().is_some_and(|of| of.iter().any(|is| is == "csl-left-margin"))
    };
    let (labels, rest): (Vec<&Value>, Vec<&Value>) = inlines.iter().partition(is_label);
    let label: String = labels.into_iter().flat_map(|label| words(&label["c"][1])).map(|words| words.text).collect();
    let rest: Vec<Value> = rest.into_iter().cloned().collect();
    Some((at, Some(label.trim().to_owned()).filter(|label| !label.is_empty()), words(&Value::Array(rest))))
}

/// Returns the words of pandoc's inlines, those set alike joined.
fn words(inlines: &Value) -> Vec<StyledWords> {
    let mut all = Vec::new();
    gather(inlines, &StyledWords::default(), &mut all);
    let trimmed = |words: &mut StyledWords| words.text.truncate(words.text.trim_end().len());
    all.last_mut().into_iter().for_each(trimmed);
    all.retain(|words: &StyledWords| !words.text.is_empty());
    for words in &mut all {
        for joined in JOINED {
            words.text = words.text.replace(joined, " et al");
        }
    }
    all
}

fn gather(inlines: &Value, set: &StyledWords, all: &mut Vec<StyledWords>) {
    for inline in inlines.as_array().into_iter().flatten() {
        let inside = &inline["c"];
        match inline["t"].as_str().unwrap_or_default() {
            "Str" => say(inside.as_str().unwrap_or_default(), set, all),
            "Space" | "SoftBreak" | "LineBreak" => say(" ", set, all),
            "Code" => say(inside[1].as_str().unwrap_or_default(), set, all),
            "Emph" => gather(inside, &StyledWords { italic: !set.italic, ..set.clone() }, all),
            "Strong" => gather(inside, &StyledWords { bold: true, ..set.clone() }, all),
            "Superscript" => gather(inside, &StyledWords { raised: true, ..set.clone() }, all),
            "Quoted" => {
                let (open, close) = if inside[0]["t"] == "SingleQuote" { ("‘", "’") } else { ("“", "”") };
                say(open, set, all);
                gather(&inside[1], set, all);
                say(close, set, all);
            }
            "Cite" | "Span" | "Link" => gather(&inside[1], set, all),
            "Subscript" | "SmallCaps" | "Strikeout" | "Underline" => gather(inside, set, all),
            _ => {}
        }
    }
}

/// Adds words, to the last ones where they are set alike.
fn say(text: &str, set: &StyledWords, all: &mut Vec<StyledWords>) {
    match all.last_mut() {
        Some(last) if (last.italic, last.bold, last.raised) == (set.italic, set.bold, set.raised) => {
            last.text.push_str(text);
        }
        _ => all.push(StyledWords { text: text.to_owned(), ..set.clone() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_that_cannot_serve_are_told_apart() {
        let style = |attributes: &str, inside: &str| format!("<style {attributes}><info>{inside}</info></style>");
        assert!(matches!(check("no xml"), Err(CiteprocError::NoStyle(_))));
        assert!(matches!(check("<locale/>"), Err(CiteprocError::NoStyle(_))));
        assert!(matches!(check(&style("class=\"note\"", "")), Err(CiteprocError::Notes)));
        let dependent = style("", "<link rel=\"independent-parent\" href=\"https://x/apa\"/>");
        assert!(matches!(check(&dependent), Err(CiteprocError::Dependent(parent)) if parent == "https://x/apa"));
        assert!(matches!(check(&style("", "<category citation-format=\"author-date\"/>")), Ok(true)));
        assert!(matches!(check(&style("", "<category citation-format=\"numeric\"/>")), Ok(false)));
    }

    #[test]
    fn texts_are_handed_over_to_the_letter() {
        let works = [serde_json::json!({"id": "x", "title": "1. *p* < 0.05 & \"so\""})];
        let text = document(&works, &[vec![0]]);
        assert!(text.contains(r#""title":"1\\. \\*p\\* \\< 0\\.05 \\& \\\"so\\\"""#), "{text}");
        assert!(text.ends_with("---\n\n[@w0]\n\n[@w0]\n\n"), "{text}");
    }
}
