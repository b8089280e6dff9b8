//! Whatever the bytes of a plain table, and whichever way it is to be pooled: an answer or findings, never a panic.
//!
//! The first byte chooses the command, the second and third how it is run; the rest is the table. What the commands print
//! is formatted and thrown away (`-close_fd_mask=3`).

#![no_main]

#[allow(dead_code, reason = "the commands are those of the program, which uses them all")]
#[path = "../../src/cli/mod.rs"]
mod cli;

use std::path::PathBuf;

use clap::Parser as _;
use libfuzzer_sys::fuzz_target;

/// The tools that read a table, and the measures that a pool can be of.
const COMMANDS: &[&str] = &[
    "survival km --at 12,24,36",
    "survival km --ci log-log --format json",
    "survival summary",
    "survival precision",
    "survival precision --scale log-log",
    "survival reconstruct --at-risk 0:44",
    "survival reconstruct --at-risk 0:44,12:33,24:21 --events 24",
    "survival joint",
    "survival joint --random random-intercept --at 12,24,36,60",
    "pool --measure GEN",
    "pool --measure PR",
    "pool --measure PLN",
    "pool --measure PLO",
    "pool --measure PAS",
    "pool --measure PFT",
    "pool --measure IR",
    "pool --measure IRLN",
    "pool --measure IRS",
    "pool --measure IRFT",
    "pool --measure OR",
    "pool --measure RR",
    "pool --measure RD",
    "pool --measure AS",
    "pool --measure PETO",
    "pool --measure PHI",
    "pool --measure MD",
    "pool --measure SMD",
    "pool --measure SMDH",
    "pool --measure ROM",
    "pool --measure COR",
    "pool --measure UCOR",
    "pool --measure ZCOR",
    "pool --measure HR",
    "pool --measure MEDIAN",
];

/// How a pool is made.
const MODELS: &[&str] = &[
    "",
    "--model common",
    "--tau2 DL --interval classic --prediction HTS",
    "--tau2 ML --interval mKH --tau2-interval PL",
    "--tau2 PM --interval t --tau2-interval GENQ",
    "--tau2 SJ --interval HKSJ-wide --prediction HK",
    "--tau2 HE --tau2-interval BJ",
    "--tau2 EB",
    "--tau2 PMM",
    "--tau2 HSk --prediction HK-PR",
    "--interval KR --prediction KR",
    "--model glmm",
    "--model beta-binomial",
    "--model mantel-haenszel",
    "--model peto",
    "--model bayes",
    "--model bayes --tau-prior half-cauchy:1 --mu-prior normal:0:2",
];

/// What is asked of a pool besides.
const FURTHER: &[&str] = &[
    "",
    "--group g",
    "--group g --subgroup-tau2 common",
    "--moderator m",
    "--moderator m --moderator g --at m=1,g=a",
    "--moderator m:g --permutation",
    "--cluster g",
    "--second",
    "--with sensitivity",
    "--with bias",
    "--threshold 50%",
    "--format json",
    "--format markdown --add 0",
    "--level 80%",
];

fuzz_target!(|bytes: &[u8]| {
    let [command, model, further, table @ ..] = bytes else { return };
    let pick = |list: &[&'static str], byte: u8| list[usize::from(byte) % list.len()];
    let command = pick(COMMANDS, *command);
    let path = file();
    std::fs::write(&path, table).expect("the table can be written");
    let mut words = vec!["forestable"];
    words.extend(command.split(' '));
    words.push(path.to_str().expect("the path is plain"));
    if command.starts_with("pool") {
        words.extend([pick(MODELS, *model), pick(FURTHER, *further)].iter().flat_map(|flags| flags.split_whitespace()));
    }
    let args = cli::Args::try_parse_from(words).expect("the flags exist");
    let _ = cli::run(&args);
});

/// A file in memory where there is such a place.
fn file() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    let folder = if memory.is_dir() { memory } else { std::env::temp_dir() };
    folder.join(format!("forestable-fuzz-{}.csv", std::process::id()))
}
