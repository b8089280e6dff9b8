//! Whatever the bytes of a review's own template: a table or a page filled from it, or an error with its place; never a panic.

#![no_main]

mod base;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use forestable::diag::codes;
use forestable::render::templates::{BUILT_IN, Templates};
use forestable::render::{html, latex, markdown, word};
use forestable::report::Report;
use libfuzzer_sys::fuzz_target;

static REPORT: LazyLock<Report> = LazyLock::new(|| base::material().0);

fuzz_target!(|bytes: &[u8]| {
    // The first byte says whose place the rest takes.
    let Some((first, text)) = bytes.split_first() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let name = BUILT_IN[usize::from(*first) % BUILT_IN.len()].name;
    let own = BTreeMap::from([(name.to_owned(), text.to_owned())]);
    let filled = Templates::new(&own).and_then(|templates| {
        let table = &REPORT.tables[0];
        match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
            "md" => markdown::table(&templates, table).and_then(|_| markdown::page(&templates, &REPORT.page)).map(drop),
            "tex" => latex::table(&templates, table).and_then(|_| latex::preamble(&templates)).map(drop),
            "xml" => word::table(&templates, table).map(drop),
            _ => html::embedded(&templates, table).and_then(|_| html::page(&templates, &REPORT.page)).map(drop),
        }
    });
    if let Err(error) = filled {
        let _ = error.diagnostic(codes::TEMPLATE);
    }
});
