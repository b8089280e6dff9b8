//! published/: meta-analyses with their studies' figures and what the papers print, reproduced to the printed digits.

use std::path::{Path, PathBuf};

use forestable::effect::{Figures, Measure};
use forestable::evidence::Level;
use forestable::model::small_study::henmi_copas;
use forestable::model::{
    Design, Estimate, ModelKind, PairedEffects, PredictionMethod, Spec, Tau2Interval, Tau2Method, bivariate, fit,
    fit_counts, regress,
};
use forestable::num::exp;
use serde::Deserialize;

use crate::counts::marginal;

/// A figure that a paper prints, with how it is computed.
#[derive(Debug, Clone, Deserialize)]
pub struct Printed {
    /// The paper, by first author and year.
    pub paper: String,
    /// The page or table.
    pub place: String,
    data: String,
    /// Which columns are an arm: `one`, `first`, `second`, `both`; `excess` deaths; a `ratio` with its interval.
    arm: String,
    /// How many studies, from the first; all where it is absent.
    first: Option<usize>,
    measure: String,
    model: String,
    tau2: String,
    interval: String,
    /// What is printed.
    pub quantity: String,
    back: String,
    /// As printed.
    pub printed: String,
    /// What the data give in as many digits, where that is something else.
    pub ours: Option<String>,
    /// Why.
    pub why: Option<String>,
}

impl Printed {
    /// Returns what is printed, in words.
    pub fn words(&self) -> String {
        let quantity = match self.quantity.as_str() {
            "estimate" => "estimate",
            "se" => "standard error",
            "tau2" if self.back == "sqrt" => "τ",
            "tau2" => "τ²",
            "ci_lower" => "lower end",
            "ci_upper" => "upper end",
            "new_lower" | "new_lower V" => "lower end for a new study",
            "new_upper" | "new_upper V" => "upper end for a new study",
            other => other,
        };
        let arm = match self.arm.as_str() {
            "first" => ", treated arm",
            "second" => ", control arm",
            _ => "",
        };
        format!("{quantity} of {} by {}{arm}", self.measure, self.model)
    }
}

/// What a paper pools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Kind {
    #[serde(rename = "proportions")]
    Proportions,
    #[serde(rename = "survival")]
    Survival,
    #[serde(rename = "two arms")]
    TwoArms,
    /// Each arm's proportion alone, and the arms compared.
    #[serde(rename = "proportions and two arms")]
    Both,
}

impl Kind {
    pub const fn words(self) -> &'static str {
        match self {
            Self::Proportions => "proportions",
            Self::Survival => "survival",
            Self::TwoArms => "two arms",
            Self::Both => "proportions and two arms",
        }
    }
}

/// A paper.
#[derive(Debug, Clone, Deserialize)]
pub struct Paper {
    /// First author and year.
    pub paper: String,
    /// The reference.
    pub reference: String,
    /// Its DOI; empty where none was seen.
    pub doi: String,
    /// What it pools.
    pub what: String,
    /// Proportions, survival, or one arm against another.
    pub kind: Kind,
    /// Where its figures were read, where that is not the paper itself.
    pub seen: Option<String>,
}

/// Computes each printed figure anew; panics with all that do not come out in the printed digits.
pub fn compare() -> (Vec<Paper>, Vec<Printed>) {
    let (papers, printed): (Vec<Paper>, Vec<Printed>) = (rows("papers.csv"), rows("printed.csv"));
    let wrong: Vec<String> = printed.iter().filter_map(fault).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for paper in &papers {
        assert!(printed.iter().any(|row| row.paper == paper.paper), "{} prints nothing", paper.paper);
    }
    let single = papers.iter().filter(|paper| paper.kind != Kind::TwoArms).count();
    assert!(single >= 12, "{single} papers pool proportions or survival, fewer than twelve");
    sparse_rates();
    rounded_ratios();
    (papers, printed)
}

