//! Rich text on one line: runs of a face, raised or lowered, measured and wrapped with the embedded font.

use std::collections::BTreeSet;

use serde::Serialize;

use super::font::Face;

/// Whether a run stands on the line, above or below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Script {
    /// On the line.
    #[default]
    Normal,
    /// Raised and small.
    Superscript,
    /// Lowered and small.
    Subscript,
}

impl Script {
    /// Returns its size in parts of the line's font size.
    #[must_use]
    pub fn scale(self) -> f64 {
        if self == Self::Normal { 1.0 } else { 0.68 }
    }

    /// Returns how far below the baseline it stands, in parts of the line's font size.
    #[must_use]
    pub fn drop(self) -> f64 {
        match self {
            Self::Normal => 0.0,
            Self::Superscript => -0.33,
            Self::Subscript => 0.14,
        }
    }
}

/// Characters set alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Run {
    /// The characters, without a control character.
    pub text: String,
    /// Their face.
    pub face: Face,
    /// Where they stand.
    pub script: Script,
}

impl Run {
    /// Returns its width at the line's font size `size`.
    #[must_use]
    pub fn width(&self, size: f64) -> f64 {
        self.text.chars().map(|c| self.face.advance(c)).sum::<f64>() * size * self.script.scale()
    }
}

/// Rich text, built run by run.
///
/// ```
/// use forestable::report::figure::text::Text;
/// let text = Text::new().italic("I").plain("² = 48%; χ²").subscript("4").plain(" = 17.3");
/// assert_eq!(text.to_string(), "I² = 48%; χ²4 = 17.3");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct Text {
    runs: Vec<Run>,
}

impl Text {
    /// Returns the empty text.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds upright text.
    #[must_use]
    pub fn plain(self, text: &str) -> Self {
        self.with(text, Face::Regular, Script::Normal)
    }

    /// Adds bold text.
    #[must_use]
    pub fn bold(self, text: &str) -> Self {
        self.with(text, Face::Bold, Script::Normal)
    }

    /// Adds italic text.
    #[must_use]
    pub fn italic(self, text: &str) -> Self {
        self.with(text, Face::Italic, Script::Normal)
    }

    /// Adds raised text.
    #[must_use]
    pub fn superscript(self, text: &str) -> Self {
        self.with(text, Face::Regular, Script::Superscript)
    }

    /// Adds lowered text.
    #[must_use]
    pub fn subscript(self, text: &str) -> Self {
        self.with(text, Face::Regular, Script::Subscript)
    }

    fn with(mut self, text: &str, face: Face, script: Script) -> Self {
        // A control character has no width and no place in XML; a line break or tab is a space here.
        let text = text.chars().map(|c| if c.is_control() { ' ' } else { c });
        match self.runs.last_mut() {
            Some(run) if run.face == face && run.script == script => run.text.extend(text),
            _ => self.runs.push(Run { text: text.collect(), face, script }),
        }
        self.runs.retain(|run| !run.text.is_empty());
        self
    }

    /// Returns text with signs for its faces: `*italic*`, `**bold**`, `~lowered~`, `^raised^`. A sign without its partner
    /// stands for itself.
    ///
    /// ```
    /// use forestable::report::figure::text::Text;
    /// let marked = Text::marked("*I*² = 48%; χ²~4~ > 2 * 3");
    /// assert_eq!(marked, Text::new().italic("I").plain("² = 48%; χ²").subscript("4").plain(" > 2 * 3"));
    /// ```
    #[must_use]
    pub fn marked(text: &str) -> Self {
        const SIGNS: [(&str, Face, Script); 4] = [
            ("**", Face::Bold, Script::Normal),
            ("*", Face::Italic, Script::Normal),
            ("~", Face::Regular, Script::Subscript),
            ("^", Face::Regular, Script::Superscript),
        ];
        let (mut marked, mut rest) = (Self::new(), text);
        while let Some(at) = rest.find(['*', '~', '^']) {
            let (before, signed) = rest.split_at(at);
            marked = marked.plain(before);
            let enclosed = SIGNS.iter().find_map(|(sign, face, script)| {
                let (inner, after) = signed.strip_prefix(sign)?.split_once(sign)?;
                (!inner.is_empty() && !inner.starts_with(' ')).then_some((inner, after, *face, *script))
            });
            (marked, rest) = match enclosed {
                Some((inner, after, face, script)) => (marked.with(inner, face, script), after),
                // The signs are single bytes.
                None => (marked.plain(&signed[..1]), &signed[1..]),
            };
        }
        marked.plain(rest)
    }

