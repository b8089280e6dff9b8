//! What follows for a review, and what would have to hold for it to follow.

use crate::page::{ESTIMATORS, PREDICTIONS, Pooled, mean, number, share, summary};
use crate::tally::Tally;
use crate::{Done, is_drawn, is_of_half, over};

const MKH: &str = "mKH, HK";
const HKSJ: &str = "HKSJ, HK";
const BOOTSTRAP: &str = "mKH, bootstrap";
const CLASSIC: &str = "classic, V";
const COUNTS: &str = "binomial-normal";
const LEFT_OUT: &str = "0 and 100% left out";

/// The tallies that words and claims rest on alike.
#[derive(Clone, Copy)]
struct Pools<'a>(&'a [Done]);

impl<'a> Pools<'a> {
    /// Survival of 30 to 90%.
    fn inner(self, name: &str, k: usize) -> Vec<&'a Tally> {
        over(self.0, name, move |cell| cell.is_inner() && cell.k == k)
    }

    /// … of series that differ, so that a new one may lie elsewhere.
    fn scattered(self, name: &str, k: usize) -> Vec<&'a Tally> {
        over(self.0, name, move |cell| cell.is_inner() && cell.k == k && cell.tau > 0.0)
    }

    /// … in the cells in which the bootstrap was tried.
    fn drawn(self, name: &str, k: usize) -> Vec<&'a Tally> {
        over(self.0, name, move |cell| is_drawn(cell) && cell.k == k)
    }

    /// … of five series that do not differ.
    fn alike(self, name: &str) -> Vec<&'a Tally> {
        over(self.0, name, |cell| cell.is_inner() && cell.k == 5 && cell.tau == 0.0)
    }

    /// One survival, in the cells in which counts were tried.
    fn at(self, name: &str, survival: f64, k: usize) -> Vec<&'a Tally> {
        over(self.0, name, move |cell| is_of_half(cell) && cell.survival == survival && cell.k == k)
    }
}