/// Returns what is wrong with a row.
fn fault(row: &Printed) -> Option<String> {
    let found = found(row);
    let stated = row.ours.as_ref().unwrap_or(&row.printed);
    let decimals = stated.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let value: f64 = stated.parse().expect("a printed number");
    let near = (found - value).abs() <= 0.5 * 10_f64.powi(-(decimals as i32)) * (1.0 + 1e-9);
    let reasoned = row.ours.is_some() == row.why.is_some() && row.ours.as_ref() != Some(&row.printed);
    (!near || !reasoned).then(|| format!("{} {}: {} is {found}, not {stated}", row.paper, row.place, row.quantity))
}

/// Returns the figure that a row asks for, on the printed scale.
fn found(row: &Printed) -> f64 {
    let measure: Measure = row.measure.parse().unwrap();
    let studies = studies(row);
    let value = match row.model.as_str() {
        "henmi-copas" => {
            let found = henmi_copas(&effects(measure, &studies), Level::NINETY_FIVE).unwrap();
            match row.quantity.as_str() {
                "estimate" => found.estimate,
                "ci_lower" => found.ci_lower,
                "ci_upper" => found.ci_upper,
                other => panic!("no `{other}` of Henmi and Copas"),
            }
        }
        "bivariate" => of_both(row, &studies),
        "regression on ablat" => of_regression(row, &effects(measure, &studies)),
        _ => of_pool(row, measure, &studies),
    };
    let units = [(" percent", 1e2), (" per thousand", 1e3), (" per ten thousand", 1e4)];
    let (back, unit) = units
        .iter()
        .find_map(|&(name, unit)| Some((row.back.strip_suffix(name)?, unit)))
        .unwrap_or((row.back.as_str(), 1.0));
    unit * match back {
        "" => value,
        "exp" => exp(value),
        "expit" => Measure::Plo.back(value, None),
        "sqrt" => value.sqrt(),
        "percent" => 100.0 * value,
        "double" => 2.0 * value,
        "increase" => 100.0 * (exp(value) - 1.0),
        "decrease" => 100.0 * (1.0 - exp(value)),
        "harmonic" => {
            let sizes: Vec<f64> = studies.iter().filter_map(Figures::n).collect();
            measure.back(value, Some(sizes.len() as f64 / sizes.iter().map(|n| 1.0 / n).sum::<f64>()))
        }
        other => panic!("no way back `{other}`"),
    }
}

fn spec(row: &Printed) -> Spec {
    let model = row.model.parse().unwrap_or(ModelKind::Random);
    let tau2 = row.tau2.parse().unwrap_or(Tau2Method::Reml);
    Spec { model, tau2, interval: row.interval.parse().unwrap(), prediction: PredictionMethod::Hts, ..Spec::default() }
}

fn of_pool(row: &Printed, measure: Measure, studies: &[Figures]) -> f64 {
    let (quantity, method) = row.quantity.split_once(' ').unwrap_or((&row.quantity, ""));
    let spec = Spec {
        tau2_interval: method.parse().unwrap_or(Tau2Interval::QProfile),
        prediction: method.parse().unwrap_or(PredictionMethod::Hts),
        ..spec(row)
    };
    let found = if spec.model.takes_counts() {
        fit_counts(studies, measure, &spec).unwrap()
    } else {
        fit(&effects(measure, studies), &spec).unwrap()
    };
    match quantity {
        "estimate" => found.estimate,
        "se" => found.se,
        "statistic" => found.statistic,
        "p_value" => found.p_value,
        "ci_lower" => found.ci_lower,
        "ci_upper" => found.ci_upper,
        "tau2" => found.tau2,
        "tau2_se" => found.tau2_se.unwrap(),
        "tau2_lower" => found.tau2_ci.unwrap().lower,
        "tau2_upper" => found.tau2_ci.unwrap().upper,
        "new_lower" => found.prediction.unwrap().limits.lower,
        "new_upper" => found.prediction.unwrap().limits.upper,
        "i2" => found.heterogeneity.i2_percent,
        "h2" => found.heterogeneity.h2,
        "q" => found.heterogeneity.q,
        other => panic!("no `{other}` of a pool"),
    }
}

