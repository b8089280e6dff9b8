//! Choice grids that are kept: each is made once, and taken again where nothing that it rests on has changed.

use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::hash::{DefaultHasher, Hasher};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::super::findings::{AnalysisFindings, Findings};
use super::ChoiceGrid;
use crate::evidence::{Evidence, Study};

/// The choice grid of one analysis, once somebody has asked for it.
#[derive(Debug, Clone, Default)]
pub struct Made(OnceLock<Option<Arc<ChoiceGrid>>>);

impl Made {
    /// Returns what was made, or makes it. Nobody waits meanwhile: `make` hands work to other threads, and one that waits could have been
    /// given some of it. Two who ask at once make the same twice.
    pub(super) fn or_make(&self, make: impl FnOnce() -> Option<ChoiceGrid>) -> Option<Arc<ChoiceGrid>> {
        if let Some(made) = self.0.get() {
            return made.clone();
        }
        let made = make().map(Arc::new);
        self.0.get_or_init(|| made).clone()
    }
}

/// The choice grids of an earlier run, for a run on nearly the same evidence.
#[derive(Debug, Default)]
pub struct KeptGrids(BTreeMap<String, (u64, Made)>);

impl KeptGrids {
    /// Gives each analysis its earlier grid, if nothing that the grid rests on has changed.
    pub fn hand_to(&mut self, evidence: &Evidence, findings: &mut Findings) {
        let mut next = BTreeMap::new();
        let studies = without_results(evidence);
        for found in &mut findings.analyses {
            let id = found.analysis.id.clone();
            let basis = basis(evidence, &studies, found);
            if let Some((_, earlier)) = self.0.remove(&id).filter(|(earlier, _)| *earlier == basis) {
                found.choices = earlier;
            }
            next.insert(id, (basis, Made::default()));
        }
        self.0 = next;
    }

    /// Keeps the grids that were made.
    pub fn keep(&mut self, findings: &Findings) {
        for found in &findings.analyses {
            if let Some((_, made)) = self.0.get_mut(&found.analysis.id) {
                made.clone_from(&found.choices);
            }
        }
    }
}

/// Returns a number for all of each study but its results, which every outcome rests on.
fn without_results(evidence: &Evidence) -> Vec<u64> {
    let one = |study: &Study| {
        let mut study: Study = study.clone();
        study.cohorts.iter_mut().for_each(|cohort| cohort.results.clear());
        let mut words = Words(DefaultHasher::new());
        // Writing into a hasher never fails.
        let _ = write!(words, "{study:?}");
        words.0.finish()
    };
    evidence.studies.par_iter().map(one).collect()
}

/// Returns a number for all that a grid rests on: the analysis, its primary answer, and what is published of its outcome.
fn basis(evidence: &Evidence, studies: &[u64], found: &AnalysisFindings) -> u64 {
    let outcome = &found.analysis.outcome;
    let mut words = Words(DefaultHasher::new());
    let protocol = &evidence.protocol;
    let groups = found.groups.as_ref().map(|groups| &groups.test);
    let answer = (found.pool.estimated(), groups, &found.analysis);
    let _ = write!(words, "{answer:?} {:?} {:?} {studies:?}", protocol.outcome(outcome), protocol.risk_rule);
    for cohort in evidence.studies.iter().flat_map(|study| &study.cohorts) {
        // The position of a result in its cohort is its name.
        let own: Vec<_> = cohort.results.iter().enumerate().filter(|(_, result)| result.outcome == *outcome).collect();
        let _ = write!(words, "{own:?}");
    }
    words.0.finish()
}

/// What is written is hashed.
struct Words(DefaultHasher);

impl Write for Words {
    fn write_str(&mut self, words: &str) -> fmt::Result {
        self.0.write(words.as_bytes());
        Ok(())
    }
}
