//! A stretch of an axis: where on it a value lies.

use serde::Serialize;

use crate::num::{self, Link};

/// A stretch of an axis.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Span {
    /// The value at its start.
    pub from: f64,
    /// The value at its end.
    pub to: f64,
    /// How values are spread over it.
    pub spacing: Spacing,
}

/// How values are spread over an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spacing {
    /// Equal differences, equal lengths.
    Linear,
    /// Equal ratios, equal lengths.
    Log,
    /// Of proportions: equal ratios of odds, equal lengths.
    Logit,
    /// Of proportions: equal ratios of cumulative hazards, equal lengths.
    LogLog,
}

impl Spacing {
    /// Returns how far along the axis `value` lies, rising with it, in the axis's own units.
    #[must_use]
    pub fn position(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Log => num::ln(value),
            Self::Logit => Link::Logit.transform(value),
            // It falls as the proportion rises, and an axis rises to the right.
            Self::LogLog => -Link::LogLog.transform(value),
        }
    }

    /// Returns the value that lies at a position, see [`Spacing::position`].
    ///
    /// ```
    /// use forestable::report::figure::span::Spacing;
    /// for spacing in [Spacing::Linear, Spacing::Log, Spacing::Logit, Spacing::LogLog] {
    ///     assert!((spacing.value(spacing.position(0.7)) - 0.7).abs() < 1e-12);
    /// }
    /// ```
    #[must_use]
    pub fn value(self, position: f64) -> f64 {
        match self {
            Self::Linear => position,
            Self::Log => num::exp(position),
            Self::Logit => 1.0 / (1.0 + num::exp(-position)),
            Self::LogLog => num::exp(-num::exp(-position)),
        }
    }
}

impl Span {
    /// Returns a linear stretch.
    #[must_use]
    pub fn linear(from: f64, to: f64) -> Self {
        Self { from, to, spacing: Spacing::Linear }
    }

    /// Returns where `value` lies: 0 at the start, 1 at the end, never beyond; 0 on an empty stretch or without a value.
    #[must_use]
    pub fn fraction(&self, value: f64) -> f64 {
        let of = |v: f64| self.spacing.position(v);
        let fraction = (of(value) - of(self.from)) / (of(self.to) - of(self.from));
        if fraction.is_nan() { 0.0 } else { fraction.clamp(0.0, 1.0) }
    }

    /// Returns whether `value` lies on it.
    #[must_use]
    pub fn holds(&self, value: f64) -> bool {
        value >= self.from && value <= self.to
    }
}
