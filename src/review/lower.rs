//! The plan as `review.yaml` words it becomes the plan that runs: every name understood, every default filled in.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use super::certainty::{CertaintyPlan, Domain, Framing, GradePlan, Judged};
use super::moderators::Term;
use super::plan::{
    Analysis, FigureKind, FigurePlan, Filter, GroupBy, Looks, Methods, OverlapRule, Plan, TableKind, TablePlan,
    TableStyle, Variation,
};
use super::table_plan::is_reserved;
use super::versions;
use crate::diag::{At, Diagnostic, Path, codes, field, nearest, one_of};
use crate::effect::{MissingPrecision, PrecisionGrade, Scale};
use crate::evidence::{Evidence, Level, Lower, Months, OutcomeKind, Proportion, Risk, words};
use crate::model::bayes::Priors;
use crate::model::{ModelKind, Spec, SubgroupTau2};
use crate::source::raw::{
    Count, Id, RawAnalysis, RawCertainty, RawFigure, RawGrade, RawJoint, RawReview, RawSensitivity, RawTable, Text,
};
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
    (plan, planner.lower.finish())
}

/// Every pool is computed again from its more precise series, unless the review names such variations of its own. Grade E,
/// counts and complete follow-up, is as good as a printed interval.
const GRADES: [(&str, &[PrecisionGrade]); 2] = [
    ("Precision of grade A only (published; counts: E)", &[PrecisionGrade::A, PrecisionGrade::E]),
    (
        "Precision of grades A to C (counts: E)",
        &[PrecisionGrade::A, PrecisionGrade::B, PrecisionGrade::C, PrecisionGrade::E],
    ),
];
/// A summary of findings with more rows is not one (Cochrane Handbook, chapter 14).
const MOST_GRADES: usize = 7;

