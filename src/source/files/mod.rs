//! The only code that touches the file system.

mod read;
mod write;

pub use read::LoadError;
pub(super) use read::{TextFile, Unreadable, find, read_table};
pub use write::{WriteError, create_file, replace_file, write_folder};
