//! The search for the largest likelihood.

use nalgebra::{DMatrix, DVector};

use super::likelihood::{Fitted, Observations};
use super::structure::Structure;

/// Standard deviations of the random effects that the search starts from.
const STARTS: [f64; 3] = [0.1, 0.4, 1.2];

/// The place of the largest likelihood.
#[derive(Debug, Clone)]
pub struct Best {
    /// The structure's parameters there.
    pub parameters: Vec<f64>,
    /// The fit there.
    pub fit: Fitted,
}

/// Returns the largest likelihood found from several starts; `None` if none of them comes to rest.
pub fn largest(observations: &Observations, structure: &Structure) -> Option<Best> {
    STARTS
        .iter()
        .filter_map(|size| climb(observations, structure, structure.start(*size)))
        .max_by(|a, b| a.fit.log_likelihood.total_cmp(&b.fit.log_likelihood))
}

/// Climbs by Newton's steps, damped (Levenberg and Marquardt) until they lead upwards; the curvature is taken from
/// differences of the exact slope.
fn climb(observations: &Observations, structure: &Structure, start: Vec<f64>) -> Option<Best> {
    let fit_at = |parameters: &DVector<f64>| observations.fit(&structure.covariance(parameters.as_slice()));
    let slope_at = |parameters: &DVector<f64>, fit: &Fitted| {
        let slopes = structure.slopes(parameters.as_slice());
        DVector::from_iterator(slopes.len(), slopes.iter().map(|slope| fit.slope.dot(slope)))
    };
    let mut here = DVector::from_vec(start);
    let mut fit = fit_at(&here)?;
    let mut damping = 1e-3;
    for _ in 0..500 {
        let slope = slope_at(&here, &fit);
        if slope.amax() < 1e-9 {
            return Some(Best { parameters: here.iter().copied().collect(), fit });
        }
        let curvature = curvature(&here, &|parameters| Some(slope_at(parameters, &fit_at(parameters)?)))?;
        // The damping grows until the step climbs; at the top no step does, and the slope is rounding.
        let mut climbed = false;
        while damping < 1e12 {
            let damped = DMatrix::identity(here.len(), here.len()) * damping - &curvature;
            let next = damped.cholesky().map(|damped| &here + damped.solve(&slope));
            let higher = next
                .and_then(|next| Some((fit_at(&next)?, next)))
                .filter(|(candidate, _)| candidate.log_likelihood > fit.log_likelihood);
            if let Some((candidate, next)) = higher {
                (fit, here) = (candidate, next);
                damping *= 0.1;
                climbed = true;
                break;
            }
            damping = (damping * 10.0).max(1e-9);
        }
        if !climbed {
            return (slope.amax() < 1e-5).then(|| Best { parameters: here.iter().copied().collect(), fit });
        }
    }
    None
}

/// Returns the matrix of second derivatives, by central differences of the slope.
fn curvature(here: &DVector<f64>, slope: &impl Fn(&DVector<f64>) -> Option<DVector<f64>>) -> Option<DMatrix<f64>> {
    let step = 1e-5;
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
