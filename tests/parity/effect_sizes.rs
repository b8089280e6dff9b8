//! effect_sizes.json: effects and sampling variances of 18 measures (metafor's `escalc`).

use forestable::effect::{Figures, Measure};
use serde_json::Value;

use crate::tally::{Tally, cases, text};

pub fn compare(tally: &mut Tally) {
    let reference = tally.open("effect_sizes.json");
    for case in cases(&reference) {
        let measure: Measure = text(&case["measure"]).parse().unwrap();
        for (index, (yi, vi)) in list(&case["expected"]["yi"]).iter().zip(list(&case["expected"]["vi"])).enumerate() {
            let effect = measure.estimate(&figures(&case["input"], index), 0.5).unwrap();
            tally.figure(|| format!("{} yi[{index}]", case["id"]), Some(effect.yi), yi, 1e-9);
            tally.figure(|| format!("{} vi[{index}]", case["id"]), Some(effect.vi), vi, 1e-9);
        }
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

/// Reads one study from the columns of a case: which ones there are says what kind of figures it has.
pub fn figures(input: &Value, index: usize) -> Figures {
    let has = |name: &str| input.get(name).is_some();
    let at = |name: &str| input[name][index].as_f64().expect("a number");
    if has("m1i") {
        let (m1i, sd1i, n1i) = (at("m1i"), at("sd1i"), at("n1i"));
        Figures::Means { m1i, sd1i, n1i, m2i: at("m2i"), sd2i: at("sd2i"), n2i: at("n2i") }
    } else if has("ai") {
        Figures::TwoArms { ai: at("ai"), n1i: at("n1i"), ci: at("ci"), n2i: at("n2i") }
    } else if has("ti") {
        Figures::Rate { xi: at("xi"), ti: at("ti") }
    } else if has("ri") {
        Figures::Correlation { ri: at("ri"), ni: at("ni") }
    } else {
        Figures::Events { xi: at("xi"), ni: at("ni") }
    }
}
