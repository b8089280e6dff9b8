//! What weaving makes of a manuscript.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::Path;

use forestable::source::WordFile;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{forestable, read, review, sound, write};

fn example() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/manuscript.md")).unwrap()
}

#[test]
fn the_example_is_woven_in_four_formats_and_twice_alike() {
    let folder = review();
    write(folder.path(), "paper.md", &example());
    sound(folder.path(), &["weave", "paper.md"]);
    sound(folder.path(), &["weave", "paper.md", "--out", "again"]);
    for ending in ["md", "html", "tex", "docx"] {
        let bytes = |place: &str| fs::read(folder.path().join(place).join(format!("paper.{ending}"))).unwrap();
        assert_eq!(bytes("woven"), bytes("again"), "{ending}");
    }
    let texts = ["md", "html", "tex"].map(|ending| read(folder.path(), &format!("woven/paper.{ending}")));
    let word = WordFile::read(fs::read(folder.path().join("woven/paper.docx")).unwrap()).unwrap();
    for text in texts.iter().chain([&word.text]) {
        assert!(text.contains("2-year overall survival was 67.2"), "a pool");
        assert!(!text.contains("{{ ") && !text.contains(['\u{e000}', '\u{e001}', '\u{1}']), "a tag is left");
    }
    assert_eq!(read(folder.path(), "paper.md"), example());
}

#[test]
fn what_a_text_speaks_of_first_has_the_first_number() {
    let folder = review();
    let text = "See {{ ref(table=\"toxicity\") }}, {{ ref(figure=\"os-2y-forest\") }}.\n\n{{ table(\"comparison\") }}\n\n\
                {{ table(\"toxicity\") }}\n\n{{ figure(\"os-2y-forest\") }}\n\n{{ table(\"retrospective\", supplement=true) }}\n";
    write(folder.path(), "paper.md", text);
    sound(folder.path(), &["weave", "paper.md"]);
    let woven = read(folder.path(), "woven/paper.md");
    assert!(woven.starts_with("See Table 1, Figure 1."), "{woven}");
    for caption in ["Table 1. Toxicity", "Table 2. Retrospective and prospective", "Table S1. Review of the literature"]
    {
        assert!(woven.contains(caption), "{caption}");
    }
    let latex = read(folder.path(), "woven/paper.tex");
    assert!(latex.contains("\\setcounter{table}{1}") && latex.contains("\\thetable}{S\\arabic{table}}"));
    let word = WordFile::read(fs::read(folder.path().join("woven/paper.docx")).unwrap()).unwrap();
    assert!(word.text.contains("Table 2. Retrospective") && word.text.contains("Table S1. Review"), "{}", word.text);
}

#[test]
fn works_are_numbered_as_they_appear_in_text_and_tables() {
    let folder = review();
    let text = "First {{ study(\"weykamp-2020\").cite }}, then {{ cite(\"trovo-2018, onal-2018, higgins\") }}.\n\n\
                {{ table(\"prospective\") }}\n";
    write(
        folder.path(),
        "refs.bib",
        "@article{higgins, author={Higgins, Julian P. T. and Thompson, Simon G.}, title={Quantifying heterogeneity in a meta-analysis}, journal={Statistics in Medicine}, year={2002}, volume={21}, pages={1539--1558}}\n",
    );
    let front = |style: &str| format!("---\nbibliography: refs.bib\ncitations: {style}\n---\n{text}");
    let woven = |style: &str| {
        write(folder.path(), "paper.md", &front(style));
        sound(folder.path(), &["weave", "paper.md", "--to", "md"]);
        read(folder.path(), "woven/paper.md")
    };
    let vancouver = woven("vancouver");
    assert!(vancouver.contains("First (1), then (2–4)."), "{vancouver}");
    assert!(vancouver.contains("| Milano et al. 2012 (5)"), "a row cites its study");
    assert!(vancouver.contains(
        "4. Higgins JPT, Thompson SG. Quantifying heterogeneity in a meta-analysis. Stat Med. 2002;21:1539-58."
    ));
    assert!(woven("frontiers").contains("First (1), then (2–4)."));
    assert!(woven("ama").contains("First ^1^, then ^2-4^."));
    let apa = woven("apa");
    assert!(apa.contains(
        "First (Weykamp et al., 2020), then (Higgins \\& Thompson, 2002; Onal et al., 2018; Trovo et al., 2018)."
    ));
}

