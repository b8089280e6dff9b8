//! Facts in words, as journals print them: decimal points, ranges, P values, sentences.

use super::facts::{Fact, Gap, Pooled, Published, Spread, SpreadOf};
use crate::diag::named;
use crate::report::format::{counted, fixed, p_value, percent, whole};
use crate::report::wording::{lower_first, upper_first};

named! {
    /// How a journal prints figures.
    #[derive(Default)]
    NumberStyle, "number style":
    /// `40.5% (95% CI 7.1–73.4)`, `P = 0.04`.
    #[default]
    Plain = "plain",
    /// `40·5% (95% CI 7·1–73·4)`, `p=0·04`.
    Lancet = "lancet",
    /// `40.5% (95% CI, 7.1%-73.4%)`, `P = .04`.
    Jama = "jama",
    /// `40.5% (95% confidence interval 7.1% to 73.4%)`, `P=0.04`.
    Bmj = "bmj",
    /// `40,5% (95% CI 7,1–73,4)`: a decimal comma.
    Comma = "comma",
}

/// Begins the mark of a binding in woven text, before its id.
pub const BINDING: &str = "\u{e000}bind ";
/// Ends a mark in woven text.
pub const END: char = '\u{e001}';

/// Writes facts in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phrases {
    /// As which journal.
    pub style: NumberStyle,
    /// Decimals of per cents and percentage points.
    pub digits: usize,
    /// Whether each figure is followed by its binding, so that a finished text can still be checked.
    pub bindings: Bindings,
}

/// Whether figures carry their bindings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Bindings {
    /// They do not.
    #[default]
    None,
    /// They do.
    Kept,
}

impl Phrases {
    /// Returns a number with so many decimals.
    #[must_use]
    pub fn number(&self, value: f64) -> String {
        // Whole numbers are grouped as counts are.
        if self.digits == 0 && (0.0..1e15).contains(&value) {
            return whole(value.round() as u64);
        }
        self.pointed(&fixed(value, self.digits))
    }

    /// Returns a proportion as `40.5%`.
    #[must_use]
    pub fn percent(&self, proportion: f64) -> String {
        format!("{}%", self.pointed(&percent(proportion, self.digits)))
    }

    /// Returns a P value; below 0.001 only that.
    #[must_use]
    pub fn p(&self, p: f64) -> String {
        let text = p_value(p);
        match self.style {
            NumberStyle::Plain | NumberStyle::Comma => self.pointed(&text),
            NumberStyle::Lancet => self.pointed(&text.replacen('P', "p", 1).replace(' ', "")),
            // The journal prints no 1.00.
            NumberStyle::Jama if p >= 0.995 => "P > .99".to_owned(),
            NumberStyle::Jama => text.replace("0.", "."),
            NumberStyle::Bmj => text.replace(' ', ""),
        }
    }

    /// Returns the ends of an interval of proportions: `7.1–73.4`.
    #[must_use]
    pub fn range(&self, lower: f64, upper: f64) -> String {
        let [lower, upper] = [lower, upper].map(|end| self.pointed(&percent(end, self.digits)));
        match self.style {
            NumberStyle::Jama => format!("{lower}%-{upper}%"),
            NumberStyle::Bmj => format!("{lower}% to {upper}%"),
            _ => format!("{lower}–{upper}"),
        }
    }

    /// Returns an interval with what it is: `95% CI 7.1–73.4`.
    #[must_use]
    pub fn interval(&self, level: f64, lower: f64, upper: f64) -> String {
        self.named_interval("CI", level, &self.range(lower, upper))
    }

    fn named_interval(&self, name: &str, level: f64, range: &str) -> String {
        let level = fixed(level * 100.0, 1);
        let level = self.pointed(level.strip_suffix(".0").unwrap_or(&level));
        match (self.style, name) {
            (NumberStyle::Jama, _) => format!("{level}% {name}, {range}"),
            (NumberStyle::Bmj, "CI") => format!("{level}% confidence interval {range}"),
            _ => format!("{level}% {name} {range}"),
        }
    }

