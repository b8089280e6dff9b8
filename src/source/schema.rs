//! The grammar as JSON Schema: what editors complete and check with, and what [`super::structure`] checks by.

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema};
use serde_json::Value;

use super::raw::{RawExtraction, RawReview, RawStudy, RawVersion};

/// Returns the JSON Schema (draft 7) of a study file.
#[must_use]
pub fn study_schema() -> Value {
    schema_of::<RawStudy>()
}

/// Returns the JSON Schema (draft 7) of `review.yaml`.
#[must_use]
pub fn review_schema() -> Value {
    schema_of::<RawReview>()
}

/// Returns the JSON Schema (draft 7) of the record of a released version.
#[must_use]
pub fn version_schema() -> Value {
    schema_of::<RawVersion>()
}

/// Returns the JSON Schema (draft 7) of a file with decisions between two extractions.
pub(super) fn decisions_schema() -> Value {
    schema_of::<RawExtraction>()
}

fn schema_of<T: JsonSchema>() -> Value {
    SchemaSettings::draft07()
        .with(|settings| settings.inline_subschemas = true)
        .with_transform(NoNull)
        .into_generator()
        .into_root_schema_for::<T>()
        .to_value()
}

/// An optional field may be left out; it may not be left empty.
#[derive(Clone)]
struct NoNull;

impl Transform for NoNull {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        if let Some(Value::Array(types)) = schema.get_mut("type") {
            types.retain(|name| name != "null");
            if let [only] = types.as_slice() {
                let only = only.clone();
                schema.insert("type".to_owned(), only);
            }
        }
        if let Some(Value::Array(choices)) = schema.get_mut("anyOf") {
            choices.retain(|choice| choice.get("type") != Some(&Value::from("null")));
            if let [Value::Object(only)] = choices.as_slice() {
                let only = only.clone();
                schema.remove("anyOf");
                for (key, value) in only {
                    schema.ensure_object().entry(key).or_insert(value);
                }
            }
        }
        if let Some(Value::Array(words)) = schema.get_mut("enum") {
            words.retain(|word| !word.is_null());
        }
    }
}
