//! `forestable schema`: the grammar as JSON Schemas, for editors that complete and check while one types.

use forestable::source;

use super::args::Args;
use super::{Failure, Status};

/// Writes `study.schema.json` and `review.schema.json` beside `review.yaml`.
pub fn run(args: &Args) -> Result<Status, Failure> {
    let schemas = [("study.schema.json", source::study_schema()), ("review.schema.json", source::review_schema())];
    for (name, schema) in schemas {
        let path = args.directory.join(name);
        let mut text = serde_json::to_string_pretty(&schema)?;
        text.push('\n');
        source::replace_file(&path, &text)?;
        if !args.quiet {
            anstream::eprintln!("{} written", path.display());
        }
    }
    Ok(Status::Clean)
}
