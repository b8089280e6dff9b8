//! The guard against stale numbers: plain numbers bound to facts, compared with them.
//!
//! `58% (41–72)<!-- pfs-2y:lemoine-2021 -->` binds the number before it with what stands in its brackets. A field may follow
//! the id: `13<!-- pfs-2y.k -->`. In Word a hidden bookmark round the number does the same ([`bookmark`]).

use std::ops::Range;

use sha2::{Digest, Sha256};

use super::facts::{Fact, Facts, Named};
use super::numerals::{Numeral, numerals};
use crate::diag::{Diagnostic, Place, Spot, codes, nearest};
use crate::report::format::fixed;

/// A stretch of text and what it is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// An id, with a field or without, or a bookmark's name.
    pub name: String,
    /// The bytes of the numbers that are bound.
    pub span: Range<usize>,
    /// The bytes of the name itself, where it stands in the text.
    pub named_at: Range<usize>,
}

/// How far before a binding its number may stand: `percentage points` fits between.
const REACH: usize = 32;

/// What hides a binding from LaTeX, before it and behind it.
const LATEX: &str = "\\iffalse";
const LATEX_END: &str = "\\fi{}";

/// Returns a binding as it stands in a text, in LaTeX hidden from it.
#[must_use]
pub fn comment(id: &str, latex: bool) -> String {
    if latex { format!("{LATEX}<!-- {id} -->{LATEX_END}") } else { format!("<!-- {id} -->") }
}

/// Returns what the comments of a text bind.
#[must_use]
pub fn comments(text: &str) -> Vec<Bound> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("<!--") {
        // `<!-->` is a comment that has not ended.
        let Some(length) = text[at + 4..].find("-->") else { break };
        let inside = &text[at + 4..at + 4 + length];
        let name = inside.trim();
        // Other comments are sentences; an id is one word.
        if name.is_empty() || name.contains(char::is_whitespace) {
            continue;
        }
        let start = at + 4 + (inside.len() - inside.trim_start().len());
        let before = text[..at].strip_suffix(LATEX).unwrap_or(&text[..at]);
        let end = before.trim_end().len();
        found.push(Bound {
            name: name.to_owned(),
            span: figure_before(text, end, wants_two(name)),
            named_at: start..start + name.len(),
        });
    }
    found
}

/// Whether an id stands for two ends without brackets.
fn wants_two(name: &str) -> bool {
    name.ends_with(".range")
        || name.ends_with(".sensitivity")
        || name.ends_with(".interval")
        || name.ends_with(".reported")
}

/// Returns the bytes of the figure that ends at `end`, its brackets included; empty where there is none.
fn figure_before(text: &str, end: usize, two: bool) -> Range<usize> {
    let start = text[..end].rfind("\n\n").map_or(0, |at| at + 2);
    let start = text[start..end].rfind("-->").map_or(start, |at| start + at + 3);
    let stretch = &text[start..end];
    let trimmed = stretch.trim_end_matches(['*', '_', ' ']);
    let open = trimmed.ends_with(')').then(|| matching(trimmed)).flatten();
    let before = open.map_or(trimmed, |open| &trimmed[..open]);
    let numbers = numerals(before);
    let near = |numeral: &Numeral, limit: usize| {
        let between = &before[numeral.span.end..limit];
        between.len() <= REACH && !between.contains(['.', ';', ':', '(', '|'])
    };
    let mut limit = before.len();
    let mut first = None;
    for numeral in numbers.iter().rev().take(if two { 2 } else { 1 }) {
        if !near(numeral, limit) {
            break;
        }
        first = Some(numeral.span.start);
        limit = numeral.span.start;
    }
    match (first, open) {
        (Some(first), _) => start + first..end,
        // An interval that stands alone in its brackets.
        (None, Some(open)) => start + open..end,
        (None, None) => end..end,
    }
}

