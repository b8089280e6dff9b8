//! The lines under a forest, in the way of the journal it is made for.

use crate::model::Fit;
use crate::report::comparison_table::by_likelihood;
use crate::report::figure::style::{Notation, fill};
use crate::report::figure::text::Text;
use crate::report::{format, wording};
use crate::review::Groups;

/// Returns the heterogeneity of a pool: τ² with its interval, I², Q; that there is none where one study alone tells of the effect (Peto's
/// method leaves out those without events).
#[must_use]
pub fn heterogeneity(fit: &Fit, notation: &Notation) -> Text {
    if fit.heterogeneity.q_df < 1.0 {
        return Text::new().plain("Heterogeneity: not applicable");
    }
    let tau2 = |value: f64| format::fixed(value, notation.tau2_digits);
    let interval = fit.tau2_ci.map_or_else(String::new, |ci| {
        format!(" ({} CI {} to {})", wording::level(fit.level), tau2(ci.lower), tau2(ci.upper))
    });
    let found = &fit.heterogeneity;
    Text::marked(&fill(
        &notation.heterogeneity,
        &[
            ("tau2", tau2(fit.tau2)),
            ("tau2_ci", interval),
            ("i2", format::fixed(found.i2_percent, 0)),
            ("q", format::fixed(found.q, 2)),
            ("df", format::trimmed(found.q_df)),
            ("p", p_value(found.q_p, notation)),
        ],
    ))
}

/// Returns the test between groups: F with the Hartung-Knapp interval, χ² otherwise; `None` where there is none.
#[must_use]
pub fn between(groups: &Groups, notation: &Notation) -> Option<Text> {
    let test = groups.test.as_ref().and_then(|subgroups| subgroups.test)?;
    let line = match test.f {
        Some(f) => fill(
            &notation.groups_f,
            &[
                ("value", format::fixed(f.f_between, 2)),
                ("df1", format::trimmed(f.f_df1)),
                ("df2", format::trimmed(f.f_df2)),
                ("p", p_value(f.f_p, notation)),
            ],
        ),
        None => fill(
            &notation.groups_chi2,
            &[
                ("value", format::fixed(test.q_between, 2)),
                ("df", format::trimmed(test.q_between_df)),
                ("p", p_value(test.q_between_p, notation)),
            ],
        ),
    };
    let by = if by_likelihood(groups) { " (likelihood ratio)" } else { "" };
    Some(Text::marked(&(line + by)))
}

/// Returns a P value in the journal's way, marked up.
#[must_use]
pub fn p_value(p: f64, notation: &Notation) -> String {
    notation.p_value(&format::p_value(p))
}
