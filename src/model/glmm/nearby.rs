//! Sets of counts that are nearly the same: each climb begins near the top of one before.

use super::climb::{Grouped, Maximum, Point};
use crate::model::FitError;

/// Climbs of sets that are nearly the same, such as all studies and each without one of them: each begins near the top of one before.
/// Tops are kept of sets that do not just lack one study of another.
#[derive(Debug, Clone, Default)]
pub struct Nearby(Vec<(Grouped, Point)>);

impl Nearby {
    /// Climbs to the top of `model`.
    pub fn maximise(&mut self, model: Grouped) -> Result<Maximum, FitError> {
        let lacking = |(known, best): &(Grouped, Point)| Some((best.clone(), known.studies[known.lacking(&model)?]));
        let whole = self.0.iter().find_map(lacking);
        // Away from a top at τ = 0 no step would lead.
        let start = match &whole {
            Some((best, study)) if best.tau > 0.0 => Some(best.without(*study)),
            Some(_) => None,
            None => self.0.last().map(|(_, best)| (best.mu.clone(), best.tau)),
        };
        let start = start.filter(|(mu, tau)| mu.len() == model.groups && *tau > 0.0);
        let found = model.maximise(start)?;
        if whole.is_none() {
            self.0.push((model, found.best.clone()));
        }
        Ok(found)
    }
}

impl Grouped {
    /// Returns the position of the one study that `other` lacks; `None` where they differ by more.
    fn lacking(&self, other: &Self) -> Option<usize> {
        let (ours, theirs) = (&self.studies, &other.studies);
        if self.groups != other.groups || ours.len() != theirs.len() + 1 {
            return None;
        }
        let at = ours.iter().zip(theirs).position(|(one, other)| one != other).unwrap_or(theirs.len());
        (ours[at + 1..] == theirs[at..]).then_some(at)
    }
}
