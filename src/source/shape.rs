//! What the grammar allows at a place, boiled down from its JSON Schema.

use serde_json::{Map, Value};

/// What may stand at a place.
#[derive(Debug)]
pub(super) enum Shape {
    /// A single value; what it means is for the evidence room to judge.
    Scalar,
    /// One of these words.
    Words(Vec<String>),
    /// A list of so many items.
    List { item: Box<Shape>, least: u64, most: Option<u64> },
    /// A mapping with these keys.
    Record(Vec<Field>),
    /// A mapping with keys of the author's choice.
    Map { value: Box<Shape>, least: u64 },
    /// Any of these.
    Either(Vec<Shape>),
}

/// One key of a record.
#[derive(Debug)]
pub(super) struct Field {
    pub name: String,
    /// What it means, as editors show it.
    pub about: String,
    pub shape: Shape,
    pub need: Need,
}

/// Whether a field may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Required,
    /// Missed with a warning.
    Recommended,
    Optional,
}

impl Shape {
    /// Returns the shape that a schema without references describes.
    pub fn of(schema: &Value) -> Self {
        let Some(schema) = schema.as_object() else { return Self::Scalar };
        if let Some(words) = words(schema) {
            return Self::Words(words);
        }
        if let Some(choices) = schema.get("anyOf").and_then(Value::as_array) {
            let shapes: Vec<_> = choices.iter().map(Self::of).collect();
            let single = shapes.iter().all(|shape| matches!(shape, Self::Scalar | Self::Words(_)));
            return if single { Self::Scalar } else { Self::Either(shapes) };
        }
        let number = |key: &str| schema.get(key).and_then(Value::as_u64);
        let part = |key: &str| Box::new(schema.get(key).map_or(Self::Scalar, Self::of));
        match schema.get("type").and_then(Value::as_str) {
            Some("array") => {
                Self::List { item: part("items"), least: number("minItems").unwrap_or(0), most: number("maxItems") }
            }
            Some("object") => match schema.get("properties").and_then(Value::as_object) {
                Some(properties) => Self::Record(fields(schema, properties)),
                None => Self::Map { value: part("additionalProperties"), least: number("minProperties").unwrap_or(0) },
            },
            Some("boolean") => Self::Words(vec!["true".to_owned(), "false".to_owned()]),
            _ => Self::Scalar,
        }
    }
}

/// Returns the words where nothing else is allowed.
fn words(schema: &Map<String, Value>) -> Option<Vec<String>> {
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return words.iter().map(|word| word.as_str().map(str::to_owned)).collect();
    }
    let choices = schema.get("oneOf").and_then(Value::as_array)?;
    let lists: Option<Vec<_>> =
        choices.iter().map(|choice| words(choice.as_object()?).or_else(|| constant(choice))).collect();
    lists.map(|lists| lists.concat())
}

fn constant(schema: &Value) -> Option<Vec<String>> {
    Some(vec![schema.get("const")?.as_str()?.to_owned()])
}

fn fields(schema: &Map<String, Value>, properties: &Map<String, Value>) -> Vec<Field> {
    let required = schema.get("required").and_then(Value::as_array);
    let need = |name: &str, property: &Value| {
        if required.is_some_and(|names| names.iter().any(|required| required == name)) {
            Need::Required
        } else if property.get("x-recommended").is_some() {
            Need::Recommended
        } else {
            Need::Optional
        }
    };
    let about = |property: &Value| property.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
    properties
        .iter()
        .map(|(name, property)| Field {
            name: name.clone(),
            about: about(property),
            shape: Shape::of(property),
            need: need(name, property),
        })
        .collect()
}
