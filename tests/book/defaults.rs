//! The review takes the methods that the simulation's page tells reviews to take.

use std::fs;

use super::docs;

#[test]
fn review_yaml_takes_what_the_simulation_supports() {
    let page = fs::read_to_string(docs().join("simulation.md")).unwrap();
    let protocol = fs::read_to_string(docs().join("../review.yaml")).unwrap();
    let methods = protocol.split_once("\nmethods:").unwrap().1.split_once("\n  sensitivity:").unwrap().0;
    let advice = page.split_once("## What a review should take").unwrap().1.split_once("\n## ").unwrap().0;
    // Advice on the defaults opens with the line of review.yaml that it is about.
    let taken: Vec<&str> =
        advice.lines().filter_map(|line| line.strip_prefix("- **`")?.split_once("`**").map(|(key, _)| key)).collect();
    assert_eq!(taken, ["interval: mKH", "prediction: HK", "tau2: REML"]);
    for line in taken {
        let said = methods.lines().any(|method| method.trim().split('#').next().unwrap().trim() == line);
        assert!(said, "`{line}` is advised and not taken");
    }
    assert!(methods.contains("docs/simulation.md has the figures behind each choice"));
    // Local control and toxicity are pooled by counts, as the page says.
    assert!(advice.contains("**Local control and toxicity in review.yaml are pooled by counts**"));
    let analyses = protocol.split_once("\nanalyses:\n").unwrap().1.split_once("\nregistered:").unwrap().0;
    for analysis in ["lc-1y", "lc-2y", "lc-3y", "toxicity-g2", "toxicity-g3"] {
        let line = analyses.lines().find(|line| line.trim_start().starts_with(&format!("{analysis}: {{"))).unwrap();
        assert!(line.contains("model: glmm"), "{line}");
    }
}
