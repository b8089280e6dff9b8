//! SARIF 2.1.0, which code hosts show beside the changed lines.

use serde_json::{Value, json};

use super::Resolved;
use crate::diag::{Label, Located, codes};

/// Returns one SARIF log: every rule with its page, every finding with its places, columns in characters.
///
/// # References
/// OASIS, Static Analysis Results Interchange Format (SARIF) 2.1.0.
#[must_use]
pub fn sarif(findings: &[Resolved<'_>]) -> String {
    let rules: Vec<Value> = codes::RULES
        .iter()
        .map(|rule| {
            json!({
                "id": rule.code,
                "shortDescription": {"text": rule.title},
                "help": {"text": rule.page, "markdown": rule.page},
                "defaultConfiguration": {"level": rule.code.severity()},
            })
        })
        .collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "forestable", "version": env!("CARGO_PKG_VERSION"), "rules": rules}},
            "columnKind": "unicodeCodePoints",
            "results": findings.iter().map(result).collect::<Vec<_>>(),
        }],
    });
    // Strings, numbers and lists always serialise.
    serde_json::to_string_pretty(&log).unwrap_or_default() + "\n"
}

fn result(finding: &Resolved<'_>) -> Value {
    let diagnostic = finding.diagnostic;
    let parts = std::iter::once(diagnostic.message.clone())
        .chain(diagnostic.notes.clone())
        .chain(diagnostic.help.iter().map(|help| format!("help: {help}")));
    let others = diagnostic.secondary.iter().zip(&finding.secondary).enumerate();
    let mut result = json!({
        "ruleId": diagnostic.code,
        "ruleIndex": codes::RULES.iter().position(|rule| rule.code == diagnostic.code),
        "level": diagnostic.severity,
        "message": {"text": parts.collect::<Vec<_>>().join("\n")},
        "locations": [location(&diagnostic.primary, finding.primary.as_ref())],
        "relatedLocations": others
            .map(|(id, (label, located))| {
                let mut place = location(label, located.as_ref());
                place["id"] = json!(id);
                place
            })
            .collect::<Vec<_>>(),
    });
    let edits = diagnostic.edits.iter().zip(&finding.edits);
    let changes: Option<Vec<Value>> = edits
        .map(|(edit, located)| {
            let replacement =
                json!({"deletedRegion": region(located.as_ref()?), "insertedContent": {"text": edit.text}});
            Some(json!({"artifactLocation": {"uri": uri(&edit.place.file)}, "replacements": [replacement]}))
        })
        .collect();
    if let Some(changes) = changes.filter(|changes| !changes.is_empty()) {
        result["fixes"] = json!([{"artifactChanges": changes}]);
    }
    result
}

fn location(label: &Label, located: Option<&Located<'_>>) -> Value {
    let mut place = json!({"physicalLocation": {"artifactLocation": {"uri": uri(&label.place.file)}}});
    if let Some(located) = located {
        place["physicalLocation"]["region"] = region(located);
    }
    if !label.text.is_empty() {
        place["message"] = json!({"text": label.text});
    }
    place
}

fn region(located: &Located<'_>) -> Value {
    let (start, end) = (located.start(), located.end());
    json!({"startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column})
}

/// Returns a path as a relative address.
fn uri(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    path.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
