//! proportion_intervals.json: seven intervals for one proportion (meta), printed on the logit scale there.

use forestable::effect::{ProportionInterval, Scale};
use forestable::evidence::Level;

use crate::tally::{Tally, cases, text};

const BOUNDARY: &str = "meta's continuity-corrected Wilson interval stops short of 0 at no events and of 1 at n of n, \
                        where Newcombe (1998, method 4) sets that end to 0 and 1";

pub fn compare(tally: &mut Tally) {
    let reference = tally.open("proportion_intervals.json");
    for case in cases(&reference) {
        let (events, n) = (case["events"].as_f64().unwrap(), case["n"].as_f64().unwrap());
        let method: ProportionInterval = text(&case["method"]).parse().unwrap();
        let limits = method.limits(events, n, Level::NINETY_FIVE).unwrap();
        // The reference has no figure where the logit is infinite.
        let logit = |p: f64| Some(Scale::Logit.transform(p)).filter(|y| y.is_finite());
        for (name, found, end) in [("lower", limits.lower, 0.0), ("upper", limits.upper, n)] {
            let expected = &case["expected"][name];
            if method == ProportionInterval::WilsonContinuity && events == end {
                assert_eq!(found, end / n);
                tally.contested(logit(found), expected, 1e-9, BOUNDARY);
            } else {
                tally.figure(|| format!("{events} of {n} {method} {name}"), logit(found), expected, 1e-9);
            }
        }
    }
}
