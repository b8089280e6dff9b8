//! Series that may report the same people: found, shown, and never in one pool together.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use forestable::evidence::{Enrolment, Evidence, Overlap, Standing, check, lower, overlaps};
use forestable::report::assemble;
use forestable::review::{self, Findings, GaveWay, OverlapRule, Plan, Reason, plan, run};
use forestable::source::load;
use proptest::prelude::*;

/// A series: id, patients, year, median follow-up in months, ids it overlaps with, and further fields of its design.
struct Series<'a> {
    id: &'a str,
    patients: u64,
    year: u16,
    follow_up: Option<u32>,
    overlaps: &'a [&'a str],
    design: &'a str,
}

impl<'a> Series<'a> {
    fn new(id: &'a str, patients: u64, year: u16, overlaps: &'a [&'a str]) -> Self {
        Self { id, patients, year, follow_up: None, overlaps, design: "" }
    }
}

fn review_of(series: &[Series<'_>], analysis: &str) -> (Evidence, Plan, Findings) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("studies")).unwrap();
    for Series { id, patients, year, follow_up, overlaps, design } in series {
        let follow_up = follow_up.map(|months| format!("follow_up: {{median: {months} months}}\n")).unwrap_or_default();
        let overlaps =
            if overlaps.is_empty() { String::new() } else { format!("overlaps: [{}]\n", overlaps.join(", ")) };
        let study = format!(
            "reference: {{authors: [{id} A], title: Title {id}, journal: J, year: {year}, doi: 10.1000/{id}}}\n\
             design: {{timing: retrospective{design}}}\n{follow_up}{overlaps}cohorts:\n  all:\n    primary: any\n    \
             patients: {patients}\n    results:\n      - {{outcome: os, at: 2 years, estimate: 60%}}\n"
        );
        fs::write(folder.path().join(format!("studies/{id}.yaml")), study).unwrap();
    }
    let review = format!(
        "title: A review\noutcomes: {{os: {{name: Overall survival, short: OS, kind: survival}}}}\n\
         analyses: {{os-2y: {{outcome: os, at: 2 years{analysis}}}}}\n"
    );
    fs::write(folder.path().join("review.yaml"), review).unwrap();
    built(folder.path())
}

/// Returns what the review in a folder finds, of which the checks have nothing worse to say than a warning.
fn built(folder: &Path) -> (Evidence, Plan, Findings) {
    let (raw, _, read) = load(folder).unwrap();
    assert!(read.iter().all(|finding| finding.code.0.starts_with('W')), "{read:?}");
    let (evidence, found) = lower(&raw);
    assert_eq!(found, []);
    let (plan, _) = plan(&raw, &evidence);
    let findings = run(&evidence, &plan);
    (evidence, plan, findings)
}

fn taken(findings: &Findings) -> Vec<&str> {
    let mut ids: Vec<&str> = findings.analyses[0].entries.iter().map(|entry| entry.key.study.as_str()).collect();
    ids.sort();
    ids
}

/// One report of three centres, and a report of each.
fn star() -> Vec<Series<'static>> {
    let of_all = Series { follow_up: Some(12), ..Series::new("all-2020", 100, 2020, &["a-2010", "b-2011", "c-2012"]) };
    let a = Series { follow_up: Some(30), ..Series::new("a-2010", 60, 2010, &[]) };
    vec![of_all, a, Series::new("b-2011", 30, 2011, &[]), Series::new("c-2012", 30, 2012, &[])]
}

#[test]
fn the_set_with_the_most_patients_is_taken_even_without_the_largest_series() {
    let (_, _, findings) = review_of(&star(), "");
    assert_eq!(taken(&findings), ["a-2010", "b-2011", "c-2012"], "120 together, not 100");
    let [left_out] = &findings.analyses[0].left_out[..] else { panic!("one is left out") };
    assert!(matches!(&left_out.reason, Reason::Overlap { rule: OverlapRule::MostPatients, .. }));
}

#[test]
fn other_rules_take_their_first_series_before_all_that_overlap_with_it() {
    let (_, _, recent) = review_of(&star(), ", overlap_rule: most-recent");
    assert_eq!(taken(&recent), ["all-2020"]);
    let (_, _, longest) = review_of(&star(), ", overlap_rule: longest-follow-up");
    assert_eq!(taken(&longest), ["a-2010", "b-2011", "c-2012"]);
}

#[test]
fn the_other_sets_are_sensitivity_rows() {
    let (_, _, findings) = review_of(&star(), "");
    let rows = |findings: &Findings| -> Vec<(String, usize)> {
        let rows = findings.analyses[0].sensitivity.iter().filter(|row| row.name.contains("in place of"));
        rows.map(|row| (row.name.clone(), row.k)).collect()
    };
    assert_eq!(
        rows(&findings),
        [("all-2020 2020 in place of a-2010 2010, b-2011 2011, c-2012 2012 (most-recent)".to_owned(), 1)]
    );
    let (_, _, alone) = review_of(&star()[1..], "");
    assert!(rows(&alone).is_empty(), "without an overlap there is no other set");
}

#[test]
fn centres_and_registries_betray_an_overlap_unless_dates_keep_it_apart() {
    let series = |first: &'static str, second: &'static str| {
        [
            Series { design: first, ..Series::new("a-2010", 60, 2010, &[]) },
            Series { design: second, ..Series::new("b-2011", 30, 2011, &[]) },
        ]
    };
    let found = |first, second| -> Vec<Overlap> {
        let found = overlaps(&review_of(&series(first, second), "").0, usize::MAX);
        found.into_iter().flat_map(|of_one| of_one.pairs).collect()
    };
    let centre = found(
        ", institutions: [\"Centre Oscar Lambret, Lille\"]",
        ", institutions: [centre Oscar-Lambret Lille, Caen]",
    );
    assert_eq!(centre[0].institutions, ["centre Oscar-Lambret Lille"]);
    assert_eq!((centre[0].enrolment, &centre[0].standing), (Enrolment::Unknown, &Standing::Open));
    assert_eq!(found(", registries: [NCT01446744]", ", registries: [nct01446744]").len(), 1);
    assert_eq!(found(", institutions: [Caen]", ", institutions: [Nancy]"), []);
    let apart =
        found(", institutions: [Caen], enrolment: [2001, 2005]", ", institutions: [Caen], enrolment: [2006, 2009]");
    assert_eq!(apart, []);
}

#[test]
fn a_hundred_reports_of_one_registry_are_a_finding_each_and_not_thousands() {
    let ids: Vec<String> = (0..100).map(|index| format!("r{index:02}-2010")).collect();
    let registry = ", registries: [The registry]";
    let series: Vec<Series<'_>> =
        ids.iter().map(|id| Series { design: registry, ..Series::new(id, 30, 2010, &[]) }).collect();
    let (evidence, plan, findings) = review_of(&series, "");
    let suspected: Vec<_> = check(&evidence).into_iter().filter(|finding| finding.code.0 == "W205").collect();
    assert_eq!(suspected.len(), 99, "one for each that comes after another");
    let last = suspected.iter().find(|finding| finding.primary.place.file.ends_with("r99-2010.yaml")).unwrap();
    assert!(
        last.notes[1].contains("`r01-2010`, `r02-2010`, `r03-2010` and `r04-2010`, and 94 more"),
        "{:?}",
        last.notes
    );
    assert!(
        last.notes[2].contains("overlaps: [r00-2010, r01-2010, r02-2010, r03-2010, r04-2010, …]"),
        "{:?}",
        last.notes
    );
    let report = assemble(&evidence, &plan, &findings);
    let table = report.tables.iter().find(|table| table.id == "overlaps").unwrap();
    let shown = table.rows.len();
    assert!(shown < 1000, "ten a series, not {shown}");
    let more = format!("{} more are not", 99 * 100 / 2 - shown);
    assert!(table.notes.iter().any(|note| note.contains(&more)), "{:?}", table.notes);
}

#[test]
fn the_graph_draws_what_is_declared_in_full_and_escapes_names() {
    let (evidence, plan, findings) = review_of(&star(), "");
    let report = assemble(&evidence, &plan, &findings);
    let graph = &report.diagrams.iter().find(|diagram| diagram.id == "overlaps").unwrap().mermaid;
    assert!(graph.starts_with("graph LR\n"));
    assert_eq!(graph.matches(" ---|").count(), 3);
    assert_eq!(report.tables.iter().find(|table| table.id == "overlaps").unwrap().rows.len(), 3);
}

#[test]
fn a_rule_that_leaves_no_series_is_a_finding() {
    let (_, plan, findings) = review_of(&star()[1..2], ", exclude: [a-2010]");
    let codes: Vec<_> = review::faults(&plan, &findings).iter().map(|finding| finding.code.0).collect();
    assert_eq!(codes, ["E402"]);
    let (_, plan, findings) = review_of(&star()[1..3], ", exclude: [a-2010]");
    assert_eq!(review::faults(&plan, &findings), []);
}

/// Three trials of two arms; the second and the third report some of the same patients. Deaths and a hazard ratio each.
fn trials(rule: &str) -> (Evidence, Plan, Findings) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("studies")).unwrap();
    for (id, year, arm, months, overlaps) in
        [("a-2010", 2010, 80, 24, ""), ("b-2015", 2015, 150, 12, ""), ("c-2020", 2020, 100, 60, "overlaps: [b-2015]\n")]
    {
        let cohort = |id: &str, role: &str| {
            format!(
                "  {id}:\n    primary: any\n{role}    patients: {arm}\n    results:\n      - {{outcome: os, at: 2 years, estimate: 60%}}\n"
            )
        };
        let study = format!(
            "reference: {{authors: [{id} A], title: Title {id}, journal: J, year: {year}, doi: 10.1000/{id}}}\n\
             design: {{timing: prospective}}\nfollow_up: {{median: {months} months}}\n{overlaps}cohorts:\n{}{}\
             comparisons:\n  - {{outcome: os, arms: [sbrt, usual], hazard_ratio: 0.{}, ci: [0.4, 1.2]}}\n  \
             - {{outcome: tox, arms: [sbrt, usual], events: [{}, 9], of: [{arm}, {arm}]}}\n",
            cohort("sbrt", ""),
            cohort("usual", "    role: control\n"),
            60 + year % 20,
            10 + year % 10,
        );
        fs::write(folder.path().join(format!("studies/{id}.yaml")), study).unwrap();
    }
    let review = format!(
        "title: A review\noutcomes:\n  os: {{name: Overall survival, short: OS, kind: survival}}\n  tox: {{name: Toxicity, short: \
         Toxicity, kind: proportion}}\nanalyses:\n  os-2y: {{outcome: os, at: 2 years{rule}}}\n  tox: {{outcome: tox{rule}}}\n\
         figures:\n  ratios: {{kind: hazard-ratios, analysis: os-2y}}\n  arms: {{kind: labbe, analysis: tox}}\n"
    );
    fs::write(folder.path().join("review.yaml"), review).unwrap();
    built(folder.path())
}

