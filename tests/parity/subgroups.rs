//! subgroups.json: separate τ² with a χ² test, or one τ² for all groups (metafor).

use forestable::model::{Estimate, Fit, ModelKind, Spec, SubgroupTau2, Subgroups, Tau2Method, fit_subgroups};
use serde_json::Value;

use crate::tally::{Tally, cases, enlarged, estimates, interval, prove_root, text};

const LOOSE: &str = "metafor's PM stops short of the root of Q(τ²) = k − p: ours solves it to 1e-10, theirs no better";

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
        let estimates = estimates(case);
        let pool =
            |estimates: &[Estimate], spec: &Spec| fit_subgroups(estimates, &group_of, &levels, spec, tau2).unwrap();
        let own = pool(&estimates, &spec);
        // What follows from τ² is compared at theirs where ours is proved to be the root that theirs is not.
        let common = Spec { model: ModelKind::Common, ..spec };
        let loose = spec.tau2 == Tau2Method::PauleMandel;
        let at = |tau2: &[f64]| pool(&enlarged(&estimates, |study| tau2[group_of[study]]), &common);
        let (ours, theirs) = (tau2_of(&own), theirs(expected, levels.len()));
        let found = if loose { at(&theirs) } else { own.clone() };
        let q = |tau2: &[f64]| at(tau2).groups.into_iter().map(|group| group.fit.unwrap().heterogeneity.q);
        if loose && tau2 == SubgroupTau2::Common {
            let df = (group_of.len() - levels.len()) as f64;
            prove_root(|tau2| q(&vec![tau2; levels.len()]).sum(), df, ours[0], theirs[0]);
        } else if loose {
            for group in (0..levels.len()).filter(|&group| ours[group] > 0.0) {
                let df = own.groups[group].k as f64 - 1.0;
                let alone = |tau2| q(&vec![tau2; levels.len()]).nth(group).unwrap();
                prove_root(alone, df, ours[group], theirs[group]);
            }
        }
        let mut of_tau2 = |name: &str, found: Option<f64>, expected: &Value| {
            if loose {
                tally.contested(found, expected, 1e-6, LOOSE);
            } else {
                tally.figure(|| format!("{} {name}", case["id"]), found, expected, 1e-6);
            }
        };
        for (group, expected) in own.groups.iter().zip(groups).filter(|_| tau2 == SubgroupTau2::Separate) {
            let fit = group.fit.as_ref().unwrap();
            of_tau2("tau2", Some(fit.tau2), &expected["tau2"]);
            of_tau2("i2_percent", Some(fit.heterogeneity.i2_percent), &expected["i2_percent"]);
        }
        if let Some(tau2) = own.common_tau2 {
            of_tau2("tau2_common", Some(tau2.value), &expected["tau2_common"]);
        }
        let mut figure = |name: &str, found: Option<f64>, expected: &Value| {
            tally.figure(|| format!("{} {name}", case["id"]), found, expected, 1e-6);
        };
        for (group, expected) in found.groups.iter().zip(groups) {
            let fit = group.fit.as_ref().unwrap();
            figure("k", Some(group.k as f64), &expected["k"]);
            figure("estimate", Some(fit.estimate), &expected["estimate"]);
            figure("se", Some(fit.se), &expected["se"]);
            figure("ci_lower", Some(fit.ci_lower), &expected["ci_lower"]);
            figure("ci_upper", Some(fit.ci_upper), &expected["ci_upper"]);
        }
        let test = found.test.unwrap();
        figure("q_between", Some(test.q_between), &expected["q_between"]);
        figure("q_between_df", Some(test.q_between_df), &expected["q_between_df"]);
        figure("q_between_p", Some(test.q_between_p), &expected["q_between_p"]);
    }
}

/// Returns each group's τ².
fn tau2_of(found: &Subgroups) -> Vec<f64> {
    let own = |fit: &Fit| found.common_tau2.map_or(fit.tau2, |tau2| tau2.value);
    found.groups.iter().map(|group| group.fit.as_ref().map_or(0.0, own)).collect()
}

fn theirs(expected: &Value, groups: usize) -> Vec<f64> {
    let of = |group: usize| expected["groups"][group]["tau2"].as_f64().or(expected["tau2_common"].as_f64());
    (0..groups).map(|group| of(group).unwrap()).collect()
}
