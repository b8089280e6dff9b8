//! How the figures were made, in sentences that a methods section can take over.

use std::collections::{BTreeMap, BTreeSet};

use super::registration_tables::registration_words;
use super::{format, wording};
use crate::effect::{MissingPrecision, PrecisionGrade, Rung};
use crate::evidence::{Evidence, Level, Protocol};
use crate::model::{IntervalMethod, ModelKind, PredictionMethod, Spec, SubgroupTau2, Tau2Interval, Tau2Method};
use crate::review::{Analysis, FEWEST, Findings, GroupBy, Methods, OverlapRule, Plan, ResultKey};

/// Returns the methods section, a paragraph each: how pools were made, what was registered, how cohorts were chosen, what was
/// done, and with what.
#[must_use]
pub fn methods_paragraphs(evidence: &Evidence, plan: &Plan, findings: &Findings) -> Vec<String> {
    let mut paragraphs = methods_section(&evidence.protocol, &plan.analyses);
    paragraphs.extend(registration_words(plan));
    paragraphs.push(
        "Each study entered a pool with one cohort, the first in the order of preference that reports the outcome. \
         Series that may share patients never entered a pool together; of these the pool took "
            .to_owned()
            + &overlap_rules(plan)
            + ".",
    );
    paragraphs.push(what_was_done(findings).join(" "));
    paragraphs.push(format!(
        "Analyses were performed with forestable, version {}. Every input and output, with its SHA-256 checksum, is listed \
         in `manifest.json`; the same inputs give the same outputs.",
        env!("CARGO_PKG_VERSION")
    ));
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs
}

/// Returns the rules by which series that may share patients are taken, in words.
fn overlap_rules(plan: &Plan) -> String {
    let mut rules: Vec<OverlapRule> = plan.analyses.iter().map(|one| one.methods.overlap_rule).collect();
    rules.sort();
    rules.dedup();
    let words = rules.iter().map(|rule| match rule {
        OverlapRule::MostPatients => "the set with the most patients together, of equals that of more and later series",
        OverlapRule::LongestFollowUp => "those with the longest median follow-up",
        OverlapRule::MostRecent => "those published last",
    });
    words.collect::<Vec<_>>().join(", or as its analysis says ")
}

/// Returns the methods of the analyses: a paragraph for each set of methods, what is common to all said once at the end.
#[must_use]
pub fn methods_section(protocol: &Protocol, analyses: &[Analysis]) -> Vec<String> {
    let (regrouped, analyses): (Vec<&Analysis>, Vec<&Analysis>) =
        analyses.iter().partition(|analysis| regroups(analysis, analyses));
    let mut sets: Vec<(String, Vec<String>, Vec<&Analysis>)> = Vec::new();
    for &analysis in &analyses {
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
            let subject =
                if sets.len() == 1 { "Proportions".to_owned() } else { subject(protocol, &analyses, members) };
            let own = further.iter().filter(|sentence| !common.contains(sentence));
            std::iter::once(&format!("{subject} {how}")).chain(own).cloned().collect::<Vec<_>>().join(" ")
        })
        .collect();
    match paragraphs.as_mut_slice() {
        [only] => *only = std::iter::once(only.clone()).chain(common).collect::<Vec<_>>().join(" "),
        _ => paragraphs.push(common.join(" ")),
    }
    for analysis in regrouped {
        let title = wording::lower_first(&wording::analysis_title(protocol, analysis));
        let sentences = analysis.group_by.map(|group_by| groups(group_by, &analysis.methods)).unwrap_or_default();
        paragraphs.push(format!("For {title}, the pool is the same. {}", sentences.join(" ")));
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs
}

/// Whether an analysis is another one again, but for the groups that it is divided into.
fn regroups(analysis: &Analysis, all: &[Analysis]) -> bool {
    let same = |other: &Analysis| {
        (&other.outcome, &other.cohort, &other.pick) == (&analysis.outcome, &analysis.cohort, &analysis.pick)
            && (other.at, other.methods) == (analysis.at, analysis.methods)
            && (&other.filter, &other.moderators) == (&analysis.filter, &analysis.moderators)
    };
    let by_timing = |other: &Analysis| other.group_by.is_none_or(|group_by| group_by == GroupBy::Timing);
    !by_timing(analysis) && all.iter().any(|other| by_timing(other) && same(other))
}

