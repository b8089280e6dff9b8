//! `forestable schema`: the grammar as JSON Schemas, for editors that complete and check while one types.

use std::path::{Path, PathBuf};

use forestable::source;

use super::args::Args;
use super::{Failure, Status};

/// Writes `study.schema.json`, `review.schema.json` and `version.schema.json` beside `review.yaml`.
pub fn run(args: &Args) -> Result<Status, Failure> {
    for path in write(&args.path(""))? {
        if !args.quiet {
            anstream::eprintln!("{} written", path.display());
        }
    }
    Ok(Status::Clean)
}

/// Writes all schemas into a folder and returns their paths.
pub fn write(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let schemas = [
        ("study.schema.json", source::study_schema()),
        ("review.schema.json", source::review_schema()),
        ("version.schema.json", source::version_schema()),
    ];
    let mut paths = Vec::new();
    for (name, schema) in schemas {
        let path = folder.join(name);
        source::replace_file(&path, serde_json::to_string_pretty(&schema)? + "\n")?;
        paths.push(path);
    }
    Ok(paths)
}
