//! The typed reading of a document; the only file that names serde_yaml.

use serde::de::DeserializeOwned;

use crate::diag::{Diagnostic, Place, Spot, codes};

/// Returns the record written in `text`.
///
/// # Errors
/// The first thing that serde_yaml refuses. It refuses little that [`super::structure`] has made readable: what its idea
/// of YAML and that of [`super::tree`] differ in.
pub(super) fn read<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, Box<Diagnostic>> {
    serde_yaml::from_str(text).map_err(|error| {
        let spot = error.location().map_or(Spot::File, |location| {
            let line = text.split_inclusive('\n').take(location.line().saturating_sub(1)).map(str::len).sum::<usize>();
            let column =
                text[line..].chars().take(location.column().saturating_sub(1)).map(char::len_utf8).sum::<usize>();
            Spot::Bytes(line + column..line + column + 1)
        });
        let finding = Diagnostic::new(codes::NOT_YAML, Place { file: file.to_owned(), spot }, "this is not YAML");
        Box::new(finding.found(error.to_string()).help("put the words there in quotes, or write them more plainly"))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_yaml::Value;

    use crate::source::tree::{self, Content, Node};

    const STUDY: &str = "\
reference:
  authors: [Milano MT, \"Zhang H\", 'et al.']
  title: \"Oligometastases: a series\"
cohorts:
  all:
    results:
      - {outcome: os, at: 2 years, estimate: 74%, ci: [60%, 84%]}
      - outcome: lc
        at: 2 years
notes: |
  Two lines
  of text – with 1.10
";

    /// Whether both parsers see the same keys in the same order, lists of the same length, and the same words; a line
    /// break at the very end of the file aside.
    fn agree(node: &Node, value: &Value) -> bool {
        match (&node.content, value) {
            (Content::Mapping(entries), Value::Mapping(mapping)) => {
                entries.len() == mapping.len()
                    && entries.iter().zip(mapping).all(|(entry, (key, value))| {
                        key.as_str().is_none_or(|key| key == entry.key) && agree(&entry.value, value)
                    })
            }
            (Content::List(items), Value::Sequence(values)) => {
                items.len() == values.len() && items.iter().zip(values).all(|(item, value)| agree(item, value))
            }
            (Content::Scalar { text, .. }, Value::String(words)) => text.trim_end() == words.trim_end(),
            (Content::Scalar { .. }, value) => !value.is_mapping() && !value.is_sequence(),
            _ => false,
        }
    }

    /// A study with up to three characters changed, as slips of the hand do.
    fn slips() -> impl Strategy<Value = String> {
        let character = proptest::sample::select(" \n:-,[]{}\"'#|>%x1é".chars().collect::<Vec<_>>());
        let slip = (0..STUDY.chars().count(), character, 0..3u8);
        proptest::collection::vec(slip, 0..4).prop_map(|slips| {
            let mut characters: Vec<char> = STUDY.chars().collect();
            for (at, character, kind) in slips {
                let at = at.min(characters.len() - 1);
                match kind {
                    0 => characters.insert(at, character),
                    1 => characters[at] = character,
                    _ => drop(characters.remove(at)),
                }
            }
            characters.into_iter().collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// Each parser reads some slips that the other refuses; such a file is refused. What both read, they read alike.
        #[test]
        fn what_both_parsers_read_they_read_alike(text in slips()) {
            if let (Ok(root), Ok(value)) = (tree::parse("f", &text), serde_yaml::from_str::<Value>(&text)) {
                prop_assert!(agree(&root, &value), "{text}");
            }
        }

        #[test]
        fn no_text_reaches_a_panic(text in "\\PC{0,60}", characters in proptest::collection::vec(any::<char>(), 0..40)) {
            let _ = tree::parse("f", &text);
            let _ = tree::parse("f", &characters.into_iter().collect::<String>());
        }
    }
}
