//! An interval has the level that its quotation names.

use super::super::{Evidence, Level, Published, Spread};
use super::results;
use crate::diag::{Diagnostic, codes};

pub(super) fn check(evidence: &Evidence) -> Vec<Diagnostic> {
    let findings = results(evidence).filter_map(|(_, _, result)| {
        let level = match &result.published {
            Published::Survival(survival) => survival.ci?.level,
            Published::Median(median) => match median.spread? {
                Spread::Confidence(_, _, level) => level,
                Spread::Range(..) | Spread::Quartiles(..) => return None,
            },
            Published::Count(_) | Published::Curve(_) | Published::Mean(_) => return None,
        };
        let quoted = quoted_level(result.quote.as_deref()?).filter(|quoted| (quoted.0 - level.0).abs() > 1e-9)?;
        let [entered, quoted] = [level, quoted].map(|level| format!("{}%", (level.0 * 1e4).round() / 1e2));
        let message = format!("the interval is entered at {entered}, and its quotation says {quoted}");
        Some(
            Diagnostic::new(codes::LEVEL_MISMATCH, result.place.key("ci"), message)
                .found(format!("taken as a {entered} interval"))
                .against(result.place.key("quote"), format!("{quoted} here"))
                .expected(format!("`level: {quoted}`"))
                .help(format!("add `level: {quoted}` to the result, or correct the quotation")),
        )
    });
    findings.collect()
}

/// Returns the level in `90% CI` or `90 % confidence interval`; `None` where a quotation names none, or several.
fn quoted_level(quote: &str) -> Option<Level> {
    let quote = quote.to_lowercase().replace(['-', '‐', '‑', '\u{a0}', '\u{202f}'], " ");
    let mut levels: Vec<f64> = Vec::new();
    for (at, _) in quote.match_indices('%') {
        let after = quote[at + 1..].trim_start();
        let is_level =
            after.starts_with("confidence") || after.split(|next: char| !next.is_alphanumeric()).next() == Some("ci");
        let before = quote[..at].trim_end();
        let start = before.rfind(|digit: char| !digit.is_ascii_digit() && digit != '.').map_or(0, |last| last + 1);
        levels.extend(before.get(start..).filter(|_| is_level).and_then(|digits| digits.parse::<f64>().ok()));
    }
    levels.dedup();
    match levels.as_slice() {
        [level] if *level > 50.0 && *level < 100.0 => Some(Level(level / 100.0)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_found_in_words() {
        let level = |quote| quoted_level(quote).map(|level| level.0);
        assert_eq!(level("OS was 70% (90% CI: 55–81%)"), Some(0.9));
        assert_eq!(level("70% (95 % Confidence interval 55 to 81)"), Some(0.95));
        assert_eq!(level("2-year OS 70%, cited elsewhere"), None);
        assert_eq!(level("70% (95%-CI 1 to 2), 60% (95% CI 1 to 2)"), Some(0.95));
        assert_eq!(level("70% (90% CI 1 to 2), 60% (95% CI 1 to 2)"), None);
        assert_eq!(level("≥% ci"), None);
    }
}