/// As the ICMJE asks: a work that only a table cites has its number from where the text first speaks of the table.
#[test]
fn works_of_a_table_are_numbered_where_the_text_speaks_of_it() {
    let folder = review();
    let text = "See {{ ref(table=\"toxicity\") }}, {{ ref(figure=\"pfs-2y-forest\") }} and {{ study(\"scorsetti-2018\").cite }}.\n\n\
                {{ references() }}\n\n{{ figure(\"pfs-2y-forest\") }}\n\n{{ table(\"toxicity\") }}\n";
    write(folder.path(), "paper.md", text);
    sound(folder.path(), &["weave", "paper.md", "--to", "md"]);
    let woven = read(folder.path(), "woven/paper.md");
    assert!(woven.contains("\n1. Fumagalli I") && woven.contains("| Fumagalli et al. 2012 (1)"), "{woven}");
    assert!(woven.contains("See Table 1, Figure 1 and (6)."), "{woven}");
    assert!(woven.contains("Series: 1,3–5,7,10,11."), "{woven}");
}

#[test]
fn journals_have_their_own_signs() {
    let folder = review();
    let text = "{{ pool(\"os-2y\") | text }}; {{ pool(\"os-2y\").estimate | percent(digits=0) }}; {{ pool(\"pfs-2y\").p | p }}; \
                {{ reported(\"os-2y\") | text }}; {{ range(\"os-2y\") | text }}; {{ 0.042 | p(style=\"jama\") }}\n";
    write(folder.path(), "paper.md", text);
    let woven = |style: &str| {
        sound(folder.path(), &["weave", "paper.md", "--to", "md", "--numbers", style]);
        read(folder.path(), "woven/paper.md")
    };
    assert_eq!(woven("plain"), "73.0% (95% CI 61.8–81.4); 73%; P \\< 0.001; 9 of 13; 57.0–95.0%; P = .04\n");
    assert_eq!(woven("lancet"), "73·0% (95% CI 61·8–81·4); 73%; p\\<0·001; 9 of 13; 57·0–95·0%; P = .04\n");
}

#[test]
fn quarto_and_latex_stay_theirs() {
    let folder = review();
    let quarto = "---\ntitle: T\n---\n\n# Methods {#sec-methods}\n\n{{< include _x.qmd >}}\n\n```{r}\nf <- function(x) {{ x }}\n```\n\n\
                  {{ pool(\"os-2y\") | text }} {{ study(\"trovo-2018\").cite }}, {{ ref(table=\"comparison\") }}.\n\n{{ table(\"comparison\") }}\n\n{{ figure(\"os-2y-forest\") }}\n";
    write(folder.path(), "paper.qmd", quarto);
    sound(folder.path(), &["weave", "paper.qmd"]);
    let woven = read(folder.path(), "woven/paper.qmd");
    for kept in [
        "# Methods {#sec-methods}",
        "{{< include _x.qmd >}}",
        "f <- function(x) {{ x }}",
        "[@trovo-2018], @tbl-comparison.",
        "{#tbl-comparison}",
        "{#fig-os-2y-forest fig-alt=",
    ] {
        assert!(woven.contains(kept), "{kept}\n{woven}");
    }
    let latex = "\\title{{SABR}}\n\\newcommand{\\x}[1]{{\\bf #1}}{%\n}\n{{ pool(\"os-2y\") | text }} {{ study(\"trovo-2018\").cite }}, {{ ref(figure=\"os-2y-forest\") }}\n\n{{ figure(\"os-2y-forest\") }}\n";
    write(folder.path(), "paper.tex", latex);
    sound(folder.path(), &["weave", "paper.tex"]);
    let woven = read(folder.path(), "woven/paper.tex");
    for kept in [
        "\\title{{SABR}}",
        "{{\\bf #1}}{%",
        "73.0\\% (95\\% CI",
        "\\cite{trovo-2018}, Figure~\\ref{figure-os-2y-forest}",
        "\\includegraphics",
    ] {
        assert!(woven.contains(kept), "{kept}\n{woven}");
    }
}