/// Returns what a set of methods holds for, up to the verb: outcomes, or analyses where an outcome is pooled in several ways.
fn subject(protocol: &Protocol, all: &[&Analysis], members: &[&Analysis]) -> String {
    let member = |analysis: &Analysis| members.iter().any(|member| member.id == analysis.id);
    let whole = |id: &str| all.iter().filter(|analysis| analysis.outcome == id).all(|analysis| member(analysis));
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
    format!("For {}, proportions", wording::listed(&names))
}

/// Returns one set of methods in a line under a figure.
#[must_use]
pub fn methods_line(methods: &Methods) -> String {
    let spec = &methods.spec;
    let level = wording::level(spec.level);
    let mut line = wording::upper_first(&model_in_short(methods));
    line.push_str(&format!(" on the {} scale; {level} CI {}", wording::scale(methods.scale), spec.interval));
    if spec.prediction != PredictionMethod::None {
        line.push_str(&format!("; prediction interval {}", spec.prediction));
    }
    line.push('.');
    line
}

/// Returns the model in a few words, for a line under a figure.
fn model_in_short(methods: &Methods) -> String {
    match methods.spec.model {
        ModelKind::Random => format!("random-effects model (τ² by {})", methods.spec.tau2),
        ModelKind::Common => "common-effect model".to_owned(),
        ModelKind::Glmm => "binomial-normal model".to_owned(),
        ModelKind::BetaBinomial => "beta-binomial model".to_owned(),
        _ => model(methods),
    }
}

/// Returns what the analyses came to, in sentences: how many series they rest on, how precise those are, what was corrected.
#[must_use]
pub fn what_was_done(findings: &Findings) -> Vec<String> {
    let sizes: Vec<usize> = findings.analyses.iter().map(|found| found.entries.len()).collect();
    if sizes.is_empty() {
        return Vec::new();
    }
    let mut sentences = vec![numbers_of_series(&sizes)];
    let mut rungs: BTreeMap<&ResultKey, &Rung> = BTreeMap::new();
    for entry in findings.analyses.iter().flat_map(|found| &found.entries) {
        rungs.insert(&entry.key, &entry.effect.rung);
    }
    let graded = PrecisionGrade::ALL.iter().filter_map(|grade| {
        let count = rungs.values().filter(|rung| rung.grade() == *grade).count() as u64;
        (count > 0).then(|| format!("{} ({}), {}", grade.as_str(), grade.meaning(), format::whole(count)))
    });
    let graded: Vec<String> = graded.collect();
    if !graded.is_empty() {
        let all = format::counted(rungs.len() as u64, "published figure", "published figures");
        sentences.push(format!("They took {all}, by grade of precision: {}.", graded.join("; ")));
    }
    // Counts are taken as they are.
    let of_effects = findings.analyses.iter().filter(|found| !found.analysis.methods.spec.model.takes_counts());
    let corrected: BTreeSet<&ResultKey> = of_effects
        .flat_map(|found| &found.entries)
        .filter(|entry| matches!(entry.effect.rung, Rung::Boundary { .. }))
        .map(|entry| &entry.key)
        .collect();
    let corrected = corrected.len() as u64;
    if corrected > 0 {
        let figures = format::counted(corrected, "proportion", "proportions");
        sentences.push(format!(
            "A continuity correction of half an event on the effective number of patients was made in {figures} of 0% or 100%."
        ));
    }
    sentences
}

/// Returns how many series the analyses rest on.
fn numbers_of_series(sizes: &[usize]) -> String {
    let of = |wanted: fn(usize) -> bool| sizes.iter().filter(|size| wanted(**size)).count() as u64;
    let pools: Vec<u64> = sizes.iter().filter(|size| **size > 1).map(|size| *size as u64).collect();
    let mut parts = Vec::new();
    if let (Some(least), Some(most)) = (pools.iter().min(), pools.iter().max()) {
        let range = if least == most { format!("{least}") } else { format!("{least} to {most}") };
        parts.push(format!("{} pooled {range} series", pools.len()));
    }
    for (count, words) in [(of(|k| k == 1), "a single series, shown and not pooled"), (of(|k| k == 0), "no series")] {
        parts.extend((count > 0).then(|| format!("{count} found {words}")));
    }
    let planned = format::counted(sizes.len() as u64, "planned analysis", "planned analyses");
    format!("Of {planned}, {}.", wording::listed(&parts))
}

