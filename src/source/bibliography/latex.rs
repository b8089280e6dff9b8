//! LaTeX's spellings of letters, as bibliographies have them.

use unicode_normalization::UnicodeNormalization;

/// Accents: the command's character, and the mark that follows the letter.
const ACCENTS: [(char, char); 14] = [
    ('`', '\u{300}'),
    ('\'', '\u{301}'),
    ('^', '\u{302}'),
    ('~', '\u{303}'),
    ('=', '\u{304}'),
    ('u', '\u{306}'),
    ('.', '\u{307}'),
    ('"', '\u{308}'),
    ('r', '\u{30a}'),
    ('H', '\u{30b}'),
    ('v', '\u{30c}'),
    ('d', '\u{323}'),
    ('c', '\u{327}'),
    ('k', '\u{328}'),
];

/// Commands that are letters or signs.
const LETTERS: [(&str, &str); 16] = [
    ("ss", "ß"),
    ("ae", "æ"),
    ("AE", "Æ"),
    ("oe", "œ"),
    ("OE", "Œ"),
    ("aa", "å"),
    ("AA", "Å"),
    ("o", "ø"),
    ("O", "Ø"),
    ("l", "ł"),
    ("L", "Ł"),
    ("i", "i"),
    ("j", "j"),
    ("textendash", "–"),
    ("textemdash", "—"),
    ("textquoteright", "’"),
];

/// Returns the text as it is read: `Müller` of `M{\"u}ller`; braces and commands that only change its looks are gone.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        rest = &rest[letter.len_utf8()..];
        match letter {
            '\\' => rest = command(rest, &mut plain),
            '{' | '}' | '$' => {}
            '~' => plain.push(' '),
            '-' if rest.starts_with('-') => {
                rest = rest.trim_start_matches('-');
                plain.push('–');
            }
            letter => plain.push(letter),
        }
    }
    plain.nfc().collect()
}

/// Reads what follows a backslash, and returns what is left.
fn command<'a>(text: &'a str, plain: &mut String) -> &'a str {
    let Some(first) = text.chars().next() else { return text };
    let name = &text[..text.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(text.len())];
    let after = |length: usize| &text[length..];
    if name.is_empty() || name.len() == 1 {
        let rest = after(first.len_utf8());
        if let Some((_, mark)) = ACCENTS.iter().find(|(accent, _)| *accent == first)
            && let Some((letter, rest)) = argument(rest)
        {
            plain.extend([letter, *mark]);
            return rest;
        }
    }
    if name.is_empty() {
        // `\&`, `\%`: the sign itself.
        plain.push(first);
        return after(first.len_utf8());
    }
    plain.push_str(LETTERS.iter().find(|(known, _)| *known == name).map_or("", |(_, letter)| letter));
    after(name.len()).trim_start()
}

/// Returns the letter that an accent stands on, in braces or not, and what follows it.
fn argument(text: &str) -> Option<(char, &str)> {
    let text = text.trim_start();
    let inner = text.strip_prefix('{').unwrap_or(text);
    let inner = inner.strip_prefix('\\').unwrap_or(inner);
    let letter = inner.chars().next().filter(|letter| letter.is_alphabetic())?;
    Some((letter, inner.get(letter.len_utf8()..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_read_as_they_are_printed() {
        for (latex, expected) in [
            (r#"M{\"u}ller, M\"uller and M{\"{u}}ller"#, "Müller, Müller and Müller"),
            (r"Giaj-Levra, Niccol{\`o}", "Giaj-Levra, Niccolò"),
            (r"Garc{\'\i}a, \v{S}imi\'c, \c{C}elik", "García, Šimić, Çelik"),
            (r"{\O}stergaard and \L{}ukasz, Stra{\ss}e", "Østergaard and Łukasz, Straße"),
            (r"A {\textit{phase} II} trial \& more: 5\% of \$10", "A phase II trial & more: 5% of $10"),
            ("177--180~ff", "177–180 ff"),
            (r"broken \", "broken "),
            (r"\'{}", "'"),
        ] {
            assert_eq!(plain(latex), expected, "{latex}");
        }
    }
}
