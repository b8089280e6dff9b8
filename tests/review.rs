//! Which series enter a pool, and why the others do not: small reviews, one rule each.

use std::fs;

use forestable::evidence::Evidence;
use forestable::review::{AnalysisFindings, Findings, GaveWay, OverlapRule, Plan, Pool, Reason};
use forestable::survival::{JointSpec, Likelihood, Random, Trend};
use forestable::{evidence, report, review, source};
use tempfile::TempDir;

const REVIEW: &str = "
title: A review
vocabulary: {primary: {breast: Breast, any: Any}}
outcomes:
  os: {name: Overall survival, short: OS, kind: survival}
  pfs:
    name: Progression-free survival
    short: PFS
    kind: survival
    variants:
      dfs: {name: disease-free survival, pool: true}
      ffdm: {name: freedom from distant metastasis, pool: false}
  g3: {name: Grade 3, kind: proportion, grade: \"3+\"}
analyses:
  os-2y: {outcome: os, at: 2 years, cohort: [breast, any], group_by: timing}
  pfs-2y: {outcome: pfs, at: 2 years, cohort: [breast, any]}
  g3: {outcome: g3, cohort: [breast, any]}
";

/// Runs a review of these studies: id, the end of the file from `cohorts:` on.
fn run(studies: &[(&str, &str)]) -> Findings {
    run_with(REVIEW, studies)
}

fn run_with(review: &str, studies: &[(&str, &str)]) -> Findings {
    let (evidence, plan) = read(review, studies);
    review::run(&evidence, &plan)
}

fn read(review: &str, studies: &[(&str, &str)]) -> (Evidence, Plan) {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("review.yaml"), review).unwrap();
    fs::create_dir(folder.path().join("studies")).unwrap();
    for (id, cohorts) in studies {
        let (family, year) = id.rsplit_once('-').unwrap();
        let timing = if family.starts_with("pro") { "prospective" } else { "retrospective" };
        let text = format!(
            "reference: {{authors: [{family} A], title: {id}, journal: J, year: {year}, doi: 10.1/{id}}}\n\
             design: {{timing: {timing}}}\n{cohorts}\n"
        );
        fs::write(folder.path().join(format!("studies/{id}.yaml")), text).unwrap();
    }
    let (raw, _, mut findings) = source::load(folder.path()).unwrap();
    let (evidence, more) = evidence::lower(&raw);
    findings.extend(more);
    let (plan, more) = review::plan(&raw, &evidence);
    findings.extend(more);
    let errors: Vec<String> = findings
        .iter()
        .filter(|finding| finding.severity == forestable::diag::Severity::Error)
        .map(|finding| finding.message.clone())
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    (evidence, plan)
}

fn cohort(primary: &str, n: u64, result: &str) -> String {
    format!("cohorts:\n  all: {{primary: {primary}, patients: {n}, results: [{result}]}}")
}

fn reason(found: &AnalysisFindings, study: &str) -> Reason {
    found.left_out.iter().find(|left_out| left_out.study == study).unwrap().reason.clone()
}

fn taken(found: &AnalysisFindings) -> Vec<(&str, &str)> {
    found.entries.iter().map(|entry| (entry.key.study.as_str(), entry.key.cohort.as_str())).collect()
}

#[test]
fn the_first_word_of_the_preference_that_reports_is_taken() {
    let both = "cohorts:
  all: {primary: any, patients: 90, results: [{outcome: os, at: 2 years, estimate: 60%}]}
  breast: {primary: breast, of: all, patients: 30, results: [{outcome: os, at: 2 years, estimate: 70%}]}";
    let silent = "cohorts:
  all: {primary: any, patients: 90, results: [{outcome: os, at: 2 years, estimate: 60%}]}
  breast: {primary: breast, of: all, patients: 30}";
    let findings = run(&[("a-2001", both), ("b-2002", silent)]);
    assert_eq!(taken(findings.analysis("os-2y").unwrap()), [("a-2001", "breast"), ("b-2002", "all")]);
}

