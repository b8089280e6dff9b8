//! Whatever the bytes of a plain table (CSV): columns, cells and findings, never a panic.

#![no_main]

mod checking;

use forestable::source::Numbers;
use libfuzzer_sys::fuzz_target;

/// Columns that some command asks for.
const COLUMNS: [&str; 8] = ["study", "yi", "vi", "xi", "ni", "time", "at_risk", "estimate"];

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = String::from_utf8(bytes.to_vec()) else { return };
    let (numbers, mut findings) = Numbers::parse("table.csv", text);
    for name in COLUMNS {
        match numbers.required(name) {
            Ok(column) => findings.extend((0..numbers.len()).filter_map(|row| column.number(row).err())),
            Err(missing) => findings.push(missing),
        }
    }
    checking::print(&findings, &numbers, bytes);
});
