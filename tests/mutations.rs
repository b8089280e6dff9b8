//! Files with slips in them, of every kind that there is: findings, never a panic, and never without bounds.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use forestable::diag::render::{Colour, full, json, resolve, sarif};
use forestable::diag::{Diagnostic, fixed};
use forestable::evidence::{accept, check, lower};
use forestable::num::Random;
use forestable::review::plan;
use forestable::source::{Sources, load_files, read_records};
use rayon::prelude::*;

/// Slips a file.
const VARIANTS: usize = 10;

/// What a file with slips stands for, in turn.
const FILES: [&str; 4] =
    ["studies/case-2021.yaml", "studies/base-2020.a.yaml", "review.yaml", "studies/curves/base.csv"];

/// What slips of the hand, of an editor and of another program bring in.
const PIECES: [&str; 24] = [
    "\t", "\u{feff}", "\r\n", "\u{0}", "\u{7}", "é", "\u{2028}", "- ", ": ", "{", "}", "[", "]", "\"", "'", "|", ">",
    "&a ", "*a", "!t ", "%", "...\n", "---\n", "#",
];

fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.is_file());
    paths.sort();
    paths.into_iter().map(|path| (path.display().to_string(), fs::read(path).unwrap())).collect()
}

/// Returns the bytes with one to four slips: a piece put in, bytes taken out, doubled, exchanged or set anew.
fn slip(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let mut below = |most: usize| (random.uniform() * most as f64) as usize;
    for _ in 0..=below(4) {
        let (at, length) = (below(bytes.len() + 1), below(12));
        let end = (at + length).min(bytes.len());
        match below(5) {
            0 => drop(bytes.splice(at..at, PIECES[below(PIECES.len())].bytes())),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let again = bytes[at..end].to_vec();
                let there = below(bytes.len() + 1);
                drop(bytes.splice(there..there, again));
            }
            3 => bytes[at..end].reverse(),
            _ => bytes[at..end].iter_mut().for_each(|byte| *byte = below(256) as u8),
        }
    }
    bytes
}

/// Reads a review in which one file has this content, as every command does.
fn findings(file: &str, content: Vec<u8>) -> (Vec<Diagnostic>, Sources) {
    let base =
        |name: &str| fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checks/base").join(name)).unwrap();
    let mut files = BTreeMap::from([
        ("review.yaml".to_owned(), base("review.yaml")),
        ("studies/base-2020.yaml".to_owned(), base("studies/base-2020.yaml")),
        ("studies/base-2020.b.yaml".to_owned(), base("studies/base-2020.yaml")),
    ]);
    files.insert(file.to_owned(), content);
    let (raw, sources, mut findings) = load_files(&files).unwrap();
    let (evidence, faults) = lower(&raw);
    findings.extend(faults);
    findings.extend(check(&evidence));
    findings.extend(plan(&raw, &evidence).1);
    (accept(&evidence, findings).open, sources)
}

#[test]
fn slips_give_findings() {
    let folders = ["tests/checks", "studies", "fuzz/corpus/reader", "fuzz/corpus/review"];
    let all: Vec<(String, Vec<u8>)> = folders.iter().flat_map(|folder| files(folder)).collect();
    all.par_iter().enumerate().for_each(|(index, (name, bytes))| {
        let mut random = Random::new(20_261_123, 2 + index as u64);
        for variant in 0..VARIANTS {
            let content = slip(bytes, &mut random);
            let file = FILES[variant % FILES.len()];
            let (findings, sources) = findings(file, content);
            assert!(findings.len() < 1000, "{name}, variant {variant}: {} findings", findings.len());
            let resolved = resolve(&findings, &sources);
            let texts = [full(&resolved, Colour::Plain), json(&resolved), sarif(&resolved)];
            assert!(texts.iter().all(|text| text.len() < 16 << 20), "{name}, variant {variant}");
            let _ = fixed(&findings, &sources);
        }
    });
}

#[test]
fn records_with_slips_give_records_or_an_error() {
    let mut random = Random::new(20_261_123, 1);
    for (_, bytes) in ["tests/records", "fuzz/corpus/records"].iter().flat_map(|folder| files(folder)) {
        for _ in 0..20 * VARIANTS {
            let text = String::from_utf8_lossy(&slip(&bytes, &mut random)).into_owned();
            for record in read_records(&text).unwrap_or_default() {
                let _ = record.id();
            }
        }
    }
}
