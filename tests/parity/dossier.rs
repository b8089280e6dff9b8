//! docs/validation.md: what was compared with what, how near it came, and where it differs.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use crate::published::{Kind, Paper, Printed};
use crate::tally::{Agreement, Tally};

/// A reference category: its file, what it holds, and the program that wrote the figures.
struct Category {
    file: &'static str,
    what: &'static str,
    program: &'static str,
}

const fn category(file: &'static str, what: &'static str, program: &'static str) -> Category {
    Category { file, what, program }
}

const CATEGORIES: [Category; 17] = [
    category("effect_sizes.json", "Effects and their variances, 18 measures", "metafor"),
    category("proportion_intervals.json", "Seven intervals of one proportion", "meta"),
    category("models.json", "Common and random effects: ten estimators of τ², four intervals, 21 data sets", "metafor"),
    category("proportions_meta.json", "Proportions: intervals, prediction, the way back", "meta"),
    category("glmm.json", "Binomial-normal and Poisson-normal models", "metafor"),
    category("glmm_groups.json", "The binomial-normal model with groups and one τ²", "metafor"),
    category("two_by_two_pooling.json", "Mantel-Haenszel and Peto", "metafor"),
    category("subgroups.json", "Groups with a τ² each, and with one in common", "metafor"),
    category("meta_regression.json", "Meta-regression", "metafor"),
    category("multivariate.json", "Three levels, two outcomes, cluster-robust errors", "metafor"),
    category("bayesian.json", "Posteriors under four priors of τ", "bayesmeta"),
    category("sensitivity.json", "Leaving one out, cumulative, influence, Baujat, shrunken", "metafor"),
    category("small_study_effects.json", "Funnel asymmetry, trim and fill, selection, Henmi-Copas", "metafor"),
    category("kaplan_meier.json", "Kaplan-Meier with five intervals", "survival"),
    category(
        "survival_precision.json",
        "The standard error of a survival proportion from what is printed",
        "metaSurvMissCI",
    ),
    category("summary_survival_curve.json", "The distribution-free summary curve", "metaSurvival"),
    category("joint_survival.json", "Survival at several times together", "metafor"),
];

/// The data sets of the reference files, by the first part of their cases' names, and the paper each is from; what is not here was made up.
const DATA: [(&str, &str, &str); 16] = [
    ("bcg", "Colditz et al., JAMA 1994", "10.1001/jama.1994.03510330076038"),
    (
        "berkey1998",
        "Berkey et al., Stat Med 1998, Table I",
        "10.1002/(SICI)1097-0258(19981130)17:22<2537::AID-SIM953>3.0.CO;2-C",
    ),
    ("crisafulli2020", "Crisafulli et al., Orphanet J Rare Dis 2020", "10.1186/s13023-020-01430-8"),
    ("debruin", "de Bruin et al., Health Psychol 2009", "10.1037/a0015989"),
    ("hackshaw1998", "Hackshaw, BMJ 1997 and Stat Methods Med Res 1998", "10.1177/096228029800700203"),
    ("hepatocellular", "Combescure et al., Stat Med 2014: untreated hepatocellular carcinoma", "10.1002/sim.6111"),
    (
        "hine1989",
        "Hine et al., as given by Normand, Stat Med 1999, Table III",
        "10.1002/(SICI)1097-0258(19990215)18:3<321::AID-SIM28>3.0.CO;2-P",
    ),
    ("konstantopoulos2011", "Konstantopoulos, Res Synth Methods 2011", "10.1002/jrsm.35"),
    ("lung", "Loprinzi et al., J Clin Oncol 1994", "10.1200/JCO.1994.12.3.601"),
    ("mcdaniel1994", "McDaniel et al., J Appl Psychol 1994", "10.1037/0021-9010.79.4.599"),
    ("nielweise2008", "Niel-Weise et al., as given by Stijnen et al., Stat Med 2010, Table VI", "10.1002/sim.4040"),
    (
        "normand1999",
        "Normand, Stat Med 1999, Table VIII",
        "10.1002/(SICI)1097-0258(19990215)18:3<321::AID-SIM28>3.0.CO;2-P",
    ),
    (
        "pritz1997",
        "Pritz et al., as given by Zhou et al., Stat Med 1999",
        "10.1002/(SICI)1097-0258(19990315)18:5<557::AID-SIM53>3.0.CO;2-F",
    ),
    ("raudenbush1985", "Raudenbush & Bryk, J Educ Stat 1985", "10.3102/10769986010002075"),
    ("schools", "Rubin, J Educ Stat 1981", "10.3102/10769986006004377"),
    ("steurer2006", "Steurer et al. 2006, as given with R's metadat", ""),
];

