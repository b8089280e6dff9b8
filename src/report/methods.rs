//! How the figures were made, in sentences that a methods section can take over.

use super::wording;
use crate::effect::MissingPrecision;
use crate::evidence::{Level, Protocol};
use crate::model::{IntervalMethod, ModelKind, PredictionMethod, Spec, SubgroupTau2, Tau2Interval};
use crate::review::{Analysis, Methods};

/// Returns the methods of the analyses: a paragraph for each set of methods, what is common to all said once at the end.
#[must_use]
pub fn methods_section(protocol: &Protocol, analyses: &[Analysis]) -> Vec<String> {
    let mut sets: Vec<(String, Vec<String>, Vec<&Analysis>)> = Vec::new();
    for analysis in analyses {
        let (how, others) = (pooling(&analysis.methods), further(analysis));
        match sets.iter_mut().find(|(known, further, _)| (known, further) == (&how, &others)) {
            Some((.., members)) => members.push(analysis),
            None => sets.push((how, others, vec![analysis])),
        }
    }
    let Some((_, first, _)) = sets.first() else { return Vec::new() };
    let common: Vec<String> = first
        .iter()
        .filter(|sentence| sets.iter().all(|(_, further, _)| further.contains(sentence)))
        .cloned()
        .collect();
    let mut paragraphs: Vec<String> = sets
        .iter()
        .map(|(how, further, members)| {
            let subject = if sets.len() == 1 { "Proportions".to_owned() } else { subject(protocol, analyses, members) };
            let own = further.iter().filter(|sentence| !common.contains(sentence));
            std::iter::once(&format!("{subject} {how}")).chain(own).cloned().collect::<Vec<_>>().join(" ")
        })
        .collect();
    match paragraphs.as_mut_slice() {
        [only] => *only = std::iter::once(only.clone()).chain(common).collect::<Vec<_>>().join(" "),
        _ => paragraphs.push(common.join(" ")),
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs
}

/// Returns what a set of methods holds for: outcomes, or analyses where an outcome is pooled in several ways.
fn subject(protocol: &Protocol, all: &[Analysis], members: &[&Analysis]) -> String {
    let member = |analysis: &Analysis| members.iter().any(|member| member.id == analysis.id);
    let whole = |id: &str| all.iter().filter(|analysis| analysis.outcome == id).all(member);
    let mut names: Vec<String> = Vec::new();
    for analysis in members {
        let name = match protocol.outcome(&analysis.outcome).filter(|outcome| whole(&outcome.id)) {
            Some(outcome) => outcome.name.clone(),
            None => wording::analysis_title(protocol, analysis),
        };
        let name = wording::lower_first(&name);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    wording::upper_first(&wording::listed(&names))
}

/// Returns one set of methods in a line under a figure.
#[must_use]
pub fn methods_line(methods: &Methods) -> String {
    let spec = &methods.spec;
    let level = wording::level(spec.level);
    let mut line = wording::upper_first(&model(methods));
    line.push_str(&format!(" on the {} scale; {level} CI {}", wording::scale(methods.scale), spec.interval));
    if spec.prediction != PredictionMethod::None {
        line.push_str(&format!("; prediction interval {}", spec.prediction));
    }
    line.push('.');
    line
}

/// Returns how something was pooled: `were pooled on the logit scale with …`.
fn pooling(methods: &Methods) -> String {
    let (scale, spec) = (wording::scale(methods.scale), &methods.spec);
    format!("were pooled on the {scale} scale with a {}; {}.", model(methods), interval(spec))
}

/// Returns the further sentences for one set of methods.
fn further(analysis: &Analysis) -> Vec<String> {
    let methods = &analysis.methods;
    let spec = &methods.spec;
    let mut sentences = Vec::new();
    if let Some(words) = prediction(spec.prediction, spec.level) {
        sentences.push(words);
    }
    sentences.extend(tau2_interval(spec));
    sentences.push(missing(methods.missing_precision).to_owned());
    if methods.missing_precision == MissingPrecision::Impute {
        sentences.push(boundary(spec.model).to_owned());
    }
    if analysis.group_by.is_some() {
        let tau2 = match methods.subgroup_tau2 {
            SubgroupTau2::Common => "one τ² common to both",
            SubgroupTau2::Separate => "a τ² for each",
        };
        sentences.push(format!("Retrospective and prospective series were also pooled separately, with {tau2}."));
    }
    if !analysis.moderators.is_empty() {
        let terms: Vec<String> = analysis.moderators.iter().map(ToString::to_string).collect();
        let terms = wording::listed(&terms);
        sentences.push(format!("Effects were regressed on {terms}, with a permutation test of the same model."));
    }
    sentences
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
    let level = wording::level(spec.level);
    if spec.interval == IntervalMethod::Posterior {
        return format!("the median and the central {level} of the posterior are given");
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
    format!("{level} confidence intervals by {name}")
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
    Some(format!("{} prediction intervals, from three series up, use {how}.", wording::level(level)))
}

/// Says how the interval of τ² is made where that is not the usual way.
fn tau2_interval(spec: &Spec) -> Option<String> {
    let how = match spec.tau2_interval {
        Tau2Interval::QProfile => return None,
        Tau2Interval::GeneralisedQ => "Jackson's generalised Q with weights 1/SE",
        Tau2Interval::CochranQ => "Biggerstaff and Jackson's method",
        Tau2Interval::ProfileLikelihood => "profile likelihood",
    };
    (spec.model == ModelKind::Random).then(|| format!("The interval of τ² is by {how}."))
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
            "Where a paper prints neither a standard error nor an interval, the standard error was computed from the number \
             at risk, else from the events, else from n and the median follow-up, and from n alone as the last resort."
        }
        MissingPrecision::SampleSize => {
            "Where a paper prints neither a standard error nor an interval, the binomial standard error on n was taken."
        }
        MissingPrecision::Exclude => "Only figures with a printed standard error or interval were pooled.",
    }
}
