//! The answer as a table with its notes, for reading.

use forestable::effect::{Figures, Measure};
use forestable::model::ModelKind;
use forestable::report::format::{counted, fixed, p_value, percent, percent_range, trimmed, whole};
use forestable::report::table::{Align, Cell, Column, Row, RowKind, Table};

use super::answer::{Answer, Group, Natural, Posterior, Study};

/// The key of the row that pools all studies.
pub const OVERALL: &str = "overall";

/// Returns the studies, the pools and what is to be said about them.
pub fn of(answer: &Answer) -> Table {
    let style = Style::of(answer);
    let mut rows = Vec::new();
    match &answer.grouped {
        Some(grouped) => {
            for (index, group) in grouped.groups.iter().enumerate() {
                rows.push(Row { kind: RowKind::Group, key: None, cells: vec![Cell::text(&group.level)] });
                rows.extend(
                    answer.studies.iter().filter(|study| study.group == Some(index)).map(|study| style.study(study)),
                );
                rows.push(style.pool(&format!("Pooled, k = {}", group.k), &group.natural, None));
            }
        }
        None => rows.extend(answer.studies.iter().map(|study| style.study(study))),
    }
    let model = match answer.model {
        ModelKind::Common => "Common effect",
        ModelKind::Random => "Random effects",
        ModelKind::Glmm if answer.measure == Measure::Irln => "Poisson-normal model",
        ModelKind::Glmm => "Binomial-normal model",
        ModelKind::BetaBinomial => "Beta-binomial model",
        ModelKind::MantelHaenszel => "Mantel-Haenszel",
        ModelKind::Peto => "Peto",
        ModelKind::Bayes => "Bayesian random effects",
    };
    let weights = (!answer.weights_percent.is_empty()).then_some("100.0");
    let overall = style.pool(&format!("{model}, k = {}", answer.k), &answer.natural, weights);
    rows.push(Row { key: Some(OVERALL.into()), ..overall });
    if let (Some(lower), Some(upper)) = (answer.natural.pi_lower, answer.natural.pi_upper) {
        rows.push(style.row(RowKind::Pooled, ["Prediction interval", "", &style.range(lower, upper), ""]));
    }
    let level = format!("{} ({}% CI)", answer.measure, trimmed_percent(answer.level.0));
    let effect = if style.proportion { format!("% ({}% CI)", trimmed_percent(answer.level.0)) } else { level };
    let headers = [("study", "Study", Align::Left), ("data", style.data, Align::Right)]
        .into_iter()
        .chain([("effect", effect.as_str(), Align::Right), ("weight", "Weight, %", Align::Right)]);
    let columns = headers
        .filter(|(id, _, _)| *id != "data" || !style.data.is_empty())
        .map(|(id, header, align)| Column { id: id.into(), header: header.into(), spanner: None, align })
        .collect();
    let caption = format!("{model}: {} pooled", counted(answer.k as u64, "study", "studies"));
    Table { id: "pool".into(), caption, columns, rows, footnotes: Vec::new(), notes: notes(answer) }
}

/// How figures of this answer are written.
struct Style {
    proportion: bool,
    data: &'static str,
    digits: usize,
}

impl Style {
    fn of(answer: &Answer) -> Self {
        let data = match answer.studies.first().map(|study| study.figures) {
            Some(Figures::Events { .. } | Figures::TwoArms { .. }) => "Events/n",
            Some(Figures::Rate { .. }) => "Events/time",
            Some(Figures::Means { .. } | Figures::Correlation { .. }) => "n",
            Some(Figures::Effect { .. }) | None => "",
        };
        let width = answer.natural.ci_upper.zip(answer.natural.ci_lower).map_or(1.0, |(upper, lower)| upper - lower);
        // Two digits of the interval's width, at least two decimals.
        let digits = (2..10).find(|digits| width * 10_f64.powi(*digits) >= 10.0).unwrap_or(10);
        let proportion =
            matches!(answer.measure, Measure::Pr | Measure::Pln | Measure::Plo | Measure::Pas | Measure::Pft);
        Self { proportion, data, digits: digits as usize }
    }

