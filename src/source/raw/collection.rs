//! Mappings in the author's order, and values that are one or many.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use crate::diag::At;

/// A mapping from the author's own words, in the order written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Map<T>(pub Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Map<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Map<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mapping")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Map(entries))
            }
        }

        deserializer.deserialize_map(Entries(PhantomData))
    }
}

impl<T> At<'_, Option<Map<T>>> {
    /// Returns the keys and values of the mapping, if it is there, each value with its place.
    pub fn entries(&self) -> impl Iterator<Item = (&str, At<'_, T>)> {
        let entries = self.value.iter().flat_map(|map| &map.0);
        entries.map(|(key, value)| (key.as_str(), At { value, path: self.path.key(key) }))
    }
}

impl<T: JsonSchema> JsonSchema for Map<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("MapOf{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "object", "additionalProperties": generator.subschema_for::<T>()})
    }
}

impl<T> Map<T> {
    /// Returns the keys in the order written.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(key, _)| key.as_str())
    }
}

/// A single value, or a collection: `cohort: breast` and `cohort: [breast, any]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OneOr<S, C> {
    /// A single value.
    One(S),
    /// A collection.
    Other(C),
}

impl<'de, S: From<String>, C: Deserialize<'de>> Deserialize<'de> for OneOr<S, C> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<S, C>(PhantomData<(S, C)>);

        impl<'de, S: From<String>, C: Deserialize<'de>> Visitor<'de> for Either<S, C> {
            type Value = OneOr<S, C>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value or a collection")
            }

            fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
                Ok(OneOr::One(value.to_string().into()))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
                Ok(OneOr::One(value.to_string().into()))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
                Ok(OneOr::One(value.to_string().into()))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
                Ok(OneOr::One(value.to_string().into()))
            }

            fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
                Ok(OneOr::One(value.to_owned().into()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
                C::deserialize(SeqAccessDeserializer::new(items)).map(OneOr::Other)
            }

            fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Self::Value, A::Error> {
                C::deserialize(MapAccessDeserializer::new(entries)).map(OneOr::Other)
            }
        }

        deserializer.deserialize_any(Either(PhantomData))
    }
}

impl<S: JsonSchema, C: JsonSchema> JsonSchema for OneOr<S, C> {
    fn schema_name() -> Cow<'static, str> {
        format!("{}Or{}", S::schema_name(), C::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [generator.subschema_for::<S>(), generator.subschema_for::<C>()]})
    }
}

impl<S> At<'_, Option<OneOr<S, Vec<S>>>> {
    /// Returns the single value, or each of the many, with its place.
    #[must_use]
    pub fn each(&self) -> Vec<At<'_, S>> {
        match self.value {
            None => Vec::new(),
            Some(OneOr::One(value)) => vec![At { value, path: self.path }],
            Some(OneOr::Other(values)) => {
                let items = values.iter().enumerate();
                items.map(|(index, value)| At { value, path: self.path.index(index) }).collect()
            }
        }
    }
}