/// Data sets that were made up, to stand at a bound.
const MADE_UP: [&str; 8] = [
    "all_events",
    "boundary",
    "homogeneous",
    "landmarks-12-24-36",
    "log-time",
    "made-up",
    "three_studies",
    "two_studies",
];

/// Compares docs/validation.md with what was found, or writes it where `UPDATE_DOSSIER` is set.
pub fn hold(tally: &Tally, (papers, printed): &(Vec<Paper>, Vec<Printed>)) {
    let files: BTreeSet<&str> = CATEGORIES.iter().map(|category| category.file).collect();
    assert_eq!(files, tally.files().collect(), "each reference file has its line in the dossier");
    let dossier = format!("{}{}{}", opening(tally, papers, printed), references(tally), examples(papers, printed));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/validation.md");
    if std::env::var_os("UPDATE_DOSSIER").is_some() {
        std::fs::write(&path, dossier).unwrap();
        return;
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == dossier,
        "docs/validation.md is not what was found: UPDATE_DOSSIER=1 cargo test --test parity writes it anew"
    );
}

fn opening(tally: &Tally, papers: &[Paper], printed: &[Printed]) -> String {
    let (agree, apart) = (tally.figures(), tally.set_apart());
    let of = |kind| papers.iter().filter(|paper| paper.kind == kind).count();
    let (proportions, both, survival) = (of(Kind::Proportions), of(Kind::Both), of(Kind::Survival));
    let differ = printed.iter().filter(|row| row.ours.is_some()).count();
    format!(
        "<!-- Written by `UPDATE_DOSSIER=1 cargo test --test parity`: change the tests, not this. -->\n\
         # Validation\n\n\
         What the engine computes, held against the established programs, against published meta-analyses and against the laws it must obey. Each test run computes every \
         figure below anew (`cargo test --test parity`) and fails where one differs, or where this page is not what it found.\n\n\
         - **{agree} of {} figures** of the established programs agree; the other {apart} are wrong there, each with a derivation below.\n\
         - **{} of {} printed figures** of published meta-analyses come out in the printed digits; for the other {differ} what is known of the difference stands beside them. \
         {} of the {} papers pool proportions or survival: {proportions} proportions alone, {both} the proportion in each arm besides comparing the arms, {survival} survival; \
         the other {} only compare two arms.\n\
         - What no program prints is held by laws (`cargo test --test laws`): order and units of the studies do not matter, a common effect is the limit of random \
         effects, an interval grows with its level, and the like, on thousands of drawn cases.\n\
         - How often intervals hold the truth in pools of this field's size is in [the simulation](simulation.md); how near reconstructed curves come, in `cargo bench --bench \
         reconstruction`.\n",
        agree + apart,
        printed.len() - differ,
        printed.len(),
        proportions + both + survival,
        papers.len(),
        of(Kind::TwoArms),
    )
}