    /// Returns percentage points with their interval: `−17.7 percentage points (95% CI −54.9 to 23.6)`.
    #[must_use]
    pub fn points(&self, gap: &Gap) -> String {
        let [estimate, lower, upper] =
            [gap.estimate, gap.lower, gap.upper].map(|value| self.pointed(&percent(value, self.digits)));
        let interval = self.named_interval("CI", gap.level, &format!("{lower} to {upper}"));
        format!("{estimate} percentage points ({interval})")
    }

    /// Returns the mark of a binding, which the weaver turns into a comment or a bookmark.
    fn binding(&self, id: &str) -> String {
        match self.bindings {
            Bindings::None => String::new(),
            Bindings::Kept => format!("{BINDING}{id}{END}"),
        }
    }

    /// Returns the fact as it stands in running text: an estimate with its interval, a range, `9 of 13`, a count.
    ///
    /// `None` where there is nothing to be said, such as of a pool without series.
    #[must_use]
    pub fn short(&self, fact: &Fact) -> Option<String> {
        let text = match fact {
            Fact::Pool(pool) => {
                let (lower, upper) = (pool.lower?, pool.upper?);
                format!("{} ({})", self.percent(pool.estimate?), self.interval(pool.level, lower, upper))
            }
            Fact::Difference(gap) => self.points(gap),
            Fact::Range(spread) => match self.style {
                NumberStyle::Jama | NumberStyle::Bmj => self.range(spread.lower, spread.upper),
                _ => format!("{}%", self.range(spread.lower, spread.upper)),
            },
            Fact::Share(share) => format!("{} of {}", whole(share.k), whole(share.n)),
            Fact::Result(result) => self.published(result),
            Fact::Count(count) => whole(count.value),
            Fact::Study(study) => return Some(study.name.clone()),
        };
        Some(text + &self.binding(fact.id()))
    }

    /// Returns a published figure with the digits it was printed with.
    fn published(&self, result: &Published) -> String {
        let printed = self.pointed(&result.printed);
        if result.lower.is_none() || !matches!(self.style, NumberStyle::Jama | NumberStyle::Bmj) {
            return printed;
        }
        match printed.split_once(" (") {
            Some((estimate, range)) if estimate.ends_with('%') => {
                let ends: Vec<&str> = range.trim_end_matches(')').split('–').collect();
                let joined = if self.style == NumberStyle::Jama { "-" } else { " to " };
                let ends: Vec<String> = ends.iter().map(|end| format!("{end}%")).collect();
                format!("{estimate} ({})", self.named_interval("CI", result.level, &ends.join(joined)))
            }
            _ => printed,
        }
    }

    /// Returns the fact as a whole sentence; that there is nothing to report is a sentence too.
    #[must_use]
    pub fn sentence(&self, fact: &Fact) -> Option<String> {
        match fact {
            Fact::Pool(pool) => Some(self.pool_sentence(pool)),
            Fact::Difference(gap) => {
                let binding = self.binding(&format!("{}.p", gap.id));
                let test = gap.p.map(|p| format!("; {}{binding}", self.p(p))).unwrap_or_default();
                Some(format!(
                    "The difference in {} between {} was {}{}{test}.",
                    lower_first(&gap.title),
                    gap.between,
                    self.points(gap),
                    self.binding(&gap.id)
                ))
            }
            Fact::Share(share) => Some(format!(
                "{} of {}{} reported it.",
                upper_first(&counted_word(share.k)),
                counted(share.n, "study", "studies"),
                self.binding(&share.id)
            )),
            Fact::Range(spread) => Some(self.spread_sentence(spread)),
            Fact::Result(_) | Fact::Count(_) | Fact::Study(_) => None,
        }
    }

    fn spread_sentence(&self, spread: &Spread) -> String {
        let (title, binding) = (lower_first(&spread.title), self.binding(&spread.id));
        let (lower, upper) = (self.percent(spread.lower), self.percent(spread.upper));
        match spread.of {
            SpreadOf::Series => {
                let series = counted(spread.k, "series", "series");
                format!("In the {series}, {title} ranged from {lower} to {upper}{binding}.")
            }
            SpreadOf::Variations => {
                let analyses = counted(spread.k, "sensitivity analysis", "sensitivity analyses");
                format!("Over {analyses}, pooled {title} ranged from {lower} to {upper}{binding}.")
            }
        }
    }

