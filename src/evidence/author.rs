//! Authors, read from the one line that files have for each: family name, initials, a designation of rank.

/// An author: `Milano MT`, `van der Berg P-J`, `Smith JA Jr`, or a group, which has no initials.
///
/// ```
/// use forestable::evidence::Author;
/// let author = Author::read("van der Berg P-J Jr");
/// assert_eq!((author.family, author.initials, author.rank), ("van der Berg", "P-J", "Jr"));
/// assert!(Author::read("SABR-COMET Investigators").is_group());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Author<'a> {
    /// The family name with its particles, or the whole name of a group.
    pub family: &'a str,
    /// The initials as the file has them; empty for a group.
    pub initials: &'a str,
    /// `Jr`, `III`; most often empty.
    pub rank: &'a str,
}

/// More letters than this at the end of a name are a word.
const MOST_INITIALS: usize = 4;

impl<'a> Author<'a> {
    /// Reads an author as files have him.
    #[must_use]
    pub fn read(name: &'a str) -> Self {
        let name = name.trim();
        let (rest, rank) = match name.rsplit_once(' ') {
            Some((rest, rank @ ("Jr" | "Jr." | "Sr" | "Sr." | "II" | "III" | "IV" | "2nd" | "3rd")))
                if rest.trim_end().contains(' ') =>
            {
                (rest.trim_end(), rank.trim_end_matches('.'))
            }
            _ => (name, ""),
        };
        let are_initials = |word: &str| {
            let letters = word.chars().filter(|letter| !matches!(letter, '-' | '.'));
            letters.clone().count() <= MOST_INITIALS
                && letters.clone().next().is_some()
                && letters.into_iter().all(char::is_uppercase)
        };
        match rest.rsplit_once(' ') {
            Some((family, initials)) if are_initials(initials) => Self { family: family.trim_end(), initials, rank },
            _ => Self { family: name, initials: "", rank: "" },
        }
    }

    /// Whether it is a group, or a person known by one name.
    #[must_use]
    pub fn is_group(&self) -> bool {
        self.initials.is_empty()
    }

    /// Returns the initials without hyphens and points, as medical journals print them: `PJ`.
    #[must_use]
    pub fn plain_initials(&self) -> String {
        self.initials.chars().filter(|letter| letter.is_alphabetic()).collect()
    }

    /// Returns the initials each with its point, hyphens kept: `P.-J.`, `M. T.`
    #[must_use]
    pub fn pointed_initials(&self) -> String {
        let mut pointed = String::new();
        let mut hyphen = false;
        for letter in self.initials.chars() {
            match letter {
                '-' => hyphen = true,
                '.' => {}
                letter => {
                    if !pointed.is_empty() {
                        pointed.push(if hyphen { '-' } else { ' ' });
                    }
                    pointed.push(letter);
                    pointed.push('.');
                    hyphen = false;
                }
            }
        }
        pointed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_apart_where_the_initials_begin() {
        let read = |name| {
            let author = Author::read(name);
            (author.family, author.initials, author.rank)
        };
        assert_eq!(read("Fumagalli I"), ("Fumagalli", "I", ""));
        assert_eq!(read("van der Berg P-J"), ("van der Berg", "P-J", ""));
        assert_eq!(read("De Rose F"), ("De Rose", "F", ""));
        assert_eq!(read("Smith JA Jr."), ("Smith", "JA", "Jr"));
        assert_eq!(read("SABR-COMET investigators"), ("SABR-COMET investigators", "", ""));
        assert_eq!(read("EORTC"), ("EORTC", "", ""));
        assert_eq!(read("Study Group II"), ("Study Group II", "", ""));
        assert_eq!(read(""), ("", "", ""));
    }

    #[test]
    fn initials_are_spelled_both_ways() {
        let author = Author::read("Müller J-PÉ");
        assert_eq!((author.plain_initials(), author.pointed_initials()), ("JPÉ".to_owned(), "J.-P. É.".to_owned()));
    }
}
