//! `forestable register`: the choices that analyses rest on, as the block of `review.yaml` that later builds are held against.

use forestable::diag::{nearest, one_of};
use forestable::evidence::{Date, Quantity, Refusal};
use forestable::review::{Analysis, Chosen, choices};

use super::args::{Args, FindingsFormat, RegisterArgs};
use super::review::Review;
use super::{Failure, Status};

/// Prints the block, where there is none yet; nothing is written.
pub fn run(args: &Args, register: &RegisterArgs) -> Result<Status, Failure> {
    let refused = |refusal: Refusal| format!("`--on {}`: expected {}", register.on, refusal.expected);
    let date = Date::parse(&register.on).map_err(refused)?;
    let review = Review::read(&args.directory)?;
    if review.status(args) == Status::Findings {
        review.print_findings(args, FindingsFormat::default(), "nothing registered");
        return Ok(Status::Findings);
    }
    if review.plan.registration.is_some() {
        // Appended to review.yaml, a second block would keep it from being read at all.
        anstream::eprintln!(
            "error: review.yaml has a `registered` block already: change it by `amendments`, and keep what was registered"
        );
        return Ok(Status::Findings);
    }
    let known: Vec<&str> = review.plan.analyses.iter().map(|analysis| analysis.id.as_str()).collect();
    if let Some(unknown) = register.analyses.iter().find(|id| !known.contains(&id.as_str())) {
        let meant = nearest(unknown, known.iter().copied());
        let meant =
            meant.map_or_else(|| format!("expected {}", one_of(&known)), |meant| format!("did you mean `{meant}`?"));
        return Err(format!("unknown analysis `{unknown}`: {meant}").into());
    }
    let wanted = |analysis: &&Analysis| register.analyses.is_empty() || register.analyses.contains(&analysis.id);
    let chosen: Vec<(&str, Vec<Chosen>)> = review
        .plan
        .analyses
        .iter()
        .filter(wanted)
        .filter_map(|analysis| {
            let outcome = review.evidence.protocol.outcome(&analysis.outcome)?;
            Some((analysis.id.as_str(), said(choices(analysis, outcome))))
        })
        .collect();
    let place = serde_json::to_string(&register.place)?;
    anstream::print!("{}", block(&chosen, date, &place, register.prospective));
    Ok(Status::Clean)
}

/// Returns the choices that the block must name: those that were made, and priors only where the model has some.
fn said(mut choices: Vec<Chosen>) -> Vec<Chosen> {
    let bayes = choices.iter().any(|(key, value)| *key == "model" && value == "bayes");
    choices.retain(|(key, value)| match *key {
        "tau_prior" | "mu_prior" => bayes,
        "interval" | "prediction" => !bayes,
        _ => value != "none",
    });
    choices
}

/// Returns the block: what all analyses share once, then each with its own.
fn block(chosen: &[(&str, Vec<Chosen>)], date: Date, place: &str, prospective: bool) -> String {
    /// The keys of the grammar's `methods`; the others stand at each analysis.
    const OWN: [&str; 11] =
        ["outcome", "at", "cohort", "group_by", "pick", "status", "risk", "exclude", "variants", "mix", "grade"];
    let first = chosen.first().map(|(_, choices)| choices.as_slice()).unwrap_or_default();
    let everywhere = |choice: &&Chosen| chosen.iter().all(|(_, choices)| choices.contains(choice));
    let shared: Vec<&Chosen> = first.iter().filter(|(key, _)| !OWN.contains(key)).filter(everywhere).collect();
    let mut text = format!("registered:\n  date: {date}\n  where: {place}\n  prospective: {prospective}\n");
    if !shared.is_empty() {
        text.push_str("  methods:\n");
        for (key, value) in &shared {
            text.push_str(&format!("    {key}: {value}\n"));
        }
    }
    text.push_str("  analyses:\n");
    for (id, choices) in chosen {
        let own = choices.iter().filter(|choice| !shared.contains(choice));
        let own: Vec<String> = own.map(|(key, value)| format!("{key}: {}", written(key, value))).collect();
        text.push_str(&format!("    {id}: {{{}}}\n", own.join(", ")));
    }
    text
}

/// Returns a value as the grammar writes it.
fn written(key: &str, value: &str) -> String {
    match key {
        "pick" => format!("{{{value}}}"),
        "cohort" if !value.contains(", ") => value.to_owned(),
        "cohort" | "status" | "risk" | "exclude" | "variants" | "mix" => format!("[{value}]"),
        "grade" => format!("\"{value}\""),
        _ => value.to_owned(),
    }
}
