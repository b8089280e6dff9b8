//! From a published survival proportion to an effect on the scale of an analysis.

use serde::Serialize;

use super::Scale;
use super::precision::{self, PrecisionGrade};
use crate::diag::named;
use crate::evidence::{
    Absence, CiScale, Digitised, Interval, Level, Months, Printed, Reported, Survival, implied_size, interval_symmetry,
    size_implied_by_se,
};
use crate::num;
use crate::num::distribution::{Distribution as _, Normal, Tail};

named! {
    /// What is done with a proportion that carries neither a standard error nor an interval.
    #[derive(Default)]
    MissingPrecision, "choice for missing precision":
    /// The best rung of the ladder that the figures allow; n alone last.
    #[default]
    Impute = "impute",
    /// Binomial on n.
    SampleSize = "sample-size",
    /// It stays out of the pool.
    Exclude = "exclude",
}

/// What else is known of the patients behind a proportion.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Denominator {
    /// Patients (or lesions) followed from the start.
    pub n: Option<u64>,
    /// The largest size that a printed interval may imply: `n`, or the lesions where the unit is unclear.
    pub largest: Option<u64>,
    /// Their median follow-up.
    pub median_follow_up: Option<Months>,
}

/// The rung of the ladder that gave a standard error, with the figures it was computed from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rung {
    /// The standard error stands in the paper.
    PrintedSe,
    /// The interval does, and is symmetric on this scale.
    PrintedInterval {
        /// The scale.
        scale: CiScale,
    },
    /// It is symmetric on no scale: taken on the nearest one.
    AsymmetricInterval {
        /// The scale.
        scale: CiScale,
    },
    /// One end is 0% or 100%: the other half was taken, on the log-log scale.
    HalfInterval,
    /// From the number at risk.
    AtRisk {
        /// From the start.
        n: u64,
        /// At that time.
        at_risk: u64,
    },
    /// From the events up to that time.
    Events {
        /// From the start.
        n: u64,
        /// Up to that time.
        events: u64,
    },
    /// From patients reconstructed from a digitised curve.
    Digitised(Digitised),
    /// Nobody was censored before: binomial.
    Complete {
        /// From the start.
        n: u64,
    },
    /// From the median follow-up.
    FollowUp {
        /// From the start.
        n: u64,
        /// Median.
        median: Months,
    },
    /// 0% or 100%: half an event added to an effective number.
    Boundary {
        /// The effective number.
        effective: f64,
    },
    /// Counts with complete follow-up.
    Counts {
        /// Of how many.
        n: u64,
    },
    /// From n alone.
    SampleSize {
        /// From the start.
        n: u64,
    },
}

impl Rung {
    /// Returns the grade of this rung.
    #[must_use]
    pub fn grade(&self) -> PrecisionGrade {
        match self {
            Self::PrintedSe | Self::PrintedInterval { .. } | Self::AsymmetricInterval { .. } | Self::HalfInterval => {
                PrecisionGrade::A
            }
            Self::AtRisk { .. } => PrecisionGrade::B,
            Self::Events { .. } => PrecisionGrade::C,
            Self::Digitised(_) => PrecisionGrade::D,
            Self::Complete { .. } | Self::Counts { .. } => PrecisionGrade::E,
            Self::FollowUp { .. } => PrecisionGrade::M,
            Self::Boundary { .. } => PrecisionGrade::X,
            Self::SampleSize { .. } => PrecisionGrade::F,
        }
    }
}

/// An effect: what enters a pool, with where its precision comes from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Effect {
    /// The effect on the scale of the analysis.
    pub yi: f64,
    /// Its sampling variance on that scale.
    pub vi: f64,
    /// The proportion as published (0 and 1 stay 0 and 1).
    pub proportion: f64,
    /// Lower end of its interval, as a proportion.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// Whether that interval stands in the paper.
    pub interval: IntervalOrigin,
    /// Effective size: the patients that a binomial proportion of this precision would need.
    pub effective: f64,
    /// How the standard error was obtained.
    pub rung: Rung,
}

/// Where the interval shown beside an effect comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum IntervalOrigin {
    /// Printed by the paper at the analysis' level.
    Published,
    /// Computed from `yi` and `vi`.
    Derived,
    /// Exact (Clopper-Pearson) on the effective size, at 0% or 100%.
    Exact,
}