#[test]
fn of_several_equal_cohorts_none_is_guessed_and_pick_chooses() {
    let split = "cohorts:
  low: {primary: any, patients: 40, results: [{outcome: os, at: 2 years, estimate: 60%}]}
  high: {primary: any, patients: 50, results: [{outcome: os, at: 2 years, estimate: 70%}]}";
    let findings = run(&[("a-2001", split)]);
    let found = findings.analysis("os-2y").unwrap();
    assert_eq!(reason(found, "a-2001"), Reason::SeveralCohorts(vec!["low".into(), "high".into()]));
    let picked = REVIEW.replace("group_by: timing}", "group_by: timing, pick: {a-2001: high}}");
    let findings = run_with(&picked, &[("a-2001", split)]);
    assert_eq!(taken(findings.analysis("os-2y").unwrap()), [("a-2001", "high")]);
}

#[test]
fn of_overlapping_studies_the_larger_is_taken() {
    let small = cohort("any", 40, "{outcome: os, at: 2 years, estimate: 60%}") + "\noverlaps: [b-2002]";
    let large = cohort("any", 50, "{outcome: os, at: 2 years, estimate: 70%}");
    let findings = run(&[("a-2001", &small), ("b-2002", &large)]);
    let found = findings.analysis("os-2y").unwrap();
    assert_eq!(taken(found), [("b-2002", "all")]);
    assert_eq!(reason(found, "a-2001"), Reason::Overlap { with: "b-2002".into(), rule: OverlapRule::MostPatients });
}

#[test]
fn endpoints_that_are_not_the_outcome_stay_out() {
    let dfs = cohort("any", 40, "{outcome: pfs, variant: dfs, at: 2 years, estimate: 30%}");
    let ffdm = cohort("any", 40, "{outcome: pfs, variant: ffdm, at: 2 years, estimate: 50%}");
    let late = cohort("any", 40, "{outcome: pfs, variant: ffdm, at: 6 years, estimate: 50%}");
    let findings = run(&[("a-2001", &dfs), ("b-2002", &ffdm), ("c-2003", &late)]);
    let found = findings.analysis("pfs-2y").unwrap();
    assert_eq!(taken(found), [("a-2001", "all")]);
    assert_eq!(reason(found, "b-2002"), Reason::VariantOnly(vec!["ffdm".into()]));
    assert_eq!(reason(found, "c-2003"), Reason::VariantOnly(vec!["ffdm".into()]));
}

#[test]
fn units_do_not_mix_unless_the_review_says_so() {
    let patients = cohort("any", 40, "{outcome: os, at: 2 years, estimate: 60%}");
    let lesions = "cohorts:
  all: {primary: any, patients: 40, lesions: 60, results: [{outcome: os, at: 2 years, estimate: 70%, unit: lesions}]}";
    let studies = [("a-2001", patients.as_str()), ("b-2002", patients.as_str()), ("c-2003", lesions)];
    let findings = run(&studies);
    assert_eq!(taken(findings.analysis("os-2y").unwrap()).len(), 2);
    let mixed = REVIEW.replace("short: OS,", "short: OS, mix: [unit],");
    assert_eq!(taken(run_with(&mixed, &studies).analysis("os-2y").unwrap()).len(), 3);
}

#[test]
fn crude_rates_medians_and_other_times_say_why_they_stay_out() {
    let crude = cohort("any", 40, "{outcome: os, at: last follow-up, method: crude, estimate: 60%}");
    let median = cohort("any", 40, "{outcome: os, median: 20 months}");
    let other = cohort("any", 40, "{outcome: os, at: 3 years, estimate: 50%}");
    let absent = cohort("any", 40, "{outcome: os, at: 2 years, estimate: not reached}");
    let near = cohort("any", 40, "{outcome: os, at: 24.4 months, estimate: 61%}");
    let studies = [("a-2001", &crude), ("b-2002", &median), ("c-2003", &other), ("d-2004", &absent), ("e-2005", &near)];
    let findings = run(&studies.map(|(id, text)| (id, text.as_str())));
    let found = findings.analysis("os-2y").unwrap();
    assert_eq!(reason(found, "a-2001"), Reason::CrudeOnly);
    assert_eq!(reason(found, "b-2002"), Reason::MedianOnly);
    assert!(matches!(reason(found, "c-2003"), Reason::OtherTimes(_)));
    assert!(matches!(reason(found, "d-2004"), Reason::NoEffect(_)));
    assert_eq!(taken(found), [("e-2005", "all")], "half a month is near enough");
}

#[test]
fn a_control_arm_never_enters_a_one_arm_pool() {
    let control = "cohorts:
  soc: {primary: any, role: control, patients: 33, results: [{outcome: os, at: 2 years, estimate: 60%}]}";
    let findings = run(&[("a-2001", control)]);
    assert!(findings.analysis("os-2y").unwrap().entries.is_empty());
}

