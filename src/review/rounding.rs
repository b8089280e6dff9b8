//! "97%" stands for 96.5 to 97.5: how far the rounding of the printed figures can move a pool.

use super::plan::Methods;
use crate::effect::{Effect, Figures};
use crate::model::{self, CountPools, Estimate, Grouping, ModelKind, Subgroups};

/// With more series than this only the two extreme corners are tried, not all of them.
const ALL_CORNERS: usize = 8;

/// How far rounding can move a pool.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rounding {
    /// The smallest pooled proportion.
    pub lower: f64,
    /// The largest.
    pub upper: f64,
    /// Whether the test between groups is significant in some corners and not in others.
    pub verdict_moves: bool,
}

/// A series' effect with its printed figure at the lower and at the upper end of what it stands for.
pub type Ends = [Effect; 2];

/// Returns the range of the pooled proportion over the corners of the rounding: every series at one of its ends, all
/// combinations up to eight series, all low and all high beyond.
///
/// `group_of` and `levels` give the groups whose test is looked at; without groups no verdict can move. `None` below two
/// series, or where a corner has no pool.
#[must_use]
pub fn rounding(ends: &[Ends], group_of: &[usize], levels: &[String], methods: &Methods) -> Option<Rounding> {
    let k = ends.len();
    if k < 2 {
        return None;
    }
    let corners: Vec<u32> = if k <= ALL_CORNERS { (0..1 << k).collect() } else { vec![0, u32::MAX] };
    let (mut lower, mut upper) = (f64::INFINITY, f64::NEG_INFINITY);
    let mut verdicts = Vec::new();
    let spec = &methods.spec;
    let mut pools = CountPools::default();
    for corner in corners {
        let at = |index: usize| &ends[index][((corner >> index.min(31)) & 1) as usize];
        let effects: Vec<Effect> = (0..k).map(|index| *at(index)).collect();
        let (estimate, p) = pooled(&effects, group_of, levels, methods, &mut pools)?;
        let pooled = methods.scale.back(estimate);
        lower = lower.min(pooled);
        upper = upper.max(pooled);
        verdicts.extend(p.map(|p| p < 1.0 - spec.level.0));
    }
    let verdict_moves = verdicts.iter().any(|verdict| *verdict != verdicts[0]);
    Some(Rounding { lower, upper, verdict_moves })
}

/// Returns the pooled effect, and the P value of the test between groups where there are some; `None` without a pool.
fn pooled(
    effects: &[Effect],
    group_of: &[usize],
    levels: &[String],
    methods: &Methods,
    pools: &mut CountPools,
) -> Option<(f64, Option<f64>)> {
    let (spec, tau2) = (&methods.spec, methods.subgroup_tau2);
    if spec.model == ModelKind::Glmm {
        let counts: Vec<Figures> = effects
            .iter()
            .map(|effect| Figures::Events { xi: effect.proportion * effect.effective, ni: effect.effective })
            .collect();
        let grouping = (levels.len() > 1).then_some(Grouping { group_of, levels, tau2 });
        let pool = pools.fit(&counts, grouping, spec, &[spec.interval]).pop()?.ok()?;
        return Some((pool.estimate, pool.between_p));
    }
    let estimates: Vec<Estimate> = effects.iter().map(|effect| Estimate { yi: effect.yi, vi: effect.vi }).collect();
    let estimate = model::fit(&estimates, spec).ok()?.estimate;
    let groups = (levels.len() > 1).then(|| model::fit_subgroups(&estimates, group_of, levels, spec, tau2));
    Some((estimate, groups.and_then(Result::ok).as_ref().and_then(p_value)))
}

/// Returns the P value of the test between groups, in its F form where there is one.
pub(in crate::review) fn p_value(groups: &Subgroups) -> Option<f64> {
    groups.test.map(|test| test.p_value())
}
