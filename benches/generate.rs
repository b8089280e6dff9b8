//! Writes a review of made-up series, to see how the program does at size:
//! `cargo run --release -p forestable-benches --bin generate -- 1000 DIR` makes one of a thousand, under the protocol of the review in this repository.

use std::path::Path;

use forestable_benches::generated;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let (Some(studies), Some(folder)) = (words.next(), words.next()) else {
        return Err("how many studies, and into which folder? `generate 1000 DIR`".into());
    };
    let protocol = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../review.yaml"))?;
    generated::write(Path::new(&folder), &protocol, studies.parse()?)?;
    Ok(())
}
