//! The choice grid of the review in this repository.

use std::path::Path;

use forestable::review::{self, Choice, choice_grid};
use forestable::{evidence, source};

#[test]
fn the_grid_holds_the_plan_itself_and_counts_every_combination() {
    let (raw, _, _) = source::load(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let (evidence, _) = evidence::lower(&raw);
    let (plan, _) = review::plan(&raw, &evidence);
    let findings = review::run(&evidence, &plan);
    for found in findings.analyses.iter().filter(|found| found.pool.fit().is_some()) {
        let id = &found.analysis.id;
        let grid = choice_grid(&evidence, found).unwrap();
        let planned = &grid.specifications[grid.planned(&found.analysis).unwrap()];
        let pooled = found.pool.estimated().unwrap();
        assert_eq!(
            [planned.estimate, planned.lower, planned.upper],
            [pooled.estimate, pooled.lower, pooled.upper],
            "{id}"
        );
        assert!(planned.agrees, "{id}");
        // On a scale seven estimators by four intervals, one more with REML, and a common effect; on the log odds counts, by two.
        let sets =
            [Choice::Precision, Choice::Cohorts, Choice::Endpoint, Choice::LeftOut].map(|choice| choice as usize);
        let mut met: Vec<_> = grid.specifications.iter().map(|one| sets.map(|choice| one.taken[choice])).collect();
        met.dedup();
        let scales = grid.levels[Choice::Scale as usize].len();
        assert_eq!(grid.specifications.len() + grid.unanswered, met.len() * (scales * (7 * 4 + 1 + 1) + 2), "{id}");
        let (low, high) = grid.range(|one| one.estimate).unwrap();
        assert!(low <= pooled.estimate && pooled.estimate <= high, "{id}");
        let agreeing = grid.specifications.iter().filter(|one| one.agrees);
        assert!(agreeing.clone().all(|one| (pooled.lower..=pooled.upper).contains(&one.estimate)), "{id}");
        assert!(grid.explained().iter().all(|(_, share)| (0.0..=1.0).contains(share)), "{id}");
    }
}

#[test]
fn an_analysis_without_a_pool_has_no_grid() {
    let (raw, _, _) = source::load(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let (evidence, _) = evidence::lower(&raw);
    let (plan, _) = review::plan(&raw, &evidence);
    let findings = review::run(&evidence, &plan);
    let mut without = findings.analyses.iter().filter(|found| found.pool.fit().is_none()).peekable();
    assert!(without.peek().is_some());
    assert!(without.all(|found| choice_grid(&evidence, found).is_none()));
}
