//! Whatever the bytes of a study: findings, never a panic.

#![no_main]

mod checking;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // The first byte says which file the rest is.
    match bytes.split_first() {
        Some((b'C', rest)) => checking::check("studies/curves/base.csv", rest),
        Some((b'A', rest)) => checking::check("studies/base-2020.a.yaml", rest),
        _ => checking::check("studies/case-2021.yaml", bytes),
    }
});