#[test]
fn single_events_and_other_grades_are_not_the_outcome() {
    let single = cohort("any", 40, "{outcome: g3, event: fatigue, events: 2, of: 40, grade: 3}");
    let other = cohort("any", 40, "{outcome: g3, events: 2, of: 40, grade: 3-4}");
    let right = cohort("any", 40, "{outcome: g3, events: 2, of: 40, grade: \"3+\"}");
    let findings = run(&[("a-2001", &single), ("b-2002", &other), ("c-2003", &right)]);
    let found = findings.analysis("g3").unwrap();
    assert_eq!(reason(found, "a-2001"), Reason::SingleEventOnly);
    assert_eq!(reason(found, "b-2002"), Reason::OtherGrades);
    assert_eq!(taken(found), [("c-2003", "all")]);
}

#[test]
fn no_series_one_series_and_two_series_are_three_different_things() {
    let series = |estimate: &str| cohort("any", 40, &format!("{{outcome: os, at: 2 years, estimate: {estimate}}}"));
    let (one, two) = (series("60%"), series("70%"));
    let pool = |studies: &[(&str, &str)]| run(studies).analysis("os-2y").unwrap().pool.clone();
    let silent = cohort("any", 40, "{outcome: pfs, at: 2 years, estimate: 30%}");
    assert!(matches!(pool(&[("a-2001", &silent)]), Pool::Empty));
    assert!(matches!(pool(&[("a-2001", &one)]), Pool::Single(_)));
    let Pool::Pooled { natural, .. } = pool(&[("a-2001", &one), ("b-2002", &two)]) else { panic!("no pool") };
    assert!(natural.prediction.is_none(), "two series have no prediction interval");
    assert!(natural.lower < natural.estimate && natural.estimate < natural.upper);
}

#[test]
fn retrospective_minus_prospective_is_the_difference_of_what_is_shown() {
    let series = |estimate: &str| cohort("any", 40, &format!("{{outcome: os, at: 2 years, estimate: {estimate}}}"));
    let texts = [series("60%"), series("70%"), series("80%"), series("75%")];
    let ids = ["retro-2001", "retro-2002", "pro-2003", "pro-2004"];
    let studies: Vec<(&str, &str)> = ids.into_iter().zip(texts.iter().map(String::as_str)).collect();
    let findings = run(&studies);
    let groups = findings.analysis("os-2y").unwrap().groups.as_ref().unwrap();
    let shown: Vec<_> = groups.groups.iter().map(|group| *group.pool.estimated().unwrap()).collect();
    let difference = groups.difference.unwrap();
    assert!((difference.estimate - (shown[0].estimate - shown[1].estimate)).abs() < 1e-15);
    assert!(difference.lower < difference.estimate && difference.estimate < difference.upper);
    let empty = run(&studies[..2]);
    assert!(empty.analysis("os-2y").unwrap().groups.as_ref().unwrap().difference.is_none(), "one group is empty");
}

#[test]
fn one_hundred_per_cent_enters_on_its_effective_size() {
    let full = "follow_up: {median: 24 months}\n".to_owned()
        + &cohort("any", 44, "{outcome: os, at: 2 years, estimate: 100%}");
    let findings = run(&[("a-2001", &full)]);
    let effect = findings.analysis("os-2y").unwrap().entries[0].effect;
    assert_eq!((effect.proportion, effect.upper), (1.0, 1.0));
    // n ct/(e^ct − 1) with ct = ln 2: 44 ln 2.
    assert!((effect.effective - 44.0 * std::f64::consts::LN_2).abs() < 1e-9);
    assert!(effect.yi.is_finite() && effect.vi > 0.0);
}

#[test]
fn a_verdict_that_rounding_decides_is_said_to_be_one() {
    let methods = "methods: {model: common, interval: classic, prediction: none, missing_precision: sample-size}";
    let review = format!("{REVIEW}{methods}\n");
    let series = |percent: u32| cohort("any", 200, &format!("{{outcome: os, at: 2 years, estimate: {percent}%}}"));
    let verdict = |apart: u32| {
        let (low, high) = (series(60), series(60 + apart));
        let studies = [("retro-2001", low.as_str()), ("retro-2002", &low), ("pro-2003", &high), ("pro-2004", &high)];
        let findings = run_with(&review, &studies);
        let rounding = findings.analysis("os-2y").unwrap().rounding.unwrap();
        assert!(rounding.lower < rounding.upper);
        let codes: Vec<_> =
            review::faults(&review::Plan::default(), &findings).iter().map(|finding| finding.code.0).collect();
        (rounding.verdict_moves, codes)
    };
    assert_eq!(verdict(7), (true, vec!["W401"]), "P is near 0.05");
    assert_eq!(verdict(20), (false, vec![]), "far from chance whatever the digits");
}

