//! The statistical methods as they are chosen, level by level of the file.

use super::super::plan::{Methods, OverlapRule};
use super::Planner;
use crate::diag::{At, Diagnostic, Path, codes, one_of};
use crate::effect::{MissingPrecision, Scale};
use crate::evidence::{Level, OutcomeKind, Proportion};
use crate::model::bayes::Priors;
use crate::model::{ModelKind, Spec, SubgroupTau2};

impl Planner<'_> {
    /// Takes over the methods that are set at one level of the file.
    pub(super) fn choose<'s>(
        &mut self,
        choices: &mut Choices,
        settings: impl Iterator<Item = (&'static str, &'s str)>,
        path: &Path<'_>,
    ) {
        let mut scale = None;
        for (key, name) in settings {
            let chosen = self.choose_one(choices, key, At { value: name, path: path.key(key) });
            if key == "scale" {
                scale = chosen.and(choices.scale);
            }
        }
        self.check_scale_of_counts(choices, scale, path);
    }

    /// Takes over one method; `None` after reporting that its name is not understood.
    pub(super) fn choose_one(&mut self, choices: &mut Choices, key: &str, at: At<'_, str>) -> Option<()> {
        match key {
            "scale" => choices.scale = Some(self.name(at)?),
            "model" => choices.spec.model = self.name(at)?,
            "tau2" => choices.spec.tau2 = self.name(at)?,
            "tau2_interval" => choices.spec.tau2_interval = self.name(at)?,
            "interval" => choices.spec.interval = self.name(at)?,
            "prediction" => choices.spec.prediction = self.name(at)?,
            "level" => choices.spec.level = self.lower.parse::<Level>(at)?,
            "threshold" => choices.threshold = Some(self.lower.parse::<Proportion>(at)?),
            "missing_precision" => choices.missing_precision = self.name(at)?,
            "tau_prior" => choices.priors.tau = self.name(at)?,
            "mu_prior" => choices.priors.mu = self.name(at)?,
            "overlap_rule" => choices.overlap_rule = self.name(at)?,
            "subgroup_tau2" => choices.subgroup_tau2 = self.name(at)?,
            _ => {}
        }
        Some(())
    }

    /// Reports a scale written beside a model of counts, which has one of its own.
    fn check_scale_of_counts(&mut self, choices: &Choices, scale: Option<Scale>, path: &Path<'_>) {
        let model = choices.spec.model;
        if model.takes_counts() && scale.is_some_and(|scale| scale != Scale::Logit) {
            let message = format!("the model `{model}` pools on the logit scale alone");
            let finding = Diagnostic::new(codes::SCALE_FOR_KIND, path.key("scale").place(), message);
            let finding = finding.expected(format!("`{}`, or no `scale`", Scale::Logit));
            self.lower.report(finding.help("leave `scale` out, or take the model `random`"));
        }
    }

    pub(super) fn refuse_scale(&mut self, scale: Scale, kind: OutcomeKind, path: &Path<'_>) {
        let what = match kind {
            OutcomeKind::Survival => "a survival proportion",
            OutcomeKind::Proportion => "a count",
        };
        let admitted: Vec<&str> =
            Scale::ALL.iter().filter(|scale| admits(kind, **scale)).map(|scale| scale.as_str()).collect();
        let finding = Diagnostic::new(codes::SCALE_FOR_KIND, path.place(), format!("{what} has no `{scale}` scale"));
        self.lower.report(finding.expected(one_of(&admitted)).help("take one of these, or leave `scale` out"));
    }
}

/// The methods as chosen so far. A scale is settled only when the kind of outcome is known.
#[derive(Debug, Clone, Default)]
pub(super) struct Choices {
    scale: Option<Scale>,
    spec: Spec,
    priors: Priors,
    subgroup_tau2: SubgroupTau2,
    missing_precision: MissingPrecision,
    overlap_rule: OverlapRule,
    threshold: Option<Proportion>,
}

impl Choices {
    /// Returns the methods for an outcome of this kind, with its own scale where the one chosen is not for it.
    pub(super) fn methods(&self, kind: OutcomeKind) -> Methods {
        let default = match kind {
            OutcomeKind::Survival => Scale::Cloglog,
            OutcomeKind::Proportion => Scale::Logit,
        };
        // The other models pool each group apart.
        let shares = matches!(self.spec.model, ModelKind::Random | ModelKind::Common | ModelKind::Glmm);
        Methods {
            // A model of counts knows the log odds only.
            scale: match self.spec.model.takes_counts() {
                true => Scale::Logit,
                false => self.scale.filter(|scale| admits(kind, *scale)).unwrap_or(default),
            },
            spec: self.spec.settled(),
            priors: self.priors,
            subgroup_tau2: if shares { self.subgroup_tau2 } else { SubgroupTau2::Separate },
            missing_precision: self.missing_precision,
            overlap_rule: self.overlap_rule,
            threshold: self.threshold,
        }
    }
}

/// Whether an outcome of this kind can be pooled on this scale (formats.md, `methods.scale`).
pub(super) fn admits(kind: OutcomeKind, scale: Scale) -> bool {
    match kind {
        OutcomeKind::Survival => matches!(scale, Scale::Cloglog | Scale::Logit | Scale::Log | Scale::Plain),
        OutcomeKind::Proportion => scale != Scale::Cloglog,
    }
}
