//! A folder of output, written whole or not at all.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::disk::Disk;

/// The file by which a folder is known to have been written by this program.
const MANIFEST: &str = "manifest.json";

/// Names to write under: one is enough, unless what stands there cannot be removed.
const NAMES: usize = 4;

/// Why a folder was not written; what stood there before still stands.
#[derive(Debug)]
pub enum WriteError {
    /// A file or a link stands where the folder should.
    NotAFolder(PathBuf),
    /// The folder holds files, and no manifest: it was not written by this program, so it is not replaced.
    NotOurs(PathBuf),
    /// An artifact's path leads out of the folder.
    Outside(String),
    /// The system refuses.
    Io(PathBuf, io::Error),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAFolder(path) => write!(f, "`{}` is not a folder: move it out of the way", path.display()),
            Self::NotOurs(path) => write!(
                f,
                "`{}` holds files that were not written by forestable (it has no `{MANIFEST}`): name another folder",
                path.display()
            ),
            Self::Outside(path) => write!(f, "`{path}` leads out of the output folder"),
            Self::Io(path, error) if error.kind() == io::ErrorKind::AlreadyExists => {
                write!(f, "`{}` is there already: it was left as it is", path.display())
            }
            Self::Io(path, error) => {
                let next = match error.kind() {
                    io::ErrorKind::PermissionDenied => "; look at the permissions of the folder that it lies in",
                    io::ErrorKind::ReadOnlyFilesystem => "; copy the review to a disk that can be written",
                    io::ErrorKind::StorageFull => "; make room on the disk",
                    io::ErrorKind::NotFound => "; make the folder that it lies in first",
                    _ => "",
                };
                write!(f, "cannot write `{}`: {error}{next}", path.display())
            }
        }
    }
}

impl std::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(_, error) => Some(error),
            Self::NotAFolder(_) | Self::NotOurs(_) | Self::Outside(_) => None,
        }
    }
}

/// Makes `target` a folder of exactly these files (path with `/`, content), as [`Folder`] does.
///
/// # Errors
/// [`WriteError`], with the path it speaks of.
pub fn write_folder(target: &Path, artifacts: &[(String, Vec<u8>)]) -> Result<(), WriteError> {
    let folder = Folder::begin(target)?;
    artifacts.iter().try_for_each(|(path, content)| folder.put(path, content))?;
    folder.finish().map(|_| ())
}

/// A folder that is being written: each file goes to the disk as soon as it is made, so that nothing has to be kept.
///
/// The files are written into a folder beside the target, which takes the target's name in one step at the end: a run that
/// fails or is killed leaves the last good folder as it was, and the next run clears away what is left of it. Runs at the same
/// time wait for one another, from the first file to the last.
///
/// # Examples
/// ```
/// use forestable::source::Folder;
/// let parent = std::env::temp_dir().join(format!("forestable-folder-{}", std::process::id()));
/// std::fs::create_dir_all(&parent)?;
/// let target = parent.join("output");
/// let folder = Folder::begin(&target)?;
/// folder.put("tables/one.csv", b"a,b")?;
/// assert!(!target.exists());
/// folder.put("manifest.json", b"{}")?;
/// folder.finish()?;
/// assert_eq!(std::fs::read(target.join("tables/one.csv"))?, b"a,b");
/// # std::fs::remove_dir_all(&parent)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Folder {
    target: PathBuf,
    parent: PathBuf,
    /// Where the files are until the end.
    fresh: PathBuf,
    /// Where the last good folder is for a moment, on systems that cannot exchange two names.
    old: PathBuf,
    /// The folders within that are there.
    folders: Mutex<BTreeSet<PathBuf>>,
    /// Waits for the disk, so that those who make files need not.
    disk: Disk,
    /// Held until this is dropped.
    _lock: Option<File>,
}

impl Folder {
    /// Begins a folder, once no other run is at it.
    ///
    /// # Errors
    /// [`WriteError`] where the target cannot be replaced, or nothing written beside it.
    pub fn begin(target: &Path) -> Result<Self, WriteError> {
        let name = target.file_name().ok_or_else(|| WriteError::NotAFolder(target.to_owned()))?;
        let parent = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let lock = lock(parent)?;
        let old = parent.join(hidden(name, ".old"));
        recover(target, &old)?;
        refuse_foreign(target)?;
        let fresh = free(parent, name)?;
        create(&fresh)?;
        let folders = Mutex::new(BTreeSet::from([fresh.clone()]));
        let disk = Disk::start();
        Ok(Self { target: target.to_owned(), parent: parent.to_owned(), fresh, old, folders, disk, _lock: lock })
    }

    /// Writes one file, from any thread.
    ///
    /// # Errors
    /// [`WriteError`] where its path leads out of the folder, is taken, or cannot be written.
    pub fn put(&self, path: &str, content: &[u8]) -> Result<(), WriteError> {
        if !Path::new(path).components().all(|component| matches!(component, Component::Normal(_))) {
            return Err(WriteError::Outside(path.to_owned()));
        }
        let file = self.fresh.join(path);
        if let Some(parent) = file.parent() {
            let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
            if !folders.contains(parent) {
                create(parent)?;
                folders.insert(parent.to_owned());
            }
        }
        let write = |file: &Path| -> io::Result<File> {
            let mut handle = File::create_new(file)?;
            handle.write_all(content)?;
            Ok(handle)
        };
        match write(&file) {
            Ok(handle) => self.disk.take(file, handle),
            Err(error) => Err(WriteError::Io(file, error)),
        }
    }

