//! The section of the page about events that are counted, nobody censored.

use std::fmt::Write as _;

use crate::cell::WITHOUT_EVENT;
use crate::page::{Pooled, SIZES, markdown, number, share, summary};
use crate::tally::Tally;
use crate::{Done, over};

const LOGIT: &str = "mKH, HK";
const DOUBLE_ARCSINE: &str = "double arcsine";
const COUNTS: &str = "binomial-normal";
const LEFT_OUT: &str = "0 and 100% left out";
const METHODS: [(&str, &str); 8] = [
    (LOGIT, "logit, half an event, mKH"),
    (LEFT_OUT, "logit, 0 and 100% left out, mKH"),
    (DOUBLE_ARCSINE, "double arcsine, mKH"),
    ("arcsine", "arcsine, mKH"),
    ("plain", "plain, half an event, mKH"),
    (COUNTS, "binomial-normal model, t"),
    ("binomial-normal, classic", "binomial-normal model, classic"),
    ("beta-binomial", "beta-binomial model, t"),
];

/// Returns the tallies of a method at one share without the event and one number of series.
fn at<'a>(counted: &'a [Done], name: &str, without: f64, k: usize) -> Vec<&'a Tally> {
    over(counted, name, move |cell| cell.survival == without && cell.k == k)
}

/// Returns the sentences of the section that its figures do not bear.
pub fn unsupported(counted: &[Done]) -> Vec<&'static str> {
    let average = |name: &str, without: f64, k: usize, of: fn(&Tally) -> f64| {
        summary(&at(counted, name, without, k), |tally| Some(of(tally))).mean
    };
    let covered = |name: &str, without: f64, k: usize| average(name, without, k, Tally::coverage);
    let off = |name: &str, without: f64, k: usize| average(name, without, k, Tally::bias).abs();
    let better = |without: f64, k: usize| {
        off(COUNTS, without, k) < off(LOGIT, without, k) && covered(COUNTS, without, k) > covered(LOGIT, without, k)
    };
    let claims = [
        (
            "counts are less biased than half an event, and where few have the event hold the truth more often",
            better(0.98, 5) && better(0.98, 10) && better(0.9, 10) && off(COUNTS, 0.8, 5) < off(LOGIT, 0.8, 5),
        ),
        ("leaving 0 and 100% out is worse", off(LEFT_OUT, 0.98, 5) > off(LOGIT, 0.98, 5)),
        (
            "by t counts hold the truth at any number of series, by the normal quantile they do not below ten",
            SIZES.into_iter().all(|k| covered(COUNTS, 0.9, k) > 0.95)
                && SIZES.into_iter().all(|k| covered("binomial-normal, classic", 0.9, k) < 0.95),
        ),
        (
            "the double arcsine holds the truth as well, is narrower where events are fewest, and always answers",
            [0.98, 0.9, 0.8]
                .into_iter()
                .all(|share| SIZES.into_iter().all(|k| covered(DOUBLE_ARCSINE, share, k) > 0.94))
                && average(DOUBLE_ARCSINE, 0.98, 3, Tally::width) < average(COUNTS, 0.98, 3, Tally::width)
                && average(DOUBLE_ARCSINE, 0.98, 3, Tally::unanswered) == 0.0,
        ),
        ("counts are silent where nobody has the event", average(COUNTS, 0.98, 3, Tally::unanswered) > 0.05),
    ];
    claims.into_iter().filter(|(_, borne)| !borne).map(|(claim, _)| claim).collect()
}

/// Returns what follows for a review's toxicity, with the figures that it rests on.
fn conclusion(counted: &[Done]) -> String {
    let of = |name: &str, without: f64, k: usize| pooled(&at(counted, name, without, k)).in_words();
    let silent = number(&at(counted, COUNTS, 0.98, 3), 1, |tally| 100.0 * tally.unanswered());
    format!(
        "- **`model: glmm` by t suits a pool of toxicity.** Ten series of which 2% have the event: {} by counts, {} with half an event on the logit; 10%: {}, and {}. Five series of 10%: {}, and {}. \
         Leaving out series without an event is worse than half an event (five series of 2%: {}).\n\
         - **The double arcsine with mKH** (Freeman and Tukey) holds the truth as well where few have the event, and answers where nobody has: ten series, {} at 2%, {} at 10%; three series, {} at 2%, where counts have {}. Its way back to a proportion \
         hangs on the sizes of the series, and it knows no odds ratio of groups, which this review asks for; a single pool of few events may as well take it.\n\
         - **The price** is silence where nobody in any series has the event: {silent}% of the pools of three series at 2%. And the interval by the normal quantile (`interval: classic`) holds too little at any number of series here.\n",
        of(COUNTS, 0.98, 10),
        of(LOGIT, 0.98, 10),
        of(COUNTS, 0.9, 10),
        of(LOGIT, 0.9, 10),
        of(COUNTS, 0.9, 5),
        of(LOGIT, 0.9, 5),
        of(LEFT_OUT, 0.98, 5),
        of(DOUBLE_ARCSINE, 0.98, 10),
        of(DOUBLE_ARCSINE, 0.9, 10),
        of(DOUBLE_ARCSINE, 0.98, 3),
        of(COUNTS, 0.98, 3),
    )
}

/// Returns the section with its table.
pub fn section(counted: &[Done]) -> String {
    let head = SIZES.map(|k| format!("k = {k}"));
    let mut rows = Vec::new();
    for without in WITHOUT_EVENT {
        for (name, words) in METHODS {
            let cell = |k: usize| {
                let Pooled { bias, covered, width } = pooled(&at(counted, name, without, k));
                let scattered =
                    over(counted, name, move |cell| cell.survival == without && cell.k == k && cell.tau > 0.0);
                format!("{bias}; {covered}; {width}; {}", share(&scattered, Tally::prediction))
            };
            rows.push((format!("{:.0}%, {words}", 100.0 * (1.0 - without)), SIZES.map(cell).to_vec()));
        }
    }
    let table = markdown("event", &head, rows.iter().map(|(words, cells)| (words.as_str(), cells.clone())));
    let mut section = String::new();
    let _ = write!(
        section,
        "\n## Toxicity: events counted\n\n\
         {} cells more draw how many of how many had an event, everybody followed to the end: 2, 10, 20 or 40% in the median series, k, patients and τ as above. Bias of the pooled proportion in \
         percentage points; coverage in per cent (lowest); mean width in points; new series held by the prediction interval, in per cent (τ above 0).\n\n{}\n{table}",
        counted.len(),
        conclusion(counted),
    );
    section
}

/// Returns what became of the pooled share with the event.
fn pooled(tallies: &[&Tally]) -> Pooled {
    Pooled::of(tallies, |tally| -tally.bias())
}
