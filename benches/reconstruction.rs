//! Prints how near reconstructed curves come, over 200 simulated series: `cargo bench --bench reconstruction`.

#[path = "../tests/reconstruction/simulate.rs"]
mod simulate;

use simulate::{Printed, Series, median, series};

fn main() {
    println!("{:>24}  {:>8}  {:>8}  {:>8}  {:>8}", "printed under the curve", "2-y rate", "largest", "SE ratio", "RMS");
    for (name, printed) in [
        ("at risk every 6 months", Printed::Every(6.0)),
        ("at risk every 12 months", Printed::Every(12.0)),
        ("at risk every 24 months", Printed::Every(24.0)),
        ("patients and events", Printed::PatientsAndEvents),
        ("patients", Printed::Patients),
    ] {
        let all: Vec<Series> = (0..200).map(|seed| series(seed, printed)).collect();
        let errors: Vec<f64> = all.iter().filter_map(Series::error_at_two_years).collect();
        let largest = errors.iter().copied().fold(0.0, f64::max);
        let ratio = median(all.iter().filter_map(Series::ratio_of_errors).collect());
        let rms = median(all.iter().map(|one| one.found.rms_distance).collect());
        println!("{name:>24}  {:8.4}  {largest:8.4}  {ratio:8.3}  {rms:8.4}", median(errors));
    }
}
