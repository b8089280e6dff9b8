//! What leaves the program: references for other programs, every pool for R, and the bindings of a Word file.

use std::process::Command;

use forestable::source::read_records;

use super::{review, sound};

#[test]
fn references_come_back_as_they_went() {
    let folder = review();
    let texts = ["--bibtex", "--ris", "--csl-json"].map(|format| sound(folder.path(), &["export", format]));
    let all = texts.map(|text| read_records(&text).unwrap());
    for records in &all {
        assert_eq!(records.len(), 13);
        let lemoine = records.iter().find(|record| record.doi == "10.3389/fonc.2021.736690").unwrap();
        assert_eq!(lemoine.authors[0], "Lemoine P");
        assert_eq!(
            (lemoine.year, lemoine.volume.as_str(), lemoine.journal.as_str()),
            (Some(2021), "11", "Frontiers in Oncology")
        );
        assert!(lemoine.title.starts_with("Stereotactic Body Radiation Therapy for Oligometastatic Breast Cancer: A"));
    }
}

#[test]
fn r_computes_every_pool_again() {
    let has = |library: &str| {
        let output = Command::new("Rscript").args(["-e", &format!("library({library})")]).output();
        output.is_ok_and(|output| output.status.success())
    };
    if !has("metafor") {
        assert_ne!(std::env::var("FORESTABLE_REQUIRE_TOOLS").as_deref(), Ok("1"), "R with metafor is needed here");
        return;
    }
    let folder = review();
    sound(folder.path(), &["export", "--r", "r-check"]);
    let output = Command::new("Rscript").arg("check.R").current_dir(folder.path().join("r-check")).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let pools = std::fs::read_to_string(folder.path().join("r-check/pools.csv")).unwrap().lines().count() - 1;
    let left: Vec<&str> = text.lines().filter(|line| line.contains("not computed again: ")).collect();
    let compared = |of: &str| -> usize {
        let line = text.lines().find(|line| line.contains(of)).unwrap_or_else(|| panic!("no `{of}`: {text}"));
        assert!(line.contains(", largest difference "), "{line}");
        line.split(' ').next().unwrap().parse().unwrap()
    };
    let (effects, counts) =
        (compared("pools of effects compared with metafor"), compared("pools of counts compared with lme4"));
    if has("lme4") {
        // Each has a group beside it in which every series stands at 100% or 0%, which lme4 has no answer for.
        let known = ["lc-3y@prospective ", "toxicity-g3@retrospective "];
        assert!(left.len() == 2 && left.iter().zip(known).all(|(line, name)| line.starts_with(name)), "{text}");
        assert!(counts > 0 && !text.contains("need the package lme4"), "{text}");
        assert!(text.contains("\n  2: everybody or nobody had the event in one of the groups"), "{text}");
    }
    assert!(pools > 30 && effects + counts + left.len() == pools, "{text}");
    assert!(text.contains(&format!("{} of {pools} pools not computed again", left.len())), "{text}");
}