pub(super) struct Planner<'a> {
    evidence: &'a Evidence,
    pub(super) lower: Lower<'a>,
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
        Plan { analyses, joint, clusters: self.clusters(review), tables, figures, certainty, ..Plan::default() }
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

    fn moderators(&mut self, at: At<'_, RawAnalysis>) -> Vec<Term> {
        let moderators = field!(at.moderators);
        moderators.items().filter_map(|term| self.name(term.map(|term| &**term))).collect()
    }

    fn analysis(
        &mut self,
        id: &str,
        at: At<'_, RawAnalysis>,
        defaults: &Choices,
        sensitivity: Option<At<'_, Option<Vec<RawSensitivity>>>>,
    ) -> Analysis {
        let raw = at.value;
        self.check_id(id, &at.path);
        let outcome = self.lower.outcome(field!(at.outcome)).unwrap_or_default();
        let kind = self.evidence.protocol.outcome(&outcome).map_or(OutcomeKind::Survival, |outcome| outcome.kind);
        let mut choices = defaults.clone();
        self.choose(&mut choices, raw.settings(), &at.path);
        if let Some(scale) =
            raw.scale.as_deref().and_then(|name| name.parse().ok()).filter(|scale| !admits(kind, *scale))
        {
            self.refuse_scale(scale, kind, &at.path.key("scale"));
        }
        if kind == OutcomeKind::Survival && raw.at.is_none() {
            let message = format!("the analysis `{id}` pools survival at no time");
            let finding = Diagnostic::new(codes::MISSING_FIELD, at.path.place().as_key(), message);
            self.lower.report(finding.expected("the time at which survival is pooled").help("add `at: 2 years`"));
        }
        let filter = Filter {
            status: raw.status.clone().unwrap_or_default(),
            risk: self.risks(field!(at.risk)),
            exclude: self.studies(field!(at.exclude)),
            ..Filter::default()
        };
        let methods = choices.methods(kind);
        let mut variations: Vec<Variation> = sensitivity
            .iter()
            .flat_map(|list| list.items())
            .map(|variation| self.variation(variation, &choices, &filter, kind))
            .filter(|variation| variation.methods != methods || variation.filter != filter)
            .collect();
        if variations.iter().all(|variation| variation.filter.grade.is_empty()) {
            variations.extend(GRADES.map(|(name, grade)| Variation {
                name: name.to_owned(),
                methods,
                filter: Filter { grade: grade.to_vec(), ..filter.clone() },
            }));
        }
        Analysis {
            id: id.to_owned(),
            title: words(&raw.title),
            outcome,
            at: self.lower.read(field!(at.at)),
            cohort: self.primaries(at),
            moderators: self.moderators(at),
            group_by: raw.group_by.as_ref().map(|_| GroupBy::Timing),
            sort: self.word(field!(at.sort)).unwrap_or_default(),
            pick: self.picks(at),
            filter,
            methods,
            sensitivity: variations,
            place: at.path.place(),
        }
    }

    fn variation(
        &mut self,
        at: At<'_, RawSensitivity>,
        base: &Choices,
        filter: &Filter,
        kind: OutcomeKind,
    ) -> Variation {
        let raw = at.value;
        let mut choices = base.clone();
        self.choose(&mut choices, raw.settings(), &at.path);
        let mut exclude = filter.exclude.clone();
        exclude.extend(self.studies(field!(at.exclude)));
        let risk = self.risks(field!(at.risk));
        Variation {
            name: words(&raw.name).unwrap_or_default(),
            methods: choices.methods(kind),
            filter: Filter {
                status: raw.status.clone().unwrap_or_else(|| filter.status.clone()),
                grade: raw.grade.iter().flatten().filter_map(|grade| grade.parse::<PrecisionGrade>().ok()).collect(),
                timing: raw.timing.or(filter.timing),
                risk: if risk.is_empty() { filter.risk.clone() } else { risk },
                exclude,
            },
        }
    }

    fn table(&mut self, id: &str, at: At<'_, RawTable>) -> TablePlan {
        let raw = at.value;
        self.check_id(id, &at.path);
        let outcomes = field!(at.outcomes);
        let known: Vec<&str> = self.evidence.protocol.outcomes.iter().map(|outcome| outcome.id.as_str()).collect();
        let outcomes: Vec<String> = outcomes
            .items()
            .map(|id| self.lower.known_id(id.map(|id| &**id), codes::UNKNOWN_OUTCOME, known.iter().copied()))
            .collect();
        let kind = self.table_kind(id, at);
        let columns = self.columns(at, kind, &outcomes);
        TablePlan {
            id: id.to_owned(),
            title: words(&raw.title).unwrap_or_else(|| kind.title().to_owned()),
            kind,
            timing: raw.filter.as_ref().and_then(|filter| filter.timing),
            outcomes,
            at: self.times(at),
            columns,
            sort: self.word(field!(at.sort)).unwrap_or_default(),
            style: self.table_style(at),
        }
    }

    /// Returns what a table shows. The id of a built-in table is kept for it: its files have that name.
    fn table_kind(&mut self, id: &str, at: At<'_, RawTable>) -> TableKind {
        let named: Option<TableKind> = id.parse().ok();
        let kind = self.word(field!(at.kind)).or(named).unwrap_or_default();
        if let Some(named) = named.filter(|named| *named != kind && TableKind::BUILT_IN.contains(named)) {
            let message = format!("`{id}` is the table of kind {named} that every report has");
            let finding = Diagnostic::new(codes::BAD_ID, at.path.place().as_key(), message);
            self.lower.report(finding.expected("another id, or no other kind").help("rename it, or leave `kind` out"));
        } else if is_reserved(id) {
            let message = format!("`{id}` is a table that every report has");
            let finding = Diagnostic::new(codes::BAD_ID, at.path.place().as_key(), message);
            let help = "rename it: both would be the same file in `output/`";
            self.lower.report(finding.expected("another id").help(help));
        }
        kind
    }

    fn columns(&mut self, at: At<'_, RawTable>, kind: TableKind, outcomes: &[String]) -> Vec<String> {
        let known = kind.columns(outcomes);
        let chosen = field!(at.columns);
        let mut columns = Vec::new();
        for column in chosen.items() {
            let id: &str = column.value;
            if known.iter().any(|known| known == id) && !columns.iter().any(|chosen| chosen == id) {
                columns.push(id.to_owned());
                continue;
            }
            let (message, help) = match nearest(id, known.iter().map(String::as_str)) {
                _ if columns.iter().any(|chosen| chosen == id) => {
                    (format!("the column `{id}` is there twice"), "name each column once".to_owned())
                }
                Some(meant) => (format!("a table of kind {kind} has no column `{id}`"), format!("write `{meant}`")),
                None => (format!("a table of kind {kind} has no column `{id}`"), "take one of these".to_owned()),
            };
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let finding = Diagnostic::new(codes::UNKNOWN_WORD, column.path.place(), message);
            self.lower.report(finding.expected(one_of(&known)).help(help));
        }
        columns
    }

    fn table_style(&mut self, at: At<'_, RawTable>) -> TableStyle {
        const MOST_DIGITS: u64 = 3;
        let mut style = TableStyle::default();
        if let Some(digits) = self.lower.read::<u64>(field!(at.digits)) {
            if digits > MOST_DIGITS {
                let place = at.path.key("digits").place();
                let finding = Diagnostic::new(codes::BAD_NUMBER, place, format!("a table of {digits} decimals"));
                let finding = finding.expected(format!("0 to {MOST_DIGITS}"));
                self.lower.report(finding.help("more decimals than these are not in the evidence"));
            }
            style.digits = digits.min(MOST_DIGITS) as usize;
        }
        if let Some(marks) = field!(at.marks).present() {
            for (mark, wanted) in [
                (&mut style.not_reported, &marks.value.not_reported),
                (&mut style.not_reached, &marks.value.not_reached),
                (&mut style.not_applicable, &marks.value.not_applicable),
                (&mut style.unclear, &marks.value.unclear),
                (&mut style.nothing, &marks.value.nothing),
            ] {
                set(mark, words(wanted));
            }
        }
        style
    }

    fn figure(&mut self, id: &str, at: At<'_, RawFigure>, analyses: &[Analysis], defaults: &Looks) -> FigurePlan {
        self.check_id(id, &at.path);
        let known: Vec<&str> = analyses.iter().map(|analysis| analysis.id.as_str()).collect();
        let kind: FigureKind = self.word(field!(at.kind)).unwrap_or_default();
        let one = self.lower.known(field!(at.analysis), codes::UNKNOWN_ANALYSIS, known.iter().copied());
        let several = field!(at.analyses);
        let several = several
            .items()
            .map(|id| self.lower.known_id(id.map(|id| &**id), codes::UNKNOWN_ANALYSIS, known.iter().copied()));
        let analyses: Vec<String> = one.into_iter().chain(several).collect();
        let help = if kind.takes_several() { "write `analyses: [ID, ID]`" } else { "write `analysis: ID`" };
        let fault = match analyses.len() {
            0 if !kind.needs_none() => Some((codes::MISSING_FIELD, format!("the figure `{id}` shows no analysis"))),
            k if k > 1 && !kind.takes_several() => {
                Some((codes::WRONG_KIND, format!("the figure `{id}` shows {k} analyses; a {kind} plot shows one")))
            }
            _ => None,
        };
        if let Some((code, message)) = fault {
            self.lower.report(Diagnostic::new(code, at.path.place().as_key(), message).help(help));
        }
        if kind == FigureKind::Flow && self.evidence.protocol.flow.is_none() {
            let message = format!("the figure `{id}` shows a flow that the review does not give");
            let finding = Diagnostic::new(codes::MISSING_FIELD, at.path.place().as_key(), message);
            self.lower.report(finding.help("give its counts under `flow` in review.yaml"));
        }
        let looks = self.looks(at.value.looks(), &at.path, defaults);
        FigurePlan { id: id.to_owned(), title: words(&at.value.title), kind, analyses, looks }
    }

    /// Returns the judgements on certainty.
    fn certainty(&mut self, at: At<'_, RawCertainty>, analyses: &[Analysis]) -> CertaintyPlan {
        let raw = at.value;
        let known: Vec<&str> = analyses.iter().map(|analysis| analysis.id.as_str()).collect();
        let grades = field!(at.grades);
        let grades: Vec<GradePlan> = grades
            .entries()
            .map(|(id, grade)| {
                self.lower.known_id(At { value: id, path: grade.path }, codes::UNKNOWN_ANALYSIS, known.iter().copied());
                self.grade(id, grade)
            })
            .collect();
        if grades.len() > MOST_GRADES {
            let message = format!("{} answers in a summary of findings", grades.len());
            let finding = Diagnostic::new(codes::TOO_MANY_GRADES, at.path.key("grades").place().as_key(), message);
            self.lower.report(finding.expected("seven at most").help("keep those that a decision needs"));
        }
        CertaintyPlan {
            framing: match raw.framing.as_deref() {
                Some("intervention") => Framing::Intervention,
                _ => Framing::Prognosis,
            },
            by: words(&raw.by).unwrap_or_default(),
            grades,
        }
    }

    fn grade(&mut self, id: &str, at: At<'_, RawGrade>) -> GradePlan {
        let mut judged = Vec::new();
        for (domain, down) in [
            (Domain::RiskOfBias, field!(at.risk_of_bias)),
            (Domain::Inconsistency, field!(at.inconsistency)),
            (Domain::Indirectness, field!(at.indirectness)),
            (Domain::Imprecision, field!(at.imprecision)),
            (Domain::PublicationBias, field!(at.publication_bias)),
        ] {
            let Some(at) = down.present() else { continue };
            judged.extend(self.judged(domain, field!(at.down), &at.value.reason, -1));
        }
        for (domain, up) in [
            (Domain::LargeEffect, field!(at.large_effect)),
            (Domain::DoseResponse, field!(at.dose_response)),
            (Domain::OpposingConfounding, field!(at.opposing_confounding)),
        ] {
            let Some(at) = up.present() else { continue };
            judged.extend(self.judged(domain, field!(at.up), &at.value.reason, 1));
        }
        GradePlan { analysis: id.to_owned(), judged, comment: words(&at.value.comment), place: at.path.place() }
    }

    /// Returns the judgement of a domain; `sign` is −1 for one that lowers the certainty.
    fn judged(&mut self, domain: Domain, at: At<'_, Option<Count>>, reason: &Option<Text>, sign: i8) -> Option<Judged> {
        let levels: u64 = self.lower.read(At { value: at.value, path: at.path })?;
        if levels > 2 {
            let finding = Diagnostic::new(codes::BAD_NUMBER, at.path.place(), format!("{levels} levels at once"));
            self.lower.report(finding.expected("0, 1 or 2").help("a domain moves the certainty by two levels at most"));
            return None;
        }
        Some(Judged { domain, levels: sign * i8::try_from(levels).ok()?, reason: words(reason)? })
    }

    /// Reports an id that cannot be the name of a file.
    fn check_id(&mut self, id: &str, path: &Path<'_>) {
        if !is_id(id) {
            let finding = Diagnostic::new(codes::BAD_ID, path.place().as_key(), format!("`{id}` is not an id"));
            let finding = finding.expected("words in lower case and digits, joined by hyphens, such as `pfs-2y`");
            self.lower.report(finding.help("rename it: files in `output/` are named by it"));
        }
    }

    /// Returns the `primary` words of an analysis, in order of preference.
    fn primaries(&mut self, at: At<'_, RawAnalysis>) -> Vec<String> {
        let known: Vec<&str> = self.evidence.protocol.primaries.iter().map(|(word, _)| word.as_str()).collect();
        let words = field!(at.cohort);
        let words = words.each().into_iter();
        words.map(|word| self.lower.known_id(word.map(|word| &**word), codes::UNKNOWN_PRIMARY, &known)).collect()
    }

    /// Returns the cohorts that an analysis picks, by study.
    fn picks(&mut self, at: At<'_, RawAnalysis>) -> BTreeMap<String, String> {
        let mut picks = BTreeMap::new();
        let pick = field!(at.pick);
        for (id, cohort) in pick.entries() {
            let Some(study) = self.evidence.studies.iter().find(|study| study.id == id) else {
                self.lower.study_key(id, &cohort.path);
                continue;
            };
            let cohorts = study.cohorts.iter().map(|cohort| &cohort.id);
            let picked = self.lower.known_id(cohort.map(|id| &**id), codes::UNKNOWN_COHORT, cohorts);
            picks.insert(id.to_owned(), picked);
        }
        picks
    }

    fn studies(&mut self, at: At<'_, Option<Vec<Id>>>) -> Vec<String> {
        at.items().map(|id| self.lower.study_id(id.map(|id| &**id))).collect()
    }

    /// Returns the risks of bias that a pool admits, after reporting that no rule says which they are.
    fn risks(&mut self, at: At<'_, Option<Vec<Risk>>>) -> Vec<Risk> {
        if at.value.is_some() && self.evidence.protocol.risk_rule.is_none() {
            let finding =
                Diagnostic::new(codes::NO_RISK_RULE, at.path.place(), "the review does not say what low risk is");
            self.lower.report(
                finding
                    .expected("`risk_of_bias` in review.yaml with the rule under `low_if`")
                    .help("state the rule: no tool has a cut-off that all accept"),
            );
        }
        at.value.clone().unwrap_or_default()
    }

    fn times(&mut self, at: At<'_, RawTable>) -> Vec<Months> {
        let times = field!(at.at);
        times.each().into_iter().filter_map(|time| self.lower.parse(time.map(|time| &**time))).collect()
    }

    /// Takes over the methods that are set at one level of the file.
    fn choose<'s>(
        &mut self,
        choices: &mut Choices,
        settings: impl Iterator<Item = (&'static str, &'s str)>,
        path: &Path<'_>,
    ) {
        let mut scale = None;
        for (key, name) in settings {
            let at = At { value: name, path: path.key(key) };
            match key {
                "scale" => {
                    scale = self.name(at);
                    set(&mut choices.scale, scale.map(Some));
                }
                "model" => set(&mut choices.spec.model, self.name(at)),
                "tau2" => set(&mut choices.spec.tau2, self.name(at)),
                "tau2_interval" => set(&mut choices.spec.tau2_interval, self.name(at)),
                "interval" => set(&mut choices.spec.interval, self.name(at)),
                "prediction" => set(&mut choices.spec.prediction, self.name(at)),
                "level" => set(&mut choices.spec.level, self.lower.parse::<Level>(at)),
                "threshold" => set(&mut choices.threshold, self.lower.parse::<Proportion>(at).map(Some)),
                "missing_precision" => set(&mut choices.missing_precision, self.name(at)),
                "tau_prior" => set(&mut choices.priors.tau, self.name(at)),
                "mu_prior" => set(&mut choices.priors.mu, self.name(at)),
                "overlap_rule" => set(&mut choices.overlap_rule, self.name(at)),
                "subgroup_tau2" => set(&mut choices.subgroup_tau2, self.name(at)),
                _ => {}
            }
        }
        self.check_scale_of_counts(choices, scale, path);
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

    /// Returns the value that a word names.
    pub(super) fn word<T: FromStr<Err: Display>>(&mut self, at: At<'_, Option<Text>>) -> Option<T> {
        let at = at.present()?;
        self.name(at.map(|word| &**word))
    }

    pub(super) fn name<T: FromStr<Err: Display>>(&mut self, at: At<'_, str>) -> Option<T> {
        at.value
            .parse()
            .map_err(|unknown| {
                let finding = Diagnostic::new(codes::UNKNOWN_WORD, at.path.place(), format!("{unknown}"));
                self.lower.report(finding.help("take one of these"));
            })
            .ok()
    }

    fn refuse_scale(&mut self, scale: Scale, kind: OutcomeKind, path: &Path<'_>) {
        let what = match kind {
            OutcomeKind::Survival => "a survival proportion",
            OutcomeKind::Proportion => "a count",
        };
        let admitted: Vec<&str> =
            Scale::ALL.iter().filter(|scale| admits(kind, **scale)).map(|scale| scale.as_str()).collect();
        let finding = Diagnostic::new(codes::SCALE_FOR_KIND, path.place(), format!("{what} has no `{scale}` scale"));
        self.lower
            .report(finding.expected(crate::diag::one_of(&admitted)).help("take one of these, or leave `scale` out"));
    }
}

