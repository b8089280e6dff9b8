//! The only rounding: figures become text here and nowhere else.

use crate::evidence::{Absence, Bound, Interval, Months, Printed, Reported, TimeUnit};
use crate::review::TableStyle;

/// Between the ends of a range.
const EN_DASH: char = '–';
/// What stands for something that does not exist.
pub const DASH: &str = "–";
/// Before a negative figure.
const MINUS: char = '−';

/// Returns `value` with `digits` decimals, a true minus sign, and no negative zero; what is infinite as ∞.
///
/// ```
/// use forestable::report::format::fixed;
/// assert_eq!(fixed(-1.25, 1), "−1.2");
/// assert_eq!(fixed(-0.04, 1), "0.0");
/// assert_eq!(fixed(f64::NEG_INFINITY, 1), "−∞");
/// ```
#[must_use]
pub fn fixed(value: f64, digits: usize) -> String {
    let text = if value.is_infinite() { format!("{value}").replace("inf", "∞") } else { format!("{value:.digits$}") };
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().all(|digit| digit == '0' || digit == '.') => rest.to_owned(),
        Some(rest) => format!("{MINUS}{rest}"),
        None => text,
    }
}

/// Returns a proportion as per cent, without the sign.
#[must_use]
pub fn percent(proportion: f64, digits: usize) -> String {
    fixed(proportion * 100.0, digits)
}

/// Returns the decimals, in per cent, that a printed proportion was given with.
#[must_use]
pub fn printed_digits(printed: Printed) -> usize {
    // Half a unit of the last digit: 0.005 is a whole per cent, each further digit a tenth of it.
    (0..6).find(|digits| printed.half_unit * 100.0 >= 0.5 / 10_f64.powi(*digits) * 0.999).unwrap_or(6) as usize
}

/// Returns a printed proportion with the digits it was printed with: `84.5%`.
#[must_use]
pub fn printed_percent(printed: Printed) -> String {
    format!("{}%", percent(printed.value.0, printed_digits(printed)))
}

/// Returns a printed interval with its own digits: `41–72`, and its level where it is not 95%.
#[must_use]
pub fn printed_interval(ci: &Interval) -> String {
    let end = |printed: Printed| percent(printed.value.0, printed_digits(printed));
    let range = format!("{}{EN_DASH}{}", end(ci.lower), end(ci.upper));
    if ci.level.0 == 0.95 { range } else { format!("{}% CI {range}", percent(ci.level.0, 0)) }
}

/// Returns `54.3% (41.0–66.9)` from proportions.
#[must_use]
pub fn estimate_interval(estimate: f64, lower: f64, upper: f64) -> String {
    TableStyle::default().estimate_interval(estimate, lower, upper)
}

/// Returns `41.0–66.9` from proportions.
#[must_use]
pub fn percent_range(lower: f64, upper: f64) -> String {
    TableStyle::default().percent_range(lower, upper)
}

/// Returns a ratio with its interval: `1.32 (0.85–2.05)`; past 100 without decimals, past 1,000 as a bound.
#[must_use]
pub fn ratio(estimate: f64, lower: f64, upper: f64) -> String {
    let word = |value: f64| match value {
        value if value > 1000.0 => ">1000".to_owned(),
        value if value >= 100.0 => fixed(value, 0),
        value if value < 0.01 => "<0.01".to_owned(),
        value => fixed(value, 2),
    };
    format!("{} ({}{EN_DASH}{})", word(estimate), word(lower), word(upper))
}

/// The words of a table whose style the review may set.
impl TableStyle {
    /// Returns `54.3% (41.0–66.9)` from proportions.
    #[must_use]
    pub fn estimate_interval(&self, estimate: f64, lower: f64, upper: f64) -> String {
        format!("{}% ({})", percent(estimate, self.digits), self.percent_range(lower, upper))
    }

    /// Returns `41.0–66.9` from proportions.
    #[must_use]
    pub fn percent_range(&self, lower: f64, upper: f64) -> String {
        format!("{}{EN_DASH}{}", percent(lower, self.digits), percent(upper, self.digits))
    }

    /// Returns a difference in percentage points with its interval: `−4.2 (−20.1 to 11.7)`.
    #[must_use]
    pub fn points(&self, estimate: f64, lower: f64, upper: f64) -> String {
        let [estimate, lower, upper] = [estimate, lower, upper].map(|value| percent(value, self.digits));
        format!("{estimate} ({lower} to {upper})")
    }

    /// Returns the mark of an absent figure; those that a table uses are explained under it.
    #[must_use]
    pub fn absence(&self, absence: Absence) -> &str {
        match absence {
            Absence::NotReported => &self.not_reported,
            Absence::NotReached => &self.not_reached,
            Absence::NotApplicable => &self.not_applicable,
            Absence::Unclear => &self.unclear,
        }
    }

