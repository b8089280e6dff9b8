//! Whatever the bytes of `review.yaml`: findings, never a panic.

#![no_main]

mod checking;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| checking::check("review.yaml", bytes));