#[test]
fn the_manuscript_itself_is_never_written_to() {
    let folder = review();
    write(folder.path(), "paper.md", "Alive: {{ pool(\"os-2y\") | text }}\n");
    let output = forestable(folder.path(), &["weave", "paper.md", "--out", "."]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("is the manuscript itself"));
    assert_eq!(read(folder.path(), "paper.md"), "Alive: {{ pool(\"os-2y\") | text }}\n");
}

#[test]
fn a_word_file_takes_the_styles_of_a_journals() {
    let folder = review();
    write(folder.path(), "paper.md", "# A\n\n{{ pool(\"os-2y\") | text }}\n");
    sound(folder.path(), &["weave", "paper.md", "--to", "docx"]);
    let bytes = |name: &str| fs::read(folder.path().join(name)).unwrap();
    let own = WordFile::styles(&bytes("woven/paper.docx")).unwrap();
    let theirs = own.replace("<w:styles", "<!-- of a journal --><w:styles");
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("word/styles.xml", SimpleFileOptions::default()).unwrap();
    zip.write_all(theirs.as_bytes()).unwrap();
    fs::write(folder.path().join("journal.docx"), zip.finish().unwrap().into_inner()).unwrap();
    sound(folder.path(), &["weave", "paper.md", "--to", "docx", "--reference-doc", "journal.docx"]);
    assert!(WordFile::styles(&bytes("woven/paper.docx")).unwrap().contains("of a journal"));
    write(folder.path(), "journal.docx", "no Word file");
    let output = forestable(folder.path(), &["weave", "paper.md", "--reference-doc", "journal.docx"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_heading_goes_with_its_table_onto_the_page_turned_for_it() {
    let folder = review();
    write(folder.path(), "paper.md", "Words.\n\n## Of tables\n\n{{ table(\"retrospective\") }}\n\n## After\n\nMore.\n");
    sound(folder.path(), &["weave", "paper.md", "--to", "docx"]);
    let file = fs::File::open(folder.path().join("woven/paper.docx")).unwrap();
    let mut archive = zip::ZipArchive::new(file).unwrap();
    let xml = std::io::read_to_string(archive.by_name("word/document.xml").unwrap()).unwrap();
    let at = |words: &str| xml.find(words).unwrap_or_else(|| panic!("{words}"));
    let breaks: Vec<usize> = xml.match_indices("<w:sectPr>").map(|(at, _)| at).collect();
    assert_eq!(breaks.len(), 3);
    assert!(at("Words.") < breaks[0] && breaks[0] < at("Of tables") && at("Of tables") < breaks[1]);
    assert!(breaks[1] < at("After") && xml[breaks[1]..].find("landscape").is_some_and(|found| found < 100));
}

#[test]
fn a_build_weaves_the_reviews_own_manuscript_and_fills_the_checklists() {
    let folder = review();
    fs::create_dir(folder.path().join("templates")).unwrap();
    write(folder.path(), "templates/manuscript.md", "# Abstract\n\n{{ pool(\"os-2y\") | sentence }}\n");
    sound(folder.path(), &["build"]);
    let manifest = read(folder.path(), "output/manifest.json");
    for file in ["manuscript.md", "manuscript.html", "manuscript.tex", "manuscript.docx", "checklists/prisma-2020.md"] {
        assert!(manifest.contains(&format!("\"path\": \"{file}\"")), "{file} is not in the manifest");
    }
    assert!(read(folder.path(), "output/manuscript.md").contains("Two-year overall survival was 73.0%"));
    let checklist = read(folder.path(), "output/checklists/prisma-2020.md");
    assert!(checklist.contains("manuscript, “Abstract”") && checklist.contains("| open |"), "{checklist}");
    write(folder.path(), "templates/manuscript.md", "{{ pool(\"os-2yr\") | sentence }}\n");
    let output = forestable(folder.path(), &["build"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("templates/manuscript.md:1:4"));
    assert!(read(folder.path(), "output/manuscript.md").contains("73.0%"), "the last good output stands");
}