    /// Returns it with `other` after it.
    #[must_use]
    pub fn followed_by(self, other: &Self) -> Self {
        other.runs.iter().fold(self, |text, run| text.with(&run.text, run.face, run.script))
    }

    /// Returns what stands before the first `at`, and the rest with it.
    #[must_use]
    pub fn split_at(&self, at: char) -> (Self, Self) {
        let mut parts = (Self::new(), Self::new());
        for run in &self.runs {
            let cut = if parts.1.is_empty() { run.text.find(at).unwrap_or(run.text.len()) } else { 0 };
            let (before, after) = run.text.split_at(cut);
            parts.0 = parts.0.with(before, run.face, run.script);
            parts.1 = parts.1.with(after, run.face, run.script);
        }
        parts
    }

    /// Returns its runs, left to right.
    #[must_use]
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// Returns it with all upright runs bold.
    #[must_use]
    pub fn emboldened(&self) -> Self {
        self.runs.iter().fold(Self::new(), |text, run| {
            text.with(&run.text, if run.face == Face::Regular { Face::Bold } else { run.face }, run.script)
        })
    }

    /// Returns it with the words of each run rewritten.
    #[must_use]
    pub fn reworded(&self, rewrite: impl Fn(&str) -> String) -> Self {
        self.runs.iter().fold(Self::new(), |text, run| text.with(&rewrite(&run.text), run.face, run.script))
    }

    /// Returns it with `point` in place of the full stop between two digits, or before one.
    #[must_use]
    pub fn with_decimal_point(&self, point: &str) -> Self {
        self.reworded(|text| {
            let (mut rewritten, mut before) = (String::with_capacity(text.len()), ' ');
            let mut letters = text.chars().peekable();
            while let Some(letter) = letters.next() {
                let digit_after = letters.peek().is_some_and(char::is_ascii_digit);
                if letter == '.' && digit_after && !before.is_alphabetic() {
                    rewritten.push_str(point);
                } else {
                    rewritten.push(letter);
                }
                before = letter;
            }
            rewritten
        })
    }

    /// Returns its width at the font size `size`.
    #[must_use]
    pub fn width(&self, size: f64) -> f64 {
        self.runs.iter().map(|run| run.width(size)).sum()
    }

    /// Returns whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Returns the characters the embedded font lacks (in a PNG they are empty boxes).
    #[must_use]
    pub fn missing(&self) -> BTreeSet<char> {
        self.runs.iter().flat_map(|run| run.text.chars().filter(|&c| run.face.glyph(c).is_none())).collect()
    }