#[test]
fn counts_and_survival_pool_by_models_that_take_everybody_as_it_is() {
    let review = REVIEW.replace("analyses:", "methods: {model: glmm}\nanalyses:").replace(
        "cohort: [breast, any], group_by",
        "model: bayes, tau_prior: half-cauchy:0.5, cohort: [breast, any], group_by",
    );
    let results = [("40", "100%"), ("30", "80%"), ("25", "90%")].map(|(n, survival)| {
        cohort(
            "breast",
            n.parse().unwrap(),
            &format!(
                "{{outcome: pfs, at: 2 years, estimate: {survival}, at_risk: 20}}, {{outcome: os, at: 2 years, estimate: {survival}}}, \
                 {{outcome: g3, events: 2, of: {n}, grade: \"3+\"}}"
            ),
        )
    });
    let studies = ["a-2001", "b-2002", "pro-2003"].into_iter().zip(&results).map(|(id, text)| (id, text.as_str()));
    let found = run_with(&review, &studies.collect::<Vec<_>>());
    let of = |id: &str| found.analysis(id).unwrap();
    let fit = of("g3").pool.fit().unwrap();
    // Equal counts in 40, 30 and 25 scatter less than binomially: one proportion.
    assert!((fit.estimate - forestable::num::ln(6.0 / 89.0)).abs() < 1e-12, "{}", fit.estimate);
    assert!(of("g3").entries.iter().all(|entry| entry.weight_percent.is_none()));
    let pfs = of("pfs-2y").pool.estimated().unwrap();
    assert!(pfs.lower < pfs.estimate && pfs.estimate < pfs.upper && pfs.upper < 1.0);
    let bayes = of("os-2y");
    assert!(bayes.pool.estimated().unwrap().prediction.is_some());
    assert!(bayes.groups.as_ref().unwrap().test.is_some());
}

/// Seven series of overall survival at two years, with years, sizes and follow-up of their own; `tail` ends review.yaml.
#[test]
fn groups_of_counts_share_a_variance_and_one_at_100_percent_is_no_fault() {
    let review = |methods: &str| REVIEW.replace("analyses:", &format!("methods: {{model: glmm{methods}}}\nanalyses:"));
    let series = |estimate: &str| cohort("any", 40, &format!("{{outcome: os, at: 2 years, estimate: {estimate}}}"));
    let texts = ["90%", "70%", "100%", "100%", "80%"].map(series);
    let of = |ids: [&'static str; 5], methods: &str| {
        let studies: Vec<(&str, &str)> = ids.into_iter().zip(texts.iter().map(String::as_str)).collect();
        let found = run_with(&review(methods), &studies);
        found.analysis("os-2y").unwrap().groups.clone().unwrap()
    };
    let mixed = ["retro-2001", "retro-2002", "retro-2003", "pro-2004", "pro-2005"];
    let (common, separate) = (of(mixed, ""), of(mixed, ", subgroup_tau2: separate"));
    let tau2 = |groups: &review::Groups, group: usize| groups.groups[group].pool.fit().unwrap().tau2;
    assert_eq!(tau2(&common, 0), tau2(&common, 1));
    assert!(tau2(&separate, 0) != tau2(&separate, 1));
    assert_eq!(common.groups[0].pool.fit().unwrap().df, Some(3.0), "five series in two groups");
    assert_eq!(common.test.as_ref().unwrap().test.unwrap().f.unwrap().f_df2, 3.0);
    // Both series at 100% in one group: that end, an interval of one end, a difference, and the test of the likelihoods.
    let parted = of(["retro-2001", "retro-2002", "pro-2003", "pro-2004", "retro-2005"], "");
    let Pool::AtTheEnd(end) = parted.groups[1].pool else { panic!("{:?}", parted.groups[1].pool) };
    assert_eq!((end.estimate, end.upper, end.prediction), (1.0, 1.0, None));
    assert!(end.lower < 1.0 && parted.groups[0].pool.fit().is_some());
    let test = parted.test.unwrap().test.unwrap();
    assert!(test.contrast.is_none() && test.likelihood_ratio.unwrap().in_place_of_wald);
    let difference = parted.difference.unwrap();
    assert!(difference.estimate < 0.0 && difference.lower < difference.estimate);
}

