//! Reading a folder and writing one: what files may hold, and what must not happen to them.

use std::fs;
use std::path::Path;

use forestable::diag::Diagnostic;
use forestable::evidence::{Evidence, accept, check, lower};
use forestable::report::Beginning;
use forestable::review::{Plan, plan};
use forestable::source::{LoadError, WriteError, load, write_folder};

fn base() -> tempfile::TempDir {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checks/base");
    let review = tempfile::tempdir().unwrap();
    fs::create_dir(review.path().join("studies")).unwrap();
    for file in ["review.yaml", "studies/base-2020.yaml"] {
        fs::copy(from.join(file), review.path().join(file)).unwrap();
    }
    review
}

fn read(root: &Path) -> (Evidence, Plan, Vec<Diagnostic>) {
    let (raw, _, mut findings) = load(root).unwrap();
    let (evidence, faults) = lower(&raw);
    findings.extend(faults);
    findings.extend(check(&evidence));
    let (plan, faults) = plan(&raw, &evidence);
    findings.extend(faults);
    let open = accept(&evidence, findings).open;
    (evidence, plan, open)
}

fn codes(findings: &[Diagnostic]) -> Vec<&str> {
    findings.iter().map(|finding| finding.code.0).collect()
}

#[test]
fn a_byte_order_mark_and_other_line_ends_change_nothing() {
    let review = base();
    let (plain, _, _) = read(review.path());
    let file = review.path().join("studies/base-2020.yaml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("\u{feff}{}", text.replace('\n', "\r\n"))).unwrap();
    let (windows, _, findings) = read(review.path());
    assert_eq!(findings, []);
    assert_eq!(serde_json::to_value(&plain).unwrap(), serde_json::to_value(&windows).unwrap());
}

#[test]
fn only_studies_are_read_from_the_studies_folder() {
    let review = base();
    let studies = review.path().join("studies");
    for name in ["base-2020.a.yaml", "base-2020.b.yaml", ".hidden.yaml", "notes.md", "curve.csv"] {
        fs::write(studies.join(name), "not a study").unwrap();
    }
    fs::create_dir_all(studies.join("old-2001.yaml")).unwrap();
    let (evidence, _, findings) = read(review.path());
    assert_eq!(
        codes(&findings),
        ["W101", "W101", "W102"],
        "the hidden file, the folder, an extraction that cannot be compared"
    );
    assert_eq!(evidence.studies.len(), 1);
}

#[test]
fn studies_come_in_the_order_of_their_ids() {
    let review = base();
    for (id, doi) in [("zeta-1999", 1), ("alpha-2019", 2)] {
        let text = fs::read_to_string(review.path().join("studies/base-2020.yaml")).unwrap();
        let text = text.replace("10.1000/base", &doi.to_string()).replace("A series", id).replace("Base AB", id);
        fs::write(review.path().join(format!("studies/{id}.yaml")), text).unwrap();
    }
    let (evidence, _, _) = read(review.path());
    let ids: Vec<_> = evidence.studies.iter().map(|study| study.id.as_str()).collect();
    assert_eq!(ids, ["alpha-2019", "base-2020", "zeta-1999"]);
}

#[test]
fn a_folder_without_a_review_is_named() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(load(folder.path()), Err(LoadError::NoReview(_))));
    assert!(matches!(load(&folder.path().join("none")), Err(LoadError::NoFolder(_))));
}

#[cfg(unix)]
#[test]
fn links_out_of_the_folder_are_not_followed() {
    use std::os::unix::fs::symlink;
    let review = base();
    let elsewhere = tempfile::NamedTempFile::new().unwrap();
    symlink(elsewhere.path(), review.path().join("studies/link-2001.yaml")).unwrap();
    symlink("nowhere", review.path().join("studies/link-2002.yaml")).unwrap();
    symlink("../studies/base-2020.yaml", review.path().join("studies/link-2003.yaml")).unwrap();
    let (_, _, findings) = read(review.path());
    // The third leads to a study inside the folder: it is read, and found to be the same publication.
    assert_eq!(codes(&findings), ["E113", "E113", "E224"]);
}

/// Returns the places of W101, with message and next step.
fn unread(review: &Path) -> Vec<String> {
    let (_, _, findings) = read(review);
    let strays = findings.iter().filter(|finding| finding.code.0 == "W101");
    let words = strays.map(|stray| {
        format!("{}: {} ({})", stray.primary.place, stray.message, stray.help.as_deref().unwrap_or_default())
    });
    words.collect()
}

