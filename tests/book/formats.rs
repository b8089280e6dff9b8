//! The grammar of a file, from the JSON Schema that it is checked with: one section a record, one row a field.

use serde_json::{Map, Value};

/// A schema's own words.
type Schema = Map<String, Value>;

/// Returns the page of a format.
pub fn page(title: &str, lead: &str, schema: &Value, remarks: &[Remarks]) -> String {
    let root = schema.as_object().expect("a schema is an object");
    let mut page = format!("# {title}\n\n{lead}\n\n{KINDS}");
    let mut shown = Vec::new();
    record(&mut page, "", root, &mut shown, remarks);
    page
}

/// What the schema of a record does not say.
pub struct Remarks {
    /// Where the record stands.
    pub path: &'static str,
    /// A paragraph after its fields.
    pub words: &'static str,
    /// What holds where a field is left out, by its name.
    pub defaults: Vec<(&'static str, String)>,
}

/// What the words in the tables stand for.
const KINDS: &str = "\
`NAME` stands for an id of the author's own (small letters, digits, hyphens), `[]` for each item of a list. A field in **bold** is required; one
marked * is missed with a warning.

| kind | written |
|---|---|
| text | any words; a number is taken as it is written |
| id | small letters, digits, hyphens: `weykamp-2020` |
| per cent | `62%`, `84.5%`, or a number between 0 and 1 |
| time | `2 years`, `24 months`, `12 weeks`, `90 days` |
| date | `2007`, `2007-03`, `2007-03-15` |
";

/// Adds the section of a record, and those of the records in it.
fn record(page: &mut String, path: &str, schema: &Schema, shown: &mut Vec<(String, String)>, remarks: &[Remarks]) {
    let heading = if path.is_empty() { "The file".to_owned() } else { format!("`{path}`") };
    page.push_str(&format!("\n## {heading}\n\n"));
    if let Some(about) = text(schema, "description") {
        page.push_str(&format!("{about}\n\n"));
    }
    // The same record in another place is described once.
    let remarks_here = remarks.iter().find(|remarks| remarks.path == path);
    let defaults = remarks_here.map_or(&[][..], |remarks| &remarks.defaults);
    let body = fields(schema, defaults);
    match shown.iter().find(|(known, _)| *known == body) {
        Some((_, first)) => {
            page.push_str(&format!(
                "The fields are those of [`{first}`](#{}).\n",
                super::links::slug(&format!("`{first}`"))
            ));
            return;
        }
        None => shown.push((body.clone(), path.to_owned())),
    }
    page.push_str(&body);
    if let Some(remarks) = remarks_here.filter(|remarks| !remarks.words.is_empty()) {
        page.push_str(&format!("\n{}\n", remarks.words));
    }
    for (name, field) in properties(schema) {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        below(page, &path, field, shown, remarks);
    }
}

/// Adds the sections of the records that a value holds.
fn below(page: &mut String, path: &str, schema: &Value, shown: &mut Vec<(String, String)>, remarks: &[Remarks]) {
    let Some(schema) = schema.as_object() else { return };
    if schema.contains_key("properties") {
        record(page, path, schema, shown, remarks);
    }
    if let Some(value) = schema.get("additionalProperties").filter(|value| value.is_object()) {
        below(page, &format!("{path}.NAME"), value, shown, remarks);
    }
    if let Some(item) = schema.get("items") {
        below(page, &format!("{path}[]"), item, shown, remarks);
    }
    for choice in choices(schema) {
        below(page, path, choice, shown, remarks);
    }
}

/// Returns the table of a record's fields.
fn fields(schema: &Schema, defaults: &[(&str, String)]) -> String {
    let required = schema.get("required").and_then(Value::as_array);
    let mut table = String::from("| field | kind | what it is |\n|---|---|---|\n");
    for (key, field) in properties(schema) {
        let is_required = required.is_some_and(|names| names.iter().any(|known| known == key.as_str()));
        let recommended = field.get("x-recommended") == Some(&Value::Bool(true));
        let name = match (is_required, recommended) {
            (true, _) => format!("**`{key}`**"),
            (false, true) => format!("`{key}` *"),
            (false, false) => format!("`{key}`"),
        };
        let mut about = field.as_object().and_then(|field| text(field, "description")).unwrap_or_default();
        if let Some((_, default)) = defaults.iter().find(|(known, _)| known == key) {
            about.push_str(&format!(" Default: {default}."));
        }
        let cells = [name, kind(field), about].map(|cell| cell.replace('|', "\\|").replace('\n', " "));
        table.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    table
}

/// Returns what may be written, in a few words.
fn kind(schema: &Value) -> String {
    let Some(schema) = schema.as_object() else { return "anything".into() };
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return words
            .iter()
            .map(|word| word.as_str().map_or_else(|| code(word), |word| format!("`{word}`")))
            .collect::<Vec<_>>()
            .join(", ");
    }
    if let Some(word) = schema.get("const") {
        return word.as_str().map_or_else(|| code(word), |word| format!("`{word}`"));
    }
    let choices: Vec<&Value> = choices(schema).collect();
    if !choices.is_empty() {
        let mut kinds: Vec<String> = choices.iter().map(|choice| kind(choice)).collect();
        kinds.dedup();
        // A per cent may be written as a number: the table of kinds says so.
        if kinds.iter().any(|kind| kind.starts_with("per cent")) {
            kinds.retain(|kind| kind != "number");
        }
        let separator = if kinds.iter().all(|kind| kind.starts_with('`')) { ", " } else { " or " };
        return kinds.join(separator);
    }
    if let Some(pattern) = text(schema, "pattern") {
        return of_pattern(&pattern).into();
    }
    let names = schema.get("type").map(|names| match names {
        Value::String(name) => name.clone(),
        _ => "string".into(),
    });
    match names.as_deref() {
        Some("array") => {
            let item = schema.get("items").map_or_else(|| "anything".into(), kind);
            let of = |key: &str| schema.get(key).and_then(Value::as_u64);
            match (of("minItems"), of("maxItems")) {
                (Some(least), Some(most)) if least == most => format!("list of {most}: {item}"),
                _ => format!("list of {item}"),
            }
        }
        Some("object") if schema.contains_key("properties") => "record".into(),
        Some("object") => match schema.get("additionalProperties") {
            Some(value) => format!("by name: {}", kind(value)),
            None => "by name".into(),
        },
        Some("integer") => "whole number".into(),
        Some("number") => "number".into(),
        Some("boolean") => "`true`, `false`".into(),
        Some(_) => "text".into(),
        None => "anything".into(),
    }
}

/// Returns the kind of scalar that a pattern describes.
fn of_pattern(pattern: &str) -> &'static str {
    match (pattern.contains("years?"), pattern.contains('%')) {
        (true, true) => "per cent or time",
        (true, false) => "time",
        (false, true) => "per cent",
        (false, false) if pattern.contains(r"\d{4}") => "date",
        (false, false) if pattern.starts_with("^[a-z0-9]+(-") => "id",
        (false, false) => "text",
    }
}

fn code(value: &Value) -> String {
    format!("`{value}`")
}

fn properties(schema: &Schema) -> impl Iterator<Item = (&String, &Value)> {
    schema.get("properties").and_then(Value::as_object).into_iter().flatten()
}

fn choices(schema: &Schema) -> impl Iterator<Item = &Value> {
    ["anyOf", "oneOf"].into_iter().filter_map(|key| schema.get(key).and_then(Value::as_array)).flatten()
}

fn text(schema: &Schema, key: &str) -> Option<String> {
    schema.get(key).and_then(Value::as_str).map(str::to_owned)
}
