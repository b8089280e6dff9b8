//! `forestable adjudicate`: two extractions of a study compared, and the file that both agree on.

mod ask;

use std::io::{self, IsTerminal, stderr, stdin};
use std::path::Path;

use forestable::diag::render::{Colour, full, resolve};
use forestable::diag::{Diagnostic, Locate, Severity, counted, nearest};
use forestable::evidence::{
    self, Choice, Date, Decision, DoubleExtraction, Extraction, Field, Quantity, agreed, agreement,
};
use forestable::report;
use forestable::source::{self, EXTRACTORS, Extractions, Written};

use super::args::{AdjudicateArgs, Args};
use super::review::Review;
use super::{Failure, Status};

/// The first line of every study file: what editors complete and check by.
const SCHEMA_LINE: &str = "# yaml-language-server: $schema=../study.schema.json\n";

/// Prints how far extractions agree; for one study, writes the agreed file once every difference is decided.
pub fn run(args: &Args, adjudicate: &AdjudicateArgs) -> Result<Status, Failure> {
    let review = Review::read(&args.directory)?;
    let Some(study) = &adjudicate.study else {
        print_agreement(&review.evidence.extractions);
        return Ok(Status::Clean);
    };
    let double = find(&review.evidence.extractions, study)?;
    if !double.faults.is_empty() {
        print(&double.faults, &review.sources);
        return Ok(Status::Findings);
    }
    let pair = review.extractions.iter().find(|pair| pair.study == *study);
    let Some((first, second, names)) = pair.and_then(both) else { return Err("nothing can be compared".into()) };
    let differing: Vec<&Field> = double.fields.iter().filter(|field| !field.agrees).collect();
    let path = args.path(format!("studies/{study}.yaml"));
    if !args.quiet {
        let agree = agreement(&double.fields).into_iter().map(|row| words(&row)).collect::<Vec<_>>().join("\n  ");
        anstream::eprintln!("{study}\n  {agree}");
    }
    if path.exists() {
        anstream::eprintln!("{} is there already: it is left as it is", path.display());
        return Ok(Status::Clean);
    }
    let mut record = match &adjudicate.decisions {
        Some(file) => match read(file)? {
            Ok(record) => record,
            Err(status) => return Ok(status),
        },
        None => Extraction { by: None, on: None, extractors: Vec::new(), decisions: Vec::new() },
    };
    record.by = adjudicate.by.clone().or(record.by);
    if let Some(on) = &adjudicate.on {
        let refused = |refusal: evidence::Refusal| format!("`--on {on}`: expected {}", refusal.expected);
        record.on = Some(Date::parse(on).map_err(refused)?);
    }
    if adjudicate.decisions.is_none() && !differing.is_empty() {
        if !stdin().is_terminal() {
            anstream::print!("{}", described(&open(&record, &differing)).document());
            anstream::eprintln!(
                "{} to decide: fill in `take` and `why`, then give the file to `--decisions`",
                counted(differing.len(), "field")
            );
            return Ok(Status::Findings);
        }
        record.decisions = ask::decisions(&double.fields, &mut stdin().lock(), &mut stderr())?;
    }
    if stdin().is_terminal() {
        ask::signature(&mut record, &mut stdin().lock(), &mut stderr())?;
    }
    record.extractors = names;
    write(&path, [&first, &second], &differing, record)?;
    if !args.quiet {
        anstream::eprintln!("{} written: look it through, then run `forestable check`", path.display());
    }
    Ok(Status::Clean)
}

fn find<'a>(extractions: &'a [DoubleExtraction], study: &str) -> Result<&'a DoubleExtraction, Failure> {
    let missing = || {
        let known = extractions.iter().map(|double| &double.study);
        match nearest(study, known) {
            Some(meant) => format!("`{study}` has no two extractions: write `{meant}`"),
            None => format!("there are no `studies/{study}.a.yaml` and `studies/{study}.b.yaml` to compare"),
        }
    };
    Ok(extractions.iter().find(|double| double.study == study).ok_or_else(missing)?)
}

/// Returns both extractions, and who made them.
fn both(pair: &Extractions) -> Option<(Written, Written, Vec<String>)> {
    let [Some(first), Some(second)] = &pair.both else { return None };
    let by = |written: &Written, file: &str| {
        let by = written.get("extraction").and_then(|extraction| extraction.get("by")?.text().map(str::to_owned));
        by.unwrap_or_else(|| file.to_owned())
    };
    let (first, second) = (first.written.clone()?, second.written.clone()?);
    let names = vec![by(&first, EXTRACTORS[0]), by(&second, EXTRACTORS[1])];
    Some((first, second, names))
}

