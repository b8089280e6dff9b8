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

/// Weaves the text before and after a change of the data, and returns where its numbers went stale, and where the guard says so.
fn stale_and_found(ending: &str, words: fn(&Path) -> String) -> [BTreeSet<(usize, usize)>; 2] {
    let folder = review();
    write(folder.path(), "paper.md", TEXT);
    let weave = ["weave", "paper.md", "--to", ending, "--keep-bindings"];
    let (woven, kept) = (folder.path().join(format!("woven/paper.{ending}")), format!("final.{ending}"));
    sound(folder.path(), &weave);
    fs::copy(&woven, folder.path().join(&kept)).unwrap();
    sound(folder.path(), &["check", &kept]);
    sound(folder.path(), &["check", "--manuscript", &kept]);
    let before = words(&woven);
    change_lemoine(folder.path());
    sound(folder.path(), &weave);
    let (old, new) = (numbers(&before), numbers(&words(&woven)));
    assert_eq!(old.len(), new.len());
    let changed = old.iter().zip(&new).filter(|(old, new)| old.2 != new.2);
    let stale = changed.map(|((line, column, _), _)| (*line, *column)).collect();
    let found = faults(folder.path(), &["check", &kept]);
    assert!(found.iter().all(|(code, ..)| code == "E603"), "{found:?}");
    [stale, found.into_iter().map(|(_, line, column, _)| (line, column)).collect()]
}

#[test]
fn a_change_is_found_at_each_stale_place_and_nowhere_else() {
    let [stale, found] = stale_and_found("md", |path| fs::read_to_string(path).unwrap());
    assert!(stale.len() > 8, "{stale:?}");
    assert_eq!(found, stale);
}

/// The bookmarks of a woven Word file are there from the start; nothing of them is seen in the text.
#[test]
fn a_change_is_found_at_each_stale_place_of_a_word_file_and_nowhere_else() {
    fn words(path: &Path) -> String {
        let word = WordFile::read(fs::read(path).unwrap()).unwrap();
        assert!(!word.text.contains("<!--"), "{}", word.text);
        word.text
    }
    let [stale, found] = stale_and_found("docx", words);
    assert!(stale.len() > 8, "{stale:?}");
    assert_eq!(found, stale);
}

/// Tables and captions that the program itself wrote: a co-author's copy of them is bound by what the numbers are.
#[test]
fn tables_and_captions_of_a_word_file_are_guarded() {
    let folder = review();
    let text = "---\ntitle: T\n---\n\nSee {{ ref(table=\"retrospective\") }}.\n\n{{ table(\"retrospective\") }}\n\nFigure 1. 2-year \
                progression-free survival of Lemoine 2021: {{ result(\"pfs-2y\", study=\"lemoine-2021\") | text }}.\n";
    write(folder.path(), "paper.md", text);
    sound(folder.path(), &["weave", "paper.md", "--to", "docx"]);
    fs::copy(folder.path().join("woven/paper.docx"), folder.path().join("final.docx")).unwrap();
    let shown = sound(folder.path(), &["bind", "final.docx", "--write"]);
    sound(folder.path(), &["check", "final.docx"]);
    assert!(shown.contains("58% (41–72) → pfs-2y:lemoine-2021"), "{shown}");
    assert!(shown.contains("22.8% (5.5–47.2) → pfs-2y@retrospective"), "{shown}");
    change_lemoine(folder.path());
    let output = forestable(folder.path(), &["check", "final.docx"]);
    let words = String::from_utf8(output.stderr).unwrap();
    // The cell of the study, the pooled row of its table, and the caption; no other row.
    let pointed: Vec<&str> = words.lines().filter_map(|line| line.split_once(" | ")).map(|(_, row)| row).collect();
    assert!(words.contains("the data give 61") && words.contains("the data give 23"), "{words}");
    let rows = words.lines().filter(|line| line.contains("| | ")).count();
    assert!(rows >= 2 && !words.contains("Onal") && !words.contains("Bhattacharya"), "{rows} {pointed:?} {words}");
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
