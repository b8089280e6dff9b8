//! Reviews of any size: made-up series that differ as published ones do, the same at every run.

use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

use forestable::num::{Random, exp, ln};

/// The seed; each study has a stream of its own, so that a larger review begins with the studies of a smaller one.
const SEED: u64 = 20_121_015;

/// One series in so many comes from the centre of the one before it, and may hold its patients.
const SISTERS: usize = 25;

/// What of a protocol does not speak of particular studies.
const GENERAL: [&str; 9] =
    ["title", "question", "vocabulary", "outcomes", "methods", "risk_of_bias", "tables", "analyses", "figures"];

/// Writes a review of `studies` series into a folder, under the protocol of another review without what that says of its own series.
///
/// # Errors
/// When the folder cannot be written.
pub fn write(folder: &Path, protocol: &str, studies: usize) -> io::Result<()> {
    let target = folder.join("studies");
    fs::create_dir_all(&target)?;
    let flow = format!(
        "flow:\n  other: {{identified: {{Made up: {studies}}}}}\n  included: {{studies: {studies}, reports: {studies}}}\n"
    );
    fs::write(folder.join("review.yaml"), general(protocol) + &flow)?;
    (0..studies).try_for_each(|index| {
        let series = Series::draw(index);
        fs::write(target.join(format!("{}.yaml", series.id)), series.text())
    })
}

/// Returns those blocks of a protocol that hold for any review.
fn general(protocol: &str) -> String {
    let mut kept = String::new();
    let mut inside = false;
    for line in protocol.lines() {
        if let Some(key) = line.split(':').next().filter(|key| line.contains(':') && !key.starts_with([' ', '-', '#']))
        {
            inside = GENERAL.contains(&key);
        }
        if inside {
            kept += line;
            kept.push('\n');
        }
    }
    kept
}

/// A made-up series.
struct Series {
    id: String,
    year: u32,
    authors: Vec<String>,
    centre: String,
    enrolment: (u32, u32),
    /// The series that was drawn before it, where both are of one centre.
    sister: Option<String>,
    number: usize,
    random: Random,
}

impl Series {
    fn draw(index: usize) -> Self {
        let mut random = Random::new(SEED, index as u64);
        let year = 2006 + below(&mut random, 19) as u32;
        let mut authors = vec![format!("{} {}", name(index * 7 + 400), initials(&mut random))];
        let id = format!("{}-{year}", name(index * 7 + 400).to_lowercase());
        for _ in 0..2 + below(&mut random, 6) {
            authors.push(format!("{} {}", name(below(&mut random, 64_000)), initials(&mut random)));
        }
        let mut centre = format!("{} {index}", name(below(&mut random, 400)));
        let length = 2 + below(&mut random, 7) as u32;
        let last = year - 1 - below(&mut random, 2) as u32;
        let mut sister = None;
        if index % SISTERS == SISTERS - 1 {
            let before = Self::draw(index - 1);
            authors.extend(before.authors.into_iter().take(2));
            centre = before.centre;
            sister = Some(before.id);
        }
        Self { id, year, authors, centre, enrolment: (last - length, last), sister, number: index, random }
    }

    fn text(self) -> String {
        let Self { authors, year, number, centre, enrolment, sister, mut random, .. } = self;
        let random = &mut random;
        let prospective = random.uniform() < 0.35;
        let breast = random.uniform() < 0.5;
        let sites = if breast { "breast cancer" } else { "various cancers" };
        let mut text = String::from("# yaml-language-server: $schema=../study.schema.json\nreference:\n");
        let _ = writeln!(text, "  authors: [{}]", authors.join(", "));
        let _ =
            writeln!(text, "  title: Stereotactic body radiotherapy for oligometastases of {sites}, series {number}");
        let _ = writeln!(text, "  journal: Made-up Radiotherapy\n  year: {year}\n  volume: {}", year - 1980);
        let _ = writeln!(text, "  pages: \"{}\"\n  doi: 10.99999/made-up.{number}", 100 + number);
        let timing = if prospective { "prospective" } else { "retrospective" };
        let _ = writeln!(text, "design:\n  timing: {timing}\n  kind: single arm\n  centres: 1");
        let _ = writeln!(text, "  enrolment: [{}-03, {}-10]\n  institutions: [{centre}]", enrolment.0, enrolment.1);
        let most = 3 + below(random, 3);
        let follow_up = 14 + below(random, 40);
        let _ = writeln!(
            text,
            "definition: \"≤{most} sites\"\nfollow_up: {{median: {follow_up} months, source: abstract}}"
        );
        let dose = 24 + 6 * below(random, 6);
        let _ =
            writeln!(text, "treatment: {{technique: SBRT, dose: {dose} Gy, fractions: \"{}\"}}", 1 + below(random, 8));
        text.push_str("cohorts:\n");
        let patients = 18 + below(random, 180);
        let hazards = Hazards::draw(random);
        cohort(&mut text, random, &Cohort { id: "all", of: None, breast, patients, follow_up, hazards });
        if !breast && random.uniform() < 0.4 && patients >= 40 {
            let few = patients / 3;
            cohort(
                &mut text,
                random,
                &Cohort { id: "breast", of: Some("all"), breast: true, patients: few, follow_up, hazards },
            );
        }
        let _ = writeln!(
            text,
            "sources:\n  abstract: {{where: abstract, url: https://example.org/made-up/{number}, read: 2026-01-15}}"
        );
        if let Some(sister) = sister {
            let _ = writeln!(text, "overlaps: [{sister}]");
        }
        text.push_str("risk_of_bias:\n  tool: MINORS\n  by: nobody, the series is made up\n  items:\n");
        let (aim, data) = (1 + below(random, 2), if prospective { 2 } else { 0 });
        let _ = writeln!(text, "    clearly stated aim: {{answer: {aim}, reason: drawn by lot}}");
        let _ = writeln!(text, "    prospective data: {{answer: {data}, reason: the series is {timing}}}");
        for item in ["consecutive patients", "appropriate endpoints", "unbiased assessment", "sufficient follow-up"] {
            let _ = writeln!(text, "    {item}: not read");
        }
        text.push_str("    loss to follow-up below 5%: not read\n    planned study size: not read\nnotes: |\n  Made up, to see how long a large review takes.\n");
        text
    }
}

