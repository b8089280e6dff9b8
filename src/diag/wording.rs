//! Words that findings share.

/// Returns the candidate that `text` most likely misspells, if one is near enough to be meant.
///
/// ```
/// use forestable::diag::nearest;
/// assert_eq!(nearest("estimat", ["estimate", "events"]), Some("estimate"));
/// assert_eq!(nearest("5", ["t", "KR"]), None);
/// assert_eq!(nearest("dose", ["estimate", "events"]), None);
/// ```
#[must_use]
pub fn nearest<'a, T: AsRef<str> + ?Sized + 'a>(
    text: &str,
    candidates: impl IntoIterator<Item = &'a T>,
) -> Option<&'a str> {
    let text = text.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&text, &candidate.as_ref().to_lowercase()), candidate.as_ref()))
        .filter(|(distance, candidate)| {
            // Of a word that shares no letter nothing is misspelt.
            let length = candidate.chars().count();
            distance * 3 <= length.max(3) && *distance < length
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// More words than this are not read in a finding.
const MOST_WORDS: usize = 12;

/// Returns the words in backticks: `` `a`, `b` or `c` ``; of very many only the first.
#[must_use]
pub fn one_of<T: AsRef<str>>(words: impl IntoIterator<Item = T>) -> String {
    listed(words, "or")
}

/// Returns the words in backticks: `` `a`, `b` and `c` ``; of very many only the first.
#[must_use]
pub fn all_of<T: AsRef<str>>(words: impl IntoIterator<Item = T>) -> String {
    listed(words, "and")
}

fn listed<T: AsRef<str>>(words: impl IntoIterator<Item = T>, conjunction: &str) -> String {
    let mut words: Vec<_> = words.into_iter().map(|word| format!("`{}`", word.as_ref())).collect();
    if words.len() > MOST_WORDS {
        let more = words.len() - MOST_WORDS;
        return format!("{} {conjunction} {more} more", words[..MOST_WORDS].join(", "));
    }
    match words.pop() {
        Some(last) if words.is_empty() => last,
        Some(last) => format!("{} {conjunction} {last}", words.join(", ")),
        None => "nothing".to_owned(),
    }
}

/// Returns a count with its noun: `1 value`, `3 values`, `2 studies`.
#[must_use]
pub fn counted(count: usize, noun: &str) -> String {
    match (count, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{count} {stem}ies"),
        (_, None) => format!("{count} {noun}s"),
    }
}
