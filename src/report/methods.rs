//! How the figures were made, in sentences that a methods section can take over.

use super::format;
use super::wording;
use crate::effect::MissingPrecision;
use crate::evidence::Level;
use crate::model::{IntervalMethod, ModelKind, PredictionMethod, Spec, SubgroupTau2};
use crate::review::{Analysis, GroupBy, Methods};

/// Returns the methods of the analyses, one paragraph for each set of methods with the analyses it holds for.
#[must_use]
pub fn methods_section(analyses: &[&Analysis]) -> Vec<String> {
    let mut sets: Vec<(String, Vec<&str>)> = Vec::new();
    for analysis in analyses {
        let words = methods_sentence(&analysis.methods, analysis.group_by);
        match sets.iter_mut().find(|(known, _)| *known == words) {
            Some((_, ids)) => ids.push(&analysis.id),
            None => sets.push((words, vec![&analysis.id])),
        }
    }
    let several = sets.len() > 1;
    sets.into_iter().map(|(words, ids)| if several { format!("{words} ({})", ids.join(", ")) } else { words }).collect()
}

/// Returns one set of methods in a line under a figure.
#[must_use]
pub fn methods_line(methods: &Methods) -> String {
    let spec = &methods.spec;
    let level = format::percent(spec.level.0, 0);
    let mut line = wording::upper_first(&model(methods));
    line.push_str(&format!(" on the {} scale; {level}% CI {}", wording::scale(methods.scale), spec.interval));
    if spec.prediction != PredictionMethod::None {
        line.push_str(&format!("; prediction interval {}", spec.prediction));
    }
    line.push('.');
    line
}

/// Returns the sentences for one set of methods.
#[must_use]
pub fn methods_sentence(methods: &Methods, group_by: Option<GroupBy>) -> String {
    let spec = &methods.spec;
    let mut sentences = vec![format!(
        "Proportions were pooled on the {} scale with a {}; {}.",
        wording::scale(methods.scale),
        model(methods),
        interval(spec),
    )];
    if let Some(words) = prediction(spec.prediction, spec.level) {
        sentences.push(words);
    }
    sentences.push(missing(methods.missing_precision).to_owned());
    if methods.missing_precision == MissingPrecision::Impute {
        sentences.push(boundary(spec.model).to_owned());
    }
    if group_by.is_some() {
        let tau2 = match methods.subgroup_tau2 {
            SubgroupTau2::Common => "one τ² common to both",
            SubgroupTau2::Separate => "a τ² of its own in each",
        };
        sentences.push(format!("Retrospective and prospective series were pooled apart, with {tau2}."));
    }
    sentences.join(" ")
}

fn model(methods: &Methods) -> String {
    match methods.spec.model {
        ModelKind::Random => format!("random-effects model (τ² by {})", methods.spec.tau2),
        ModelKind::Common => "common-effect model".to_owned(),
        ModelKind::Glmm => "binomial-normal model".to_owned(),
        ModelKind::BetaBinomial => "beta-binomial model".to_owned(),
        ModelKind::MantelHaenszel => "Mantel-Haenszel common-effect model".to_owned(),
        ModelKind::Peto => "Peto common-effect model".to_owned(),
        ModelKind::Bayes => {
            format!("Bayesian random-effects model (priors: τ {}, µ {})", methods.priors.tau, methods.priors.mu)
        }
    }
}

fn interval(spec: &Spec) -> String {
    let level = format::percent(spec.level.0, 0);
    if spec.interval == IntervalMethod::Posterior {
        return format!("the median and the central {level}% of the posterior are given");
    }
    let name = match spec.interval {
        IntervalMethod::Classic => "normal quantiles",
        IntervalMethod::T => "t quantiles with k − 1 degrees of freedom",
        IntervalMethod::Hksj => "the Hartung-Knapp-Sidik-Jonkman method",
        IntervalMethod::Mkh => "the Hartung-Knapp method, its variance factor held at 1 or more",
        IntervalMethod::HksjWide => "the wider of the Hartung-Knapp and the classic interval",
        IntervalMethod::KenwardRoger => "the Kenward-Roger method",
        IntervalMethod::Posterior => "the posterior",
    };
    format!("{level}% confidence intervals by {name}")
}

fn prediction(method: PredictionMethod, level: Level) -> Option<String> {
    let how = match method {
        PredictionMethod::V => "t with k − 1 degrees of freedom and the classic standard error (V)",
        PredictionMethod::Hts => "t with k − 2 degrees of freedom and the classic standard error (HTS)",
        PredictionMethod::Hk => "t with k − 1 degrees of freedom and the Hartung-Knapp standard error (HK)",
        PredictionMethod::HkPr => "t with k − 2 degrees of freedom and the Hartung-Knapp standard error (HK-PR)",
        PredictionMethod::Kr => "the Kenward-Roger standard error and degrees of freedom (KR)",
        PredictionMethod::Bootstrap => "Nagashima's parametric bootstrap",
        PredictionMethod::Posterior => "the posterior of a new series",
        PredictionMethod::None => return None,
    };
    Some(format!("{}% prediction intervals, from three series up, use {how}.", format::percent(level.0, 0)))
}

fn boundary(model: ModelKind) -> &'static str {
    if model.takes_counts() {
        "The model takes each proportion as events among its effective number, 0% and 100% as they are."
    } else {
        "0% and 100% take half an event on the effective number."
    }
}

fn missing(policy: MissingPrecision) -> &'static str {
    match policy {
        MissingPrecision::Impute => {
            "Where neither a standard error nor an interval is printed, the standard error comes from the number at risk, \
             the events, or n and the median follow-up, in this order, and from n alone last."
        }
        MissingPrecision::SampleSize => {
            "Where neither a standard error nor an interval is printed, the standard error is binomial on n."
        }
        MissingPrecision::Exclude => "Only figures with a printed standard error or interval were pooled.",
    }
}
