//! Names of authors: family name, then initials.

/// An author.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Name {
    /// Family name with its particles, or the name of a group.
    pub family: String,
    /// Given names, written out or as initials.
    pub given: String,
    /// `Jr`, `III`.
    pub suffix: String,
}

impl Name {
    /// Reads `Family, Given` or `Family, Given, Jr`; without a comma it is the name of a group.
    pub fn inverted(text: &str) -> Self {
        let mut parts = text.split(',').map(super::one_line);
        let mut next = || parts.next().unwrap_or_default();
        Self { family: next(), given: next(), suffix: next() }
    }

    /// Returns `Milano MT`; `None` for an empty name.
    pub fn printed(&self) -> Option<String> {
        let parts = [self.family.clone(), initials(&self.given), self.suffix.trim_end_matches('.').to_owned()];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        (!self.family.is_empty()).then(|| parts.join(" "))
    }
}

/// Returns the initials of given names: `MT` of `Michael T.`, `JE` of `Jean-Emmanuel` and of `JE`.
fn initials(given: &str) -> String {
    let words = given.split(|letter: char| letter.is_whitespace() || letter == '-' || letter == '.' || letter == '‐');
    words
        .filter(|word| !word.is_empty())
        .map(|word| {
            let all = word.chars().count() <= 4 && word.chars().all(char::is_uppercase);
            if all { word.to_owned() } else { word.chars().take(1).flat_map(char::to_uppercase).collect() }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_names_become_initials() {
        let printed = |text| Name::inverted(text).printed().unwrap_or_default();
        assert_eq!(printed("Milano, Michael T."), "Milano MT");
        assert_eq!(printed("Bibault, Jean-Emmanuel"), "Bibault JE");
        assert_eq!(printed("van der Berg, P.-J."), "van der Berg PJ");
        assert_eq!(printed("Smith, John A, Jr."), "Smith JA Jr");
        assert_eq!(printed("Zhang, H"), "Zhang H");
        assert_eq!(printed("SABR-COMET Investigators"), "SABR-COMET Investigators");
        assert_eq!(printed(""), "");
    }
}
