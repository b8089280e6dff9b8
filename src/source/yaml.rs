//! The typed reading of a document; the only file that names serde_yaml.

use serde::de::DeserializeOwned;

use crate::diag::{Diagnostic, Place, codes};

/// Returns the record written in `text`.
///
/// # Errors
/// The first thing that serde_yaml refuses. It refuses nothing that [`super::structure`] has made readable; this says so
/// where the two ever disagree.
pub(super) fn read<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, Box<Diagnostic>> {
    serde_yaml::from_str(text).map_err(|error| {
        let finding = Diagnostic::new(codes::NOT_YAML, Place::file(file), format!("this cannot be read: {error}"));
        Box::new(finding.help("write the values there more plainly: without line breaks or unusual characters"))
    })
}
