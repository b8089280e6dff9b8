//! How long a build takes, and how much memory, as a review grows; and that one processor writes the same bytes as two:
//! `cargo build --release && cargo run --release -p forestable-benches --bin scale` writes the table in `benches/README.md`.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use forestable_benches::generated;

/// The sizes, and the seconds that a build of each may take.
const SIZES: [(usize, f64); 3] = [(100, 0.3), (1_000, 2.0), (10_000, 20.0)];

/// What a build of the largest may hold in memory, in MB.
const MEMORY: f64 = 1_000.0;

/// Each is built so often; the fastest counts, since whatever else the machine does can only lengthen it.
const ROUNDS: usize = 3;

/// Between these lines of the document stands the table.
const MARKS: [&str; 2] = ["<!-- scale -->", "<!-- end of scale -->"];

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let program = std::env::current_exe()?.with_file_name("forestable");
    if !program.exists() {
        return Err(format!("`{}` is not there: cargo build --release", program.display()).into());
    }
    let protocol = fs::read_to_string(root.join("benches/scale.yaml"))?;
    let scratch = std::env::temp_dir().join(format!("forestable-scale-{}", std::process::id()));
    let mut table = String::from(
        "| series | bound | two threads | one thread | peak memory | files | written | check |\n|---:|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    let mut last: Option<(usize, f64)> = None;
    let mut missed = Vec::new();
    for (studies, bound) in SIZES {
        let review = scratch.join(studies.to_string());
        generated::write(&review, &protocol, studies)?;
        let rounds = |threads, command| -> Result<Run, Box<dyn Error>> {
            let mut best = run(&program, &review, command, threads)?;
            for _ in 1..ROUNDS {
                let next = run(&program, &review, command, threads)?;
                best = Run { time: best.time.min(next.time), peak: best.peak.max(next.peak) };
            }
            Ok(best)
        };
        let check = rounds(2, "check")?;
        let two = rounds(2, "build")?;
        let manifest = fs::read(review.join("output/manifest.json"))?;
        let one = rounds(1, "build")?;
        assert_eq!(manifest, fs::read(review.join("output/manifest.json"))?, "one thread writes other bytes than two");
        let files = files(&review.join("output"))?;
        let megabytes =
            files.iter().map(|path| fs::metadata(path).map_or(0, |file| file.len())).sum::<u64>() / 1_000_000;
        let line = format!(
            "| {studies} | {bound} s | {:.2} s | {:.2} s | {:.0} MB | {} | {megabytes} MB | {:.2} s |",
            two.time.as_secs_f64(),
            one.time.as_secs_f64(),
            two.peak,
            files.len(),
            check.time.as_secs_f64(),
        );
        println!("{line}");
        let _ = writeln!(table, "{line}");
        if two.time.as_secs_f64() > bound {
            missed.push(format!("{studies} series take {:.2} s, not {bound}", two.time.as_secs_f64()));
        }
        if two.peak > MEMORY {
            missed.push(format!("{studies} series take {:.0} MB, not {MEMORY}", two.peak));
        }
        if let Some((fewer, less)) = last.replace((studies, two.peak)) {
            let times = studies as f64 / fewer as f64;
            assert!(two.peak <= times * less, "{times} times the series take {:.1} times the memory", two.peak / less);
        }
        fs::remove_dir_all(&review)?;
    }
    fs::remove_dir_all(&scratch)?;
    let path = root.join("benches/README.md");
    let document = fs::read_to_string(&path)?;
    let (before, rest) = document.split_once(MARKS[0]).ok_or("benches/README.md has no mark for the table")?;
    let (_, after) = rest.split_once(MARKS[1]).ok_or("benches/README.md has no mark for the end of the table")?;
    fs::write(&path, format!("{before}{}\n{table}{}{after}", MARKS[0], MARKS[1]))?;
    // The table is written all the same: a bound that is missed is read, not hidden.
    if missed.is_empty() { Ok(()) } else { Err(missed.join("; ").into()) }
}

/// What one run took.
struct Run {
    time: Duration,
    /// In MB.
    peak: f64,
}

fn run(program: &Path, review: &Path, command: &str, threads: usize) -> Result<Run, Box<dyn Error>> {
    let start = Instant::now();
    let mut child = Command::new(program)
        .arg("-C")
        .arg(review)
        .args([command, "--quiet"])
        .env("RAYON_NUM_THREADS", threads.to_string())
        .stdout(Stdio::null())
        .spawn()?;
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut peak = 0.0_f64;
    let ended = loop {
        // The kernel keeps the highest mark; what is read last is missing at most the growth of the last moment.
        peak = peak.max(high_water(&status).unwrap_or(0.0));
        if let Some(ended) = child.try_wait()? {
            break ended;
        }
        thread::sleep(Duration::from_millis(2));
    };
    let time = start.elapsed();
    if !ended.success() {
        return Err(format!("`forestable {command}` of {} ends with {ended}", review.display()).into());
    }
    Ok(Run { time, peak })
}

/// Returns the most memory that a process had, in MB; `None` where the system does not tell.
fn high_water(status: &Path) -> Option<f64> {
    let text = fs::read_to_string(status).ok()?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
    // The kernel's kB are 1,024 bytes.
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1.024e-3)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { found.extend(files(&path)?) } else { found.push(path) }
    }
    Ok(found)
}