    /// Returns how much the series of a pool differ: `τ² = 0.29, I² = 84%, P < 0.001`; `None` where nothing was estimated.
    #[must_use]
    pub fn heterogeneity(&self, pool: &Pooled) -> Option<String> {
        let value = |name: &str, value: String, field: &str| {
            let sign = if self.style == NumberStyle::Lancet || self.style == NumberStyle::Bmj { "=" } else { " = " };
            format!("{name}{sign}{value}{}", self.binding(&format!("{}.{field}", pool.id)))
        };
        let tau2 = pool.tau2.map(|tau2| value("τ²", self.pointed(&fixed(tau2, 2)), "tau2"));
        let i2 = value("I²", format!("{}%", fixed(pool.i2?, 0)), "i2");
        let p = format!("{}{}", self.p(pool.p?), self.binding(&format!("{}.p", pool.id)));
        Some(tau2.into_iter().chain([i2, p]).collect::<Vec<_>>().join(", "))
    }

    fn pool_sentence(&self, pool: &Pooled) -> String {
        let title = in_words(&pool.title);
        let series = pool.series.as_deref().unwrap_or("series");
        let variant = pool.variant.as_ref().map(|name| format!(" ({})", lower_first(name))).unwrap_or_default();
        let verb = if pool.survival { "was" } else { "was seen in" };
        let bare = Self { bindings: Bindings::None, ..*self };
        let binding = self.binding(&pool.id);
        let Some(figure) = bare.short(&Fact::Pool(pool.clone())) else {
            return match pool.k {
                0 => format!("No {series} reported {}{variant}.", lower_first(&title)),
                _ => format!("{title} could not be pooled{variant}."),
            };
        };
        let patients = pool.patients.map(|patients| counted(patients, "patient", "patients"));
        // What is seen is seen in somebody.
        let of = if pool.survival || pool.patients.is_none() { "" } else { " of patients" };
        let figure = figure.replacen(" (", &format!("{of} ("), 1);
        // The closing bracket of the interval makes room for what else belongs into it.
        let figure = figure.trim_end_matches(')');
        if pool.k == 1 {
            let patients = patients.map(|patients| format!("; {patients}")).unwrap_or_default();
            return format!("{title} {verb} {figure}{patients}){binding} in the only {series}{variant}.");
        }
        let mut inside = vec![counted(pool.k, "series", "series")];
        inside.extend(patients);
        let prediction = pool.prediction.map(|ends| {
            format!("; {}", self.named_interval("prediction interval", pool.level, &self.range(ends.lower, ends.upper)))
        });
        let text = format!("{verb} {figure}; {}{}){binding}", inside.join(", "), prediction.unwrap_or_default());
        match pool.group {
            Some(_) => format!("In {series}{variant}, {} {text}.", lower_first(&pool.title)),
            None => format!("{title}{variant} {text}."),
        }
    }

    /// Gives a text the journal's decimal sign.
    fn pointed(&self, text: &str) -> String {
        match self.style {
            NumberStyle::Lancet => text.replace('.', "·"),
            NumberStyle::Comma => text.replace('.', ","),
            NumberStyle::Plain | NumberStyle::Jama | NumberStyle::Bmj => text.to_owned(),
        }
    }
}

/// Numbers that are written out.
const WORDS: [&str; 13] =
    ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

/// Returns a small number written out, as it stands before a noun or begins a sentence; from 13 on in figures.
///
/// ```
/// use forestable::report::manuscript::counted_word;
/// assert_eq!([counted_word(7), counted_word(13)], ["seven", "13"]);
/// ```
#[must_use]
pub fn counted_word(value: u64) -> String {
    let word = usize::try_from(value).ok().and_then(|value| WORDS.get(value));
    word.map_or_else(|| whole(value), |word| (*word).to_owned())
}