/// Why a published proportion gives no effect.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoEffect {
    /// There is no figure.
    NoEstimate(Absence),
    /// Neither an interval, a standard error nor a number of patients.
    NoPrecision,
    /// Nothing printed, and the review admits printed precision only.
    NotPrinted,
    /// Its interval implies more patients than there are.
    Impossible {
        /// Implied size.
        effective: f64,
        /// Number there are.
        n: u64,
    },
}

/// A printed interval may imply this much more than n before it is refused, as the check of the evidence has it.
pub const SIZE_TOLERANCE: f64 = 1.10;

/// Returns the effect of a survival proportion at `time` months on `scale`.
///
/// The first rung that applies gives the standard error: printed standard error, printed interval, number at risk,
/// events, digitised curve, median follow-up, n alone, with complete follow-up where the number at risk says so; 0% and 100% without an interval take half an event on the
/// effective number, `(x + ½)/(n + 1)`.
///
/// # Errors
/// [`NoEffect`] where there is no figure, nothing to compute a precision from, or an impossible interval.
pub fn survival(
    published: &Survival,
    time: Months,
    of: Denominator,
    scale: Scale,
    policy: MissingPrecision,
    level: Level,
) -> Result<Effect, NoEffect> {
    let printed = match published.estimate {
        Reported::Value(printed) => printed,
        Reported::Absent(absence) => return Err(NoEffect::NoEstimate(absence)),
    };
    let proportion = printed.value.0;
    if proportion <= 0.0 || proportion >= 1.0 {
        return boundary(published, proportion, time, of, scale, policy, level);
    }
    let (se, rung) = standard_error(published, printed, time, of, policy)?;
    let effective = precision::effective_size(proportion, se);
    if let (Some(least), Some(n)) = (least_size(published, printed), of.largest)
        && least > n as f64 * SIZE_TOLERANCE
    {
        return Err(NoEffect::Impossible { effective: least, n });
    }
    let yi = scale.transform(proportion);
    let vi = (se * scale.slope(proportion)).powi(2);
    let (lower, upper, interval) = match published.ci {
        Some(ci) if ci.level == level => (ci.lower.value.0, ci.upper.value.0, IntervalOrigin::Published),
        _ => {
            let half = normal_quantile(level) * vi.sqrt();
            let (a, b) = (scale.back(yi - half), scale.back(yi + half));
            // The log-log scale runs against the proportion.
            (a.min(b), a.max(b), IntervalOrigin::Derived)
        }
    };
    Ok(Effect { yi, vi, proportion, lower, upper, interval, effective, rung })
}

/// Returns the standard error of the proportion and the rung that gave it.
fn standard_error(
    published: &Survival,
    printed: Printed,
    time: Months,
    of: Denominator,
    policy: MissingPrecision,
) -> Result<(f64, Rung), NoEffect> {
    let survival = printed.value.0;
    if let Some(se) = published.se {
        return Ok((se.value.0, Rung::PrintedSe));
    }
    if let Some(ci) = published.ci {
        return Ok(from_interval(printed, &ci));
    }
    if policy == MissingPrecision::Exclude {
        return Err(NoEffect::NotPrinted);
    }
    let n = of.n.filter(|n| *n > 0).ok_or(NoEffect::NoPrecision)?;
    let size = n as f64;
    if policy == MissingPrecision::Impute {
        if let Some((se, at_risk)) = at_risk(published, n)
            .and_then(|at_risk| Some((precision::from_at_risk(survival, size, at_risk as f64)?, at_risk)))
        {
            let rung = if at_risk == n { Rung::Complete { n } } else { Rung::AtRisk { n, at_risk } };
            return Ok((se, rung));
        }
        if let Some(events) = published.events.filter(|events| *events > 0) {
            let at_risk = precision::at_risk_from_events(survival, size, events as f64);
            if let Some(se) = precision::from_at_risk(survival, size, at_risk) {
                return Ok((se, Rung::Events { n, events }));
            }
        }
        if let Some(digitised) = published.digitised {
            return Ok((digitised.se, Rung::Digitised(digitised)));
        }
        if let Some(median) = of.median_follow_up.filter(|median| median.0 > 0.0) {
            return Ok((precision::from_follow_up(survival, size, time.0, median.0), Rung::FollowUp { n, median }));
        }
    }
    Ok((precision::binomial(survival, size), Rung::SampleSize { n }))
}