fn print_agreement(extractions: &[DoubleExtraction]) {
    for row in agreement(extractions.iter().flat_map(|double| &double.fields)) {
        anstream::println!("{}", words(&row));
    }
    anstream::eprintln!("{} extracted twice", counted(extractions.len(), "study"));
}

fn words(row: &evidence::Agreement) -> String {
    let kappa = row.kappa.map(|kappa| format!(", κ {kappa:.2}")).unwrap_or_default();
    let name = report::agreement_name(row);
    format!("{name:<42} {:>3} of {:>3} agree ({:.1}%){kappa}", row.agree, row.fields, 100.0 * row.share())
}

fn print(findings: &[Diagnostic], sources: &dyn Locate) {
    anstream::eprint!("{}", full(&resolve(findings, sources), Colour::Ansi));
}

/// Reads what was decided; prints what is wrong with it.
fn read(file: &Path) -> Result<Result<Extraction, Status>, Failure> {
    let unreadable = |error: io::Error| format!("cannot read `{}`: {error}", file.display());
    let (raw, sources, mut findings) = source::load_decisions(file).map_err(unreadable)?;
    let (record, faults) = evidence::lower_decisions(&raw);
    findings.extend(faults);
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        print(&findings, &sources);
        return Ok(Err(Status::Findings));
    }
    Ok(record.ok_or(Status::Findings))
}

/// Returns a record in which nothing is decided yet.
fn open(record: &Extraction, differing: &[&Field]) -> Extraction {
    let decision = |field: &&Field| decision(field, String::new(), String::new());
    Extraction { decisions: differing.iter().map(decision).collect(), ..record.clone() }
}

fn decision(field: &Field, take: String, why: String) -> Decision {
    let words = |written: &Option<Written>| {
        written.as_ref().map(|written| written.text().map_or_else(|| written.to_string(), str::to_owned))
    };
    Decision { field: field.name.clone(), first: words(&field.first), second: words(&field.second), take, why }
}

/// Writes the agreed file with the record of what was decided; a decision on what does not differ is refused.
fn write(path: &Path, both: [&Written; 2], differing: &[&Field], mut record: Extraction) -> Result<(), Failure> {
    if record.by.is_none() || record.on.is_none() {
        return Err("say who decides and when: `--by NAME --on DATE`, or `by` and `on` in the decisions".into());
    }
    for decision in &mut record.decisions {
        let Some(field) = differing.iter().find(|field| field.name == decision.field) else {
            let meant = nearest(&decision.field, differing.iter().map(|field| &field.name));
            let meant = meant.map(|meant| format!(": write `{meant}`")).unwrap_or_default();
            return Err(format!("no field `{}` differs{meant}", decision.field).into());
        };
        let (take, why) = (decision.take.clone(), decision.why.clone());
        *decision = self::decision(field, take, why);
    }
    let choice = |field: &Field| {
        let decision = record.decisions.iter().find(|decision| decision.field == field.name)?;
        Choice::parse(&decision.take)
    };
    let undecided = |names: Vec<String>| format!("not decided, or no YAML: {}", names.join(", "));
    let mut study = agreed(both[0], both[1], choice).map_err(undecided)?;
    if let Written::Record(entries) = &mut study {
        entries.push(("extraction".to_owned(), described(&record)));
    }
    source::create_file(path, &(SCHEMA_LINE.to_owned() + &study.document()))?;
    Ok(())
}

/// Returns the record as it stands in a file: what is not known yet is left blank.
fn described(record: &Extraction) -> Written {
    let entry = |key: &str, text: &str| (key.to_owned(), Written::value(text));
    let decisions = record.decisions.iter().map(|decision| {
        let sides = [("a", &decision.first), ("b", &decision.second)];
        let sides = sides.into_iter().filter_map(|(key, text)| Some(entry(key, text.as_ref()?)));
        let decided = [entry("take", &decision.take), entry("why", &decision.why)];
        Written::Record([entry("field", &decision.field)].into_iter().chain(sides).chain(decided).collect())
    });
    let on = record.on.map(|on| on.to_string()).unwrap_or_default();
    let mut entries = vec![entry("by", record.by.as_deref().unwrap_or_default()), entry("on", &on)];
    if !record.extractors.is_empty() {
        let names = record.extractors.iter().map(Written::value).collect();
        entries.push(("extractors".to_owned(), Written::List(names)));
    }
    if !record.decisions.is_empty() {
        entries.push(("decisions".to_owned(), Written::List(decisions.collect())));
    }
    Written::Record(entries)
}