/// Both arms of each trial as a pair of log odds, whose sampling errors are independent.
fn of_both(row: &Printed, studies: &[Figures]) -> f64 {
    let log_odds = |xi, ni| Measure::Plo.estimate(&Figures::Events { xi, ni }, 0.5).ok();
    let pair = |study: &Figures| match *study {
        Figures::TwoArms { ai, n1i, ci, n2i } => {
            PairedEffects { first: log_odds(ai, n1i), second: log_odds(ci, n2i), covariance: 0.0 }
        }
        _ => panic!("a trial has two arms"),
    };
    let found = bivariate(&studies.iter().map(pair).collect::<Vec<_>>(), &spec(row)).unwrap();
    match row.quantity.as_str() {
        "first" => found.estimates[0].estimate,
        "second" => found.estimates[1].estimate,
        "first tau2" => found.tau2[0],
        "second tau2" => found.tau2[1],
        "rho" => found.rho.unwrap(),
        "difference" => found.difference.estimate,
        "difference se" => found.difference.se,
        other => panic!("no `{other}` of two arms"),
    }
}

fn of_regression(row: &Printed, effects: &[Estimate]) -> f64 {
    let mut design = Design::default();
    design.number("ablat", column(row, "ablat"));
    let found = regress(effects, &design, &spec(row)).unwrap();
    match row.quantity.as_str() {
        "intercept" => found.coefficients[0].estimate,
        "intercept se" => found.coefficients[0].se,
        "slope" => found.coefficients[1].estimate,
        "slope se" => found.coefficients[1].se,
        "tau2" => found.tau2,
        other => panic!("no `{other}` of a regression"),
    }
}

/// Reads the studies of a row. A trial without an event in either arm says nothing about an odds ratio.
fn studies(row: &Printed) -> Vec<Figures> {
    let of = |name: &str| column(row, name);
    let two = |a: &str, b: &str| of(a).into_iter().zip(of(b)).collect::<Vec<_>>();
    let events = |(xi, ni)| Figures::Events { xi, ni };
    let rate = |(xi, ti)| Figures::Rate { xi, ti: ti / 1000.0 };
    let studies: Vec<Figures> = match (row.arm.as_str(), row.measure.as_str()) {
        ("one", _) => two("xi", "ni").into_iter().map(events).collect(),
        ("first", "IRLN") => two("x1i", "t1i").into_iter().map(rate).collect(),
        ("second", "IRLN") => two("x2i", "t2i").into_iter().map(rate).collect(),
        ("first", _) => two("ai", "n1i").into_iter().map(events).collect(),
        ("second", _) => two("ci", "n2i").into_iter().map(events).collect(),
        ("both", _) => {
            let arms = two("ai", "n1i").into_iter().zip(two("ci", "n2i"));
            arms.map(|((ai, n1i), (ci, n2i))| Figures::TwoArms { ai, n1i, ci, n2i }).collect()
        }
        // Peto's one step: the log hazard ratio is (O − E)/V, its variance 1/V.
        ("excess", _) => two("ome", "v").into_iter().map(|(o, v)| Figures::Effect { yi: o / v, vi: 1.0 / v }).collect(),
        ("ratio", _) => {
            let ends = of("ratio").into_iter().zip(two("lower", "upper"));
            let ratio = |(hr, (lower, upper))| Figures::HazardRatio {
                hr,
                ci: Some((lower, upper, Level::NINETY_FIVE)),
                p: None,
            };
            ends.map(ratio).collect()
        }
        other => panic!("no studies by {other:?}"),
    };
    let tells = |study: &Figures| !matches!(study, Figures::TwoArms { ai: 0.0, ci: 0.0, .. }) || row.measure != "OR";
    studies.into_iter().take(row.first.unwrap_or(usize::MAX)).filter(tells).collect()
}