    /// Returns it in lines no wider than `width` at the font size `size`; at least one line, if an empty one.
    ///
    /// Lines break at spaces, except beside a relation sign (`P = 0.04`) or just inside a bracket (`F(1, 5)`), after a
    /// hyphen between letters, and inside a word only where the word alone is too wide. A line holds at least one character, however narrow `width`.
    ///
    /// ```
    /// use forestable::report::figure::text::Text;
    /// let lines = Text::from("one two three").wrap(50.0, 12.0);
    /// assert_eq!(lines.iter().map(ToString::to_string).collect::<Vec<_>>(), ["one two", "three"]);
    /// ```
    #[must_use]
    pub fn wrap(&self, width: f64, size: f64) -> Vec<Self> {
        let letters: Vec<(char, &Run)> = self.runs.iter().flat_map(|r| r.text.chars().map(move |c| (c, r))).collect();
        let mut lines = Vec::new();
        // Where the line may end, and where the next would begin.
        let (mut start, mut room, mut gap): (usize, f64, Option<(usize, usize)>) = (0, width, None);
        let mut at = 0;
        while let Some(&(character, run)) = letters.get(at) {
            if breaks_at(&letters, at) && at > start {
                gap = Some((at, at + 1));
            } else if hyphen_before(&letters, at) && at > start {
                gap = Some((at, at));
            }
            room -= run.face.advance(character) * size * run.script.scale();
            // 1e-9: a text is never too wide for a column that was measured from it.
            if room < -1e-9 && at > start && character != ' ' {
                let (end, next) = gap.unwrap_or((at, at));
                lines.push(Self::from_letters(&letters[start..end]));
                start = next;
                (at, room, gap) = (start, width, None);
            } else {
                at += 1;
            }
        }
        lines.push(Self::from_letters(&letters[start..]));
        lines
    }

    /// Returns it no wider than `width` at the font size `size`, cut with an ellipsis where it is too long.
    ///
    /// ```
    /// use forestable::report::figure::text::Text;
    /// assert_eq!(Text::from("Oligometastases").shortened(60.0, 12.0).to_string(), "Oligome…");
    /// ```
    #[must_use]
    pub fn shortened(&self, width: f64, size: f64) -> Self {
        if self.width(size) <= width {
            return self.clone();
        }
        let letters: Vec<(char, &Run)> = self.runs.iter().flat_map(|r| r.text.chars().map(move |c| (c, r))).collect();
        let cut = |kept: usize| Self::from_letters(&letters[..kept]).plain("…");
        (0..letters.len()).rev().map(cut).find(|text| text.width(size) <= width).unwrap_or_default()
    }

    /// Returns it in as many lines as [`Text::wrap`] needs, of about the same width.
    #[must_use]
    pub fn wrap_evenly(&self, width: f64, size: f64) -> Vec<Self> {
        let lines = self.wrap(width, size);
        let narrower = (10..20).map(|part| self.wrap(width * f64::from(part) / 20.0, size));
        narrower.into_iter().find(|even| even.len() <= lines.len()).unwrap_or(lines)
    }

    fn from_letters(letters: &[(char, &Run)]) -> Self {
        let mut runs: Vec<Run> = Vec::new();
        for (character, of) in letters {
            match runs.last_mut() {
                Some(run) if run.face == of.face && run.script == of.script => run.text.push(*character),
                _ => runs.push(Run { text: character.to_string(), face: of.face, script: of.script }),
            }
        }
        if let Some(run) = runs.last_mut() {
            run.text.truncate(run.text.trim_end().len());
        }
        runs.retain(|run| !run.text.is_empty());
        Self { runs }
    }
}

/// Whether a line may end at the space that stands at `at`: not beside a relation sign, not just inside a bracket.
fn breaks_at(letters: &[(char, &Run)], at: usize) -> bool {
    let is = |i: usize, of: &str| letters.get(i).is_some_and(|(c, _)| of.contains(*c));
    let relation = |i: usize| is(i, "=<>≤≥±");
    let bracket = (at.saturating_sub(5)..at).any(|i| is(i, "("));
    let beside = relation(at + 1) || at.checked_sub(1).is_some_and(relation);
    is(at, " ") && !bracket && !beside
}

/// Whether a hyphen between letters stands before `at`.
fn hyphen_before(letters: &[(char, &Run)], at: usize) -> bool {
    let is = |i: Option<usize>, of: fn(char) -> bool| i.and_then(|i| letters.get(i)).is_some_and(|(c, _)| of(*c));
    is(at.checked_sub(1), |c| c == '-')
        && is(at.checked_sub(2), char::is_alphabetic)
        && is(Some(at), char::is_alphabetic)
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::new().plain(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::new().plain(&text)
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.runs.iter().try_for_each(|run| f.write_str(&run.text))
    }
}
