//! The plan as `review.yaml` words it becomes the plan that runs: every name understood, every default filled in.

mod analyses;
mod certainty;
mod choices;
mod figures;
mod living;
mod looks;
mod registration;
mod tables;

use std::collections::{BTreeMap, HashSet};
use std::fmt::Display;
use std::str::FromStr;

use self::choices::Choices;
use self::figures::default_figure;
use super::figure_plan::Looks;
use super::plan::{Analysis, Plan};
use super::versions;
use crate::diag::{At, Diagnostic, Path, codes, field};
use crate::evidence::{Evidence, Lower};
use crate::source::raw::{RawJoint, RawReview, Text};
use crate::source::{Raw, is_id};
use crate::survival::JointSpec;

/// Returns the plan of a review, and every name in it that leads nowhere.
#[must_use]
pub fn lower(raw: &Raw, evidence: &Evidence) -> (Plan, Vec<Diagnostic>) {
    let mut planner = Planner { evidence, lower: Lower::with(evidence) };
    let review = Path::file(&raw.review.file);
    if raw.studies.is_empty() {
        let finding = Diagnostic::new(codes::NO_STUDIES, review.place(), "there are no studies to review");
        let finding = finding.expected("a file for each published series in `studies/`");
        planner.lower.report(finding.help("start one with `forestable new ID`, such as `forestable new trovo-2018`"));
    }
    let plan = raw.review.record.as_ref();
    let mut plan = plan.map_or_else(Plan::default, |record| planner.plan(At { value: record, path: review }));
    plan.written.clone_from(&raw.review_written);
    plan.versions = versions::lower(raw, &plan.analyses, &mut planner.lower);
    let mut findings = planner.lower.finish();
    // What is wrong with a variation under `methods` is found by every analysis that runs it.
    let mut said = HashSet::new();
    findings.retain(|finding| said.insert((finding.code, finding.primary.place.clone(), finding.message.clone())));
    (plan, findings)
}

struct Planner<'a> {
    evidence: &'a Evidence,
    lower: Lower<'a>,
}

impl Planner<'_> {
    fn plan(&mut self, review: At<'_, RawReview>) -> Plan {
        let mut defaults = Choices::default();
        let methods = field!(review.methods).present();
        if let Some(methods) = &methods {
            self.choose(&mut defaults, methods.value.settings(), &methods.path);
        }
        let sensitivity = methods.as_ref().map(|methods| field!(methods.sensitivity));
        let joint = methods.as_ref().and_then(|methods| field!(methods.joint).present());
        let joint = joint.map_or_else(JointSpec::default, |joint| self.joint(joint));
        let analyses: Vec<Analysis> = field!(review.analyses)
            .entries()
            .map(|(id, analysis)| self.analysis(id, analysis, &defaults, sensitivity))
            .collect();
        let tables = field!(review.tables).entries().map(|(id, table)| self.table(id, table)).collect();
        let defaults = field!(review.figure_defaults).present();
        let looks = defaults.map_or_else(Looks::default, |defaults| {
            self.looks(defaults.value.looks(), &defaults.path, &Looks::default())
        });
        let figures = match review.value.figures {
            Some(_) => {
                let figures = field!(review.figures);
                figures.entries().map(|(id, figure)| self.figure(id, figure, &analyses, &looks)).collect()
            }
            None => analyses.iter().map(|analysis| default_figure(analysis, &looks)).collect(),
        };
        let certainty = field!(review.certainty).present().map(|at| self.certainty(at, &analyses));
        let living = field!(review.living).present().map(|at| self.living(at));
        let registration = self.registration(review, &analyses);
        let clusters = self.clusters(review);
        Plan { analyses, joint, clusters, tables, figures, certainty, registration, living, ..Plan::default() }
    }

    /// Returns how times are pooled jointly.
    fn joint(&mut self, at: At<'_, RawJoint>) -> JointSpec {
        let mut spec = JointSpec::default();
        set(&mut spec.trend, self.word(field!(at.trend)));
        set(&mut spec.random, self.word(field!(at.random)));
        set(&mut spec.likelihood, self.word(field!(at.likelihood)));
        spec
    }

    /// Returns the cluster of each study that belongs to one.
    fn clusters(&mut self, review: At<'_, RawReview>) -> BTreeMap<String, String> {
        let mut clusters: BTreeMap<String, String> = BTreeMap::new();
        for (name, studies) in field!(review.clusters).entries() {
            for (index, id) in studies.value.iter().enumerate() {
                let at = At { value: &**id, path: studies.path.index(index) };
                let study = self.lower.study_id(at);
                if let Some(other) = clusters.insert(study, name.to_owned()) {
                    let message = format!("`{}` belongs to two clusters, `{other}` and `{name}`", at.value);
                    let finding = Diagnostic::new(codes::DOUBLED_FIELD, at.path.place(), message);
                    self.lower.report(finding.expected("a study in one cluster").help("take it out of one of them"));
                }
            }
        }
        clusters
    }

    /// Reports an id that cannot be the name of a file.
    fn check_id(&mut self, id: &str, path: &Path<'_>) {
        if !is_id(id) {
            let finding = Diagnostic::new(codes::BAD_ID, path.place().as_key(), format!("`{id}` is not an id"));
            let finding = finding.expected("words in lower case and digits, joined by hyphens, such as `pfs-2y`");
            self.lower.report(finding.help("rename it: files in `output/` are named by it"));
        }
    }

    /// Returns the value that a word names.
    fn word<T: FromStr<Err: Display>>(&mut self, at: At<'_, Option<Text>>) -> Option<T> {
        let at = at.present()?;
        self.name(at.map(|word| &**word))
    }

    fn name<T: FromStr<Err: Display>>(&mut self, at: At<'_, str>) -> Option<T> {
        at.value
            .parse()
            .map_err(|unknown| {
                let finding = Diagnostic::new(codes::UNKNOWN_WORD, at.path.place(), format!("{unknown}"));
                self.lower.report(finding.help("take one of these"));
            })
            .ok()
    }
}

fn set<T>(target: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *target = value;
    }
}
