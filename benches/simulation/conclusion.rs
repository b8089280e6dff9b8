//! What follows for a review, and what would have to hold for it to follow.

use crate::page::{ESTIMATORS, mean, number, share};
use crate::tally::Tally;
use crate::{Done, is_of_half, over};

/// The mean over cells, and the lowest.
#[derive(Clone, Copy)]
struct Found {
    mean: f64,
    lowest: f64,
}

fn found(tallies: &[&Tally], of: impl Fn(&Tally) -> Option<f64>) -> Found {
    let values: Vec<f64> = tallies.iter().filter_map(|tally| of(tally)).filter(|value| value.is_finite()).collect();
    Found { mean: mean(values.iter().copied()), lowest: values.into_iter().fold(f64::INFINITY, f64::min) }
}

/// Returns the sentences of [`conclusion`] that the figures do not bear: its words are fixed, and a page that says what its tables deny is not written.
pub fn unsupported(done: &[Done]) -> Vec<&'static str> {
    let inner = |name: &str, k: usize| {
        found(&over(done, name, move |cell| cell.is_inner() && cell.k == k), |tally| Some(tally.coverage()))
    };
    let width = |name: &str, k: usize| {
        found(&over(done, name, move |cell| cell.is_inner() && cell.k == k), |tally| Some(tally.width())).mean
    };
    let held = |name: &str, k: usize| {
        found(&over(done, name, move |cell| cell.is_inner() && cell.k == k && cell.tau > 0.0), Tally::prediction)
    };
    let excess = |name: &str| {
        let tallies = over(done, name, |cell| cell.is_inner() && cell.k == 5 && cell.tau == 0.0);
        found(&tallies, |tally| Some(tally.tau_bias())).mean
    };
    let high = |name: &str, survival: f64, k: usize| {
        let tallies = over(done, name, move |cell| is_of_half(cell) && cell.survival == survival && cell.k == k);
        let covered = found(&tallies, |tally| Some(tally.coverage()));
        (found(&tallies, |tally| Some(tally.bias())).mean, covered)
    };
    let (mkh, hksj, classic, counts) = ("mKH, HK", "HKSJ, HK", "classic, V", "binomial-normal");
    let off = |name: &str, k: usize| (inner(name, k).mean - 0.95).abs();
    let rank = |k: usize| ESTIMATORS.iter().filter(|(name, _)| off(name, k) <= off(mkh, k)).count();
    let silent = |survival: f64, k: usize| {
        let tallies = over(done, counts, move |cell| is_of_half(cell) && cell.survival == survival && cell.k == k);
        found(&tallies, |tally| Some(tally.unanswered())).mean
    };
    let guards = |name: &str| inner(name, 10).lowest > inner(mkh, 10).lowest && excess(name) > excess(mkh);
    let less_biased = |survival: f64, k: usize| {
        let (of_counts, of_scale) = (high(counts, survival, k), high(mkh, survival, k));
        of_counts.0.abs() < of_scale.0.abs() && of_counts.1.mean > of_scale.1.mean
    };
    let left_out_worse =
        |survival: f64, k: usize| high("0 and 100% left out", survival, k).0.abs() > high(mkh, survival, k).0.abs();
    let claims = [
        (
            "mKH holds the truth more often than HKSJ and classic, on the whole and at worst",
            [3, 10].into_iter().all(|k| {
                let (ours, others) = (inner(mkh, k), [inner(hksj, k), inner(classic, k)]);
                others.into_iter().all(|other| ours.mean > other.mean && ours.lowest > other.lowest)
            }),
        ),
        (
            "with two series no interval is honest and narrow",
            inner(mkh, 2).mean > 0.95 && inner(classic, 2).mean < 0.9 && width(mkh, 2) > 2.0 * width(classic, 2),
        ),
        (
            "HK holds new series no less often than V, and at ten series every prediction interval falls short somewhere",
            [3, 10].into_iter().all(|k| held(mkh, k).mean >= held(classic, k).mean)
                && ["classic, V", "t, HTS", "HKSJ, HK", "mKH, HK", "HKSJ, HK-PR", "mKH, HK-PR", "KR, KR"]
                    .into_iter()
                    .all(|name| held(name, 10).lowest < 0.9),
        ),
        (
            "REML is in the middle of the ten, a third of a point at most from DL, HSk, EB and PM",
            (4..=7).contains(&rank(10))
                && [3, 10].into_iter().all(|k| {
                    let apart = |name: &&str| (inner(name, k).mean - inner(mkh, k).mean).abs();
                    ["DL", "HSk", "EB", "PM"].iter().all(|name| apart(name) < 0.003_4)
                }),
        ),
        ("PMM and SJ guard better at worst and see a τ that is not there", guards("PMM") && guards("SJ")),
        (
            "near 100% counts are less biased and hold the truth more often",
            less_biased(0.9, 5) && less_biased(0.98, 10) && less_biased(0.9, 10),
        ),
        ("leaving 0 and 100% out is worse", left_out_worse(0.9, 5) && left_out_worse(0.98, 10)),
        ("counts are silent where no series has an event", silent(0.98, 3) > 0.05),
        (
            "at three series of 90% both hold the truth",
            [mkh, counts].into_iter().all(|name| high(name, 0.9, 3).1.mean >= 0.95),
        ),
    ];
    claims.into_iter().filter(|(_, borne)| !borne).map(|(claim, _)| claim).collect()
}

