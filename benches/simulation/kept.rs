//! Cells that are done, kept on disk.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};

use crate::rule::Pace;
use crate::tally::Tally;

/// Sources on which every figure depends: a change of any starts afresh.
const SOURCES: [&str; 6] = [
    "src/effect",
    "src/evidence/interval_scale.rs",
    "src/model",
    "src/num",
    "src/survival",
    "benches/simulation/cell.rs",
];

/// A folder with one file a cell.
pub struct Kept {
    folder: PathBuf,
}

impl Kept {
    /// Opens the folder of the program as it stands, of this number of runs, and of these sources that the figures depend on besides.
    pub fn open(runs: usize, besides: &[&str]) -> io::Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut hasher = DefaultHasher::new();
        runs.hash(&mut hasher);
        for source in SOURCES.iter().chain(besides) {
            hash(&root.join(source), &mut hasher)?;
        }
        let folder = root.join(format!("target/simulation/{:016x}", hasher.finish()));
        fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    /// Returns the tallies of the rules of one pace in a cell, where they are done.
    pub fn read(&self, cell: usize, pace: Pace) -> Option<Vec<Tally>> {
        self.read_lines(&name(cell, pace), Tally::read)
    }

    /// Keeps them, whole or not at all.
    pub fn write(&self, cell: usize, pace: Pace, tallies: &[Tally]) -> io::Result<()> {
        self.write_lines(&name(cell, pace), tallies.iter().map(Tally::written))
    }

    /// Returns what `read` makes of each line kept under `name`, where all are there.
    pub fn read_lines<T>(&self, name: &str, read: fn(&str) -> Option<T>) -> Option<Vec<T>> {
        let text = fs::read_to_string(self.path(name)).ok()?;
        text.lines().map(read).collect()
    }

    /// Keeps lines under `name`, whole or not at all.
    pub fn write_lines(&self, name: &str, lines: impl Iterator<Item = String>) -> io::Result<()> {
        let unfinished = self.path(name).with_extension("part");
        fs::write(&unfinished, lines.map(|line| line + "\n").collect::<String>())?;
        fs::rename(unfinished, self.path(name))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name).with_extension("txt")
    }
}

fn name(cell: usize, pace: Pace) -> String {
    format!("{pace:?}-{cell}").to_lowercase()
}

/// Hashes a file, or all files of a folder in the order of their names.
fn hash(path: &Path, hasher: &mut DefaultHasher) -> io::Result<()> {
    if !path.is_dir() {
        fs::read(path)?.hash(hasher);
        return Ok(());
    }
    let mut entries = fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    entries.iter().try_for_each(|entry| hash(entry, hasher))
}