/// The methods as chosen so far. A scale is settled only when the kind of outcome is known.
#[derive(Debug, Clone, Default)]
struct Choices {
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
    fn methods(&self, kind: OutcomeKind) -> Methods {
        let default = match kind {
            OutcomeKind::Survival => Scale::Cloglog,
            OutcomeKind::Proportion => Scale::Logit,
        };
        let linear = matches!(self.spec.model, ModelKind::Random | ModelKind::Common);
        Methods {
            // A model of counts knows the log odds only.
            scale: match self.spec.model.takes_counts() {
                true => Scale::Logit,
                false => self.scale.filter(|scale| admits(kind, *scale)).unwrap_or(default),
            },
            spec: self.spec.settled(),
            priors: self.priors,
            subgroup_tau2: if linear { self.subgroup_tau2 } else { SubgroupTau2::Separate },
            missing_precision: self.missing_precision,
            overlap_rule: self.overlap_rule,
            threshold: self.threshold,
        }
    }
}

/// Whether an outcome of this kind can be pooled on this scale (formats.md, `methods.scale`).
fn admits(kind: OutcomeKind, scale: Scale) -> bool {
    match kind {
        OutcomeKind::Survival => matches!(scale, Scale::Cloglog | Scale::Logit | Scale::Log | Scale::Plain),
        OutcomeKind::Proportion => scale != Scale::Cloglog,
    }
}

fn default_figure(analysis: &Analysis, looks: &Looks) -> FigurePlan {
    FigurePlan {
        id: format!("{}-forest", analysis.id),
        title: None,
        kind: FigureKind::default(),
        analyses: vec![analysis.id.clone()],
        looks: looks.clone(),
    }
}

fn set<T>(target: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *target = value;
    }
}