fn references(tally: &Tally) -> String {
    let mut text = "\n## Against the established programs\n\n\
                    A difference is relative to the figure, and never counted where it is below 1e-9; the largest of a category is rounded up to 1, 2 or 5 times a power of ten. \
                    Looser bounds are the accuracy of the reference's own optimiser or integral.\n\n\
                    | what | figures | agree | largest difference | held to | program |\n|---|---:|---:|---:|---:|---|\n"
        .to_owned();
    for Category { file, what, program } in &CATEGORIES {
        let (agreement, wrong) = tally.of(file);
        let apart: usize = wrong.iter().map(|(_, count)| count).sum();
        let _ = writeln!(
            text,
            "| [{what}](../tests/parity/{file}) | {} | {} | {} | {:e} | {program} {} |",
            agreement.figures + apart,
            agreement.figures,
            rounded_up(agreement.largest),
            agreement.tolerance,
            version(agreement, program),
        );
    }
    text.push_str(
        "\nAll in R 4.2.2. R's `meta` leaves the effect of a study with events in all its patients as it is where it corrects the variance; metafor and this program correct both, and \
         those pools are compared on meta's effects. The Freeman-Tukey double arcsine goes back at the harmonic mean of the sizes.\n\n\
         ### Where we differ, and why\n\n| figures | of | because |\n|---:|---|---|\n",
    );
    for Category { file, what, .. } in &CATEGORIES {
        for (reason, count) in tally.of(file).1 {
            let _ = writeln!(text, "| {count} | {what} | {reason} |");
        }
    }
    text.push_str("\nThe figures are of these published data sets, and of made-up ones that stand at a bound: ");
    let known = |set: &str| DATA.iter().find(|(name, ..)| set.starts_with(name));
    let sets: Vec<&(&str, &str, &str)> = tally
        .data()
        .filter(|set| !MADE_UP.contains(set))
        .map(|set| known(set).unwrap_or_else(|| panic!("where the data set {set} is from")))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let cite = |(_, paper, doi): &&(&str, &str, &str)| {
        if doi.is_empty() { (*paper).to_owned() } else { format!("[{paper}]({})", link(doi)) }
    };
    let _ = writeln!(text, "{}.", sets.iter().map(cite).collect::<Vec<_>>().join("; "));
    text.push_str("\nEach derivation is an assertion beside the comparison in `tests/parity/`.\n");
    text
}

fn examples(papers: &[Paper], printed: &[Printed]) -> String {
    let mut text = "\n## Published meta-analyses\n\n\
                    The studies' figures are in [tests/parity/published](../tests/parity/published/), with their source; so is each printed figure, with the method that gives it.\n\n\
                    | paper | where | kind | what | figures | as printed |\n|---|---|---|---|---:|---:|\n"
        .to_owned();
    for Paper { paper, reference, doi, what, kind, .. } in papers {
        let rows: Vec<&Printed> = printed.iter().filter(|row| row.paper == *paper).collect();
        let mut places: Vec<&str> = rows.iter().map(|row| row.place.as_str()).collect();
        places.dedup();
        let same = rows.iter().filter(|row| row.ours.is_none()).count();
        let address = if doi.is_empty() { String::new() } else { format!(" [doi]({})", link(doi)) };
        let _ = writeln!(
            text,
            "| {reference}.{address} | {} | {} | {what} | {} | {same} |",
            places.join(", "),
            kind.words(),
            rows.len(),
        );
    }
    text.push_str("\nFigures that were not read in the paper itself:\n\n");
    for Paper { paper, seen, .. } in papers {
        if let Some(seen) = seen {
            let _ = writeln!(text, "- {paper}: {seen}.");
        }
    }
    text.push_str(
        "\nThe tables of Lemoine et al., Front Oncol 2021 ([doi](https://doi.org/10.3389/fonc.2021.736690)), the review in this repository, are held cell by cell \
         in [tests/lemoine_2021](../tests/lemoine_2021/).\n",
    );
    text.push_str("\nPrinted figures that their own data do not give:\n\n| paper | figure | printed | computed | why |\n|---|---|---:|---:|---|\n");
    for row in printed {
        if let (Some(ours), Some(why)) = (&row.ours, &row.why) {
            let minus = |figure: &str| figure.replace('-', "−");
            let _ = writeln!(
                text,
                "| {}, {} | {} | {} | {} | {why} |",
                row.paper,
                row.place,
                row.words(),
                minus(&row.printed),
                minus(ours),
            );
        }
    }
    text
}

/// Returns the address of a DOI; brackets would end a link in Markdown.
fn link(doi: &str) -> String {
    let safe = doi.replace('(', "%28").replace(')', "%29").replace('<', "%3C").replace('>', "%3E");
    format!("https://doi.org/{safe}")
}

fn version<'a>(agreement: &'a Agreement, program: &str) -> &'a str {
    agreement.software.get(program).map_or_else(|| panic!("no version of {program}"), String::as_str)
}

/// Returns the least of 1, 2 and 5 times a power of ten that is not below `difference`, and at least 1e-12: what lies below is the platform's.
fn rounded_up(difference: f64) -> String {
    let steps = (-12..=0).flat_map(|power| [1, 2, 5].map(|digit| format!("{digit}e{power}")));
    let step = steps.into_iter().find(|step| step.parse().is_ok_and(|step: f64| difference <= step));
    format!("≤ {}", step.expect("a difference below 1"))
}