/// Returns the sentences of [`conclusion`] that the figures do not bear: its words are fixed, and a page that says what its tables deny is not written.
pub fn unsupported(done: &[Done]) -> Vec<&'static str> {
    let pools = Pools(done);
    let coverage = |tallies: Vec<&Tally>| summary(&tallies, |tally| Some(tally.coverage()));
    let average = |tallies: Vec<&Tally>, of: fn(&Tally) -> f64| summary(&tallies, |tally| Some(of(tally))).mean;
    let inner = |name: &str, k: usize| coverage(pools.inner(name, k));
    let width = |name: &str, k: usize| average(pools.inner(name, k), Tally::width);
    let held = |name: &str, k: usize| summary(&pools.scattered(name, k), Tally::prediction);
    let drawn = |name: &str, k: usize| summary(&pools.drawn(name, k), Tally::prediction);
    let excess = |name: &str| average(pools.alike(name), Tally::tau_bias);
    let bias = |name: &str, survival: f64, k: usize| average(pools.at(name, survival, k), Tally::bias).abs();
    let high = |name: &str, survival: f64, k: usize| coverage(pools.at(name, survival, k)).mean;
    let off = |name: &str, k: usize| (inner(name, k).mean - 0.95).abs();
    let rank = |k: usize| ESTIMATORS.iter().filter(|(name, _)| off(name, k) <= off(MKH, k)).count();
    let guards = |name: &str| inner(name, 10).lowest > inner(MKH, 10).lowest && excess(name) > excess(MKH);
    let counts_better = |survival: f64, k: usize| {
        bias(COUNTS, survival, k) < bias(MKH, survival, k) && high(COUNTS, survival, k) > high(MKH, survival, k)
    };
    let left_out_worse = |survival: f64, k: usize| bias(LEFT_OUT, survival, k) > bias(MKH, survival, k);
    let claims = [
        (
            "mKH holds the truth more often than HKSJ and classic, on the whole and at worst",
            [3, 10].into_iter().all(|k| {
                let (ours, others) = (inner(MKH, k), [inner(HKSJ, k), inner(CLASSIC, k)]);
                others.into_iter().all(|other| ours.mean > other.mean && ours.lowest > other.lowest)
            }),
        ),
        (
            "with two series no interval is honest and narrow",
            inner(MKH, 2).mean > 0.95 && inner(CLASSIC, 2).mean < 0.9 && width(MKH, 2) > 2.0 * width(CLASSIC, 2),
        ),
        (
            "HK holds new series no less often than V, and at ten series every prediction interval falls short somewhere",
            [3, 10].into_iter().all(|k| held(MKH, k).mean >= held(CLASSIC, k).mean)
                && PREDICTIONS.iter().all(|(name, _)| held(name, 10).lowest < 0.9),
        ),
        (
            "from five series on the bootstrap falls short too, but clearly less than HK, on the whole and at worst",
            [5, 10].into_iter().all(|k| (0.91..0.945).contains(&drawn(BOOTSTRAP, k).mean))
                && [5, 10].into_iter().all(|k| {
                    let (bootstrap, hk) = (drawn(BOOTSTRAP, k), drawn(MKH, k));
                    hk.mean < bootstrap.mean - 0.03 && hk.lowest < bootstrap.lowest - 0.05
                }),
        ),
        (
            "with three series the bootstrap holds new series no more often than HK",
            drawn(BOOTSTRAP, 3).mean < drawn(MKH, 3).mean + 0.005,
        ),
        (
            "REML is in the middle of the ten, a third of a point at most from DL, HSk, EB and PM",
            (4..=7).contains(&rank(10))
                && [3, 10].into_iter().all(|k| {
                    let apart = |name: &&str| (inner(name, k).mean - inner(MKH, k).mean).abs();
                    ["DL", "HSk", "EB", "PM"].iter().all(|name| apart(name) < 0.003_4)
                }),
        ),
        ("PMM and SJ guard better at worst and see a τ that is not there", guards("PMM") && guards("SJ")),
        (
            "near 100% counts are less biased and hold the truth more often",
            counts_better(0.9, 5) && counts_better(0.98, 10) && counts_better(0.9, 10),
        ),
        ("leaving 0 and 100% out is worse", left_out_worse(0.9, 5) && left_out_worse(0.98, 10)),
        (
            "counts are silent where no series has an event",
            average(pools.at(COUNTS, 0.98, 3), Tally::unanswered) > 0.05,
        ),
        (
            "at three series of 90% both hold the truth",
            [MKH, COUNTS].into_iter().all(|name| high(name, 0.9, 3) >= 0.95),
        ),
    ];
    claims.into_iter().filter(|(_, borne)| !borne).map(|(claim, _)| claim).collect()
}