/// Returns how something was pooled: `were pooled on the logit scale in a …`.
fn pooling(methods: &Methods) -> String {
    let (scale, spec) = (wording::scale(methods.scale), &methods.spec);
    format!("were pooled on the {scale} scale in a {}. {}", model(methods), interval(spec))
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
    if spec.model.takes_counts() {
        sentences.push(
            "The model took each proportion as events among its effective number, 0% and 100% without correction."
                .to_owned(),
        );
    }
    if let Some(group_by) = analysis.group_by {
        sentences.extend(groups(group_by, methods));
    }
    if !analysis.moderators.terms.is_empty() {
        let terms: Vec<String> = analysis.moderators.terms.iter().map(ToString::to_string).collect();
        let terms = wording::listed(&terms);
        let few = if analysis.moderators.forced {
            format!("; the review forced this below {FEWEST} series too")
        } else {
            format!(", where {FEWEST} series or more say what is asked")
        };
        sentences.push(format!("Effects were regressed on {terms}, with a permutation test of the same model{few}."));
    }
    sentences
}

/// Returns how groups of series were set against each other.
fn groups(group_by: GroupBy, methods: &Methods) -> Vec<String> {
    let spec = &methods.spec;
    let two = group_by == GroupBy::Timing;
    let tau2 = match methods.subgroup_tau2 {
        SubgroupTau2::Common if two => "with one τ² common to both, so that degrees of freedom are k − 2 of all series",
        SubgroupTau2::Common => {
            "with one τ² common to all groups, so that degrees of freedom are k of all series less the number of groups"
        }
        SubgroupTau2::Separate => "each with a τ² of its own",
    };
    let by_t = matches!(
        spec.interval,
        IntervalMethod::T | IntervalMethod::Hksj | IntervalMethod::Mkh | IntervalMethod::HksjWide
    );
    let test = match (methods.subgroup_tau2, spec.model) {
        (_, ModelKind::Bayes) => None,
        (SubgroupTau2::Common, _) if by_t && two => Some("an F test with 1 and k − 2 degrees of freedom"),
        (SubgroupTau2::Common, _) if by_t => Some("an F test"),
        _ if two => Some("a χ² test with 1 degree of freedom"),
        _ => Some("a χ² test"),
    };
    let wald = match (methods.subgroup_tau2, spec.model) {
        (SubgroupTau2::Common, ModelKind::Glmm) => {
            " (Wald’s; by the ratio of likelihoods where a group has every series at 0% or 100%)"
        }
        _ => "",
    };
    let compared = test.map_or_else(String::new, |test| format!(" and compared by {test}{wald}"));
    let series = match group_by {
        GroupBy::Timing => "Retrospective and prospective series were also pooled separately",
        GroupBy::Risk => {
            "Series of low risk of bias under the review’s rule, of higher risk, of risk that is not known, and series that were not \
             rated were also pooled separately"
        }
        GroupBy::Rating => "Series were also pooled separately by their overall rating of risk of bias",
        GroupBy::Primary => "Series were also pooled separately by the primary tumours of their cohorts",
        GroupBy::Unit => "Series were also pooled separately by what they count",
    };
    let whose = if two { "Differences" } else { "Where there are two groups, differences" };
    vec![
        format!("{series}, {tau2},{compared}.").replace(",.", "."),
        format!(
            "{whose} between their pooled proportions are given in percentage points with {} confidence intervals by the \
             method of variance estimates recovery (MOVER).",
            wording::level(spec.level)
        ),
    ]
}

fn model(methods: &Methods) -> String {
    match methods.spec.model {
        ModelKind::Random => format!(
            "random-effects model with inverse-variance weights, the variance between series (τ²) estimated by {}",
            tau2_words(methods.spec.tau2)
        ),
        ModelKind::Common => "common-effect model with inverse-variance weights".to_owned(),
        ModelKind::Glmm => {
            "binomial-normal model (a generalised linear mixed model), fitted by maximum likelihood".to_owned()
        }
        ModelKind::BetaBinomial => "beta-binomial model, fitted by maximum likelihood".to_owned(),
        ModelKind::MantelHaenszel => "Mantel-Haenszel common-effect model".to_owned(),
        ModelKind::Peto => "Peto common-effect model".to_owned(),
        ModelKind::Bayes => {
            format!("Bayesian random-effects model (priors: τ {}, µ {})", methods.priors.tau, methods.priors.mu)
        }
    }
}