/// Returns a number that begins a sentence: written out up to ninety-nine, with a capital letter.
///
/// ```
/// use forestable::report::manuscript::opening_word;
/// assert_eq!([opening_word(3), opening_word(13), opening_word(42)], ["Three", "Thirteen", "Forty-two"]);
/// assert_eq!(opening_word(1422), "1,422");
/// ```
#[must_use]
pub fn opening_word(value: u64) -> String {
    const TEENS: [&str; 7] = ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"];
    const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let at =
        |words: &[&str], at: u64| usize::try_from(at).ok().and_then(|at| words.get(at)).map(|word| (*word).to_owned());
    let word = match value {
        0 => Some("no".to_owned()),
        13..=19 => at(&TEENS, value - 13),
        20..=99 => at(&TENS, value / 10 - 2).map(|ten| match value % 10 {
            0 => ten,
            ones => format!("{ten}-{}", counted_word(ones)),
        }),
        _ => None,
    };
    upper_first(&word.unwrap_or_else(|| counted_word(value)))
}

/// Returns the number that a word stands for.
pub(super) fn number_of_word(word: &str) -> Option<u64> {
    let word = word.to_lowercase();
    WORDS.iter().position(|known| *known == word || (word == "no" && *known == "none")).map(|value| value as u64)
}

/// Returns a title that may begin a sentence: `Two-year overall survival`.
fn in_words(title: &str) -> String {
    let end = title.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(0);
    match title[..end].parse() {
        Ok(number) if title[end..].starts_with('-') => {
            upper_first(&format!("{}{}", counted_word(number), &title[end..]))
        }
        _ => upper_first(title),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool() -> Pooled {
        Pooled {
            id: "pfs-2y".to_owned(),
            title: "2-year progression-free survival".to_owned(),
            survival: true,
            level: 0.95,
            k: 2,
            patients: Some(87),
            estimate: Some(0.405),
            lower: Some(0.071),
            upper: Some(0.734),
            ..Pooled::default()
        }
    }

    #[test]
    fn each_journal_has_its_signs() {
        let said = |style| {
            let phrases = Phrases { style, digits: 1, bindings: Bindings::None };
            (phrases.short(&Fact::Pool(pool())).unwrap(), phrases.p(0.042), phrases.p(0.0004))
        };
        let expected = |figure: &str, p: &str, least: &str| (figure.to_owned(), p.to_owned(), least.to_owned());
        assert_eq!(said(NumberStyle::Plain), expected("40.5% (95% CI 7.1–73.4)", "P = 0.04", "P < 0.001"));
        assert_eq!(said(NumberStyle::Lancet), expected("40·5% (95% CI 7·1–73·4)", "p=0·04", "p<0·001"));
        assert_eq!(said(NumberStyle::Jama), expected("40.5% (95% CI, 7.1%-73.4%)", "P = .04", "P < .001"));
        let bmj = "40.5% (95% confidence interval 7.1% to 73.4%)";
        assert_eq!(said(NumberStyle::Bmj), expected(bmj, "P=0.04", "P<0.001"));
        assert_eq!(said(NumberStyle::Comma), expected("40,5% (95% CI 7,1–73,4)", "P = 0,04", "P < 0,001"));
    }

    #[test]
    fn sentences_say_how_much_there_is() {
        let phrases = Phrases { style: NumberStyle::Plain, digits: 1, bindings: Bindings::None };
        let prospective =
            Pooled { group: Some("prospective".to_owned()), series: Some("prospective series".to_owned()), ..pool() };
        let sentence = |pool: &Pooled| phrases.sentence(&Fact::Pool(pool.clone())).unwrap();
        assert_eq!(
            sentence(&prospective),
            "In prospective series, 2-year progression-free survival was 40.5% (95% CI 7.1–73.4; 2 series, 87 patients)."
        );
        assert_eq!(
            sentence(&Pooled { k: 1, ..prospective.clone() }),
            "Two-year progression-free survival was 40.5% (95% CI 7.1–73.4; 87 patients) in the only prospective series."
        );
        let none = Pooled { k: 0, estimate: None, lower: None, upper: None, patients: None, ..prospective };
        assert_eq!(sentence(&none), "No prospective series reported two-year progression-free survival.");
    }
}