/// What follows for `review.yaml`, with the figures that it rests on.
pub fn conclusion(done: &[Done]) -> String {
    let pools = Pools(done);
    let cover = |name: &str, k: usize| share(&pools.inner(name, k), |tally| Some(tally.coverage()));
    let width = |name: &str, k: usize| number(&pools.inner(name, k), 0, Tally::width);
    let held = |name: &str, k: usize| share(&pools.scattered(name, k), Tally::prediction);
    let drawn = |name: &str| {
        let at = [3, 5, 10].map(|k| share(&pools.drawn(name, k), Tally::prediction));
        format!("{}, {} and {}", at[0], at[1], at[2])
    };
    let estimators = |k: usize| {
        let of = |(name, _): &(&str, &str)| mean(pools.inner(name, k).into_iter().map(Tally::coverage));
        let all = ESTIMATORS.iter().map(of);
        let (least, most) = all.fold((f64::INFINITY, 0.0_f64), |(least, most), one| (least.min(one), most.max(one)));
        format!("{:.1} to {:.1}", 100.0 * least, 100.0 * most)
    };
    let excess = |name: &str| number(&pools.alike(name), 2, Tally::tau_bias);
    let high = |name: &str, survival: f64, k: usize| Pooled::of(&pools.at(name, survival, k), Tally::bias).in_words();
    let silent =
        |survival: f64, k: usize| number(&pools.at(COUNTS, survival, k), 1, |tally| 100.0 * tally.unanswered());
    format!(
        "\n## What a review should take\n\n\
         The defaults of [review.yaml](../review.yaml) are those that these tables support. Coverages in per cent, in parentheses the cell where each is lowest; survival of 30 to 90% \
         unless it says otherwise.\n\n\
         - **`interval: mKH`** holds the truth in {} of pools of three series and {} of ten. HKSJ, which may be narrower than sampling error alone allows, in {} and {}; the \
         classic interval in {} and {}.\n\
         - **Two series**: mKH holds the truth in {}, at a mean width of {} points of 100; the classic interval in {} at {} points. Nothing that can be said from two series is \
         both honest and narrow.\n\
         - **`prediction: HK`** beside mKH holds {} of new series at k = 3 and {} at k = 10; V, on the classic standard error, {} and {}. All fall short at ten series where τ is large; \
         the interval is about the true survival of a new series, and its lowest cells are the warning. \
         [The bootstrap](#does-the-bootstrap-hold-it-better) holds {} at k = 3, 5 and 10 in the half of the cells in which it was tried, HK there {}. It falls short too from five series on, but less: a pool of five series or more that has no groups should take `prediction: bootstrap`. \
         HK is kept for this review because its pools are compared by timing, and groups that share τ² have no bootstrap; any other program can compute it again, too.\n\
         - **`tau2: REML`**: with mKH the ten estimators hold the truth in {} at k = 3 and in {} at k = 10, REML in the middle, a third of a point at most from DL, HSk, EB and PM. PMM and SJ guard better where coverage is lowest \
         ({} and {} at k = 10), and hold too much elsewhere: they see series differ that do not (by {} and {} at τ = 0, five series; REML {}). REML is kept, as readers know it; \
         with ten series that scatter widely, PMM is worth a row beside it.\n\
         - **Near 100%, one pool by itself**: a transformed scale draws the pooled value down, and the binomial-normal model (`model: glmm`) hardly does. Five series at 90%: {} with mKH \
         on log(−log S), {} by counts. Ten series at 98%: {}, and {}. The half event at 100% is not alone to blame, and leaving such series out is worse: series with a higher survival have a \
         larger variance on the transformed scale, and so too little weight. The price of counts is silence where no series has an event: in {}% of the pools of three series at 98%. A review \
         that pools five series or more near 100% should take `model: glmm`.\n\
         - **Local control and toxicity in review.yaml are pooled by counts**, in groups of one to four series too: [two groups compared](#what-follows-for-two-groups) says why. log(−log S) is too low \
         by about two points ({} with ten series at 90%). At three series, the size of the groups, both hold the truth: {} by mKH at 90%, {} by counts.\n",
        cover(MKH, 3),
        cover(MKH, 10),
        cover(HKSJ, 3),
        cover(HKSJ, 10),
        cover(CLASSIC, 3),
        cover(CLASSIC, 10),
        cover(MKH, 2),
        width(MKH, 2),
        cover(CLASSIC, 2),
        width(CLASSIC, 2),
        held(MKH, 3),
        held(MKH, 10),
        held(CLASSIC, 3),
        held(CLASSIC, 10),
        drawn(BOOTSTRAP),
        drawn(MKH),
        estimators(3),
        estimators(10),
        cover("PMM", 10),
        cover("SJ", 10),
        excess("PMM"),
        excess("SJ"),
        excess(MKH),
        high(MKH, 0.9, 5),
        high(COUNTS, 0.9, 5),
        high(MKH, 0.98, 10),
        high(COUNTS, 0.98, 10),
        silent(0.98, 3),
        high(MKH, 0.9, 10),
        high(MKH, 0.9, 3),
        high(COUNTS, 0.9, 3),
    )
}
