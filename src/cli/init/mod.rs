//! `forestable init`: a new review that builds at once, from two made-up studies that are there to be replaced.

use forestable::source;

use super::args::{Args, InitArgs};
use super::{Failure, Status, schema};

/// The files of a new review.
const FILES: [(&str, &str); 3] = [
    ("review.yaml", include_str!("review.yaml")),
    ("studies/example-2018.yaml", include_str!("example-2018.yaml")),
    ("studies/sample-2021.yaml", include_str!("sample-2021.yaml")),
];

/// Writes the files into a folder that has no review yet.
pub fn run(args: &Args, init: &InitArgs) -> Result<Status, Failure> {
    let folder = args.path(&init.folder);
    for (name, text) in FILES {
        source::create_file(&folder.join(name), text)?;
    }
    schema::write(&folder)?;
    if !args.quiet {
        let folder = folder.display();
        anstream::eprintln!("{folder} holds a review of two made-up studies: `forestable -C {folder} build` builds it");
        anstream::eprintln!(
            "make review.yaml say what you pool, and replace the studies: `forestable new --from record.ris`"
        );
    }
    Ok(Status::Clean)
}
