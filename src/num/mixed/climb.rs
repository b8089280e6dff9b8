//! The search for the largest likelihood.

use nalgebra::{DMatrix, DVector};

use super::{Blocks, Fitted, Structure};

/// A search that came to no maximum.
#[derive(Debug, Clone, PartialEq)]
pub struct Stuck {
    /// The last parameters.
    pub last: Vec<f64>,
    /// After how many steps.
    pub steps: usize,
}

const STEPS: usize = 500;

/// A promised gain of log-likelihood below which its value no longer tells the better point, and the exact slope does.
const FLAT: f64 = 1e-9;

/// A slope by a step of one scale that is as good as none.
const RIDGE: f64 = 1e-6;

impl Blocks {
    /// Returns the fit of the largest likelihood found from the structure's starts.
    ///
    /// # Errors
    /// [`Stuck`] with the last parameters if no start leads to a maximum.
    ///
    /// # References
    /// Damped Newton steps: Marquardt (1963), <https://doi.org/10.1137/0111030>
    pub fn maximise(&self, structure: &impl Structure) -> Result<Fitted, Stuck> {
        let mut best: Result<Fitted, Stuck> = Err(Stuck { last: Vec::new(), steps: 0 });
        for start in structure.starts() {
            match (&best, self.climb(structure, start)) {
                (Ok(before), Ok(found)) if found.log_likelihood <= before.log_likelihood => {}
                (Ok(_), Err(_)) => {}
                (_, found) => best = found,
            }
        }
        best
    }

    /// Climbs by Newton's steps, damped until they lead upwards; the curvature is taken from differences of the exact slope.
    fn climb(&self, structure: &impl Structure, start: Vec<f64>) -> Result<Fitted, Stuck> {
        let fit = |parameters: &DVector<f64>| self.fit(structure, parameters.as_slice());
        let scale = structure.scale();
        let mut here = DVector::from_vec(start);
        let stuck = |here: &DVector<f64>, steps| Stuck { last: here.as_slice().to_vec(), steps };
        let mut fitted = fit(&here).ok_or_else(|| stuck(&here, 0))?;
        let mut damping = 1e-3;
        let mut gain_before = f64::INFINITY;
        for step in 0..STEPS {
            let slope = |parameters: &DVector<f64>| fit(parameters).map(|fitted| fitted.slope);
            let information = -curvature(&here, 1e-5 * scale, &slope).ok_or_else(|| stuck(&here, step))?;
            let newton = information.clone().cholesky().map(|factor| factor.solve(&fitted.slope));
            if let Some(newton) = newton.filter(|newton| newton.dot(&fitted.slope) < FLAT) {
                let gain = newton.dot(&fitted.slope);
                // The last steps shrink quadratically until only rounding error is left.
                if gain >= 0.25 * gain_before || gain == 0.0 {
                    return Ok(fitted);
                }
                gain_before = gain;
                here += newton;
                fitted = fit(&here).ok_or_else(|| stuck(&here, step))?;
                continue;
            }
            let higher = loop {
                if damping > 1e12 {
                    // Where a parameter has no effect (a correlation with nothing), the top is a ridge.
                    let on_top = fitted.slope.amax() * scale < RIDGE;
                    return if on_top { Ok(fitted) } else { Err(stuck(&here, step)) };
                }
                let damped = DMatrix::identity(here.len(), here.len()) * (damping / (scale * scale)) + &information;
                let next = damped.cholesky().map(|factor| &here + factor.solve(&fitted.slope));
                let candidate = next.and_then(|next| Some((fit(&next)?, next)));
                match candidate.filter(|(candidate, _)| candidate.log_likelihood > fitted.log_likelihood) {
                    Some(higher) => break higher,
                    None => damping = (damping * 10.0).max(1e-9),
                }
            };
            (fitted, here) = higher;
            damping *= 0.1;
        }
        Err(stuck(&here, STEPS))
    }
}

/// Returns the matrix of second derivatives, by central differences of the slope.
fn curvature(
    here: &DVector<f64>,
    step: f64,
    slope: &impl Fn(&DVector<f64>) -> Option<DVector<f64>>,
) -> Option<DMatrix<f64>> {
    let mut curvature = DMatrix::zeros(here.len(), here.len());
    for index in 0..here.len() {
        let moved = |by: f64| {
            let mut there = here.clone();
            there[index] += by;
            slope(&there)
        };
        curvature.set_column(index, &((moved(step)? - moved(-step)?) / (2.0 * step)));
    }
    Some(0.5 * (&curvature + curvature.transpose()))
}
