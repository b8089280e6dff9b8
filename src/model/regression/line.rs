//! What a regression expects at given values of its moderators: the line and the bands of a bubble plot.

use nalgebra::{DMatrix, DVector};
use serde::Serialize;

use super::{At, Coefficient, Design, Regressed, Regression};
use crate::effect::Limits;
use crate::evidence::Level;
use crate::model::fit::Whole;
use crate::model::interval::Error;
use crate::model::{FitError, IntervalMethod, PredictionMethod, Spec};

/// What a regression expects at one point.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct OnLine {
    /// The mean effect there.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
    /// Its interval.
    pub ci: Limits,
    /// For the true effect of a new study there; `None` for a common effect, or where no degree of freedom is left.
    pub prediction: Option<Limits>,
}

/// The fitted coefficients, of the orthonormal columns Q: far from 0 they lose no digits.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    design: Design,
    gamma: DVector<f64>,
    /// (QᵀWQ)⁻¹.
    inverse: DMatrix<f64>,
    /// R⁻¹.
    back: DMatrix<f64>,
    /// What the interval puts on all variances.
    factor: f64,
    whole: Whole,
    spec: Spec,
}

impl Line {
    pub fn new(model: &Regressed, design: &Design, whole: &Whole, factor: f64, spec: &Spec) -> Self {
        let tau2 = whole.tau2.map_or(0.0, |tau2| tau2.value);
        let (gamma, inverse) = model.solved(|vi| 1.0 / (vi + tau2));
        Self { design: design.clone(), gamma, inverse, back: model.back(), factor, whole: *whole, spec: *spec }
    }

    /// Returns the coefficients of the design, the intercept first; by t with `df` degrees of freedom where it is given.
    pub fn coefficients(&self, df: Option<f64>) -> Vec<Coefficient> {
        let coefficient = |(index, name): (usize, &str)| {
            let contrast = self.back.row(index).transpose();
            let error = Error { se: (self.factor * self.spread(&contrast)).sqrt(), df };
            Coefficient::new(name, contrast.dot(&self.gamma), error, self.spec.level)
        };
        self.design.names().enumerate().map(coefficient).collect()
    }

    /// Returns each coefficient over its standard error.
    pub fn statistics(&self) -> impl Iterator<Item = f64> {
        self.back.row_iter().map(|row| {
            let contrast = row.transpose();
            contrast.dot(&self.gamma) / (self.factor * self.spread(&contrast)).sqrt()
        })
    }

    /// Returns the variance of a contrast of γ, before any factor.
    fn spread(&self, contrast: &DVector<f64>) -> f64 {
        contrast.dot(&(&self.inverse * contrast))
    }

    fn at(&self, at: &[(&str, At)]) -> Result<OnLine, FitError> {
        let row = DVector::from_vec(self.design.row(at)?);
        let contrast = self.back.tr_mul(&row);
        let (estimate, spread) = (contrast.dot(&self.gamma), self.spread(&contrast));
        let df = (self.spec.interval != IntervalMethod::Classic).then_some(self.whole.df);
        let error = Error { se: (self.factor * spread).sqrt(), df };
        let level: Level = self.spec.level;
        Ok(OnLine {
            estimate,
            se: error.se,
            ci: error.about(estimate, 0.0, level),
            prediction: self.prediction(spread)?.map(|(tau2, error)| error.about(estimate, tau2, level)),
        })
    }

    /// Returns τ² and the error that the prediction interval is made with.
    fn prediction(&self, spread: f64) -> Result<Option<(f64, Error)>, FitError> {
        let floor = if self.spec.interval == IntervalMethod::Mkh { 1.0 } else { 0.0 };
        let scatter = if self.whole.scatter == 0.0 { 1.0 } else { self.whole.scatter.max(floor) };
        let (factor, lost) = match self.spec.prediction {
            PredictionMethod::None => return Ok(None),
            PredictionMethod::V => (1.0, 0.0),
            PredictionMethod::Hts => (1.0, 1.0),
            PredictionMethod::Hk => (scatter, 0.0),
            PredictionMethod::HkPr => (scatter, 1.0),
            other => return Err(FitError::Prediction(other)),
        };
        let df = self.whole.df - lost;
        let error = Error { se: (factor * spread).sqrt(), df: Some(df) };
        Ok(self.whole.tau2.filter(|_| df > 0.0).map(|tau2| (tau2.value, error)))
    }
}

impl Regression {
    /// Returns what the regression expects at these values of moderators; those not named stand at their mean, a factor at the shares
    /// of its levels. Degrees of freedom are those of the coefficients, k − p (one less for HTS and HK-PR).
    ///
    /// # Errors
    /// [`FitError::UnknownModerator`] for a moderator or level that the design does not have, or a number that is not finite;
    /// [`FitError::Prediction`] for a prediction interval other than V, HTS, HK and HK-PR.
    ///
    /// # Agreement
    /// metafor 3.8, `predict(rma(mods = …), newmods = …)`: relative 1e-8.
    ///
    /// # References
    /// Higgins, Thompson & Spiegelhalter (2009), <https://doi.org/10.1111/j.1467-985X.2008.00552.x>
    pub fn at(&self, at: &[(&str, At)]) -> Result<OnLine, FitError> {
        self.line.at(at)
    }