    /// Returns a count, or the mark of its absence.
    #[must_use]
    pub fn count(&self, reported: Reported<u64>) -> String {
        match reported {
            Reported::Value(value) => whole(value),
            Reported::Absent(reason) => self.absence(reason).to_owned(),
        }
    }

    /// Returns the range between two times, in the unit they were printed in: `26–NRe`.
    #[must_use]
    pub fn bound_range(&self, lower: Bound, upper: Bound, unit: TimeUnit, decimals: usize) -> String {
        let [lower, upper] = [lower, upper].map(|bound| match bound {
            Bound::At(months) => time_in(months, unit, decimals),
            Bound::NotReached => self.not_reached.clone(),
        });
        format!("{lower}{EN_DASH}{upper}")
    }

    /// Returns words, or the mark of nothing to show.
    #[must_use]
    pub fn or_nothing(&self, words: Option<String>) -> String {
        words.filter(|words| !words.is_empty()).unwrap_or_else(|| self.nothing.clone())
    }
}

/// Returns a P value: `P = 0.04`, three digits below 0.01, `P < 0.001`.
///
/// ```
/// use forestable::report::format::p_value;
/// assert_eq!(p_value(0.0421), "P = 0.04");
/// assert_eq!(p_value(0.0042), "P = 0.004");
/// assert_eq!(p_value(0.0001), "P < 0.001");
/// ```
#[must_use]
pub fn p_value(p: f64) -> String {
    if p < 0.001 {
        "P < 0.001".to_owned()
    } else if p < 0.01 {
        format!("P = {}", fixed(p, 3))
    } else {
        format!("P = {}", fixed(p, 2))
    }
}

/// Returns a time: `2 years`, `1 year`, `18 months`.
///
/// ```
/// use forestable::{evidence::Months, report::format::time};
/// assert_eq!(time(Months(24.0)), "2 years");
/// assert_eq!(time(Months(18.0)), "18 months");
/// ```
#[must_use]
pub fn time(months: Months) -> String {
    let years = months.0 / 12.0;
    if (years - years.round()).abs() < 1e-9 && years >= 1.0 {
        counted(years.round() as u64, "year", "years")
    } else {
        format!("{} months", trimmed(months.0))
    }
}

/// Returns a number of months with at most one decimal: `22`, `31.2`.
#[must_use]
pub fn trimmed(value: f64) -> String {
    let text = fixed(value, 1);
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// Returns a time in the unit it was printed in, without that: `2.6` for 31.2 months printed in years; at least so many decimals,
/// at most two.
///
/// ```
/// use forestable::{evidence::{Months, TimeUnit}, report::format::time_in};
/// assert_eq!([time_in(Months(31.2), TimeUnit::Years, 0), time_in(Months(12.0), TimeUnit::Months, 1)], ["2.6", "12.0"]);
/// ```
#[must_use]
pub fn time_in(months: Months, unit: TimeUnit, decimals: usize) -> String {
    let time = months.0 / unit.months();
    let digits = fixed(time, 2);
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    let written = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    if written < decimals { fixed(time, decimals.min(2)) } else { digits.to_owned() }
}

/// Returns a whole number with a comma between thousands.
///
/// ```
/// assert_eq!(forestable::report::format::whole(1422), "1,422");
/// ```
#[must_use]
pub fn whole(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Returns `1 series`-like words: the number and its noun.
#[must_use]
pub fn counted(value: u64, singular: &str, plural: &str) -> String {
    format!("{} {}", whole(value), if value == 1 { singular } else { plural })
}

/// Returns a number of percentage points as it was declared: `1 percentage point`, `2.5 percentage points`.
#[must_use]
pub fn points(limit: f64) -> String {
    let number = trimmed(100.0 * limit);
    if number == "1" { "1 percentage point".to_owned() } else { format!("{number} percentage points") }
}

/// Returns percentage points with their sign: `+0.8`, `−0.2`, `0.0`.
#[must_use]
pub fn signed_points(moved: f64) -> String {
    let text = fixed(moved * 100.0, 1);
    if moved > 0.0 && text != "0.0" { format!("+{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Proportion;

    #[test]
    fn printed_figures_keep_their_digits() {
        let printed = |value, half_unit| Printed { value: Proportion(value), half_unit };
        assert_eq!(printed_percent(printed(0.27, 0.005)), "27%");
        assert_eq!(printed_percent(printed(0.845, 0.0005)), "84.5%");
        assert_eq!(printed_percent(printed(0.62, 0.005)), "62%");
        assert_eq!(printed_percent(printed(0.1, 0.05)), "10%");
    }
}
