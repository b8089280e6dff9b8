//! From patients to print and back: how near a reconstructed curve comes. `cargo bench --bench reconstruction` prints more of it.

mod simulate;

use simulate::{Printed, median, series};

#[test]
fn with_numbers_at_risk_the_two_year_rate_comes_back_to_half_a_point() {
    for months in [6.0, 12.0] {
        let errors: Vec<f64> =
            (0..60).filter_map(|seed| series(seed, Printed::Every(months)).error_at_two_years()).collect();
        assert!(errors.len() > 40);
        let middle = median(errors);
        assert!(middle <= 0.005, "every {months} months: {middle}");
    }
}

#[test]
fn numbers_at_risk_bring_the_standard_error_back() {
    let ratio = |printed| median((0..60).filter_map(|seed| series(seed, printed).ratio_of_errors()).collect());
    let with_table = ratio(Printed::Every(12.0));
    assert!((with_table - 1.0).abs() < 0.02, "{with_table}");
    assert!((ratio(Printed::PatientsAndEvents) - 1.0).abs() < 0.1);
    // Without either censoring before two years is unknown, and the error of the rate comes out too small, never too large.
    assert!(ratio(Printed::Patients) < 1.0);
}

#[test]
fn the_printed_numbers_at_risk_are_met() {
    for seed in 0..60 {
        let found = series(seed, Printed::Every(12.0)).found;
        assert!(found.at_risk_distance <= 2, "series {seed}: {}", found.at_risk_distance);
        // In the tail one patient is several points; over the whole curve the distance is that of reading.
        assert!(found.max_distance < 0.1, "series {seed}: {}", found.max_distance);
        assert!(found.rms_distance < 0.02, "series {seed}: {}", found.rms_distance);
    }
}
