//! `forestable new`: study files laid out for this review, their references filled in from records.

use std::path::Path;

use forestable::evidence::{Reference, Study};
use forestable::report::{self, Beginning};
use forestable::source::{self, Record};

use super::args::{Args, NewArgs};
use super::review::Review;
use super::{Failure, Status};

/// What became of everything when one file cannot be written.
const LEFT: &str = "nothing was written";

/// Writes the files, all or none, and never over one that is there.
pub fn run(args: &Args, new: &NewArgs) -> Result<Status, Failure> {
    let records = match &new.from {
        Some(from) => records(from)?,
        None => vec![Record::default()],
    };
    let review = Review::read(&args.directory)?;
    let studies: Vec<(String, Record)> =
        records.into_iter().map(|record| Ok((id(new, &record)?, record))).collect::<Result<_, Failure>>()?;
    if let ([(_, _), (_, _), ..], Some(id)) = (studies.as_slice(), &new.id) {
        return Err(
            format!("there are {} records and one id, `{id}`: leave it out, each gets its own", studies.len()).into()
        );
    }
    let path = |id: &str| args.path(format!("studies/{id}.yaml"));
    for (index, (id, record)) in studies.iter().enumerate() {
        if path(id).exists() {
            return Err(format!("`{}` is there already: {LEFT}", path(id).display()).into());
        }
        if studies[..index].iter().any(|(earlier, _)| earlier == id) {
            return Err(
                format!("two of the records would be `{id}`: {LEFT}; take them one by one, each with its id").into()
            );
        }
        if let Some(study) = review.evidence.studies.iter().find(|study| is_of(study, id, record)) {
            return Err(format!("`studies/{}.yaml` is of this publication already: {LEFT}", study.id).into());
        }
    }
    for (id, record) in studies {
        let path = path(&id);
        let beginning = Beginning {
            reference: Reference::from(&record),
            summary: Some(record.summary).filter(|summary| !summary.is_empty()),
        };
        let study = source::extraction_of(&id).unwrap_or(&id);
        source::create_file(&path, &report::skeleton(study, &beginning, &review.evidence.protocol, &review.plan))?;
        if !args.quiet {
            anstream::eprintln!("{} written: fill it in, then run `forestable check`", path.display());
        }
    }
    Ok(Status::Clean)
}

/// Whether a study of the review is of a record's publication; two extractions of it are.
fn is_of(study: &Study, id: &str, record: &Record) -> bool {
    let known = Reference::from(record);
    let same = |one: &Option<String>, other: &Option<String>| {
        one.as_ref().zip(other.as_ref()).is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
    };
    source::extraction_of(id).is_none()
        && (same(&study.reference.doi, &known.doi) || same(&study.reference.pmid, &known.pmid))
}

/// Returns the records in a file or on standard input, or the one that a bare DOI or PubMed number makes.
fn records(from: &str) -> Result<Vec<Record>, Failure> {
    if from == "-" {
        let text = source::read_standard_input().map_err(|error| format!("cannot read what was pasted: {error}"))?;
        return Ok(source::read_records(&text).map_err(|error| format!("cannot read what was pasted: {error}"))?);
    }
    let path = Path::new(from);
    if !path.exists()
        && let Some(record) = Record::of_number(from)
    {
        return Ok(vec![record]);
    }
    let text = source::read_text(path).map_err(|error| format!("cannot read `{from}`: {error}"))?;
    Ok(source::read_records(&text).map_err(|error| format!("cannot read `{from}`: {error}"))?)
}

/// Returns the id that was typed, or the one that the record proposes.
fn id(new: &NewArgs, record: &Record) -> Result<String, Failure> {
    match new.id.clone().or_else(|| record.id()) {
        Some(id) if is_study_id(&id) => Ok(id),
        Some(id) => Err(format!("`{id}` is not an id: family name and year, such as `trovo-2018`").into()),
        None => Err("name an id: the record has no author or no year (`forestable new trovo-2018 --from …`)".into()),
    }
}

/// Whether this is the id of a study, the last word a year; `.a` or `.b` after it makes it one of two extractions.
fn is_study_id(id: &str) -> bool {
    let id = source::extraction_of(id).unwrap_or(id);
    let year = id.rsplit_once('-').map_or("", |(_, year)| year);
    source::is_id(id) && year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit())
}
