//! Tools of risk of bias held against their published item lists, and what is made of answers to them.

use std::fs;

use forestable::evidence::{
    Evidence, Judgement, Needs, RaterAgreement, Risk, RiskOfBias, Score, Scoring, TOOLS, Tool, Verdict, check, lower,
    rater_agreement,
};
use forestable::source::load;

/// The published items, in order, each by a word of its text or name here, and the answers of the first.
const PUBLISHED: [(&str, &[&str], &[&str]); 8] = [
    (
        "MINORS",
        &[
            "aim",
            "consecutive",
            "prospective",
            "endpoints",
            "unbiased",
            "follow-up",
            "loss",
            "size",
            "control",
            "contemporary",
            "baseline",
            "statistics",
        ],
        &["2", "1", "0"],
    ),
    (
        "JBI case series",
        &[
            "criteria",
            "measured",
            "identified",
            "consecutive",
            "complete",
            "demographics",
            "clinical information",
            "outcomes",
            "site",
            "analysis",
        ],
        &["yes", "unclear", "no"],
    ),
    (
        "IHE",
        &[
            "aim",
            "prospective",
            "centre",
            "consecutive",
            "characteristics",
            "eligibility",
            "similar point",
            "intervention",
            "co-interventions",
            "a priori",
            "blinded",
            "appropriate methods",
            "before and after",
            "tests",
            "follow-up",
            "losses",
            "variability",
            "adverse",
            "conclusions",
            "interests",
        ],
        &["yes", "partial", "unclear", "no"],
    ),
    (
        "Newcastle-Ottawa",
        &[
            "representativeness",
            "non-exposed",
            "exposure",
            "start",
            "comparability",
            "assessment",
            "length",
            "adequacy",
        ],
        &["a", "b", "c", "d"],
    ),
    (
        "ROBINS-I 2016",
        &["confounding", "selection", "classification", "deviations", "missing", "measurement", "reported"],
        &["low", "moderate", "serious", "critical", "no information"],
    ),
    (
        "ROBINS-I V2",
        &["confounding", "classification", "selection", "missing", "measurement", "reported"],
        &["low", "moderate", "serious", "critical"],
    ),
    (
        "RoB 2",
        &["randomisation", "deviations", "missing", "measurement", "reported"],
        &["low", "some concerns", "high"],
    ),
    (
        "QUIPS",
        &["participation", "attrition", "prognostic factor", "outcome", "confounding", "analysis"],
        &["low", "moderate", "high"],
    ),
];

#[test]
fn every_tool_has_its_published_items_in_order_with_their_answers() {
    assert_eq!(TOOLS.len(), PUBLISHED.len());
    for (tool, (name, items, answers)) in TOOLS.iter().zip(PUBLISHED) {
        assert_eq!(tool.name, name);
        assert_eq!(tool.items.len(), items.len(), "{name}");
        for (item, word) in tool.items.iter().zip(items) {
            assert!(item.name.contains(word), "{name}: `{}` is not about {word}", item.name);
            assert!(tool.answers(item).len() > 1, "{name}: `{}` has no answers", item.name);
        }
        let given: Vec<&str> = tool.answers(&tool.items[0]).iter().map(|answer| answer.answer.as_str()).collect();
        assert_eq!(given, answers, "{name}");
    }
}

#[test]
fn tools_score_as_published() {
    let most = |name: &str, one_arm: bool| -> u32 {
        let tool = Tool::named(name).unwrap();
        tool.items.iter().filter(|item| !(one_arm && item.comparative)).map(|item| tool.most(item)).sum()
    };
    // Ideal scores: MINORS 16 and 24; Newcastle-Ottawa nine stars, of which six need no second group.
    assert_eq!([most("MINORS", true), most("MINORS", false)], [16, 24]);
    assert_eq!([most("Newcastle-Ottawa", true), most("Newcastle-Ottawa", false)], [6, 9]);
    assert_eq!([most("JBI case series", true), most("IHE", true)], [10, 20]);
    for tool in TOOLS.iter() {
        for item in &tool.items {
            let judgements: Vec<_> = tool.answers(item).iter().map(|answer| answer.judgement).collect();
            assert_eq!(judgements[0], Judgement::Low, "{}: the best answer of `{}` comes first", tool.name, item.name);
        }
    }
}

/// What the published form of a tool says, item by item.
struct Form {
    /// Words of the place where it was published.
    source: &'static str,
    scoring: Scoring,
    needs: Option<Needs>,
    /// The answers of each item with their points; of all items where there is one entry.
    answers: &'static [&'static str],
    /// The items (from 1) that ask about a second group.
    comparative: &'static [usize],
    items: usize,
}

