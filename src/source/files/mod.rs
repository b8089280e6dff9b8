//! The only code that touches the file system.

mod read;
mod write;

pub(super) use read::{Found, TextFile, Unreadable, find, find_in, read_table};
pub use read::{LoadError, is_id, read_text};
pub use write::{WriteError, create_file, replace_file, write_folder};