    /// Returns the line of a bubble plot with its bands: each of `along` with what the regression expects there, the other moderators at
    /// their mean.
    ///
    /// # Errors
    /// As [`Self::at`].
    ///
    /// # Examples
    /// ```
    /// use forestable::model::{Design, Estimate, Spec, regress};
    /// let trials = [(0.1, 0.01), (0.32, 0.02), (0.48, 0.01), (0.71, 0.03)].map(|(yi, vi)| Estimate { yi, vi });
    /// let mut design = Design::default();
    /// design.number("dose", vec![1.0, 2.0, 3.0, 4.0]);
    /// let line = regress(&trials, &design, &Spec::default())?.along("dose", &[1.0, 2.5, 4.0])?;
    /// let widths: Vec<f64> = line.iter().map(|(_, here)| here.ci.upper - here.ci.lower).collect();
    /// assert!(widths[1] < widths[0] && widths[1] < widths[2]);
    /// # Ok::<(), forestable::model::FitError>(())
    /// ```
    pub fn along(&self, moderator: &str, along: &[f64]) -> Result<Vec<(f64, OnLine)>, FitError> {
        along.iter().map(|&value| Ok((value, self.at(&[(moderator, At::Number(value))])?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bcg::{self, TRIALS};
    use crate::model::{Estimate, regress};

    fn trials() -> (Vec<Estimate>, Design) {
        let mut design = Design::default();
        design.number("latitude", TRIALS.iter().map(|trial| trial.4).collect());
        (bcg::estimates(), design)
    }

    #[track_caller]
    fn same(found: f64, expected: f64) {
        assert!((found / expected - 1.0).abs() < 1e-7, "{found} is not {expected}");
    }

    #[test]
    fn lines_and_bands_are_metafors() {
        // metafor 3.8, predict(rma(yi, vi, mods = ~ ablat, test = "t"), newmods = c(13, 33.46, 55)).
        let (estimates, design) = trials();
        let fitted = regress(&estimates, &design, &Spec { interval: IntervalMethod::T, ..Spec::default() }).unwrap();
        let line = fitted.along("latitude", &[13.0, 33.46, 55.0]).unwrap();
        for ((_, here), expected) in line.iter().zip([
            [-0.126_854_215_144_404, 0.169_331_759_257_469, -0.499_550_904_402_302, -0.840_126_945_370_905],
            [-0.722_275_508_882_617, 0.107_651_660_570_002, -0.959_215_216_256_414, -1.374_958_885_744_132],
            [-1.349_126_665_633_404, 0.201_098_130_801_273, -1.791_740_667_249_172, -2.101_298_401_294_412],
        ]) {
            let found = [here.estimate, here.se, here.ci.lower, here.prediction.unwrap().lower];
            found.into_iter().zip(expected).for_each(|(found, expected)| same(found, expected));
        }
    }

    #[test]
    fn interactions_are_metafors() {
        // metafor 3.8, rma(yi, vi, mods = ~ ablat * alloc, test = "knha"), and its prediction at latitude 44.5, systematic.
        let (estimates, mut design) = trials();
        design.factor("allocation", &TRIALS.map(|trial| trial.5));
        design.interaction("latitude", "allocation").unwrap();
        let spec = Spec { prediction: PredictionMethod::Hk, ..Spec::default() };
        let fitted = regress(&estimates, &design, &spec).unwrap();
        let names: Vec<&str> = fitted.coefficients.iter().map(|coefficient| coefficient.name.as_str()).collect();
        assert_eq!(names[4..], ["latitude:allocationrandom", "latitude:allocationsystematic"]);
        for (coefficient, (estimate, se)) in fitted.coefficients.iter().zip([
            (0.020_884_530_269_304_39, 0.799_052_396_558_177_2),
            (-0.018_340_911_729_276_58, 0.023_838_855_575_463_7),
            (0.006_801_186_605_641_64, 0.964_461_676_318_224_5),
            (0.471_053_792_557_850_24, 1.265_423_727_580_256),
            (-0.009_814_400_254_337_18, 0.027_768_038_774_381_8),
            (-0.012_491_743_064_257_82, 0.038_943_840_929_352_5),
        ]) {
            same(coefficient.estimate, estimate);
            same(coefficient.se, se);
        }
        same(fitted.tau2, 0.246_530_925_059_768);
        same(fitted.moderators.qm, 1.509_816_239_279_713);
        same(fitted.r2_percent.unwrap(), 21.297_292_549_437_9);
        let here = fitted.at(&[("latitude", At::Number(44.5)), ("allocation", At::Level("systematic"))]).unwrap();
        same(here.estimate, -0.880_114_815_485_126);
        same(here.se, 0.524_849_876_406_091);
        same(here.ci.upper, 0.360_957_930_710_192);
        same(here.prediction.unwrap().lower, -2.588_542_856_853_47);
    }

    #[test]
    fn a_point_off_the_design_is_refused() {
        let (estimates, mut design) = trials();
        design.factor("allocation", &TRIALS.map(|trial| trial.5));
        let fitted = regress(&estimates, &design, &Spec::default()).unwrap();
        for at in [
            ("dose", At::Number(1.0)),
            ("latitude", At::Level("random")),
            ("latitude", At::Number(f64::NAN)),
            ("allocation", At::Level("by chance")),
        ] {
            assert_eq!(fitted.at(&[at]), Err(FitError::UnknownModerator), "{at:?}");
        }
        let means = fitted.at(&[]).unwrap();
        let latitude = TRIALS.iter().map(|trial| trial.4).sum::<f64>() / 13.0;
        assert_eq!(fitted.at(&[("latitude", At::Number(latitude))]).unwrap(), means);
        assert_eq!(Design::default().interaction("a", "b"), Err(FitError::UnknownModerator));
    }
}