fn assert_form(name: &str, form: &Form) {
    let tool = Tool::named(name).unwrap();
    assert!(tool.reference.contains(form.source), "{name}: {}", tool.reference);
    assert_eq!((tool.scoring, tool.needs, tool.items.len()), (form.scoring, form.needs, form.items), "{name}");
    for (i, item) in tool.items.iter().enumerate() {
        let answers = tool.answers(item).iter().map(|answer| format!("{}={}", answer.answer, answer.points));
        let answers = answers.collect::<Vec<_>>().join(", ");
        assert_eq!(answers, form.answers[i.min(form.answers.len() - 1)], "{name}, item {}", i + 1);
        assert_eq!(item.comparative, form.comparative.contains(&(i + 1)), "{name}, item {}", i + 1);
        assert!(!item.text.is_empty());
    }
    assert!(form.answers.len() == 1 || form.answers.len() == form.items);
}

#[test]
fn minors_is_its_form() {
    let source = "ANZ J Surg 2003;73:712";
    let (scoring, comparative) = (Scoring::Points, &[9, 10, 11, 12][..]);
    assert_form("MINORS", &Form { source, scoring, needs: None, answers: &["2=2, 1=1, 0=0"], comparative, items: 12 });
}

#[test]
fn jbi_case_series_is_its_form() {
    // The form's fourth answer, not applicable, is one that every item of every tool takes.
    let (source, scoring) = ("JBI Evid Synth 2020;18:2127", Scoring::Yes);
    let answers = &["yes=1, unclear=0, no=0"][..];
    assert_form("JBI case series", &Form { source, scoring, needs: None, answers, comparative: &[], items: 10 });
}

#[test]
fn ihe_is_its_form() {
    let (source, scoring) = ("J Clin Epidemiol 2016;69:199", Scoring::Yes);
    let answers = &["yes=1, partial=0, unclear=0, no=0"][..];
    assert_form("IHE", &Form { source, scoring, needs: None, answers, comparative: &[], items: 20 });
}

#[test]
fn newcastle_ottawa_is_its_form() {
    // The letters of the form for cohort studies; a star for a, or for a and b; comparability takes both.
    let answers = &[
        "a=1, b=1, c=0, d=0",
        "a=1, b=0, c=0",
        "a=1, b=1, c=0, d=0",
        "a=1, b=0",
        "a and b=2, a=1, b=1, none=0",
        "a=1, b=1, c=0, d=0",
        "a=1, b=0",
        "a=1, b=1, c=0, d=0",
    ][..];
    let (source, scoring) = ("Ottawa Hospital Research Institute", Scoring::Stars);
    assert_form("Newcastle-Ottawa", &Form { source, scoring, needs: None, answers, comparative: &[2, 5], items: 8 });
}

#[test]
fn robins_i_of_2016_is_its_form() {
    let answers = &["low=0, moderate=0, serious=0, critical=0, no information=0"][..];
    let (source, needs) = ("BMJ 2016;355:i4919", Some(Needs::Comparator));
    let form = Form { source, scoring: Scoring::Worst, needs, answers, comparative: &[], items: 7 };
    assert_form("ROBINS-I 2016", &form);
}

#[test]
fn robins_i_v2_is_its_form() {
    // No domain of deviations any more, and no answer without information.
    let answers = &["low=0, moderate=0, serious=0, critical=0"][..];
    let (source, needs) = ("riskofbias.info", Some(Needs::Comparator));
    let form = Form { source, scoring: Scoring::Worst, needs, answers, comparative: &[], items: 6 };
    assert_form("ROBINS-I V2", &form);
}

#[test]
fn rob_2_is_its_form() {
    let answers = &["low=0, some concerns=0, high=0"][..];
    let (source, needs) = ("BMJ 2019;366:l4898", Some(Needs::Randomisation));
    assert_form("RoB 2", &Form { source, scoring: Scoring::Worst, needs, answers, comparative: &[], items: 5 });
}

#[test]
fn quips_is_its_form() {
    let answers = &["low=0, moderate=0, high=0"][..];
    let source = "Ann Intern Med 2013;158:280";
    assert_form("QUIPS", &Form { source, scoring: Scoring::None, needs: None, answers, comparative: &[], items: 6 });
}

