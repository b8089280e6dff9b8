//! The only code that touches the file system.

mod disk;
mod list;
mod read;
mod write;

pub use list::LoadError;
pub use read::{EXTRACTORS, extraction_of, is_id, read_bytes, read_standard_input, read_text, version_numbers};
pub(super) use read::{Found, TextFile, Unreadable, find, find_in, read_manuscript_text, read_table};
pub use write::{Folder, WriteError, create_file, replace_file, write_folder};
