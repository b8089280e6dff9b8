//! subgroups.json: separate τ² with a χ² test, or one τ² for all groups (metafor).

use forestable::model::{Spec, SubgroupTau2, Tau2Method, fit_subgroups};
use serde_json::Value;

use crate::tally::{Tally, cases, estimates, interval, text};

const LOOSE: &str = "metafor's PM stops short of the root of Q(τ²) = k − p; models.json shows the same";

pub fn compare(tally: &mut Tally) {
    let reference = tally.open("subgroups.json");
    for case in cases(&reference) {
        let expected = &case["expected"];
        let groups = expected["groups"].as_array().unwrap();
        let levels: Vec<String> = groups.iter().map(|group| text(&group["level"]).to_owned()).collect();
        let group_of: Vec<usize> = case["group"]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| levels.iter().position(|level| level == text(name)).unwrap())
            .collect();
        let spec = Spec {
            tau2: text(&case["tau2_method"]).parse().unwrap(),
            interval: interval(text(&case["test"])),
            ..Spec::default()
        };
        let tau2 = if case["tau2_common"] == true { SubgroupTau2::Common } else { SubgroupTau2::Separate };
        let found = fit_subgroups(&estimates(case), &group_of, &levels, &spec, tau2).unwrap();
        let mut figure = |name: &str, found: Option<f64>, expected: &Value| {
            if spec.tau2 == Tau2Method::PauleMandel {
                tally.contested(found, expected, 1e-6, LOOSE);
            } else {
                tally.figure(|| format!("{} {name}", case["id"]), found, expected, 1e-6);
            }
        };
        for (group, expected) in found.groups.iter().zip(groups) {
            let fit = group.fit.as_ref().unwrap();
            figure("k", Some(group.k as f64), &expected["k"]);
            figure("estimate", Some(fit.estimate), &expected["estimate"]);
            figure("se", Some(fit.se), &expected["se"]);
            figure("ci_lower", Some(fit.ci_lower), &expected["ci_lower"]);
            figure("ci_upper", Some(fit.ci_upper), &expected["ci_upper"]);
            if tau2 == SubgroupTau2::Separate {
                figure("tau2", Some(fit.tau2), &expected["tau2"]);
                figure("i2_percent", Some(fit.heterogeneity.i2_percent), &expected["i2_percent"]);
            }
        }
        if tau2 == SubgroupTau2::Common {
            figure("tau2_common", found.common_tau2.map(|tau2| tau2.value), &expected["tau2_common"]);
        }
        let test = found.test.unwrap();
        figure("q_between", Some(test.q_between), &expected["q_between"]);
        figure("q_between_df", Some(test.q_between_df), &expected["q_between_df"]);
        figure("q_between_p", Some(test.q_between_p), &expected["q_between_p"]);
    }
}