/// Returns the evidence of a review of one study, rated as `rating` says, under `rule`.
fn rated(rating: &str, rule: &str) -> Evidence {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("studies")).unwrap();
    let study = format!(
        "reference: {{authors: [Case GH], title: A series, journal: J, year: 2021, doi: 10.1000/case}}\n\
         design: {{timing: retrospective}}\ncohorts: {{all: {{primary: any, patients: 40}}}}\nrisk_of_bias: {rating}\n"
    );
    let review = format!("title: A review\noutcomes: {{os: {{name: Survival, kind: survival}}}}\n{rule}\n");
    fs::write(folder.path().join("studies/case-2021.yaml"), study).unwrap();
    fs::write(folder.path().join("review.yaml"), review).unwrap();
    let (raw, _, mut findings) = load(folder.path()).unwrap();
    let (evidence, more) = lower(&raw);
    findings.extend(more);
    findings.retain(|finding| finding.severity == forestable::diag::Severity::Error);
    assert_eq!(findings, []);
    assert!(check(&evidence).iter().all(|finding| finding.code.0 == "W211"));
    evidence
}

fn rating(evidence: &Evidence) -> &RiskOfBias {
    evidence.studies[0].risk_of_bias.as_ref().unwrap()
}

#[test]
fn what_was_not_read_is_never_counted() {
    let evidence =
        rated("{tool: MINORS, items: {clearly stated aim: 2, prospective data: 1, planned study size: not read}}", "");
    let score = rating(&evidence).score().unwrap();
    assert_eq!(score, Score { points: 3, possible: 4, unread_points: 12, read: 2, applicable: 8 });
    let verdicts: Vec<_> = rating(&evidence).agreed.iter().map(|rating| rating.verdict.word()).collect();
    assert_eq!(verdicts[1], "not read");
    assert!(verdicts[8..].iter().all(|verdict| *verdict == "not applicable"));
}

#[test]
fn a_rule_leaves_open_what_unread_items_decide() {
    let rule =
        |least: u32| format!("risk_of_bias: {{low_if: {{MINORS: {{at_least: {least}}}}}, reason: agreed beforehand}}");
    let risk =
        |items: &str, least| rated(&format!("{{tool: MINORS, items: {{{items}}}}}"), &rule(least)).studies[0].risk;
    let all_but_one = "clearly stated aim: 2, consecutive patients: 2, prospective data: 2, appropriate endpoints: 2, \
                       unbiased assessment: 0, sufficient follow-up: 2, loss to follow-up below 5%: 2";
    // 12 points, and at most 14.
    assert_eq!(
        [12, 13, 14, 15].map(|least| risk(all_but_one, least)),
        [Risk::Low, Risk::Unknown, Risk::Unknown, Risk::NotLow]
    );
}

#[test]
fn items_and_the_worst_domain_can_be_asked_for() {
    let rule = "risk_of_bias: {low_if: {MINORS: {items: {prospective data: 2, consecutive patients: 1}}}, reason: set}";
    let risk = |items: &str| rated(&format!("{{tool: MINORS, items: {{{items}}}}}"), rule).studies[0].risk;
    assert_eq!(risk("prospective data: 2, consecutive patients: 2"), Risk::Low);
    assert_eq!(risk("prospective data: 1"), Risk::NotLow);
    assert_eq!(risk("prospective data: 2"), Risk::Unknown);
    let rule = "risk_of_bias: {low_if: {QUIPS: {worst: moderate}}, reason: set}";
    let domains = |last: &str| {
        format!(
            "{{tool: QUIPS, items: {{participation: low, attrition: moderate, prognostic factor: low, \
             outcome measurement: low, confounding: low, analysis and reporting: {last}}}}}"
        )
    };
    assert_eq!(rated(&domains("low"), rule).studies[0].risk, Risk::Low);
    assert_eq!(rated(&domains("high"), rule).studies[0].risk, Risk::NotLow);
    assert_eq!(rated(&domains("not read"), rule).studies[0].risk, Risk::Unknown);
    assert_eq!(rated(&domains("high"), "").studies[0].risk, Risk::Unknown, "without a rule nothing is low");
}

