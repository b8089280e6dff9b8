//! Every fault of a manuscript is named with its place, and nothing is written.

use std::fs;
use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{faults, forestable, read, review, write};

/// Code, line and column of each fault of a manuscript.
fn places(name: &str, text: &str) -> Vec<(String, usize, usize)> {
    let folder = review();
    write(folder.path(), name, text);
    let found = faults(folder.path(), &["check", "--manuscript", name]);
    let output = forestable(folder.path(), &["weave", name]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!folder.path().join("woven").exists(), "something was written");
    assert_eq!(read(folder.path(), name), text);
    found.into_iter().map(|(code, line, column, _)| (code, line, column)).collect()
}

fn at(code: &str, line: usize, column: usize) -> (String, usize, usize) {
    (code.to_owned(), line, column)
}

#[test]
fn every_unknown_name_is_found_with_its_place() {
    let text = "One {{ pool(\"os-2yr\").k }}\nTwo {{ study(\"weykamp-2021\").cite }} and {{ pool(\"os-2y\").estimat | percent }}\n\
                {{ pool(\"os-2y\", group=\"prospectiv\") | text }}\n";
    assert_eq!(places("paper.md", text), [at("E602", 1, 8), at("E602", 2, 8), at("E601", 2, 45), at("E602", 3, 4)]);
}

#[test]
fn the_nearest_name_is_offered() {
    let folder = review();
    write(folder.path(), "paper.md", "One {{ pool(\"os-2yr\").k }}\n");
    let output = forestable(folder.path(), &["check", "--manuscript", "paper.md"]);
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("paper.md:1:8") && text.contains("write `os-2y`"), "{text}");
    write(folder.path(), "paper.md", "One {{ pool(\"nothing-like-it\").k }}\n");
    let text = String::from_utf8(forestable(folder.path(), &["check", "--manuscript", "paper.md"]).stderr).unwrap();
    assert!(text.contains("help: name one that the review has"), "{text}");
}

#[test]
fn a_broken_tag_or_filter_is_found() {
    assert_eq!(places("paper.md", "A\n\n{{ pool(\"os-2y\" }}\n").first(), Some(&at("E601", 3, 17)));
    assert_eq!(
        places("paper.md", "{{ pool(\"os-2y\").estimate | percentt }}\n").first().map(|place| place.0.as_str()),
        Some("E601")
    );
    assert_eq!(
        places("paper.md", "---\nnumbers: lancett\n---\n{{ count(\"studies\") | text }}\n"),
        [at("E601", 2, 10)]
    );
}

#[test]
fn a_pool_without_series_has_no_estimate() {
    let text = "{{ pool(\"pfs-3y\", group=\"prospective\").estimate | percent }}\n";
    assert_eq!(places("paper.md", text).first().map(|place| place.0.as_str()), Some("E601"));
}

#[test]
fn what_is_spoken_of_must_be_shown() {
    assert_eq!(places("paper.md", "See {{ ref(figure=\"os-2y-forest\") }}.\n"), [at("E606", 1, 20)]);
    assert_eq!(
        places("paper.md", "---\nbibliography: none.bib\n---\n{{ count(\"studies\") | text }}\n"),
        [at("E606", 2, 15)]
    );
}

#[test]
fn parts_that_include_one_another_are_found() {
    let folder = review();
    write(
        folder.path(),
        "paper.md",
        "{% include \"a.md\" %}\n{% include \"none.md\" %}\n{% include \"../paper.md\" %}\n",
    );
    write(folder.path(), "a.md", "A\n{% include \"b.md\" %}\n");
    write(folder.path(), "b.md", "{% include \"a.md\" %}\n");
    let found = faults(folder.path(), &["check", "--manuscript", "paper.md"]);
    let codes: Vec<(&str, usize, usize)> =
        found.iter().map(|(code, line, column, _)| (code.as_str(), *line, *column)).collect();
    assert_eq!(codes, [("E605", 1, 13), ("E606", 2, 13), ("E606", 3, 13)]);
    assert_eq!(read(folder.path(), "a.md"), "A\n{% include \"b.md\" %}\n");
}

#[test]
fn another_encoding_is_named() {
    let folder = review();
    fs::write(folder.path().join("paper.md"), b"\xdcberleben {{ pool(\"os-2y\") | text }}").unwrap();
    let found = faults(folder.path(), &["check", "--manuscript", "paper.md"]);
    assert_eq!((found[0].0.as_str(), found[0].1, found[0].2), ("E101", 1, 1));
    let output = forestable(folder.path(), &["bind", "paper.md", "--write"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(fs::read(folder.path().join("paper.md")).unwrap()[0], 0xdc);
}

/// A Word file of this body.
fn word(body: &str) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("word/document.xml", SimpleFileOptions::default()).unwrap();
    let namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    write!(zip, "<w:document xmlns:w=\"{namespace}\"><w:body>{body}</w:body></w:document>").unwrap();
    zip.finish().unwrap().into_inner()
}

#[test]
fn tracked_changes_are_named_and_nothing_is_written() {
    let folder = review();
    let body = "<w:p><w:r><w:t>One</w:t></w:r></w:p><w:p><w:r><w:t>Two </w:t></w:r><w:ins w:id=\"1\"><w:r><w:t>58%</w:t></w:r></w:ins></w:p>";
    let bytes = word(body);
    fs::write(folder.path().join("paper.docx"), &bytes).unwrap();
    let found = faults(folder.path(), &["check", "--manuscript", "paper.docx"]);
    assert_eq!((found[0].0.as_str(), found[0].1, found[0].2), ("E607", 2, 5));
    assert_eq!(forestable(folder.path(), &["bind", "paper.docx", "--write"]).status.code(), Some(1));
    assert_eq!(fs::read(folder.path().join("paper.docx")).unwrap(), bytes);
}

#[test]
fn what_is_no_word_file_is_named() {
    let folder = review();
    write(folder.path(), "paper.docx", "plain");
    let output = forestable(folder.path(), &["check", "--manuscript", "paper.docx"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("E113"));
    assert_eq!(forestable(folder.path(), &["weave", "paper.odt"]).status.code(), Some(2));
}

#[test]
fn a_binding_must_bind_something() {
    let text = "58% (41–72)<!-- pfs-2y:lemoine-2022 -->\n\nnothing<!-- pfs-2y -->\n\n40.5% (7.1–73.4; 12)<!-- pfs-2y@prospective -->\n";
    let folder = review();
    write(folder.path(), "paper.md", text);
    let found = faults(folder.path(), &["check", "--manuscript", "paper.md"]);
    let places: Vec<(&str, usize, usize)> =
        found.iter().map(|(code, line, column, _)| (code.as_str(), *line, *column)).collect();
    assert_eq!(places, [("E604", 1, 17), ("E604", 3, 13), ("E604", 5, 18)]);
}
