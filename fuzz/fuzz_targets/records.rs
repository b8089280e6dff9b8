//! Whatever the bytes of a bibliographic record: records or an error, never a panic.

#![no_main]

use forestable::source::{Record, read_records};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for record in read_records(text).unwrap_or_default() {
        let _ = record.id();
    }
    let _ = Record::of_number(text);
});