/// Events a year.
#[derive(Clone, Copy)]
struct Hazards {
    death: f64,
    progression: f64,
    recurrence: f64,
    censoring: f64,
}

impl Hazards {
    fn draw(random: &mut Random) -> Self {
        let death = 0.06 + 0.25 * random.uniform();
        Self {
            death,
            progression: death + 0.12 + 0.5 * random.uniform(),
            recurrence: 0.03 + 0.15 * random.uniform(),
            censoring: 0.1 + 0.2 * random.uniform(),
        }
    }
}

/// What the results of a cohort are made from.
struct Cohort {
    id: &'static str,
    of: Option<&'static str>,
    breast: bool,
    patients: usize,
    follow_up: usize,
    hazards: Hazards,
}

fn cohort(text: &mut String, random: &mut Random, cohort: &Cohort) {
    let Cohort { id, of, breast, patients, follow_up, hazards } = *cohort;
    let _ = writeln!(text, "  {id}:");
    if let Some(of) = of {
        let _ = writeln!(text, "    of: {of}");
    }
    let lesions = patients + below(random, patients);
    let primary = if breast { "breast" } else { "any" };
    let _ = writeln!(text, "    primary: {primary}\n    patients: {patients}\n    lesions: {lesions}\n    results:");
    let with_interval = random.uniform() < 0.4;
    let with_numbers_at_risk = random.uniform() < 0.15;
    let decimals = usize::from(random.uniform() < 0.3);
    for (outcome, hazard) in [("os", hazards.death), ("pfs", hazards.progression), ("lc", hazards.recurrence)] {
        let unit = if outcome == "lc" { ", unit: unclear" } else { "" };
        for years in 1..=3_usize {
            if years * 12 > follow_up + 12 {
                continue;
            }
            let t = years as f64;
            let survival = exp(-hazard * t);
            let at_risk = patients as f64 * exp(-(hazard + hazards.censoring) * t);
            let at = if years == 1 { "1 year".to_owned() } else { format!("{years} years") };
            let printed = percent(survival, decimals);
            let mut more = String::new();
            let mut interval = String::new();
            // An interval at the edge is printed as 100% by some and left out by others.
            if with_interval && at_risk > 8.0 && survival > 0.08 && survival < 0.96 {
                let n = at_risk / survival;
                let se = ((1.0 - survival) / (survival * n)).sqrt() / -ln(survival);
                let [low, high] = [1.96, -1.96].map(|z: f64| percent(exp(ln(survival) * exp(z * se)), decimals));
                more = format!(", ci: [{low}, {high}]");
                interval = format!(" (95% CI {low} to {high})");
            } else if with_numbers_at_risk && at_risk >= 1.0 {
                more = format!(", at_risk: {at_risk:.0}");
            }
            let _ = writeln!(
                text,
                "      - {{outcome: {outcome}, at: {at}, estimate: {printed}{more}{unit}, source: abstract, status: verified,\n         \
                 quote: \"the rate at {at} was {printed}{interval}\"}}"
            );
        }
        let median = 12.0 * ln(2.0) / hazard;
        if outcome != "lc" && median < follow_up as f64 {
            let _ = writeln!(
                text,
                "      - {{outcome: {outcome}, median: {median:.1} months, source: abstract, status: verified,\n         \
                 quote: \"the median was {median:.1} months\"}}"
            );
        }
    }
    let severe = below(random, 1 + patients / 25);
    let moderate = severe + below(random, 1 + patients / 8);
    for (outcome, grade, events) in [("toxicity-g2", "2+", moderate), ("toxicity-g3", "3+", severe)] {
        let _ = writeln!(
            text,
            "      - {{outcome: {outcome}, grade: \"{grade}\", events: {events}, of: {patients}, source: abstract, status: verified,\n         \
             quote: \"grade {grade} in {events} of {patients}\"}}"
        );
    }
}

fn percent(proportion: f64, decimals: usize) -> String {
    format!("{:.decimals$}%", 100.0 * proportion)
}

/// Returns a whole number from 0 up to, and without, `end`.
fn below(random: &mut Random, end: usize) -> usize {
    (random.uniform() * end as f64) as usize
}

fn initials(random: &mut Random) -> String {
    (0..1 + below(random, 2)).map(|_| char::from(b'A' + below(random, 26) as u8)).collect()
}

/// Returns a family name; no two numbers have the same.
fn name(mut number: usize) -> String {
    const SYLLABLES: [&str; 20] = [
        "ba", "ro", "mi", "tel", "ka", "sen", "du", "vi", "lor", "na", "pe", "gar", "sto", "fi", "hu", "mar", "zo",
        "ber", "li", "ost",
    ];
    let mut name = String::new();
    loop {
        name += SYLLABLES[number % SYLLABLES.len()];
        number /= SYLLABLES.len();
        if number == 0 {
            break;
        }
    }
    name[..1].to_uppercase() + &name[1..]
}