fn seven(analysis: &str, tail: &str) -> Findings {
    let cohorts: Vec<(String, String)> = (0..7)
        .map(|i| {
            let (family, year) = (if i % 3 == 0 { "pro" } else { "ret" }, 2010 + i);
            let follow_up = if i == 6 { "" } else { "follow_up: {median: 20 months}\n" };
            let estimate = 50 + 3 * i + if i % 2 == 0 { 5 } else { 0 };
            let result = format!("{{outcome: os, at: 2 years, estimate: {estimate}%, se: 6%}}");
            (
                format!("{family}{}-{year}", ["a", "b", "c", "d", "e", "f", "g"][i]),
                format!("{follow_up}{}", cohort("breast", 60, &result)),
            )
        })
        .collect();
    let review = REVIEW.replace(
        "  g3: {outcome: g3, cohort: [breast, any]}\n",
        &format!("  asked: {{outcome: os, at: 2 years, {analysis}}}\n{tail}"),
    );
    let studies: Vec<(&str, &str)> = cohorts.iter().map(|(id, text)| (id.as_str(), text.as_str())).collect();
    run_with(&review, &studies)
}

#[test]
fn moderators_are_regressed_and_a_series_without_the_value_is_left_out() {
    let findings = seven("cohort: breast, moderators: [\"year:timing\"], force: true", "");
    let moderated = findings.analysis("asked").unwrap().moderated.clone().unwrap();
    let regression = moderated.regression.unwrap();
    let names: Vec<&str> = regression.coefficients.iter().map(|coefficient| coefficient.name.as_str()).collect();
    assert_eq!(names, ["intercept", "year", "timing retrospective", "year:timing retrospective"]);
    assert!((moderated.means[0].1 - 2013.0).abs() < 1e-9);
    // Survival rises with the year: fewer events on the log-log scale.
    assert!(regression.coefficients[1].estimate < 0.0);
    assert!(moderated.permutation.unwrap().qm_p < 1.0);
    let findings = seven("cohort: breast, moderators: [year, follow-up], force: true", "");
    let moderated = findings.analysis("asked").unwrap().moderated.as_ref().unwrap();
    assert_eq!((moderated.k, moderated.missing.len()), (6, 1));
    assert_eq!(moderated.missing[0].study, "prog-2016");
    // All others have 20 months: nothing to regress on.
    assert!(moderated.regression.is_err() && moderated.permutation.is_none());
    assert!(findings.analysis("os-2y").unwrap().moderated.is_none());
}

#[test]
fn clusters_and_thresholds_are_answered_beside_the_pool() {
    let findings = seven(
        "cohort: breast, threshold: 60%",
        "clusters: {centre: [reta-2010, retb-2011, retc-2012]}\n".replace("reta", "proa").as_str(),
    );
    let found = findings.analysis("asked").unwrap();
    let clustered = found.clustered.as_ref().unwrap();
    assert_eq!(clustered.clusters.len(), 1);
    assert_eq!(clustered.clusters[0].studies.len(), 3);
    let (all, without) = (found.pool.estimated().unwrap(), clustered.clusters[0].without.unwrap());
    // The three are the earliest and worst.
    assert!(without.estimate > all.estimate);
    let robust = clustered.robust.unwrap();
    assert!((robust.estimate - all.estimate).abs() < 1e-12 && robust.lower != all.lower);
    assert!(clustered.multilevel.is_ok());
    // At the pooled estimate the odds are even.
    let below = found.new_below.unwrap();
    assert_eq!(below < 0.5, all.estimate > 0.6);
    let even = seven(&format!("cohort: breast, threshold: {}", all.estimate), "");
    assert!((even.analysis("asked").unwrap().new_below.unwrap() - 0.5).abs() < 1e-9);
    assert!(even.analysis("asked").unwrap().clustered.is_none());
}

#[test]
fn the_interval_of_the_variance_is_the_one_that_is_asked_for() {
    let upper = |method: &str| {
        let findings = seven(&format!("cohort: breast, tau2_interval: {method}"), "");
        findings.analysis("asked").unwrap().pool.fit().unwrap().tau2_ci.unwrap().upper
    };
    let uppers = ["QP", "GENQ", "BJ", "PL"].map(upper);
    assert!(uppers.iter().all(|upper| *upper > 0.0));
    assert!((0..3).all(|i| uppers[i] != uppers[i + 1]), "{uppers:?}");
}

