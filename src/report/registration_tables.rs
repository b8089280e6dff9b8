//! What was registered, and what was amended since: a paragraph and two tables.

use super::table::{Align, Cell, Column, Row, RowKind, Table};
use super::{format, wording};
use crate::evidence::{Evidence, Protocol};
use crate::review::{Amendment, Chosen, Plan, Registered, Registration};

/// Returns what the methods section says of registration; `None` where nothing is registered.
#[must_use]
pub fn registration_words(plan: &Plan) -> Option<String> {
    let registration = plan.registration.as_ref()?;
    let count = |count: usize, one: &str, many: &str| format::counted(count as u64, one, many);
    let registered = registration.analyses.len();
    let known = if registration.prospective {
        "before any result was known"
    } else {
        "after the results were known, not prospectively"
    };
    let were = |count: usize| if count == 1 { "was" } else { "were" };
    let mut words = format!(
        "{} {} registered on {} ({}), {known}.",
        wording::upper_first(&count(registered, "primary analysis", "primary analyses")),
        were(registered),
        registration.date,
        registration.place,
    );
    let amendments = registration.amendments.len();
    words.push_str(&match amendments {
        0 => " None was changed since: the build fails where an analysis is made otherwise and no amendment says so."
            .to_owned(),
        _ => format!(
            " They were amended since, as the table of amendments gives with each reason ({}).",
            count(amendments, "amendment", "amendments")
        ),
    });
    let others = plan.analyses.iter().filter(|analysis| registration.analysis(&analysis.id).is_none()).count();
    if others > 0 {
        words.push_str(&format!(
            " {} {} not registered.",
            wording::upper_first(&count(others, "further analysis", "further analyses")),
            were(others)
        ));
    }
    Some(words)
}

/// Returns the registered choices, analyses with the same together, and the amendments; none where nothing is registered.
#[must_use]
pub fn registration_tables(evidence: &Evidence, plan: &Plan) -> Vec<Table> {
    let Some(registration) = &plan.registration else { return Vec::new() };
    let mut tables = vec![registered_table(evidence, plan, registration)];
    if !registration.amendments.is_empty() {
        tables.push(amendments_table(evidence, plan, registration));
    }
    tables
}

fn registered_table(evidence: &Evidence, plan: &Plan, registration: &Registration) -> Table {
    let everywhere = |choice: &Chosen| registration.analyses.iter().all(|other| other.choices.contains(choice));
    let row = |registered: &Registered| {
        let amended: Vec<String> =
            registration.amendments_of(&registered.analysis).map(|amendment| amendment.date.to_string()).collect();
        let cells = [
            title(&evidence.protocol, plan, &registered.analysis),
            words(registered, |choice| !everywhere(choice) && !["outcome", "at"].contains(&choice.0)),
            if amended.is_empty() { "no".to_owned() } else { amended.join(", ") },
        ];
        Row { kind: RowKind::Entry, key: Some(registered.analysis.clone()), cells: cells.map(Cell::text).into() }
    };
    let known = if registration.prospective { "before any result was known" } else { "after the results were known" };
    let mut notes = vec![format!("Registered on {} ({}), {known}.", registration.date, registration.place)];
    if let Some(first) = registration.analyses.first() {
        let whose = if registration.analyses.len() > 1 { "All of them" } else { "It" };
        notes.push(format!("{whose}: {}.", words(first, everywhere)));
    }
    let others = plan.analyses.iter().filter(|analysis| registration.analysis(&analysis.id).is_none());
    let others: Vec<String> =
        others.map(|analysis| wording::lower_first(&wording::analysis_title(&evidence.protocol, analysis))).collect();
    if !others.is_empty() {
        notes.push(format!("Not registered: {}.", others.join("; ")));
    }
    Table {
        id: "registered".to_owned(),
        caption: "The analyses as they were registered".to_owned(),
        columns: columns(&[("analysis", "Analysis"), ("own", "Choices of its own"), ("amended", "Amended")]),
        rows: registration.analyses.iter().map(row).collect(),
        footnotes: Vec::new(),
        notes,
    }
}

fn amendments_table(evidence: &Evidence, plan: &Plan, registration: &Registration) -> Table {
    let row = |amendment: &Amendment| {
        let all = amendment.analyses.len() == registration.analyses.len() && amendment.analyses.len() > 1;
        let names: Vec<String> = amendment.analyses.iter().map(|id| title(&evidence.protocol, plan, id)).collect();
        let [what, from, to] = match &amendment.change {
            Some(changed) => [key_words(changed.key), changed.from.clone(), changed.to.clone()],
            None => ["the analysis".to_owned(), "made".to_owned(), "dropped".to_owned()],
        };
        let analyses = if all { "all registered".to_owned() } else { names.join("; ") };
        let cells = [amendment.date.to_string(), analyses, what, from, to, amendment.reason.clone()];
        Row { kind: RowKind::Entry, key: None, cells: cells.map(Cell::text).into() }
    };
    Table {
        id: "amendments".to_owned(),
        caption: "Amendments to the registered analyses".to_owned(),
        columns: columns(&[
            ("date", "Date"),
            ("analysis", "Analysis"),
            ("what", "What"),
            ("from", "From"),
            ("to", "To"),
            ("reason", "Reason"),
        ]),
        rows: registration.amendments.iter().map(row).collect(),
        footnotes: Vec::new(),
        notes: Vec::new(),
    }
}

fn title(protocol: &Protocol, plan: &Plan, id: &str) -> String {
    let planned = plan.analyses.iter().find(|analysis| analysis.id == id);
    planned.map_or_else(|| id.to_owned(), |analysis| wording::analysis_title(protocol, analysis))
}

/// Returns the choices that are shown: `cohort breast, any; variants dfs, unclear`.
fn words(registered: &Registered, shown: impl Fn(&Chosen) -> bool) -> String {
    let bayes = registered.choices.iter().any(|(key, value)| *key == "model" && value == "bayes");
    let made = |(key, value): &&Chosen| value != "none" && (bayes || !key.ends_with("_prior"));
    let choices = registered.choices.iter().filter(made).filter(|choice| shown(choice));
    let parts: Vec<String> = choices.map(|(key, value)| format!("{} {value}", key_words(key))).collect();
    if parts.is_empty() { "–".to_owned() } else { parts.join("; ") }
}

/// Returns a key as words.
fn key_words(key: &str) -> String {
    match key {
        "tau2" => "τ²".to_owned(),
        "tau2_interval" => "interval of τ²".to_owned(),
        "subgroup_tau2" => "τ² of groups".to_owned(),
        "group_by" => "groups by".to_owned(),
        "tau_prior" => "prior of τ".to_owned(),
        "mu_prior" => "prior of µ".to_owned(),
        other => other.replace('_', " "),
    }
}

fn columns(columns: &[(&str, &str)]) -> Vec<Column> {
    let column = |(id, header): &(&str, &str)| Column {
        id: (*id).to_owned(),
        header: (*header).to_owned(),
        spanner: None,
        align: Align::Left,
    };
    columns.iter().map(column).collect()
}