fn effects(measure: Measure, studies: &[Figures]) -> Vec<Estimate> {
    let effect = |study: &Figures| match *study {
        Figures::Effect { yi, vi } => Estimate { yi, vi },
        _ => measure.estimate(study, 0.5).unwrap(),
    };
    studies.iter().map(effect).collect()
}

/// Where Stijnen's Table VII differs from ours by a last digit: nowhere in the square of values that round to the printed ones is the
/// likelihood as large as at ours, by an integral of another kind.
fn sparse_rates() {
    for (arm, mu, tau2) in [("second", 1.401, 0.316), ("first", 0.850, 0.654)] {
        let is_ours = |row: &Printed| row.data == "catheters_2008" && row.model == "glmm" && row.arm == arm;
        let rows: Vec<Printed> = rows("printed.csv");
        let row = rows.iter().find(|row| is_ours(row)).unwrap();
        let studies = studies(row);
        let found = fit_counts(&studies, Measure::Irln, &spec(row)).unwrap();
        let likelihood = |mu, tau2| studies.iter().map(|study| marginal(study, mu, tau2)).sum::<f64>();
        let ours = likelihood(found.estimate, found.tau2);
        for (i, j) in (-2..=2).flat_map(|i| (-2..=2).map(move |j| (i, j))) {
            let theirs = likelihood(mu + 0.000_25 * f64::from(i), tau2 + 0.000_25 * f64::from(j));
            assert!(theirs < ours, "{arm}: {theirs} is not below {ours}");
        }
    }
}

/// Where Zhang's upper end differs from ours: each printed ratio and end stands for all that round to it, and with the least favorable of
/// these the upper end rounds to the printed one.
fn rounded_ratios() {
    let rows: Vec<Printed> = rows("printed.csv");
    let row = rows.iter().find(|row| row.data == "her2_2015_overall").unwrap();
    let mut ratios: Vec<[f64; 3]> = studies(row)
        .iter()
        .map(|study| match *study {
            Figures::HazardRatio { hr, ci: Some((lower, upper, _)), .. } => [hr, lower, upper],
            _ => panic!("a ratio has its interval"),
        })
        .collect();
    let upper = |ratios: &[[f64; 3]]| {
        let ratio = |&[hr, lower, upper]: &[f64; 3]| Figures::HazardRatio {
            hr,
            ci: Some((lower, upper, Level::NINETY_FIVE)),
            p: None,
        };
        let studies: Vec<Figures> = ratios.iter().map(ratio).collect();
        exp(fit(&effects(Measure::Hr, &studies), &spec(row)).unwrap().ci_upper)
    };
    for (study, figure) in (0..ratios.len()).flat_map(|study| (0..3).map(move |figure| (study, figure))) {
        let printed = ratios[study][figure];
        let ends = [printed - 0.0049, printed + 0.0049].map(|value| {
            ratios[study][figure] = value;
            (upper(&ratios), value)
        });
        ratios[study][figure] = if ends[0].0 < ends[1].0 { ends[0].1 } else { ends[1].1 };
    }
    assert!(upper(&ratios) < 2.625, "{} does not round to 2.62", upper(&ratios));
}

fn column(row: &Printed, name: &str) -> Vec<f64> {
    let mut reader = reader(&format!("{}.csv", row.data));
    let index = reader.headers().unwrap().iter().position(|header| header == name).expect(name);
    reader.records().map(|record| record.unwrap()[index].parse().expect("a number")).collect()
}

fn rows<T: for<'a> Deserialize<'a>>(file: &str) -> Vec<T> {
    reader(file).deserialize().map(|row| row.unwrap_or_else(|error| panic!("{file}: {error}"))).collect()
}

fn reader(file: &str) -> csv::Reader<std::fs::File> {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/published").join(file);
    let mut builder = csv::ReaderBuilder::new();
    builder.comment(Some(b'#')).from_path(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