/// What follows for `review.yaml`, with the figures that it rests on.
pub fn conclusion(done: &[Done]) -> String {
    let inner = |name: &str, k: usize| over(done, name, move |cell| cell.is_inner() && cell.k == k);
    let cover = |name: &str, k: usize| share(&inner(name, k), |tally| Some(tally.coverage()));
    let width = |name: &str, k: usize| number(&inner(name, k), 0, Tally::width);
    let held = |name: &str, k: usize| {
        share(&over(done, name, move |cell| cell.is_inner() && cell.k == k && cell.tau > 0.0), Tally::prediction)
    };
    let estimators = |k: usize| {
        let of = |(name, _): &(&str, &str)| mean(inner(name, k).into_iter().map(Tally::coverage));
        let all = ESTIMATORS.iter().map(of);
        let (least, most) = all.fold((f64::INFINITY, 0.0_f64), |(least, most), one| (least.min(one), most.max(one)));
        format!("{:.1} to {:.1}", 100.0 * least, 100.0 * most)
    };
    let excess = |name: &str| {
        let tallies = over(done, name, |cell| cell.is_inner() && cell.k == 5 && cell.tau == 0.0);
        number(&tallies, 2, Tally::tau_bias)
    };
    let high = |name: &str, survival: f64, k: usize| {
        let tallies = over(done, name, move |cell| is_of_half(cell) && cell.survival == survival && cell.k == k);
        let covered = share(&tallies, |tally| Some(tally.coverage()));
        let (bias, width) = (number(&tallies, 1, Tally::bias), number(&tallies, 0, Tally::width));
        format!("{bias} points, {covered}, {width} points wide")
    };
    let silent = |survival: f64, k: usize| {
        let tallies =
            over(done, "binomial-normal", move |cell| is_of_half(cell) && cell.survival == survival && cell.k == k);
        number(&tallies, 1, |tally| 100.0 * tally.unanswered())
    };
    let (mkh, counts) = ("mKH, HK", "binomial-normal");
    format!(
        "\n## What a review should take\n\n\
         The defaults of [review.yaml](../review.yaml) are those that these tables support. Coverages in per cent, in parentheses the cell where each is lowest; survival of 30 to 90% \
         unless it says otherwise.\n\n\
         - **`interval: mKH`** holds the truth in {} of pools of three series and {} of ten. HKSJ, which may be narrower than sampling error alone allows, in {} and {}; the \
         classic interval in {} and {}.\n\
         - **Two series**: mKH holds the truth in {}, at a mean width of {} points of 100; the classic interval in {} at {} points. Nothing that can be said from two series is \
         both honest and narrow.\n\
         - **`prediction: HK`** beside mKH holds {} of new series at k = 3 and {} at k = 10; V, on the classic standard error, {} and {}. All fall short at ten series where τ is large; \
         the interval is about the true survival of a new series, and its lowest cells are the warning.\n\
         - **`tau2: REML`**: with mKH the ten estimators hold the truth in {} at k = 3 and in {} at k = 10, REML in the middle, a third of a point at most from DL, HSk, EB and PM. PMM and SJ guard better where coverage is lowest \
         ({} and {} at k = 10), and hold too much elsewhere: they see series differ that do not (by {} and {} at τ = 0, five series; REML {}). REML is kept, as readers know it; \
         with ten series that scatter widely, PMM is worth a row beside it.\n\
         - **Near 100%, one pool by itself**: a transformed scale draws the pooled value down, and the binomial-normal model (`model: glmm`) hardly does. Five series at 90%: {} with mKH \
         on log(−log S), {} by counts. Ten series at 98%: {}, and {}. The half event at 100% is not alone to blame, and leaving such series out is worse: series with a higher survival have a \
         larger variance on the transformed scale, and so too little weight. The price of counts is silence where no series has an event: in {}% of the pools of three series at 98%. A review \
         that pools five series or more near 100% should take `model: glmm`.\n\
         - **Local control and toxicity in review.yaml are pooled by counts**, in groups of one to four series too: [two groups compared](#what-follows-for-two-groups) says why. log(−log S) is too low \
         by about two points ({} with ten series at 90%). At three series, the size of the groups, both hold the truth: {} by mKH at 90%, {} by counts.\n",
        cover(mkh, 3),
        cover(mkh, 10),
        cover("HKSJ, HK", 3),
        cover("HKSJ, HK", 10),
        cover("classic, V", 3),
        cover("classic, V", 10),
        cover(mkh, 2),
        width(mkh, 2),
        cover("classic, V", 2),
        width("classic, V", 2),
        held(mkh, 3),
        held(mkh, 10),
        held("classic, V", 3),
        held("classic, V", 10),
        estimators(3),
        estimators(10),
        cover("PMM", 10),
        cover("SJ", 10),
        excess("PMM"),
        excess("SJ"),
        excess(mkh),
        high(mkh, 0.9, 5),
        high(counts, 0.9, 5),
        high(mkh, 0.98, 10),
        high(counts, 0.98, 10),
        silent(0.98, 3),
        high(mkh, 0.9, 10),
        high(mkh, 0.9, 3),
        high(counts, 0.9, 3),
    )
}
