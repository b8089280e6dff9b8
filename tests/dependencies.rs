//! What the program is built from: every licence fits `MIT OR Apache-2.0`, every version is pinned.

use std::process::Command;

use serde_json::Value;
use spdx::{Expression, LicenseReq};

/// Licences that a program under MIT or Apache-2.0 may contain.
const FITTING: [&str; 12] = [
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "Zlib",
];

#[test]
fn every_dependency_has_a_fitting_licence_and_a_pinned_version() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100);
    let unfit: Vec<String> = packages
        .iter()
        .filter(|package| !package["license"].as_str().is_some_and(fits))
        .map(|package| format!("{} {}", package["name"], package["license"]))
        .collect();
    assert!(unfit.is_empty(), "{}", unfit.join("\n"));
}

fn fits(licence: &str) -> bool {
    // `MIT/Apache-2.0` is the old way to write `OR`.
    let Ok(expression) = Expression::parse(&licence.replace('/', " OR ")) else { return false };
    expression.evaluate(|wanted: &LicenseReq| {
        wanted.license.id().is_some_and(|id| FITTING.contains(&id.name)) && wanted.addition.is_none()
    })
}

#[test]
fn a_licence_that_does_not_fit_is_found() {
    assert!(fits("MIT/Apache-2.0") && fits("(MIT OR Apache-2.0) AND Unicode-3.0") && fits("GPL-3.0-only OR MIT"));
    assert!(!fits("GPL-3.0-only") && !fits("MIT AND LGPL-2.1-or-later") && !fits("nonsense"));
}
