//! Citations in a style of the user's own.

use super::{forestable, read, review, sound, write};

/// A style as journals ask for them: numbers in brackets, a bold volume, its own label.
const BRACKETS: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0">
  <info><title>T</title><id>t</id><updated>2020-01-01T00:00:00Z</updated><category citation-format="numeric"/></info>
  <citation collapse="citation-number">
    <sort><key variable="citation-number"/></sort>
    <layout prefix="[" suffix="]" delimiter=","><text variable="citation-number"/></layout>
  </citation>
  <bibliography second-field-align="flush" et-al-min="3" et-al-use-first="1">
    <layout suffix=".">
      <text variable="citation-number" prefix="[" suffix="]"/>
      <names variable="author" suffix=". "><name name-as-sort-order="all" initialize-with="." delimiter=", "/></names>
      <text variable="title" suffix=". "/>
      <text variable="container-title" form="short" font-style="italic" suffix=" "/>
      <text variable="volume" font-weight="bold"/>
      <date variable="issued" prefix=" (" suffix=")"><date-part name="year"/></date>
    </layout>
  </bibliography>
</style>
"#;

/// Without pandoc nothing reads such a style; `FORESTABLE_REQUIRE_TOOLS=1` says that it must be there.
fn pandoc() -> bool {
    let there = std::process::Command::new("pandoc").arg("--version").output().is_ok();
    assert!(there || std::env::var("FORESTABLE_REQUIRE_TOOLS").as_deref() != Ok("1"), "pandoc is needed here");
    there
}

const TEXT: &str = "---\ncitations: journal.csl\nbibliography: refs.bib\n---\nFirst {{ study(\"weykamp-2020\").cite }}, then \
                    {{ cite(\"trovo-2018, onal-2018, higgins\") }}.\n\n{{ table(\"toxicity\") }}\n";

const BIB: &str = "@article{higgins, author={Higgins, Julian P. T. and Thompson, Simon G.}, title={1. *Quantifying* <i> \
                   & 5\\% of \"it\"}, journal={Statistics in Medicine}, year={2002}, volume={21}}\n";

#[test]
fn a_style_of_the_users_own_formats_marks_and_entries() {
    if !pandoc() {
        return;
    }
    let folder = review();
    write(folder.path(), "journal.csl", BRACKETS);
    write(folder.path(), "refs.bib", BIB);
    write(folder.path(), "paper.md", TEXT);
    sound(folder.path(), &["weave", "paper.md", "--to", "md,html,tex"]);
    let woven = read(folder.path(), "woven/paper.md");
    assert!(
        woven.contains("First \\[1\\], then \\[2-4\\].") || woven.contains("First \\[1\\], then \\[2–4\\]."),
        "{woven}"
    );
    assert!(woven.contains("| Fumagalli et al. 2012 \\[5\\] |"), "{woven}");
    let entries = "\\[2\\] Trovo, M. et al. Radical Radiation Therapy for Oligometastatic Breast Cancer: Results of a \
                   Prospective Phase II Trial. *Radiother Oncol* **126** (2018).";
    assert!(woven.contains(entries), "{woven}");
    assert!(woven.contains("1. \\*Quantifying\\* \\<i\\> \\& 5% of \\\"it\\\". *Stat Med* **21**"), "{woven}");
    let html = read(folder.path(), "woven/paper.html");
    assert!(html.contains("[2] Trovo, M. et al.") && html.contains("<b>126</b>"), "{html}");
    assert!(read(folder.path(), "woven/paper.tex").contains("\\item[{{[}2{]}}] Trovo"));
}

#[test]
fn a_style_by_author_takes_the_name_in_a_table_for_its_citation() {
    if !pandoc() {
        return;
    }
    let folder = review();
    let style = BRACKETS
        .replace("\"numeric\"", "\"author-date\"")
        .replace(" collapse=\"citation-number\"", "")
        .replace("<sort><key variable=\"citation-number\"/></sort>", "")
        .replace(
            "prefix=\"[\" suffix=\"]\" delimiter=\",\"><text variable=\"citation-number\"/>",
            "prefix=\"(\" suffix=\")\"><names variable=\"author\"><name form=\"short\"/></names>",
        )
        .replace("<text variable=\"citation-number\" prefix=\"[\" suffix=\"]\"/>", "");
    write(folder.path(), "own.csl", &style);
    write(folder.path(), "paper.md", "As {{ study(\"onal-2018\").cite }} says.\n\n{{ table(\"toxicity\") }}\n");
    sound(folder.path(), &["weave", "paper.md", "--to", "md", "--citations", "own.csl"]);
    let woven = read(folder.path(), "woven/paper.md");
    assert!(woven.contains("As (Onal"), "{woven}");
    assert!(woven.contains("| Fumagalli et al. 2012 |"), "{woven}");
    assert!(woven.contains("\nFumagalli, I. et al. A single-institution"), "{woven}");
}

#[test]
fn a_style_that_cannot_serve_is_named() {
    let folder = review();
    write(folder.path(), "paper.md", &TEXT.replace("bibliography: refs.bib\n", "").replace(", higgins", ""));
    let says = |folder: &std::path::Path| {
        let output = forestable(folder, &["weave", "paper.md"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(!folder.join("woven").exists());
        String::from_utf8(output.stderr).unwrap()
    };
    let words = says(folder.path());
    assert!(words.contains("paper.md:2:12") && words.contains("it cannot be read"), "{words}");
    write(folder.path(), "journal.csl", "no style");
    assert!(says(folder.path()).contains("it is no CSL style"));
    write(folder.path(), "journal.csl", &BRACKETS.replace("class=\"in-text\"", "class=\"note\""));
    assert!(says(folder.path()).contains("it puts citations into footnotes"));
    let parent = "<link rel=\"independent-parent\" href=\"http://www.zotero.org/styles/apa\"/></info>";
    write(folder.path(), "journal.csl", &BRACKETS.replace("</info>", parent));
    assert!(says(folder.path()).contains("name that one, http://www.zotero.org/styles/apa"));
}
