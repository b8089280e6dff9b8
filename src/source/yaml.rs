//! The typed reading of a document; the only file that names serde_yaml.

use serde::de::DeserializeOwned;

use crate::diag::{Diagnostic, Place, Spot, codes};

/// Returns the record written in `text`.
///
/// # Errors
/// The first thing that serde_yaml refuses. A document that [`super::structure`] has passed is not refused; this says so
/// where the two ever disagree.
pub(super) fn read<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, Diagnostic> {
    serde_yaml::from_str(text).map_err(|error| {
        let spot = match error.location() {
            Some(location) => Spot::Bytes(location.index()..location.index() + 1),
            None => Spot::File,
        };
        Diagnostic::new(codes::NOT_YAML, Place { file: file.to_owned(), spot }, "this is not YAML")
            .found(error.to_string())
            .help("check the indentation, the quotes and the brackets on this line and the one above")
    })
}
