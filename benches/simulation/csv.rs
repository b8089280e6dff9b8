//! The figures behind the page, as CSV.

use std::fmt::Write as _;

use crate::cell::Precision;
use crate::page::{self, SIZES, TAUS};
use crate::rule::RULES;
use crate::tally::Tally;
use crate::{Done, over};

/// A figure of a rule in a cell.
type Figure = fn(&Tally) -> f64;

/// Their columns, and the digits of each.
const FIGURES: [(&str, usize, Figure); 6] = [
    ("bias_points", 2, Tally::bias),
    ("coverage", 4, Tally::coverage),
    ("width_points", 1, Tally::width),
    ("prediction", 4, |tally| tally.prediction().unwrap_or(f64::NAN)),
    ("tau_bias", 3, Tally::tau_bias),
    ("unanswered", 4, Tally::unanswered),
];

/// Returns the figures of every cell: for each rule the bias in points, the coverage, the width in points, the share of new
/// series that the prediction interval holds, the error of τ, and the share of pools without an answer; blank where it was not
/// tried. The survival of counts is the share without the event; they have no follow-up.
pub fn cells(done: &[Done]) -> String {
    let mut csv = "k,n_least,n_most,survival,tau,median_follow_up,printed".to_owned();
    for rule in &RULES {
        for (figure, ..) in FIGURES {
            let _ = write!(csv, ",\"{figure}: {}\"", rule.name);
        }
    }
    csv.push('\n');
    for Done { cell, tallies } in done {
        let (least, most) = cell.n;
        let follow_up = if cell.follow_up.is_finite() { cell.follow_up.to_string() } else { String::new() };
        let _ = write!(
            csv,
            "{},{least},{most},{},{},{follow_up},{}",
            cell.k,
            cell.survival,
            cell.tau,
            cell.printed.words()
        );
        for tally in tallies {
            for (_, digits, of) in FIGURES {
                let value = of(tally);
                csv.push(',');
                if value.is_finite() {
                    let _ = write!(csv, "{value:.digits$}");
                }
            }
        }
        csv.push('\n');
    }
    csv
}

/// Returns the figures of every k, τ, precision and rule, over the other settings.
pub fn averages(done: &[Done]) -> String {
    let mut csv =
        "k,tau,printed,method,coverage,lowest_coverage,width_points,bias_points,tau_bias,tau_rms,prediction\n"
            .to_owned();
    for k in SIZES {
        for tau in TAUS {
            for printed in [Precision::Interval, Precision::FollowUp, Precision::Counts] {
                for rule in &RULES {
                    let tallies = over(done, rule.name, move |cell| {
                        let here = cell.k == k && cell.tau == tau && cell.printed == printed;
                        here && cell.survival < 1.0
                    });
                    if tallies.is_empty() {
                        continue;
                    }
                    let mean = |of: fn(&Tally) -> f64| page::summary(&tallies, |tally| Some(of(tally))).mean;
                    let lowest = page::summary(&tallies, |tally| Some(tally.coverage())).lowest;
                    let prediction = tallies.iter().map(|tally| tally.prediction()).sum::<Option<f64>>();
                    let prediction =
                        prediction.map_or(String::new(), |sum| format!("{:.4}", sum / tallies.len() as f64));
                    let _ = writeln!(
                        csv,
                        "{k},{tau},{},\"{}\",{:.4},{lowest:.4},{:.2},{:.2},{:.3},{:.3},{prediction}",
                        printed.words(),
                        rule.name,
                        mean(Tally::coverage),
                        mean(Tally::width),
                        mean(Tally::bias),
                        mean(Tally::tau_bias),
                        mean(Tally::tau_rms),
                    );
                }
            }
        }
    }
    csv
}