/// A review of four series with survival at one, two and three years, pooled jointly as `methods` says.
fn jointly(methods: &str) -> (Findings, String) {
    let years = "analyses:\n  os-1y: {outcome: os, at: 1 year, cohort: [breast, any]}\n  os-3y: {outcome: os, at: 3 years, cohort: [breast, any]}\n";
    let review = REVIEW.replace("analyses:\n", &format!("{methods}\n{years}"));
    let results: Vec<(String, String)> =
        [(2011, [90, 80, 75]), (2012, [85, 60, 50]), (2013, [95, 70, 40]), (2014, [80, 65, 55])]
            .iter()
            .map(|(year, rates)| {
                let at = |(index, rate): (usize, &u64)| {
                    format!("{{outcome: os, at: {} years, estimate: {rate}%}}", index + 1).replace("1 years", "1 year")
                };
                let results: Vec<String> = rates.iter().enumerate().map(at).collect();
                (format!("ret-{year}"), cohort("breast", 50 + year % 7, &results.join(", ")))
            })
            .collect();
    let studies: Vec<(&str, &str)> = results.iter().map(|(id, text)| (id.as_str(), text.as_str())).collect();
    let (evidence, plan) = read(&review, &studies);
    let findings = review::run(&evidence, &plan);
    let report = report::assemble(&evidence, &plan, &findings);
    let table = report.tables.iter().find(|table| table.id == "over-time").unwrap();
    (findings, table.notes.join(" "))
}

#[test]
fn the_joint_model_is_the_one_that_is_asked_for() {
    let (usual, notes) = jointly("");
    assert_eq!(usual.over_time[0].spec, JointSpec::default());
    assert!(notes.contains("a line in the logarithm of time, with a random shift for each series (REML)"), "{notes}");
    assert!(notes.contains("Median 3") || notes.contains("median is"), "{notes}");
    let (asked, notes) =
        jointly("methods: {level: 90%, joint: {trend: landmarks, random: compound-symmetry, likelihood: ML}}");
    let (usual, asked) = (usual.over_time[0].joint.as_ref().unwrap(), asked.over_time[0].joint.as_ref().unwrap());
    assert_eq!((asked.spec.trend, asked.spec.random), (Trend::Landmarks, Random::CompoundSymmetry));
    assert_eq!((asked.spec.likelihood, asked.spec.level.0), (Likelihood::Ml, 0.9));
    assert_eq!((usual.names.len(), asked.names.len()), (2, 3));
    assert_ne!(usual.at(24.0, 0).unwrap().survival, asked.at(24.0, 0).unwrap().survival);
    assert!(notes.contains("a level at each time, with a random deviation"), "{notes}");
    assert!(notes.contains("(ML)") && !notes.contains("Median ") && !notes.contains("median is"), "{notes}");
}

#[test]
fn a_median_that_gives_way_says_to_which() {
    let median = |spread: &str| cohort("breast", 60, &format!("{{outcome: os, median: 20 months{spread}}}"));
    let overlap = |text: String, with: &str| format!("overlaps: [{with}]\n{text}");
    let printed = ", ci: [15 months, 30 months]";
    let (larger, smaller) = (median(printed).replace("60", "90"), overlap(median(printed), "retb-2012"));
    let findings = run(&[("reta-2011", &smaller), ("retb-2012", &larger), ("retc-2013", &median(printed))]);
    let pool = &findings.medians[0];
    assert_eq!(pool.fit.as_ref().unwrap().as_ref().unwrap().k, 2);
    assert_eq!(pool.series[0].gave_way, Some(GaveWay::Study("retb-2012".to_owned(), OverlapRule::MostPatients)));
    // A larger series whose precision is not printed cannot enter, and stands in nobody's way.
    let findings = run(&[
        ("reta-2011", &smaller),
        ("retb-2012", &median("").replace("60", "90")),
        ("retc-2013", &median(printed)),
    ]);
    let pool = &findings.medians[0];
    assert_eq!(pool.fit.as_ref().unwrap().as_ref().unwrap().k, 2);
    assert!(pool.series.iter().all(|series| series.gave_way.is_none()));
}