/// Returns the number at risk at that time: as printed, or what events and censored leave.
fn at_risk(published: &Survival, n: u64) -> Option<u64> {
    published.at_risk.or_else(|| match (published.events, published.censored) {
        // With nobody censored everyone is accounted for, whatever the events: follow-up is complete.
        (_, Some(0)) => Some(n),
        (Some(events), Some(censored)) => n.checked_sub(events.checked_add(censored)?),
        _ => None,
    })
}

/// Returns the standard error of the proportion that a printed interval implies, on the scale it was built on.
fn from_interval(printed: Printed, ci: &Interval) -> (f64, Rung) {
    let survival = printed.value.0;
    let z = normal_quantile(ci.level);
    let (lower, upper) = (ci.lower.value.0, ci.upper.value.0);
    if lower <= 0.0 || upper >= 1.0 {
        let end = if lower <= 0.0 { upper } else { lower };
        let width = (Scale::Cloglog.transform(end) - Scale::Cloglog.transform(survival)).abs();
        return (width / z / Scale::Cloglog.slope(survival), Rung::HalfInterval);
    }
    let symmetry = interval_symmetry(printed, ci);
    let (named, rung): (CiScale, fn(CiScale) -> Rung) = match (ci.scale, symmetry.scale) {
        (Some(scale), _) | (None, Some(scale)) => (scale, |scale| Rung::PrintedInterval { scale }),
        (None, None) => (symmetry.nearest, |scale| Rung::AsymmetricInterval { scale }),
    };
    let scale = Scale::from(named);
    let width = (scale.transform(upper) - scale.transform(lower)).abs();
    (width / (2.0 * z) / scale.slope(survival), rung(named))
}

/// Returns the smallest size that the printed digits of a figure allow.
fn least_size(published: &Survival, printed: Printed) -> Option<f64> {
    match (published.se, published.ci) {
        (Some(se), _) => size_implied_by_se(printed, se),
        (None, Some(ci)) => implied_size(printed, &ci),
        (None, None) => None,
    }
}

/// Returns the effect of a curve that has not moved (100%) or has fallen to the ground (0%).
fn boundary(
    published: &Survival,
    proportion: f64,
    time: Months,
    of: Denominator,
    scale: Scale,
    policy: MissingPrecision,
    level: Level,
) -> Result<Effect, NoEffect> {
    if policy == MissingPrecision::Exclude {
        return Err(NoEffect::NotPrinted);
    }
    let n = of.n.filter(|n| *n > 0).ok_or(NoEffect::NoPrecision)?;
    let size = n as f64;
    let effective = match (policy, at_risk(published, n), of.median_follow_up) {
        (MissingPrecision::Impute, Some(at_risk), _) => {
            precision::effective_at_boundary_from_at_risk(size, at_risk as f64)
        }
        // At 0% everybody has had the event: there is nobody left to have been censored.
        (MissingPrecision::Impute, None, Some(median)) if median.0 > 0.0 && proportion >= 1.0 => {
            precision::effective_at_boundary_from_follow_up(size, time.0, median.0)
        }
        _ => size,
    };
    let corrected = (proportion * effective + 0.5) / (effective + 1.0);
    let se = precision::binomial(corrected, effective + 1.0);
    let tail = num::powf((1.0 - level.0) / 2.0, 1.0 / effective);
    let (lower, upper) = if proportion >= 1.0 { (tail, 1.0) } else { (0.0, 1.0 - tail) };
    Ok(Effect {
        yi: scale.transform(corrected),
        vi: (se * scale.slope(corrected)).powi(2),
        proportion,
        lower,
        upper,
        interval: IntervalOrigin::Exact,
        effective,
        rung: Rung::Boundary { effective },
    })
}

impl From<CiScale> for Scale {
    fn from(scale: CiScale) -> Self {
        match scale {
            CiScale::LogLog => Self::Cloglog,
            CiScale::Log => Self::Log,
            CiScale::Plain => Self::Plain,
            CiScale::Logit => Self::Logit,
        }
    }
}

/// Returns the two-sided normal quantile of a confidence level: 1.96 for 95%.
fn normal_quantile(level: Level) -> f64 {
    Normal.quantile(Tail::above(level.0))
}