#[cfg(unix)]
#[test]
fn studies_that_are_not_read_are_named() {
    use std::os::unix::fs::symlink;
    let review = base();
    let studies = review.path().join("studies");
    for folder in ["old/older", "dir-2001.yaml", "pdf", "curves", ".git"] {
        fs::create_dir_all(studies.join(folder)).unwrap();
    }
    for file in ["old/foo-2001.yaml", "old/older/foo-2000.yml", ".git/x.yaml", "pdf/paper.pdf"] {
        fs::write(studies.join(file), "x: 1").unwrap();
    }
    for file in [".hid-2001.yaml", "bar-2001.YAML", ".foo.yaml.swp", "._base-2020.yaml", ".foo.swp", "notes.txt"] {
        fs::write(studies.join(file), "x: 1").unwrap();
    }
    let elsewhere = tempfile::tempdir().unwrap();
    symlink(elsewhere.path(), studies.join("archive")).unwrap();
    symlink("somebody@desk.1234", studies.join(".#base-2020.yaml")).unwrap();
    assert_eq!(
        unread(review.path()),
        [
            "studies/bar-2001.YAML: this file is not read (rename it to `bar-2001.yaml`)",
            "studies/.hid-2001.yaml: this hidden file is not read (rename it to `hid-2001.yaml`, or take it away)",
            "studies/archive: this link leads to a folder, and is not followed (copy the studies it leads to into `studies/`)",
            "studies/dir-2001.yaml: this is a folder, and no study (is it a study's file unpacked? put the file itself into `studies/`)",
            "studies/old/foo-2001.yaml: this file is not read, nor 1 other file of this folder (move it up into `studies/`, or out of \
             `studies/` where it is no part of the review)",
        ]
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_text_is_one_finding() {
    use std::os::unix::ffi::OsStrExt as _;
    let review = base();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9-2001.yaml");
    fs::write(review.path().join("studies").join(name), "x: 1").unwrap();
    let (_, _, findings) = read(review.path());
    assert_eq!(codes(&findings), ["E112"]);
}

#[test]
fn a_file_in_the_place_of_the_studies_is_told_to_go() {
    let review = tempfile::tempdir().unwrap();
    fs::write(review.path().join("review.yaml"), "title: x").unwrap();
    fs::write(review.path().join("studies"), "").unwrap();
    let error = load(review.path()).unwrap_err().to_string();
    assert!(error.contains("move the file out of the way"), "{error}");
}

#[test]
fn what_ends_a_reading_is_told_as_it_is() {
    let first = |file: &str, text: &str| {
        let review = base();
        fs::write(review.path().join(file), text).unwrap();
        let (_, _, findings) = load(review.path()).unwrap();
        let finding = findings.into_iter().find(|finding| finding.primary.place.file == file).unwrap();
        format!("{}: {} ({})", finding.code, finding.message, finding.help.unwrap_or_default())
    };
    for depth in [70, 130, 300, 100_000] {
        let words = first("studies/deep-2001.yaml", &format!("notes: {}", "[".repeat(depth)));
        assert!(words.starts_with("E111: the document nests too deeply"), "{depth}: {words}");
    }
    let words = first("studies/nul-2001.yaml", "reference: {authors: [A\0 B]}\n");
    assert!(words.starts_with("E102: this is not YAML (take it out"), "{words}");
    let words = first("review.yaml", "# to be written\n");
    assert!(words.contains("`forestable init DIR` starts a review"), "{words}");
}

#[test]
fn a_stray_file_cannot_fill_the_memory() {
    let review = base();
    fs::write(review.path().join("studies/large-2001.yaml"), "a".repeat(5 << 20)).unwrap();
    fs::write(review.path().join("studies/many-2001.yaml"), "unknown: 1\n".repeat(300_000)).unwrap();
    let (_, _, findings) = read(review.path());
    assert!(findings.len() < 1000, "{}", findings.len());
    assert!(codes(&findings).contains(&"E111"));
}

#[test]
fn a_fault_in_one_place_hides_none_in_another() {
    let review = base();
    let file = review.path().join("studies/base-2020.yaml");
    let text = fs::read_to_string(&file).unwrap();
    let text = text
        .replace("timing: retrospective", "timing: retro")
        .replace("title:", "titel:")
        .replace("at: 2 years", "at: 2")
        .replace("os,", "so,");
    fs::write(&file, text + "overlaps: here\n").unwrap();
    let (_, _, findings) = read(review.path());
    assert_eq!(codes(&findings), ["E104", "E109", "E106", "E210", "E202"]);
}

#[test]
fn a_new_study_file_asks_for_what_is_missing_and_is_clean_once_filled_in() {
    for folder in [base().path(), Path::new(env!("CARGO_MANIFEST_DIR"))] {
        let review = base();
        fs::copy(folder.join("review.yaml"), review.path().join("review.yaml")).unwrap();
        let (evidence, plan, _) = read(review.path());
        let text = forestable::report::skeleton("newcomer-2022", &Beginning::default(), &evidence.protocol, &plan);
        let file = review.path().join("studies/newcomer-2022.yaml");
        let in_the_file = |findings: Vec<Diagnostic>| -> Vec<Diagnostic> {
            findings.into_iter().filter(|finding| finding.primary.place.file.contains("newcomer")).collect()
        };

        fs::write(&file, &text).unwrap();
        let findings = in_the_file(read(review.path()).2);
        assert!(findings.len() > 10);
        assert!(findings.iter().all(|finding| finding.code.0 == "E108"), "{findings:?}");

        let filled = [
            ("  authors:", "  authors: [Newcomer N]"),
            ("  title:", "  title: Something new"),
            ("  journal:", "  journal: Journal of Series"),
            ("  volume:", "  volume: 1"),
            ("  pages:", "  pages: 1-10"),
            ("  doi:", "  doi: 10.1000/new"),
            ("  timing:", "  timing: prospective"),
            ("  kind:", "  kind: single arm"),
            ("  centres:", "  centres: 1"),
            ("  enrolment:", "  enrolment: [2018, 2020-06]"),
            ("definition:", "definition: up to 5"),
            ("    primary:", "    primary: breast"),
            ("    patients:", "    patients: 50"),
            ("    lesions:", "    lesions: 60"),
        ];
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for line in &mut lines {
            if let Some((_, with)) = filled.iter().find(|(field, _)| line.starts_with(field)) {
                *line = (*with).to_owned();
            }
            for (blank, value) in [
                ("median: ,", "median: 20 months,"),
                (
                    "technique: , dose: , fractions: , sites: }",
                    "technique: SBRT, dose: 45 Gy, fractions: 3, sites: any}",
                ),
                ("estimate: ,", "estimate: 62%,"),
                ("events: , of: ,", "events: 1, of: 50,"),
                ("quote: }", "quote: \"62%\"}"),
                ("url: , read: }", "url: https://example.org, read: 2026-11-23}"),
            ] {
                *line = line.replace(blank, value);
            }
        }
        fs::write(&file, lines.join("\n")).unwrap();
        assert_eq!(in_the_file(read(review.path()).2), []);
    }
}

/// Returns the names in a folder, hidden ones too.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn artifacts(version: &str) -> Vec<(String, Vec<u8>)> {
    ["manifest.json", "index.html", "tables/a.md"]
        .map(|path| (path.to_owned(), format!("{path} {version}").into_bytes()))
        .to_vec()
}

fn holds(target: &Path, version: &str) -> bool {
    artifacts(version).iter().all(|(path, content)| fs::read(target.join(path)).is_ok_and(|read| read == *content))
}

#[test]
fn a_folder_is_replaced_whole() {
    let parent = tempfile::tempdir().unwrap();
    let target = parent.path().join("output");
    write_folder(&target, &artifacts("one")).unwrap();
    assert!(holds(&target, "one"));
    let mut next = artifacts("two");
    next.retain(|(path, _)| path != "index.html");
    write_folder(&target, &next).unwrap();
    assert_eq!(names(&target), ["manifest.json", "tables"]);
    assert_eq!(names(parent.path()), ["output"]);
}

#[test]
fn a_failed_write_leaves_the_last_good_folder() {
    let parent = tempfile::tempdir().unwrap();
    let target = parent.path().join("output");
    write_folder(&target, &artifacts("good")).unwrap();
    for path in ["../outside", "/outside", "index.html"] {
        let mut faulty = artifacts("bad");
        faulty.push((path.to_owned(), Vec::new()));
        assert!(write_folder(&target, &faulty).is_err(), "{path}");
        assert!(holds(&target, "good"));
        assert_eq!(names(parent.path()), ["output"]);
    }
}

#[test]
fn what_a_killed_run_left_is_cleared_away() {
    let parent = tempfile::tempdir().unwrap();
    let target = parent.path().join("output");
    write_folder(&target, &artifacts("good")).unwrap();
    fs::create_dir(parent.path().join(".output.new")).unwrap();
    write_folder(&target, &artifacts("next")).unwrap();
    assert_eq!(names(parent.path()), ["output"]);
    // Killed between two renames: the last good folder is found under another name, and a failing run puts it back.
    fs::rename(&target, parent.path().join(".output.old")).unwrap();
    assert!(write_folder(&target, &[("..".to_owned(), Vec::new())]).is_err());
    assert!(holds(&target, "next"));
}

#[test]
fn what_is_not_ours_is_not_replaced() {
    let parent = tempfile::tempdir().unwrap();
    let target = parent.path().join("output");
    fs::write(&target, "a file").unwrap();
    assert!(matches!(write_folder(&target, &artifacts("x")), Err(WriteError::NotAFolder(_))));
    fs::remove_file(&target).unwrap();
    fs::create_dir(&target).unwrap();
    write_folder(&target, &artifacts("x")).unwrap();
    fs::remove_file(target.join("manifest.json")).unwrap();
    assert!(matches!(write_folder(&target, &artifacts("y")), Err(WriteError::NotOurs(_))));
    #[cfg(unix)]
    {
        let link = parent.path().join("link");
        std::os::unix::fs::symlink(&target, &link).unwrap();
        assert!(matches!(write_folder(&link, &artifacts("x")), Err(WriteError::NotAFolder(_))));
    }
    assert!(matches!(write_folder(&parent.path().join("none/output"), &artifacts("x")), Err(WriteError::Io(..))));
}

#[test]
fn runs_at_the_same_time_wait_for_one_another() {
    let parent = tempfile::tempdir().unwrap();
    let target = parent.path().join("output");
    std::thread::scope(|scope| {
        for run in 0..8 {
            let target = &target;
            scope.spawn(move || write_folder(target, &artifacts(&run.to_string())).unwrap());
        }
    });
    assert!((0..8).any(|run| holds(&target, &run.to_string())));
    assert_eq!(names(parent.path()), ["output"]);
}