    /// Gives what was written the target's name, in place of what stood there, and removes that. Returns the folder in which it
    /// still is where it cannot be removed, as when somebody else owns its files.
    ///
    /// # Errors
    /// [`WriteError::Io`], with the last good folder still in its place.
    pub fn finish(mut self) -> Result<Option<PathBuf>, WriteError> {
        self.disk.finish()?;
        let folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        folders.iter().try_for_each(|folder| sync(folder))?;
        swap(&self.fresh, &self.target, &self.old)?;
        let left = [&self.fresh, &self.old].into_iter().find(|folder| remove(folder).is_err());
        // The new folder is in its place: should the system stop before this is durable, the last good one is.
        let _ = sync(&self.parent);
        Ok(left.cloned())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Why it failed has been said.
        let _ = self.disk.finish();
        // What now stands beside a good target is of no use; what cannot be removed, the next run removes.
        let _ = remove(&self.fresh);
        if exists(&self.target) {
            let _ = remove(&self.old);
        }
    }
}

fn hidden(name: &OsStr, suffix: &str) -> OsString {
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(suffix);
    hidden
}

/// Holds the parent folder for this process; the system lets go of it when the process ends, however it ends.
fn lock(parent: &Path) -> Result<Option<File>, WriteError> {
    if cfg!(not(unix)) {
        return Ok(None);
    }
    let folder = File::open(parent).map_err(|error| WriteError::Io(parent.to_owned(), error))?;
    match folder.lock() {
        Ok(()) => Ok(Some(folder)),
        // A file system without locks: two runs at once are then the user's to avoid.
        Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(None),
        Err(error) => Err(WriteError::Io(parent.to_owned(), error)),
    }
}

/// Puts the last good folder back if a run was killed between two renames, and clears away what else it left there.
fn recover(target: &Path, old: &Path) -> Result<(), WriteError> {
    if !exists(target) && exists(old) {
        rename(old, target)?;
    }
    remove(old)
}

/// Returns a name to write under that is free, once what killed runs left under such names is cleared away.
fn free(parent: &Path, name: &OsStr) -> Result<PathBuf, WriteError> {
    let names = (1..=NAMES).map(|number| match number {
        1 => parent.join(hidden(name, ".new")),
        _ => parent.join(hidden(name, &format!(".new-{number}"))),
    });
    let mut refused = None;
    let mut free = None;
    for folder in names {
        match remove(&folder) {
            Ok(()) => free = free.or(Some(folder)),
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    free.ok_or_else(|| refused.unwrap_or_else(|| WriteError::NotAFolder(parent.join(name))))
}

fn refuse_foreign(target: &Path) -> Result<(), WriteError> {
    let metadata = match fs::symlink_metadata(target) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(WriteError::Io(target.to_owned(), error)),
    };
    if !metadata.is_dir() {
        return Err(WriteError::NotAFolder(target.to_owned()));
    }
    let mut entries = fs::read_dir(target).map_err(|error| WriteError::Io(target.to_owned(), error))?;
    if entries.next().is_some() && !exists(&target.join(MANIFEST)) {
        return Err(WriteError::NotOurs(target.to_owned()));
    }
    Ok(())
}

/// Gives `fresh` the name `target`, in one step where the system can exchange two names.
fn swap(fresh: &Path, target: &Path, old: &Path) -> Result<(), WriteError> {
    if !exists(target) {
        return rename(fresh, target);
    }
    if exchange(fresh, target).is_ok() {
        return Ok(());
    }
    rename(target, old)?;
    rename(fresh, target).or_else(|error| {
        rename(old, target)?;
        Err(error)
    })
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

fn create(folder: &Path) -> Result<(), WriteError> {
    fs::create_dir_all(folder).map_err(|error| WriteError::Io(folder.to_owned(), error))
}

fn rename(from: &Path, to: &Path) -> Result<(), WriteError> {
    fs::rename(from, to).map_err(|error| WriteError::Io(to.to_owned(), error))
}

fn remove(path: &Path) -> Result<(), WriteError> {
    let removed = match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path).or_else(|_| {
            // A folder within may be read-only, which its owner can change.
            permit(path);
            fs::remove_dir_all(path)
        }),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(WriteError::Io(path.to_owned(), error)),
        _ => Ok(()),
    }
}

/// Lets the owner write into a folder and all that are in it, as far as the system allows.
fn permit(folder: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let _ = fs::set_permissions(folder, fs::Permissions::from_mode(0o700));
    }
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        // Links are not followed.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            permit(&entry.path());
        }
    }
}

/// Writes one file that is not there yet, with the folders above it.
///
/// # Errors
/// [`WriteError::Io`] where it is there already, or cannot be written.
pub fn create_file(path: &Path, text: &str) -> Result<(), WriteError> {
    let failed = |error| WriteError::Io(path.to_owned(), error);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut file = File::options().write(true).create_new(true).open(path).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)
}

/// Writes one file, in place of the one that is there: whole or not at all.
///
/// # Errors
/// [`WriteError::Io`] where it cannot be written.
pub fn replace_file(path: &Path, content: impl AsRef<[u8]>) -> Result<(), WriteError> {
    let failed = |error| WriteError::Io(path.to_owned(), error);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(&temporary, content).and_then(|()| fs::rename(&temporary, path)).map_err(failed)
}

/// Makes a folder's entries durable; a no-op where folders cannot be opened.
fn sync(folder: &Path) -> Result<(), WriteError> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    File::open(folder).and_then(|handle| handle.sync_all()).map_err(|error| WriteError::Io(folder.to_owned(), error))
}
