//! What an author meets: new files from records, a new review, safe mends, the page that follows every save.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use tempfile::TempDir;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The small sound review of the checks, in a folder of its own.
fn base() -> TempDir {
    let review = TempDir::new().unwrap();
    fs::create_dir(review.path().join("studies")).unwrap();
    for file in ["review.yaml", "studies/base-2020.yaml"] {
        fs::copy(root().join("tests/checks/base").join(file), review.path().join(file)).unwrap();
    }
    review
}

fn record(name: &str) -> String {
    root().join("tests/records").join(name).to_str().unwrap().to_owned()
}

fn program(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forestable"));
    command.arg("-C").arg(folder).args(args);
    command
}

fn forestable(folder: &Path, args: &[&str]) -> Output {
    program(folder, args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn study(folder: &Path, id: &str) -> (PathBuf, String) {
    let path = folder.join("studies").join(format!("{id}.yaml"));
    let text = fs::read_to_string(&path).unwrap_or_else(|_| panic!("{} was not written", path.display()));
    (path, text)
}

#[test]
fn a_record_fills_the_reference_in() {
    let cases: [(&str, &str, &[&str]); 4] = [
        (
            "trovo.ris",
            "trovo-2018",
            &[
                "authors: [Trovò M, Furlan C, Giaj-Levra N]",
                "title: \"Radical radiation therapy for oligometastatic breast cancer: results of a prospective phase II trial\"",
                "journal: Radiotherapy and Oncology",
                "year: 2018",
                "pages: 177-180",
                "doi: 10.1016/j.radonc.2017.08.032",
                "url: \"https://doi.org/10.1016/j.radonc.2017.08.032\"",
                "#   Background: fifty-four patients were enrolled. \"2-year\" PFS was 53%.",
            ],
        ),
        (
            "berg.bib",
            "van-der-berg-2019",
            &[
                "authors: [van der Berg PJ, Müller A, et al.]",
                "title: \"SBRT for oligometastases: a series\"",
                "pages: 100-108",
            ],
        ),
        (
            "milano.nbib",
            "milano-2012",
            &[
                "authors: [Milano MT, Zhang H]",
                "journal: Breast cancer research and treatment",
                "pmid: 22772363",
                "pmcid: PMC1234567",
            ],
        ),
        (
            "palma.json",
            "palma-2019",
            &[
                "authors: [Palma DA, SABR-COMET Investigators]",
                "journal: The Lancet",
                "doi: 10.1016/S0140-6736(18)32487-5",
            ],
        ),
    ];
    for (file, id, expected) in cases {
        let review = base();
        let output = forestable(review.path(), &["new", "--from", &record(file)]);
        assert_eq!(output.status.code(), Some(0), "{file}: {}", text(&output.stderr));
        let (_, text_of_study) = study(review.path(), id);
        for line in expected {
            assert!(text_of_study.contains(line), "{file}: {line}\n{text_of_study}");
        }
        let findings = text(&forestable(review.path(), &["check", "--format", "short"]).stderr);
        let other = findings
            .lines()
            .find(|line| line.contains("error") && !line.contains("[E108]") && line.starts_with("studies"));
        assert_eq!(other, None, "{file}: only blanks are left");
        assert!(!findings.contains("`title`") && !findings.contains("`authors`"), "{findings}");
    }
}

#[test]
fn several_records_make_several_studies() {
    let review = base();
    let output = forestable(review.path(), &["new", "--from", &record("milano.nbib")]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    study(review.path(), "milano-2012");
    let (_, second) = study(review.path(), "second-2020");
    assert!(second.contains("title: Another\n"), "{second}");
    let output = forestable(review.path(), &["new", "mine-2020", "--from", &record("milano.nbib")]);
    assert!(text(&output.stderr).contains("there are 2 records and one id"), "{}", text(&output.stderr));
}

#[test]
fn records_make_all_their_studies_or_none_and_none_twice() {
    let review = base();
    fs::write(review.path().join("studies/second-2020.yaml"), "reference: {}\n").unwrap();
    let refused = |args: &[&str]| {
        let output = forestable(review.path(), args);
        assert_eq!(output.status.code(), Some(2));
        text(&output.stderr)
    };
    let said = refused(&["new", "--from", &record("milano.nbib")]);
    assert!(said.contains("second-2020.yaml` is there already: nothing was written"), "{said}");
    assert!(!review.path().join("studies/milano-2012.yaml").exists(), "nor the one before it");
    let (_, sound) = study(review.path(), "base-2020");
    let doi = sound.lines().find_map(|line| line.trim().strip_prefix("doi: ")).unwrap();
    let said = refused(&["new", "again-2020", "--from", &doi.to_uppercase()]);
    assert!(said.contains("`studies/base-2020.yaml` is of this publication already"), "{said}");
    assert_eq!(forestable(review.path(), &["new", "base-2020.a", "--from", doi]).status.code(), Some(0));
}

#[test]
fn a_record_can_be_pasted() {
    let review = base();
    let mut child = program(review.path(), &["new", "--from", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(&fs::read(record("trovo.ris")).unwrap()).unwrap();
    assert!(child.wait().unwrap().success());
    assert!(study(review.path(), "trovo-2018").1.contains("doi: 10.1016/j.radonc.2017.08.032"));
}

#[test]
fn a_bare_number_makes_a_skeleton() {
    let review = base();
    assert_eq!(
        forestable(review.path(), &["new", "a-2018", "--from", "https://doi.org/10.1000/a.b"]).status.code(),
        Some(0)
    );
    assert!(study(review.path(), "a-2018").1.contains("  doi: 10.1000/a.b\n"));
    assert_eq!(forestable(review.path(), &["new", "b-2018", "--from", "22772363"]).status.code(), Some(0));
    assert!(study(review.path(), "b-2018").1.contains("  pmid: 22772363\n"));
    let output = forestable(review.path(), &["new", "--from", "22772363"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("name an id"), "{}", text(&output.stderr));
}

#[test]
fn a_record_that_cannot_be_read_is_named() {
    let review = base();
    for (name, content, words) in [
        ("a.txt", "hello", "none of BibTeX"),
        ("empty.ris", "", "none of BibTeX"),
        ("broken.bib", "@article{x, title = {", "broken BibTeX"),
        ("broken.json", "[{\"title\": ", "broken JSON"),
        ("none.json", "[]", "no publication"),
        ("none.bib", "@comment{nothing}", "no publication"),
    ] {
        let path = review.path().join(name);
        fs::write(&path, content).unwrap();
        let output = forestable(review.path(), &["new", "x-2000", "--from", path.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(text(&output.stderr).contains(words), "{name}: {}", text(&output.stderr));
    }
    let latin1 = review.path().join("latin1.ris");
    fs::write(&latin1, b"TY  - JOUR\nAU  - M\xfcller, A\nER  - \n").unwrap();
    let output = forestable(review.path(), &["new", "x-2000", "--from", latin1.to_str().unwrap()]);
    assert!(text(&output.stderr).contains("not UTF-8"), "{}", text(&output.stderr));
    assert!(!review.path().join("studies/x-2000.yaml").exists());
}

#[test]
fn a_new_review_builds_at_once() {
    let folder = TempDir::new().unwrap();
    assert_eq!(forestable(folder.path(), &["init", "mine"]).status.code(), Some(0));
    let mine = folder.path().join("mine");
    let output = forestable(&mine, &["build", "--strict"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stderr).starts_with("2 studies, no findings"), "{}", text(&output.stderr));
    assert!(mine.join("output/index.html").exists() && mine.join("study.schema.json").exists());
    let before = fs::read(mine.join("review.yaml")).unwrap();
    let again = forestable(folder.path(), &["init", "mine"]);
    assert_eq!(again.status.code(), Some(2), "never over a review");
    assert_eq!(fs::read(mine.join("review.yaml")).unwrap(), before);
}

#[test]
fn fix_mends_what_is_safe_and_nothing_else() {
    let review = base();
    let (path, sound) = study(review.path(), "base-2020");
    let faulty = sound
        .replace("title:", "titel:")
        .replace("estimate: 70.0%, ci: [59.9%, 78.0%]", "estimate: 70·0, ci: [78.0%, 59.9%]")
        .replace("at: 2 years", "at: 2 yaers")
        + "# a comment of the author's stays\nfollow_up: {median: 24}\n";
    assert_ne!(faulty, sound);
    fs::write(&path, &faulty).unwrap();
    let output = forestable(review.path(), &["check", "--fix"]);
    let words = text(&output.stderr);
    assert!(words.contains("5 faults mended"), "{words}");
    assert_eq!(output.status.code(), Some(1), "a time without its unit is not for the program to guess");
    assert!(words.contains("say the unit"), "{words}");
    let expected = sound + "# a comment of the author's stays\nfollow_up: {median: 24}\n";
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
}

#[test]
fn fix_leaves_an_order_that_does_not_hold_the_estimate() {
    let review = base();
    let (path, sound) = study(review.path(), "base-2020");
    let faulty = sound.replace("ci: [59.9%, 78.0%]", "ci: [78.0%, 75.0%]");
    fs::write(&path, &faulty).unwrap();
    assert_eq!(forestable(review.path(), &["check", "--fix"]).status.code(), Some(1));
    assert_eq!(fs::read_to_string(&path).unwrap(), faulty);
}

#[test]
fn sarif_tells_a_code_host_where() {
    let review = base();
    let (path, sound) = study(review.path(), "base-2020");
    fs::write(&path, sound.replace("title:", "titel:")).unwrap();
    let output = forestable(review.path(), &["check", "--format", "sarif"]);
    assert_eq!(output.status.code(), Some(1));
    let log: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let result = &log["runs"][0]["results"][0];
    let rules = &log["runs"][0]["tool"]["driver"]["rules"];
    assert_eq!(rules[result["ruleIndex"].as_u64().unwrap() as usize]["id"], result["ruleId"]);
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "studies/base-2020.yaml");
    assert_eq!(place["region"]["startColumn"], 3);
    let change = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(change["insertedContent"]["text"], "title");
    assert_eq!(change["deletedRegion"], place["region"]);
}

#[test]
fn explain_leads_from_the_quotation_to_the_weight() {
    let output = forestable(root(), &["explain", "pfs-2y", "trovo-2018"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let words = text(&output.stdout);
    assert!(words.starts_with("Trovo et al. 2018 in 2-year progression-free survival\n"), "{words}");
    for expected in [
        "“1- and 2-year PFS was 75% and 53%, respectively.”",
        "53% at 2 years",
        "M, n = 54 and a median follow-up of 30 months",
        "% of the pool",
        "Without it",
        "has 43%",
        "studies/trovo-2018.yaml:",
    ] {
        assert!(words.contains(expected), "{expected}\n{words}");
    }
    let left_out = text(&forestable(root(), &["explain", "os-1y", "trovo-2018"]).stdout);
    assert!(left_out.contains("Not in the pool") && left_out.contains("OS only at 2 years"), "{left_out}");
    for (args, words) in [
        (["explain", "pfs-2", "trovo-2018"], "write `pfs-2y`"),
        (["explain", "pfs-2y", "trovo-2019"], "write `trovo-2018`"),
    ] {
        let output = forestable(root(), &args);
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains(words), "{}", text(&output.stderr));
    }
}

#[test]
fn shells_and_man_are_served() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = forestable(root(), &["completions", shell]);
        assert!(text(&output.stdout).contains("diff"), "{shell}");
    }
    let manual = text(&forestable(root(), &["man"]).stdout);
    assert!(
        manual.contains(".TH forestable 1 \"\" \"forestable ") && manual.contains("forestable diff v1.2"),
        "{manual}"
    );
    // One page has one name, and commands of commands are on it too.
    assert_eq!(manual.matches("\n.SH NAME\n").count(), 1);
    for section in ["FORESTABLE BUILD", "FORESTABLE SURVIVAL KM", "FORESTABLE TEMPLATE LIST"] {
        assert!(manual.contains(&format!("\n.SH \"{section}\"\n.ie")), "{section}");
    }
    assert!(manual.lines().all(|line| line == line.trim_end()));
    for section in [".SH \"EXIT STATUS\"", ".SH FILES", ".SH EXAMPLES", ".SS EXAMPLES", "\\fBforestable build\\fR"] {
        assert!(manual.lines().any(|line| line == section), "{section}");
    }
    for page in [" EXTRA\n", "(1)"] {
        assert!(!manual.contains(page), "{page:?}: a page or a section that is none");
    }
}

/// A program that is ended when the test is.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn get(address: &str, path: &str, host: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn watch_follows_every_save_and_keeps_the_last_good_page() {
    let review = base();
    let mut child = program(review.path(), &["watch", "--port", "0"]).stderr(Stdio::piped()).spawn().unwrap();
    let stderr = BufReader::new(child.stderr.take().unwrap());
    let _running = Running(child);
    let mut lines = stderr.lines().map_while(Result::ok);
    let line = lines.find(|line| line.contains("http://")).unwrap();
    let address = line.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
    // What it goes on to say is read, so that it never waits for a reader.
    std::thread::spawn(move || lines.for_each(drop));

    assert!(get(&address, "/", &address).contains("<iframe"));
    assert!(get(&address, "/page", &address).contains("Base et al. 2020"));
    assert!(get(&address, "/figures/os-2y-forest.svg", &address).contains("image/svg+xml"));
    assert!(get(&address, "/../Cargo.toml", &address).starts_with("HTTP/1.1 404"));
    assert!(get(&address, "/page", "elsewhere.example").starts_with("HTTP/1.1 403"));

    let mut news = TcpStream::connect(&address).unwrap();
    news.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    write!(news, "GET /news HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
    let mut news = BufReader::new(news).lines().map_while(Result::ok);
    let mut next = || -> serde_json::Value {
        let line = news.find_map(|line| line.strip_prefix("data: ").map(str::to_owned)).expect("word of a build");
        serde_json::from_str(&line).unwrap()
    };
    assert_eq!(next()["findings"], "");

    let (path, sound) = study(review.path(), "base-2020");
    fs::write(&path, sound.replace("estimate: 70.0%", "estimate: 70")).unwrap();
    let faulty = next();
    assert!(faulty["findings"].as_str().unwrap().contains("E201"), "{faulty}");
    assert_eq!(faulty["page"], 1);
    assert!(get(&address, "/page", &address).contains("Base et al. 2020"), "the last good page stays");

    fs::rename(&path, review.path().join("elsewhere.yaml")).unwrap();
    let gone = next();
    assert_eq!(gone["page"], 1, "a review without studies is none: the last good page stays");

    fs::write(&path, sound.replace("Base AB", "Renamed AB")).unwrap();
    while next()["page"].as_u64().unwrap() < 2 {}
    assert!(get(&address, "/page", &address).contains("Renamed et al. 2020"));
    assert!(!review.path().join("output").exists(), "nothing is written");

    // The other files follow the page: what is wrong with one of them is told too, and the page stands.
    fs::create_dir_all(review.path().join("templates")).unwrap();
    fs::write(review.path().join("templates/table.md"), "{{ nothing_of_that_name }}").unwrap();
    let faulty = std::iter::repeat_with(next).find(|news| news["findings"] != "").unwrap();
    assert!(faulty["findings"].as_str().unwrap().contains("templates/table.md"), "{faulty}");
    assert!(get(&address, "/page", &address).contains("Renamed et al. 2020"));
    assert!(get(&address, "/report.md", &address).contains("Renamed et al. 2020"), "the last good files stay");
}