    fn value(&self, value: f64) -> String {
        if self.proportion { percent(value, 1) } else { fixed(value, self.digits) }
    }

    fn range(&self, lower: f64, upper: f64) -> String {
        if self.proportion {
            percent_range(lower, upper)
        } else {
            format!("{} to {}", self.value(lower), self.value(upper))
        }
    }

    fn with_interval(&self, estimate: f64, lower: f64, upper: f64) -> String {
        format!("{} ({})", self.value(estimate), self.range(lower, upper))
    }

    fn study(&self, study: &Study) -> Row {
        let natural = &study.natural;
        let effect = self.with_interval(natural.estimate, natural.ci_lower, natural.ci_upper);
        let weight = study.weight_percent.map(|weight| fixed(weight, 1)).unwrap_or_default();
        self.row(RowKind::Entry, [&study.study, &data(&study.figures), &effect, &weight])
    }

    fn pool(&self, name: &str, natural: &Natural, weight: Option<&str>) -> Row {
        let effect = match (natural.estimate, natural.ci_lower, natural.ci_upper) {
            (Some(estimate), Some(lower), Some(upper)) => self.with_interval(estimate, lower, upper),
            _ => "no pool".to_owned(),
        };
        let weight = natural.estimate.and(weight).unwrap_or_default();
        self.row(RowKind::Pooled, [name, "", &effect, weight])
    }

    fn row(&self, kind: RowKind, [name, data, effect, weight]: [&str; 4]) -> Row {
        let mut cells = vec![Cell::text(name)];
        if !self.data.is_empty() {
            cells.push(Cell::text(data));
        }
        cells.extend([Cell::text(effect), Cell::text(weight)]);
        Row { kind, key: None, cells }
    }
}

fn data(figures: &Figures) -> String {
    let count = |value: f64| whole(value as u64);
    match *figures {
        Figures::Effect { .. } => String::new(),
        Figures::Events { xi, ni } => format!("{}/{}", count(xi), count(ni)),
        Figures::Rate { xi, ti } => format!("{}/{}", count(xi), fixed(ti, 0)),
        Figures::TwoArms { ai, n1i, ci, n2i } => {
            format!("{}/{} : {}/{}", count(ai), count(n1i), count(ci), count(n2i))
        }
        Figures::Means { n1i, n2i, .. } => format!("{} : {}", count(n1i), count(n2i)),
        Figures::Correlation { ni, .. } => count(ni),
    }
}

/// Returns a level in per cent, as short as it can be.
fn trimmed_percent(level: f64) -> String {
    trimmed(100.0 * level)
}

fn notes(answer: &Answer) -> Vec<String> {
    let level = trimmed_percent(answer.level.0);
    let with_df = |name: &str, df: Option<f64>| match df {
        Some(df) => format!("{name} (t, {} df)", trimmed(df)),
        None => name.to_owned(),
    };
    let mut notes = Vec::new();
    if let Some(estimate) = answer.estimate {
        let tau2_method = answer.tau2_method.map(|method| format!("τ² by {method}; ")).unwrap_or_default();
        let prediction = match answer.prediction {
            Some(method) => format!("; prediction interval {}", with_df(method.as_str(), answer.pi_df)),
            None => String::new(),
        };
        let interval = with_df(answer.interval.as_str(), answer.df);
        notes.push(format!("Measure {}; {tau2_method}interval {interval}{prediction}.", answer.measure));
        let se = answer.se.map(|se| format!(" (SE {})", fixed(se, 4))).unwrap_or_default();
        let p = answer.p_value.map(|p| format!(", {}", p_value(p))).unwrap_or_default();
        notes.push(format!("On the analysis scale: {}{se}{p}.", fixed(estimate, 4)));
    }
    if let (Some(tau2), Some(i2), Some(q), Some(df), Some(p)) =
        (answer.tau2, answer.i2_percent, answer.q, answer.q_df, answer.q_p)
    {
        let ci = match (answer.tau2_ci_lower, answer.tau2_ci_upper) {
            (Some(lower), Some(upper)) => format!(" ({level}% CI {} to {})", fixed(lower, 4), fixed(upper, 4)),
            _ => String::new(),
        };
        notes.push(format!(
            "Heterogeneity: τ² = {}{ci}; I² = {}%; Q = {}, df = {}, {}.",
            fixed(tau2, 4),
            fixed(i2, 1),
            fixed(q, 2),
            fixed(df, 0),
            p_value(p)
        ));
    }
    notes.extend(answer.posterior.iter().map(posterior_note));
    notes.extend(answer.grouped.iter().flat_map(|grouped| grouped.groups.iter().filter_map(group_note)));
    notes.extend(between_note(answer));
    notes.extend(regression_notes(answer));
    notes.extend(answer.remarks.iter().map(|remark| format!("Note: {remark}.")));
    notes
}