/// Returns the bracket that the last one closes.
fn matching(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, letter) in text.char_indices().rev() {
        match letter {
            ')' => depth += 1,
            '(' if depth == 1 => return Some(at),
            '(' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Returns the name of the `number`th hidden bookmark of a Word file that binds its text to an id.
///
/// Word takes letters, digits and underscores, 40 of them; a name that begins with an underscore is not shown.
///
/// ```
/// use forestable::report::manuscript::guard::bookmark;
/// assert_eq!(bookmark(3, "pfs-2y:lemoine-2021"), "_fs3_pfs_2y__s_lemoine_2021");
/// ```
#[must_use]
pub fn bookmark(number: usize, id: &str) -> String {
    format!("_fs{number}_{}", encoded(id))
}

/// The longest id that is spelled out in a bookmark's name, which has room for a number too.
const SPELLED: usize = 31;

/// Returns an id in the letters of a bookmark's name; of one that is too long its SHA-256, as far as there is room.
fn encoded(id: &str) -> String {
    let mut name = String::with_capacity(id.len() + 8);
    for letter in id.chars() {
        match letter {
            letter if letter.is_ascii_alphanumeric() => name.push(letter),
            '-' => name.push('_'),
            ':' => name.push_str("__s_"),
            '@' => name.push_str("__g_"),
            '~' => name.push_str("__v_"),
            '.' => name.push_str("__f_"),
            '/' => name.push_str("__"),
            _ => name.push_str("_x"),
        }
    }
    if name.len() <= SPELLED {
        return name;
    }
    let digest = Sha256::digest(id.as_bytes());
    std::iter::once("h".to_owned()).chain(digest.iter().take(12).map(|byte| format!("{byte:02x}"))).collect()
}

/// The fields that may follow an id.
const FIELDS: [&str; 18] = [
    "smallest", "largest", "estimate", "lower", "upper", "interval", "k", "series", "n", "patients", "level", "tau2",
    "i2", "p", "se", "events", "lesions", "year",
];

/// Returns the fact that a name binds to, with the field asked for.
fn find<'a>(facts: &'a Facts, name: &str) -> Option<(&'a Named, String)> {
    if let Some(named) = facts.get(name) {
        return Some((named, String::new()));
    }
    let field = FIELDS.iter().find(|field| name.strip_suffix(**field).is_some_and(|id| id.ends_with('.')));
    if let Some(field) = field
        && let Some(named) = facts.get(&name[..name.len() - field.len() - 1])
    {
        return Some((named, (*field).to_owned()));
    }
    let rest = name.strip_prefix("_fs")?.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let encoded_name = rest.strip_prefix('_')?;
    let mut candidates = facts.iter().flat_map(|(id, named)| {
        std::iter::once((id.clone(), named, ""))
            .chain(FIELDS.iter().map(move |field| (format!("{id}.{field}"), named, *field)))
    });
    candidates.find(|(id, ..)| encoded(id) == encoded_name).map(|(_, named, field)| (named, field.to_owned()))
}

/// Whether a name is one of our bookmarks.
#[must_use]
pub fn is_bookmark(name: &str) -> bool {
    let number = name.strip_prefix("_fs").map(|rest| rest.trim_start_matches(|letter: char| letter.is_ascii_digit()));
    number.is_some_and(|rest| rest.starts_with('_'))
}

/// Compares everything that is bound in a text with the facts: one finding for each number that they do not give, one for
/// each binding that binds nothing.
#[must_use]
pub fn check(file: &str, text: &str, bound: &[Bound], facts: &Facts) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for bound in bound {
        let at = |span: &Range<usize>| Place { file: file.to_owned(), spot: Spot::Bytes(span.clone()) };
        let Some((named, field)) = find(facts, &bound.name) else {
            let mut finding = Diagnostic::new(codes::BAD_BINDING, at(&bound.named_at), "this binding names nothing")
                .found(format!("the review has no `{}`", bound.name));
            if let Some(meant) = nearest(&bound.name, facts.keys().map(String::as_str)) {
                finding = finding.help(format!("write `{meant}`"));
            }
            findings.push(finding);
            continue;
        };
        let words = text.get(bound.span.clone()).unwrap_or_default();
        let claims = claims(words, &named.fact, &field);
        if claims.is_empty() {
            let finding =
                Diagnostic::new(codes::BAD_BINDING, at(&bound.named_at), "this binding has no number before it");
            findings.push(finding.help("put it right behind the number that it binds"));
        }
        for Claim { numeral, field, sign } in claims {
            let span = bound.span.start + numeral.span.start..bound.span.start + numeral.span.end;
            let Some(truth) = named.fact.number(&field) else {
                let finding = Diagnostic::new(codes::BAD_BINDING, at(&span), "the data do not give this number");
                let found =
                    format!("`{}` has no {}", named.fact.id(), if field.is_empty() { "estimate" } else { &field });
                findings.push(finding.found(found).against(named.place.clone(), "this is what it is bound to"));
                continue;
            };
            let scale = if as_fraction(words, &named.fact, &numeral, truth) { 0.01 } else { 1.0 };
            let truth = truth * scale;
            let agrees = match sign {
                Some('<') => truth < numeral.value,
                Some('>') => truth > numeral.value,
                _ => numeral.is(truth),
            };
            if !agrees {
                let digits = numeral.decimals();
                let finding = Diagnostic::new(codes::STALE_NUMBER, at(&span), "this number is not what the data give");
                findings.push(
                    finding
                        .found(format!("the data give {}", fixed(truth, digits)))
                        .against(named.place.clone(), format!("`{}` comes from here", named.fact.id()))
                        .help(format!("write {}, or correct the data", fixed(truth, digits))),
                );
            }
        }
    }
    findings
}