#[test]
fn two_trials_that_may_share_patients_never_enter_one_pool_of_hazard_ratios() {
    for (rule, goes, stays) in [
        ("", "c-2020", "b-2015"),
        (", overlap_rule: most-recent", "b-2015", "c-2020"),
        (", overlap_rule: longest-follow-up", "b-2015", "c-2020"),
    ] {
        let (_, _, findings) = trials(rule);
        let [pool] = &findings.hazard_ratios[..] else { panic!("one outcome has hazard ratios") };
        assert_eq!(pool.series.len(), 3, "all are listed");
        assert_eq!(pool.fit.as_ref().unwrap().as_ref().unwrap().k, 2, "{rule}");
        for series in &pool.series {
            let with = match &series.gave_way {
                Some(GaveWay::Study(with, _)) => Some(with.as_str()),
                Some(GaveWay::SameStudy) => panic!("each has one comparison"),
                None => None,
            };
            assert_eq!(with, (series.study == goes).then_some(stays), "{rule}: {}", series.study);
            assert_eq!(series.effect.is_none(), series.study == goes);
        }
    }
}

/// A trial of two doses against one control, its adjusted ratio of the first, and men and women of it apart.
#[test]
fn nor_do_two_comparisons_of_one_trials_patients() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("studies")).unwrap();
    let cohort = |id: &str, more: &str| {
        format!(
            "  {id}:\n    primary: any\n    patients: 40\n{more}    results:\n      - {{outcome: os, at: 2 years, estimate: 60%}}\n"
        )
    };
    let ratio = |arms: &str, ratio: &str, variant: &str| {
        format!("  - {{outcome: os{variant}, arms: [{arms}], hazard_ratio: {ratio}, ci: [0.4, 1.2]}}\n")
    };
    let study = |id: &str, comparisons: &[String]| {
        let cohorts = [
            cohort("low", ""),
            cohort("high", ""),
            cohort("usual", "    role: control\n"),
            cohort("low-men", "    of: low\n"),
            cohort("usual-men", "    of: usual\n    role: control\n"),
            cohort("low-women", "    of: low\n"),
            cohort("usual-women", "    of: usual\n    role: control\n"),
        ];
        let text = format!(
            "reference: {{authors: [{id} A], title: Title {id}, journal: J, year: 2015, doi: 10.1000/{id}}}\n\
             design: {{timing: prospective}}\nfollow_up: {{median: 24 months}}\ncohorts:\n{}comparisons:\n{}",
            cohorts.concat(),
            comparisons.concat()
        );
        fs::write(folder.path().join(format!("studies/{}-2015.yaml", id.to_lowercase())), text).unwrap();
    };
    study(
        "Doses",
        &[
            ratio("high, usual", "0.7", ", variant: adjusted"),
            ratio("low, usual", "0.8", ""),
            ratio("high, usual", "0.9", ""),
        ],
    );
    study(
        "Parts",
        &[
            ratio("low-men, usual-men", "0.6", ""),
            ratio("low-women, usual-women", "0.75", ""),
            ratio("low, usual", "0.65", ""),
        ],
    );
    let review = "title: A review\noutcomes:\n  os: {name: Overall survival, short: OS, kind: survival, variants: {adjusted: {name: Adjusted, pool: true}}}\n\
                  analyses:\n  os-2y: {outcome: os, at: 2 years}\n";
    fs::write(folder.path().join("review.yaml"), review).unwrap();
    let (evidence, plan, findings) = built(folder.path());
    let [pool] = &findings.hazard_ratios[..] else { panic!("one outcome has hazard ratios") };
    let stays: Vec<bool> = pool.series.iter().map(|series| series.gave_way.is_none()).collect();
    // The outcome itself before its variant; of two doses the one written first; men and women are two sets of patients, all of them a third.
    assert_eq!(stays, [false, true, false, true, true, false]);
    assert!(pool.series.iter().all(|series| series.gave_way.is_none() || series.gave_way == Some(GaveWay::SameStudy)));
    assert_eq!(pool.fit.as_ref().unwrap().as_ref().unwrap().k, 3);
    let report = assemble(&evidence, &plan, &findings);
    let table = report.tables.iter().find(|table| table.id == "hazard-ratios").unwrap();
    let words = "not pooled: its patients are pooled by another comparison of this study";
    assert_eq!(table.rows.iter().flat_map(|row| &row.cells).filter(|cell| cell.text == words).count(), 3);
}

