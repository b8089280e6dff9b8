//! Plain numbers are bound and guarded: one change in the data is found at each place that it made stale, and nowhere else.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use forestable::source::WordFile;

use super::{faults, forestable, read, review, sound, write};

const TEXT: &str = "---\ntitle: T\n---\n\n# Abstract\n\n{{ pool(\"pfs-2y\", group=\"retrospective\") | sentence }} \
                    {{ pool(\"pfs-2y\", group=\"prospective\") | sentence }}\n\n# Results\n\n{{ difference(\"pfs-2y\") | sentence }} \
                    {{ pool(\"os-2y\") | text }} were alive.\n\n| Study | PFS |\n|---|---|\n| Lemoine | {{ result(\"pfs-2y\", study=\"lemoine-2021\") | text }} |\n\
                    | Trovo | {{ result(\"pfs-2y\", study=\"trovo-2018\") | text }} |\n\nCaption: PFS of {{ reported(\"pfs-2y\") | text }} series, {{ range(\"pfs-2y\") | text }}.\n";

/// Raises one published figure.
fn change_lemoine(folder: &Path) {
    let path = folder.join("studies/lemoine-2021.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let changed = text.replace(
        "outcome: pfs, at: 2 years, estimate: 58%, ci: [41%, 72%]",
        "outcome: pfs, at: 2 years, estimate: 61%, ci: [44%, 75%]",
    );
    assert_ne!(text, changed);
    fs::write(path, changed).unwrap();
}

/// The numbers of a text with where they stand: each run of figures.
fn numbers(text: &str) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    for (line, words) in text.lines().enumerate() {
        let letters: Vec<char> = words.chars().collect();
        let mut at = 0;
        while at < letters.len() {
            let start = at;
            while at < letters.len()
                && (letters[at].is_ascii_digit()
                    || (letters[at] == '.' && letters.get(at + 1).is_some_and(char::is_ascii_digit)))
            {
                at += 1;
            }
            if at > start {
                let signed = start > 0 && letters[start - 1] == '−';
                let first = if signed { start - 1 } else { start };
                found.push((line + 1, first + 1, letters[first..at].iter().collect()));
            } else {
                at += 1;
            }
        }
    }
    found
}

#[test]
fn a_change_is_found_at_each_stale_place_and_nowhere_else() {
    let folder = review();
    write(folder.path(), "paper.md", TEXT);
    sound(folder.path(), &["weave", "paper.md", "--to", "md", "--keep-bindings"]);
    let before = read(folder.path(), "woven/paper.md");
    write(folder.path(), "final.md", &before);
    sound(folder.path(), &["check", "--manuscript", "final.md"]);

    change_lemoine(folder.path());
    sound(folder.path(), &["weave", "paper.md", "--to", "md", "--keep-bindings"]);
    let after = read(folder.path(), "woven/paper.md");
    let (old, new) = (numbers(&before), numbers(&after));
    assert_eq!(old.len(), new.len());
    let stale: BTreeSet<(usize, usize)> = old
        .iter()
        .zip(&new)
        .filter(|(old, new)| old.2 != new.2)
        .map(|((line, column, _), _)| (*line, *column))
        .collect();
    assert!(stale.len() > 8, "{stale:?}");
    let found = faults(folder.path(), &["check", "--manuscript", "final.md"]);
    assert!(found.iter().all(|(code, ..)| code == "E603"), "{found:?}");
    let found: BTreeSet<(usize, usize)> = found.into_iter().map(|(_, line, column, _)| (line, column)).collect();
    assert_eq!(found, stale);
}

#[test]
fn both_places_are_shown() {
    let folder = review();
    write(folder.path(), "paper.md", "It was 59% (41–72)<!-- pfs-2y:lemoine-2021 -->.\n");
    let output = forestable(folder.path(), &["check", "--manuscript", "paper.md"]);
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("paper.md:1:8") && text.contains("the data give 58"), "{text}");
    assert!(text.contains("studies/lemoine-2021.yaml:"), "{text}");
}

#[test]
fn numbers_of_a_finished_text_are_bound_only_with_consent() {
    let folder = review();
    let text = "# Overall survival\n\nIn prospective series, 2-year overall survival was 78.3% (69.2 to 84.9). Lemoine 2021 had a 2-year \
                progression-free survival of 58% (95% CI 41–72), the 13 series together\nan unrelated 12.34%.\n";
    write(folder.path(), "paper.md", text);
    let shown = sound(folder.path(), &["bind", "paper.md"]);
    let ids: Vec<&str> = shown.lines().filter_map(|line| line.split_once(" → ")?.1.split(' ').next()).collect();
    assert_eq!(ids, ["os-2y@prospective", "pfs-2y:lemoine-2021", "studies"]);
    assert_eq!(read(folder.path(), "paper.md"), text, "nothing is written unasked");
    sound(folder.path(), &["bind", "paper.md", "--write"]);
    let bound = read(folder.path(), "paper.md");
    assert!(bound.contains("(69.2 to 84.9)<!-- os-2y@prospective -->."), "{bound}");
    sound(folder.path(), &["check", "--manuscript", "paper.md"]);
    assert!(sound(folder.path(), &["bind", "paper.md"]).is_empty(), "what is bound is not proposed again");
    change_lemoine(folder.path());
    let found = faults(folder.path(), &["check", "--manuscript", "paper.md"]);
    assert_eq!(found.iter().map(|(code, line, ..)| (code.as_str(), *line)).collect::<Vec<_>>(), [("E603", 3); 3]);
}

#[test]
fn latex_keeps_its_bindings_hidden() {
    let folder = review();
    write(
        folder.path(),
        "paper.tex",
        "In prospective series 2-year overall survival was 78.3\\% (69.2--84.9) of them.\n",
    );
    sound(folder.path(), &["bind", "paper.tex", "--write"]);
    let bound = read(folder.path(), "paper.tex");
    assert!(bound.contains("(69.2--84.9)\\iffalse<!-- os-2y@prospective -->\\fi{} of"), "{bound}");
    sound(folder.path(), &["check", "--manuscript", "paper.tex"]);
    write(folder.path(), "paper.tex", &bound.replace("78.3", "77.3"));
    assert_eq!(faults(folder.path(), &["check", "--manuscript", "paper.tex"]).len(), 1);
}

#[test]
fn a_word_file_is_bound_by_hidden_bookmarks_and_guarded() {
    let folder = review();
    write(folder.path(), "paper.md", TEXT);
    sound(folder.path(), &["weave", "paper.md", "--to", "docx"]);
    let path = folder.path().join("final.docx");
    fs::copy(folder.path().join("woven/paper.docx"), &path).unwrap();
    let before = WordFile::read(fs::read(&path).unwrap()).unwrap();
    sound(folder.path(), &["bind", "final.docx", "--write"]);
    let after = WordFile::read(fs::read(&path).unwrap()).unwrap();
    assert_eq!(before.text, after.text, "the words are as they were");
    let names: Vec<&str> =
        after.bookmarks.iter().map(|(name, _)| name.as_str()).filter(|name| name.starts_with("_fs")).collect();
    assert!(names.len() >= 5 && names.iter().all(|name| name.len() <= 40), "{names:?}");
    sound(folder.path(), &["check", "--manuscript", "final.docx"]);
    change_lemoine(folder.path());
    let found = faults(folder.path(), &["check", "--manuscript", "final.docx"]);
    assert!(found.len() > 5 && found.iter().all(|(code, ..)| code == "E603"), "{found:?}");
}