/// Whether a text gives a proportion as `0.58`, not in per cent.
fn as_fraction(words: &str, fact: &Fact, numeral: &Numeral, truth: f64) -> bool {
    let proportion = !matches!(fact, Fact::Count(_) | Fact::Share(_) | Fact::Study(_));
    proportion && !words.contains('%') && numeral.decimals() > 0 && numeral.value.abs() <= 1.0 && truth.abs() > 1.0
}

/// A number of a bound text, and the field of the fact that it claims to be.
struct Claim {
    numeral: Numeral,
    field: String,
    /// `<` or `>` before it.
    sign: Option<char>,
}

/// Returns what each number of a bound text claims to be: first the estimate, in brackets the ends of the interval, numbers
/// with a name what the name says.
fn claims(words: &str, fact: &Fact, field: &str) -> Vec<Claim> {
    let mut places: Vec<&str> = match (fact, field) {
        (_, "interval") => vec!["upper", "lower"],
        (Fact::Range(_), "") => vec!["upper", "lower"],
        (Fact::Share(_), "") => vec!["n", "k"],
        (Fact::Pool(_) | Fact::Difference(_) | Fact::Result(_), "") => vec!["upper", "lower", ""],
        (_, field) => vec![field],
    };
    let mut prediction = ["prediction.upper", "prediction.lower"].to_vec();
    let mut claims = Vec::new();
    for numeral in numerals(words) {
        let before = words[..numeral.span.start].trim_end();
        let after = words[numeral.span.end..].trim_start_matches(['%', '\\', ' ']);
        let sign = before.chars().next_back().filter(|sign| matches!(sign, '<' | '>'));
        let name = before.trim_end_matches(['=', '<', '>', ' ', ',']);
        let of_prediction =
            before.rfind("rediction").or(before.rfind("PI")).is_some_and(|at| !before[at..].contains(';'));
        let first_word = |word: &str| after.starts_with(word);
        let named = if name.ends_with("SE") {
            Some("se")
        } else if after.starts_with('/') {
            Some("events")
        } else if before.ends_with('/') {
            Some("patients")
        } else if ["CI", "confidence", "PI", "prediction", "credib", "KI"].iter().any(|word| first_word(word)) {
            Some("level")
        } else if first_word("series") || first_word("stud") || name.ends_with(" k") {
            (!claims.is_empty() || !matches!(fact, Fact::Share(_) | Fact::Count(_) | Fact::Range(_))).then_some("k")
        } else if (first_word("patient") || name.ends_with(" n") || name.ends_with("(n"))
            && !matches!(fact, Fact::Count(_))
        {
            Some("patients")
        } else if first_word("lesion") && matches!(fact, Fact::Study(_)) {
            Some("lesions")
        } else if name.ends_with(" P") || name.ends_with(" p") || name.ends_with("(P") || name.ends_with("(p") {
            Some("p")
        } else if name.ends_with("I²") || name.ends_with("I2") {
            Some("i2")
        } else if name.ends_with("τ²") || name.ends_with("tau²") {
            Some("tau2")
        } else if of_prediction {
            prediction.pop()
        } else {
            None
        };
        let field = match named {
            Some(named) if !(places.len() == 1 && claims.is_empty()) => named.to_owned(),
            _ => match places.pop() {
                Some(place) => place.to_owned(),
                None => "further number".to_owned(),
            },
        };
        claims.push(Claim { numeral, field, sign });
    }
    claims
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_that_ends_as_it_begins_binds_nothing() {
        assert!(comments("5%<!--> and <!---> 7 <!--").is_empty());
        assert_eq!(comments("5%<!--> 58% (41–72)<!-- os-2y -->").len(), 1);
        assert_eq!(comments("58% (41–72)<!--os-2y-->")[0].name, "os-2y");
    }
}