#[test]
fn raters_are_kept_and_their_agreement_is_computed() {
    let evidence = rated(
        "{tool: MINORS, raters: {A: {clearly stated aim: 2, consecutive patients: 0, prospective data: 2, planned study \
         size: not read}, B: {clearly stated aim: 2, consecutive patients: 2, prospective data: 2, planned study size: 0}}, \
         consensus: {consecutive patients: 0, planned study size: 0}}",
        "",
    );
    let found = rating(&evidence);
    assert_eq!(found.raters.len(), 2);
    assert!(matches!(found.agreed[1].verdict, Verdict::Answered(answer) if answer.answer == "0"));
    // Both have read three items and agree on two: pₑ = (2·3 + 1·0)/9 = 2/3, κ = 0.
    let [RaterAgreement { compared, same, kappa, .. }] = &rater_agreement([found])[..] else {
        panic!("one pair of raters")
    };
    assert_eq!((*compared, *same), (3, 2));
    assert!(kappa.unwrap().abs() < 1e-12);
}

/// Returns what a review finds of series that are rated as these words say, grouped by `group_by`: every group's id, number of series
/// and whether it has an answer; and the degrees of freedom of the test.
fn grouped(ratings: &[(&str, &str)], group_by: &str) -> (Vec<(String, usize, bool)>, f64) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("studies")).unwrap();
    for (index, (id, rating)) in ratings.iter().enumerate() {
        let rating = if rating.is_empty() { String::new() } else { format!("risk_of_bias: {rating}\n") };
        let study = format!(
            "reference: {{authors: [{id} A], title: {id}, journal: J, year: 2001, doi: 10.1000/{id}}}\n\
             design: {{timing: retrospective}}\n{rating}cohorts:\n  all:\n    primary: any\n    patients: 40\n    results:\n      \
             - {{outcome: os, at: 2 years, estimate: {}%}}\n",
            50 + 5 * index
        );
        fs::write(folder.path().join(format!("studies/{id}.yaml")), study).unwrap();
    }
    let review = format!(
        "title: A review\noutcomes: {{os: {{name: Overall survival, short: OS, kind: survival}}}}\n\
         risk_of_bias: {{low_if: {{MINORS: {{items: {{prospective data: 2}}}}}}, reason: set}}\n\
         analyses: {{os-2y: {{outcome: os, at: 2 years, group_by: {group_by}}}}}\n"
    );
    fs::write(folder.path().join("review.yaml"), review).unwrap();
    let (raw, ..) = load(folder.path()).unwrap();
    let (evidence, _) = lower(&raw);
    let (plan, findings) = forestable::review::plan(&raw, &evidence);
    assert_eq!(findings, []);
    let found = forestable::review::run(&evidence, &plan);
    let report = forestable::report::assemble(&evidence, &plan, &found);
    assert!(report.page.sections.iter().any(|section| section.id == "results"));
    let groups = found.analyses[0].groups.as_ref().unwrap();
    let rows = groups.groups.iter().map(|group| (group.of.id().to_owned(), group.k, group.pool.estimated().is_some()));
    (rows.collect(), groups.test.as_ref().unwrap().test.unwrap().q_between_df)
}

#[test]
fn series_are_pooled_by_risk_and_those_not_rated_are_a_group_of_their_own() {
    let minors = |answer: &str| format!("{{tool: MINORS, items: {{prospective data: {answer}}}}}");
    let (low, not_low, unread) = (minors("2"), minors("0"), minors("not read"));
    let rated = [("a-1", ""), ("b-2", &not_low), ("c-3", &low), ("d-4", &unread), ("e-5", &low), ("f-6", "")];
    let (groups, df) = grouped(&rated, "risk");
    let named =
        |groups: &[(&str, usize)]| groups.iter().map(|(id, k)| ((*id).to_owned(), *k, true)).collect::<Vec<_>>();
    assert_eq!(groups, named(&[("low", 2), ("not-low", 1), ("unknown", 1), ("not-rated", 2)]));
    assert_eq!(df, 3.0);
}

#[test]
fn series_are_pooled_by_the_worst_domain_of_a_tool_that_has_one() {
    let quips_has_none = "{tool: QUIPS, items: {participation: high}}";
    let robins = |answer: &str| {
        format!("{{tool: ROBINS-I 2016, comparator: a registry, items: {{confounding: {answer}, missing data: low}}}}")
    };
    let (serious, moderate) = (robins("serious"), robins("moderate"));
    let (groups, df) =
        grouped(&[("a-1", &serious), ("b-2", quips_has_none), ("c-3", &moderate), ("d-4", &serious)], "rating");
    let groups: Vec<(&str, usize)> = groups.iter().map(|(id, k, _)| (id.as_str(), *k)).collect();
    assert_eq!(groups, [("moderate", 1), ("high", 2), ("not-rated", 1)]);
    assert_eq!(df, 2.0);
}