#[test]
fn nor_one_pool_of_risk_ratios() {
    let (evidence, plan, _) = trials("");
    let analysis = plan.analyses.iter().find(|analysis| analysis.id == "tox").unwrap();
    let arms = review::two_arms(&evidence, analysis);
    let gave_way: Vec<Option<&str>> =
        arms.iter().map(|arms| arms.gave_way.as_ref().map(|(with, _)| with.as_str())).collect();
    assert_eq!(gave_way, [None, None, Some("b-2015")]);
    assert_eq!(review::risk_ratio(&arms, analysis).unwrap().k, 2);
}

#[test]
fn a_trial_that_gave_way_says_so_in_the_words_of_every_other_series() {
    let (evidence, plan, findings) = trials("");
    let report = assemble(&evidence, &plan, &findings);
    let words = "may share patients with b-2015 2015, which leaves more patients in the pool";
    let table = report.tables.iter().find(|table| table.id == "hazard-ratios").unwrap();
    let cells: Vec<&str> = table.rows.iter().flat_map(|row| &row.cells).map(|cell| cell.text.as_str()).collect();
    assert!(cells.contains(&format!("not pooled: {words}").as_str()), "{cells:?}");
    assert!(cells.iter().any(|cell| cell.ends_with("k = 2")), "{cells:?}");
    for figure in ["ratios", "arms"] {
        let drawn = &report.figures.iter().find(|plot| plot.id == figure).unwrap().figure;
        let drawn = serde_json::to_string(drawn).unwrap();
        assert!(drawn.contains("Not pooled: c-2020 2020,") && drawn.contains("which leaves more"), "{figure}: {drawn}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Held against every subset: no set without an overlap has more patients.
    #[test]
    fn no_set_has_more_patients(sizes in proptest::collection::vec(1u64..50, 2..7), edges in proptest::collection::vec((0usize..7, 0usize..7), 0..10)) {
        let names: Vec<String> = (0..sizes.len()).map(|index| format!("s{index}-2000")).collect();
        let edges: BTreeSet<(usize, usize)> =
            edges.into_iter().filter(|(a, b)| a < b && *b < sizes.len()).collect();
        let of = |index: usize| -> Vec<&str> {
            edges.iter().filter(|(a, _)| *a == index).map(|(_, b)| names[*b].as_str()).collect()
        };
        let overlapping: Vec<Vec<&str>> = (0..sizes.len()).map(of).collect();
        let series: Vec<Series<'_>> =
            (0..sizes.len()).map(|i| Series::new(&names[i], sizes[i], 2000, &overlapping[i])).collect();
        let (_, _, findings) = review_of(&series, "");
        let chosen: u64 = taken(&findings).iter().map(|id| sizes[names.iter().position(|name| name == id).unwrap()]).sum();
        let best = (0u32..1 << sizes.len())
            .filter(|set| edges.iter().all(|(a, b)| set >> a & 1 == 0 || set >> b & 1 == 0))
            .map(|set| (0..sizes.len()).filter(|i| set >> i & 1 == 1).map(|i| sizes[i]).sum::<u64>())
            .max()
            .unwrap();
        prop_assert_eq!(chosen, best);
    }
}
