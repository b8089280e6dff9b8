//! What the documentation says a command prints is what it prints.
//!
//! `<!-- begins with: … -->` in a document begins a session: `nothing`, or `this review`, with `without STUDY` where that is
//! to be added. From there on, a fenced block with a path after its language is a file that the reader writes, and each line
//! `$ …` of a `console` block is run; what follows is all that it prints. `UPDATE_TRANSCRIPTS=1` writes down what is printed
//! now. Commands that are not to be run stand in `sh` blocks.

#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// The documents with sessions.
const DOCUMENTS: [&str; 7] = [
    "README.md",
    "docs/adding-a-series.md",
    "docs/appraisal.md",
    "docs/authoring.md",
    "docs/manuscript.md",
    "docs/survival.md",
    "docs/tutorial.md",
];

const MARK: &str = "<!-- begins with: ";

/// A reader at a terminal.
struct Session {
    /// The whole session is in here.
    _folder: TempDir,
    /// Where the reader is.
    here: PathBuf,
}

impl Session {
    fn begin(with: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let here = folder.path().to_owned();
        let (with, without) = with.split_once(" without ").unwrap_or((with, ""));
        match with {
            "nothing" => {}
            "this review" => {
                let root = Path::new(env!("CARGO_MANIFEST_DIR"));
                let mut review = fs::read_to_string(root.join("review.yaml")).unwrap();
                if !without.is_empty() {
                    // The flow of studies is that of the review before.
                    for (now, before) in [
                        ("\"Citations\": 2", "\"Citations\": 1"),
                        ("{studies: 13, reports: 13}", "{studies: 12, reports: 12}"),
                    ] {
                        assert!(review.contains(now), "{now}");
                        review = review.replace(now, before);
                    }
                }
                fs::write(here.join("review.yaml"), review).unwrap();
                fs::create_dir(here.join("studies")).unwrap();
                for study in fs::read_dir(root.join("studies")).unwrap() {
                    let path = study.unwrap().path();
                    let name = path.file_name().unwrap();
                    if name != format!("{without}.yaml").as_str() {
                        fs::copy(&path, here.join("studies").join(name)).unwrap();
                    }
                }
            }
            other => panic!("no session begins with {other}"),
        }
        let session = Self { _folder: folder, here };
        if with == "this review" {
            session.run("forestable build && git init -q && git add -A && git commit -qm 'The review'");
        }
        session
    }

    /// Returns what a command prints, to either stream.
    fn run(&self, command: &str) -> String {
        let program = Path::new(env!("CARGO_BIN_EXE_forestable")).parent().unwrap();
        let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("{{ {command}\n}} 2>&1")]).current_dir(&self.here).env("PATH", path);
        for (name, value) in [("GIT_AUTHOR_NAME", "A"), ("GIT_COMMITTER_NAME", "A")] {
            shell.env(name, value).env(name.replace("NAME", "EMAIL"), "a@example.org");
        }
        String::from_utf8(shell.output().unwrap().stdout).unwrap()
    }

    fn take(&mut self, command: &str) -> String {
        if let Some(folder) = command.strip_prefix("cd ") {
            self.here.push(folder);
            return String::new();
        }
        self.run(command)
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.here.join(path), text).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
}

/// Returns the document with everything that its commands print as they print it.
fn played(name: &str, document: &str) -> String {
    let mut session: Option<Session> = None;
    let mut text = String::new();
    let mut lines = document.lines();
    while let Some(line) = lines.next() {
        text.push_str(line);
        text.push('\n');
        if let Some(with) = line.strip_prefix(MARK) {
            session = Some(Session::begin(with.trim_end_matches(" -->")));
        }
        let Some((indent, kind)) = line.split_once("```").filter(|(indent, _)| indent.trim().is_empty()) else {
            continue;
        };
        let block: Vec<&str> = lines.by_ref().take_while(|line| line.trim() != "```").collect();
        let words = |line: &str| line.strip_prefix(indent).unwrap_or(line).to_owned();
        let block: Vec<String> = block.into_iter().map(words).collect();
        let printed = match (kind.split_once(' '), &mut session) {
            (Some((_, path)), Some(session)) => {
                session.write(path, &(block.join("\n") + "\n"));
                block
            }
            (None, session) if kind == "console" => {
                let session = session.as_mut().unwrap_or_else(|| panic!("{name}: a console before any session"));
                let commands = block.iter().filter(|line| line.starts_with("$ "));
                let played = commands.flat_map(|command| {
                    let printed = session.take(&command[2..]);
                    let printed: Vec<String> = printed.lines().map(|line| line.trim_end().to_owned()).collect();
                    std::iter::once(command.clone()).chain(printed)
                });
                played.collect()
            }
            _ => block,
        };
        for line in printed {
            text.push_str(format!("{indent}{line}").trim_end());
            text.push('\n');
        }
        text.push_str(indent);
        text.push_str("```\n");
    }
    text
}

#[test]
fn every_document_with_a_session_is_played() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let chapters = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().file_name());
    let chapters = chapters.map(|name| format!("docs/{}", name.to_str().unwrap())).filter(|name| name.ends_with(".md"));
    let with_session = |name: &String| fs::read_to_string(root.join(name)).unwrap().contains("```console");
    let mut played: Vec<String> = chapters.chain(["README.md".to_owned()]).filter(with_session).collect();
    played.sort();
    assert_eq!(played, DOCUMENTS);
}

#[test]
fn documents_print_what_the_program_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut differ = Vec::new();
    for name in DOCUMENTS {
        let document = fs::read_to_string(root.join(name)).unwrap();
        assert!(document.contains(MARK), "{name} has no session");
        let played = played(name, &document);
        if played == document {
            continue;
        }
        if std::env::var_os("UPDATE_TRANSCRIPTS").is_some() {
            fs::write(root.join(name), played).unwrap();
            continue;
        }
        let differing = document.lines().zip(played.lines()).find(|(written, printed)| written != printed);
        differ.push(format!("{name}: {differing:?}"));
    }
    assert!(differ.is_empty(), "written and printed differ; UPDATE_TRANSCRIPTS=1 mends that\n{}", differ.join("\n"));
}