/// Returns an estimator of τ² as a methods section names it.
fn tau2_words(method: Tau2Method) -> &'static str {
    match method {
        Tau2Method::DerSimonianLaird => "the method of DerSimonian and Laird",
        Tau2Method::HedgesOlkin => "the method of Hedges and Olkin",
        Tau2Method::HunterSchmidt => "the method of Hunter and Schmidt",
        Tau2Method::HunterSchmidtCorrected => "the method of Hunter and Schmidt with its small-sample correction",
        Tau2Method::SidikJonkman => "the method of Sidik and Jonkman",
        Tau2Method::MaximumLikelihood => "maximum likelihood",
        Tau2Method::Reml => "restricted maximum likelihood (REML)",
        Tau2Method::EmpiricalBayes => "empirical Bayes",
        Tau2Method::PauleMandel => "the method of Paule and Mandel",
        Tau2Method::PauleMandelMedian => "the median-unbiased method of Paule and Mandel",
    }
}

fn interval(spec: &Spec) -> String {
    let level = wording::level(spec.level);
    let how = match spec.interval {
        IntervalMethod::Posterior => {
            return format!("The median and the central {level} of the posterior distribution are given.");
        }
        IntervalMethod::Classic => "are based on the normal distribution",
        IntervalMethod::T => {
            "are based on the t distribution with k − 1 degrees of freedom, k being the number of series"
        }
        IntervalMethod::Hksj => {
            "were computed by the Hartung-Knapp-Sidik-Jonkman method, with the t distribution on k − 1 degrees of freedom, k \
             being the number of series"
        }
        IntervalMethod::Mkh => {
            "were computed by the modified Hartung-Knapp method, its variance factor not allowed to fall below 1, with the t \
             distribution on k − 1 degrees of freedom, k being the number of series"
        }
        IntervalMethod::HksjWide => {
            "are the wider of the Hartung-Knapp-Sidik-Jonkman interval (t distribution, k − 1 degrees of freedom, k being the \
             number of series) and the normal one"
        }
        IntervalMethod::KenwardRoger => "were computed by the Kenward-Roger method, with its degrees of freedom",
    };
    format!("Confidence intervals ({level}) {how}.")
}

fn prediction(method: PredictionMethod, level: Level) -> Option<String> {
    let how = match method {
        PredictionMethod::V => "with the t distribution on k − 1 degrees of freedom and the classic standard error (V)",
        PredictionMethod::Hts => {
            "with the t distribution on k − 2 degrees of freedom and the classic standard error (Higgins, Thompson and \
             Spiegelhalter)"
        }
        PredictionMethod::Hk => {
            "with the t distribution on k − 1 degrees of freedom and the Hartung-Knapp standard error (HK)"
        }
        PredictionMethod::HkPr => {
            "with the t distribution on k − 2 degrees of freedom and the Hartung-Knapp standard error (Partlett and Riley)"
        }
        PredictionMethod::Kr => "with the Kenward-Roger standard error and degrees of freedom",
        PredictionMethod::Bootstrap => "by the parametric bootstrap of Nagashima and colleagues",
        PredictionMethod::Posterior => "from the posterior distribution of a new series",
        PredictionMethod::None => return None,
    };
    let level = wording::level(level);
    Some(format!("Prediction intervals ({level}), given from three series up, were computed {how}."))
}

/// Says how the interval of τ² is made where that is not the usual way.
fn tau2_interval(spec: &Spec) -> Option<String> {
    let how = match spec.tau2_interval {
        Tau2Interval::QProfile => return None,
        Tau2Interval::GeneralisedQ => "Jackson's generalised Q with weights 1/SE",
        Tau2Interval::CochranQ => "Biggerstaff and Jackson's method",
        Tau2Interval::ProfileLikelihood => "profile likelihood",
    };
    (spec.model == ModelKind::Random).then(|| format!("The confidence interval of τ² was computed by {how}."))
}

fn missing(policy: MissingPrecision) -> &'static str {
    match policy {
        MissingPrecision::Impute => {
            "Where a report gave neither a standard error nor a confidence interval, the standard error was derived from the \
             number at risk; failing that, from the number of events; failing that, from the number of patients and the median \
             follow-up; and, as a last resort, from the number of patients alone."
        }
        MissingPrecision::SampleSize => {
            "Where a report gave neither a standard error nor a confidence interval, the binomial standard error on the number \
             of patients was taken."
        }
        MissingPrecision::Exclude => {
            "Only figures reported with a standard error or a confidence interval were pooled."
        }
    }
}
