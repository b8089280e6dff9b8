//! The only code that touches the file system.

mod read;
mod write;

pub(super) use read::{Found, TextFile, Unreadable, find, find_in, read_manuscript_text, read_table};
pub use read::{LoadError, is_id, read_bytes, read_text};
pub use write::{WriteError, create_file, replace_file, write_file, write_folder};
