//! Cells that are done, kept on disk.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};

use crate::rule::Pace;
use crate::tally::Tally;

/// Sources on which a cell's figures depend: a change of any starts afresh.
const SOURCES: [&str; 8] = [
    "src/effect",
    "src/evidence/interval_scale.rs",
    "src/model",
    "src/num",
    "src/survival",
    "benches/simulation/cell.rs",
    "benches/simulation/rule.rs",
    "benches/simulation/tally.rs",
];

/// A folder with one file a cell.
pub struct Kept {
    folder: PathBuf,
}

impl Kept {
    /// Opens the folder of the program as it stands and of this number of runs.
    pub fn open(runs: usize) -> io::Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut hasher = DefaultHasher::new();
        runs.hash(&mut hasher);
        for source in SOURCES {
            hash(&root.join(source), &mut hasher)?;
        }
        let folder = root.join(format!("target/simulation/{:016x}", hasher.finish()));
        fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    /// Returns the tallies of the rules of one pace in a cell, where they are done.
    pub fn read(&self, cell: usize, pace: Pace) -> Option<Vec<Tally>> {
        let text = fs::read_to_string(self.path(cell, pace)).ok()?;
        text.lines().map(Tally::read).collect()
    }

    /// Keeps them, whole or not at all.
    pub fn write(&self, cell: usize, pace: Pace, tallies: &[Tally]) -> io::Result<()> {
        let lines: String = tallies.iter().map(|tally| tally.written() + "\n").collect();
        let unfinished = self.path(cell, pace).with_extension("part");
        fs::write(&unfinished, lines)?;
        fs::rename(unfinished, self.path(cell, pace))
    }

    fn path(&self, cell: usize, pace: Pace) -> PathBuf {
        self.folder.join(format!("{pace:?}-{cell}.txt").to_lowercase())
    }
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