fn posterior_note(posterior: &Posterior) -> String {
    let Posterior { priors, summary } = posterior;
    let [lower, upper] = summary.tau.central95;
    let factor = summary.bayes_factor_tau_zero.map(|factor| format!("; Bayes factor for τ = 0: {}", fixed(factor, 2)));
    format!(
        "Priors: τ {}, µ {}. τ = {} (95% {} to {}); P(µ < 0) = {}{}.",
        priors.tau,
        priors.mu,
        fixed(summary.tau.median, 3),
        fixed(lower, 3),
        fixed(upper, 3),
        fixed(summary.prob_mu_below_zero, 3),
        factor.unwrap_or_default()
    )
}

fn group_note(group: &Group) -> Option<String> {
    let (tau2, i2) = (group.tau2?, group.i2_percent?);
    Some(format!("{}: τ² = {}; I² = {}%.", group.level, fixed(tau2, 4), fixed(i2, 1)))
}

fn between_note(answer: &Answer) -> Option<String> {
    let grouped = answer.grouped.as_ref()?;
    let (q, df, p) = (grouped.q_between?, grouped.q_between_df?, grouped.q_between_p?);
    let mut note = format!(
        "Between groups ({} τ²): Q = {}, df = {}, {}",
        grouped.subgroup_tau2,
        fixed(q, 2),
        fixed(df, 0),
        p_value(p)
    );
    if let (Some(f), Some(df1), Some(df2), Some(p)) = (grouped.f_between, grouped.f_df1, grouped.f_df2, grouped.f_p) {
        note += &format!("; F({}, {}) = {}, {}", fixed(df1, 0), fixed(df2, 0), fixed(f, 2), p_value(p));
    }
    Some(note + ".")
}

fn regression_notes(answer: &Answer) -> Vec<String> {
    let Some(regression) = &answer.regression else { return Vec::new() };
    let mut notes: Vec<String> = regression
        .coefficients
        .iter()
        .map(|coefficient| {
            format!(
                "{}: {} ({} to {}), {}.",
                coefficient.name,
                fixed(coefficient.estimate, 4),
                fixed(coefficient.ci_lower, 4),
                fixed(coefficient.ci_upper, 4),
                p_value(coefficient.p_value)
            )
        })
        .collect();
    let explained = regression.r2_percent.map(|r2| format!("; R² = {}%", fixed(r2, 1))).unwrap_or_default();
    let test = match regression.qm_df2 {
        Some(df2) => format!("F({}, {}) = {}", fixed(regression.qm_df, 0), fixed(df2, 0), fixed(regression.qm, 2)),
        None => format!("Q = {}, df = {}", fixed(regression.qm, 2), fixed(regression.qm_df, 0)),
    };
    notes.push(format!(
        "Moderators: {test}, {}; residual τ² = {}{explained}.",
        p_value(regression.qm_p),
        fixed(regression.residual_tau2, 4)
    ));
    notes
}
