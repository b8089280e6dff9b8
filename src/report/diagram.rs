//! Diagrams as text: Mermaid, which code hosts draw, and plain lines.

use serde::Serialize;

/// A diagram.
#[derive(Debug, Clone, Serialize)]
pub struct Diagram {
    /// Its id: the stem of its files under `figures/`.
    pub id: String,
    /// The Mermaid source.
    pub mermaid: String,
    /// The same in plain lines, where that can be.
    pub text: Option<String>,
}

/// Returns words as a Mermaid label in quotes can hold them.
///
/// ```
/// assert_eq!(forestable::report::diagram::mermaid_words("a \"b\" <c> #1"), "a #quot;b#quot; #lt;c#gt; #35;1");
/// ```
#[must_use]
pub fn mermaid_words(words: &str) -> String {
    let mut safe = String::with_capacity(words.len());
    for letter in words.chars() {
        match letter {
            '#' => safe.push_str("#35;"),
            '"' => safe.push_str("#quot;"),
            '<' => safe.push_str("#lt;"),
            '>' => safe.push_str("#gt;"),
            '\n' | '\r' => safe.push(' '),
            letter => safe.push(letter),
        }
    }
    safe
}
