//! `forestable pool` from the outside: a CSV file in, JSON out, against the reference figures.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// Runs `pool` on a table.
fn pool(table: &str, args: &str) -> Output {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("table.csv"), table).unwrap();
    Command::new(env!("CARGO_BIN_EXE_forestable"))
        .arg("-C")
        .arg(folder.path())
        .args(["pool", "table.csv"])
        .args(args.split_whitespace())
        .output()
        .unwrap()
}

/// Runs `pool --format json` on a table and reads the answer.
fn answer(table: &str, args: &str) -> Value {
    let output = pool(table, &format!("{args} --format json"));
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn reference(file: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity").join(file);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn case<'a>(reference: &'a Value, id: &str) -> &'a Value {
    reference["cases"].as_array().unwrap().iter().find(|case| case["id"] == id).unwrap_or_else(|| panic!("no {id}"))
}

/// Writes columns of equal length as CSV, numbers with all their digits.
fn table(columns: &[(&str, &Value)]) -> String {
    let rows = columns[0].1.as_array().unwrap().len();
    let cell = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let header: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let row = |row: usize| columns.iter().map(|(_, values)| cell(&values[row])).collect::<Vec<_>>().join(",");
    std::iter::once(header.join(",")).chain((0..rows).map(row)).collect::<Vec<_>>().join("\n") + "\n"
}

/// Compares all figures below `expected` with those at the same place in `found`.
#[track_caller]
fn assert_agrees(what: &str, found: &Value, expected: &Value, tolerance: f64) {
    match expected {
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            assert_agrees(&format!("{what}.{key}"), &found[key], value, tolerance);
        }),
        Value::Array(list) => list.iter().enumerate().for_each(|(index, value)| {
            assert_agrees(&format!("{what}[{index}]"), &found[index], value, tolerance);
        }),
        Value::Number(number) => {
            let (expected, found) = (number.as_f64().unwrap(), found.as_f64().unwrap_or(f64::NAN));
            let close = (found - expected).abs() <= (tolerance * expected.abs()).max(1e-9);
            assert!(close, "{what}: found {found}, expected {expected}");
        }
        other => assert_eq!(found, other, "{what}"),
    }
}

#[test]
fn proportions_pool_as_in_the_reference_and_come_back_to_proportions() {
    let reference = reference("proportions_meta.json");
    for (measure, name, interval) in [("PLO", "PLOGIT", "HK"), ("PFT", "PFT", "classic"), ("PAS", "PAS", "KR")] {
        let case = case(&reference, &format!("boundary/{name}/Inverse/{interval}/HTS"));
        let csv = table(&[("xi", &case["input"]["xi"]), ("ni", &case["input"]["ni"])]);
        let interval = if interval == "HK" { "HKSJ" } else { interval };
        let found = answer(&csv, &format!("--measure {measure} --interval {interval} --prediction hts"));
        let expected = &case["expected"];
        for key in ["estimate", "se", "ci_lower", "ci_upper", "pi_lower", "pi_upper", "tau2", "q"] {
            assert_agrees(key, &found[key], &expected[key], 1e-6);
        }
        let natural = &found["natural"];
        assert_agrees("natural", &natural["estimate"], &expected["proportion"], 1e-6);
        for (end, index) in [("lower", 0), ("upper", 1)] {
            assert_agrees(end, &natural[format!("ci_{end}")], &expected["proportion_ci"][index], 1e-6);
            assert_agrees(end, &natural[format!("pi_{end}")], &expected["proportion_pi"][index], 1e-6);
        }
    }
}

#[test]
fn groups_pool_as_in_the_reference() {
    let reference = reference("subgroups.json");
    for tau2 in ["common", "separate"] {
        let case = case(&reference, &format!("bcg/RR|alloc/REML/z/{tau2}-tau2"));
        let csv = table(&[("yi", &case["yi"]), ("vi", &case["vi"]), ("alloc", &case["group"])]);
        let args = format!("--measure GEN --interval classic --group alloc --subgroup-tau2 {tau2}");
        let mut expected = case["expected"].clone();
        if let Some(value) = expected.as_object_mut().unwrap().remove("tau2_common") {
            assert_agrees("common τ²", &answer(&csv, &args)["common_tau2"]["value"], &value, 1e-6);
        }
        assert_agrees(tau2, &answer(&csv, &args), &expected, 1e-6);
    }
}

#[test]
fn a_text_column_is_a_factor_with_the_first_level_as_reference() {
    let groups = reference("subgroups.json");
    let group = case(&groups, "bcg/RR|alloc/REML/z/common-tau2");
    let reference = reference("meta_regression.json");
    let expected = &case(&reference, "bcg/RR~alloc/REML/knha")["expected"];
    let csv = table(&[("yi", &group["yi"]), ("vi", &group["vi"]), ("alloc", &group["group"])]);
    let found = answer(&csv, "--measure GEN --moderator alloc");
    let names: Vec<&str> =
        found["coefficients"].as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["intercept", "allocrandom", "allocsystematic"]);
    for (key, name) in [("beta", "estimate"), ("se", "se"), ("p_value", "p_value"), ("ci_upper", "ci_upper")] {
        for index in 0..3 {
            assert_agrees(key, &found["coefficients"][index][name], &expected[key][index], 1e-6);
        }
    }
    for key in ["qm", "qm_p", "qe", "qe_p", "r2_percent"] {
        assert_agrees(key, &found[key], &expected[key], 1e-6);
    }
}

#[test]
fn sensitivity_and_bias_print_the_keys_of_the_reference() {
    let reference_file = reference("sensitivity.json");
    let single = case(&reference_file, "pritz1997/PLO/REML");
    let csv = table(&[("yi", &single["yi"]), ("vi", &single["vi"])]);
    let found = answer(&csv, "--measure GEN --interval classic --with sensitivity,bias");
    assert_agrees("sensitivity", &found["sensitivity"], &single["expected"], 1e-5);
    let reference_file = reference("small_study_effects.json");
    let mut expected = case(&reference_file, "pritz1997/PLO")["expected"].clone();
    // Without the numbers of patients there is no such test.
    expected.as_object_mut().unwrap().remove("inverse_n_linear");
    assert_agrees("small_study", &found["small_study"], &expected, 1e-4);
}

#[test]
fn a_common_effect_has_no_variance_between_studies() {
    let found = answer("yi,sei\n0.1,0.2\n0.4,0.3\n0.3,0.1\n", "--measure GEN --model common");
    assert_eq!((&found["tau2_method"], &found["tau2"]), (&Value::Null, &Value::from(0.0)));
    assert_eq!(found["pi_lower"], Value::Null);
}

#[test]
fn counts_pool_as_they_are_and_as_in_the_reference() {
    let glmm = reference("glmm.json");
    for (id, measure, columns) in [("boundary/PLO", "PLO", ["xi", "ni"]), ("nielweise2008/IRLN", "IRLN", ["xi", "ti"])]
    {
        let case = case(&glmm, id);
        let csv = table(&columns.map(|name| (name, &case["input"][name])));
        let found = answer(&csv, &format!("--measure {measure} --model glmm --interval classic"));
        for (key, name) in
            [("estimate", "estimate"), ("ci_lower", "ci_lower"), ("tau2", "tau2"), ("q", "q_wald"), ("q_lrt", "q_lrt")]
        {
            assert_agrees(key, &found[key], &case["expected"][name], 2e-3);
        }
        assert_eq!(found["weights_percent"], Value::Array(Vec::new()));
        let by_t = answer(&csv, &format!("--measure {measure} --model glmm"));
        assert_eq!(by_t["interval"], "t");
        assert!(by_t["remarks"][usize::from(id.starts_with("boundary"))].as_str().unwrap().contains("HKSJ"));
    }
    let tables = reference("two_by_two_pooling.json");
    let columns = ["ai", "n1i", "ci", "n2i"];
    for (id, args) in [
        ("hine1989/OR/MH", "--measure OR --model mantel-haenszel"),
        ("bcg/RD/MH", "--measure RD --model mantel-haenszel"),
        ("bcg/OR/PETO", "--measure OR --model peto"),
    ] {
        let case = case(&tables, id);
        let csv = table(&columns.map(|name| (name, &case["input"][name])));
        assert_agrees(id, &answer(&csv, args), &case["expected"], 1e-8);
    }
}

#[test]
fn a_posterior_prints_the_keys_of_the_reference() {
    let reference = reference("bayesian.json");
    for (id, priors) in [
        ("steurer2006/half-normal/normal", "--tau-prior half-normal:0.5 --mu-prior normal:0:2"),
        ("steurer2006/half-cauchy/flat", "--tau-prior half-cauchy:0.5"),
    ] {
        let case = case(&reference, id);
        let csv = table(&[("yi", &case["y"]), ("sei", &case["sigma"])]);
        let found = answer(&csv, &format!("--measure GEN --model bayes {priors}"));
        assert_agrees(id, &found, &case["expected"], 5e-3);
        assert_eq!(found["ci_lower"], found["mu"]["central95"][0]);
        assert_eq!((&found["p_value"], &found["interval"]), (&Value::Null, &Value::from("posterior")));
    }
    let two = "yi,sei\n0.1,0.2\n0.4,0.3\n";
    assert!(answer(two, "--measure GEN --model bayes")["estimate"].is_f64());
    let improper = pool(two, "--measure GEN --model bayes --tau-prior uniform");
    assert_eq!(improper.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&improper.stderr).contains("no posterior"));
    assert_eq!(pool(two, "--measure GEN --model bayes --tau-prior half-normal:-1").status.code(), Some(2));
}

#[test]
fn a_pool_of_counts_without_any_event_is_a_finding() {
    for model in ["glmm", "beta-binomial"] {
        let output = pool("study,xi,ni\nA,9,9\nB,5,5\n", &format!("--measure PLO --model {model}"));
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&output.stderr).contains("infinite"));
    }
    let output = pool("study,yi,vi\nA,1,1\nB,2,1\n", "--measure GEN --model glmm");
    assert!(String::from_utf8_lossy(&output.stderr).contains("does not estimate the measure GEN"));
}

#[test]
fn what_few_studies_have_not_is_null() {
    let none = answer("study,xi,ni\n", "--measure PLO");
    assert_eq!((&none["k"], &none["estimate"]), (&Value::from(0), &Value::Null));
    let one = answer("study,xi,ni\nA,1,9\n", "--measure PLO --with sensitivity,bias --group study");
    assert_eq!(
        (&one["k"], &one["estimate"], &one["natural"]["ci_lower"]),
        (&Value::from(1), &Value::Null, &Value::Null)
    );
    assert_eq!(one["sensitivity"]["leave_one_out"], Value::Null);
    let two = answer("study,xi,ni\nA,1,9\nB,5,9\n", "--measure PLO --with bias");
    assert!(two["estimate"].is_f64());
    assert_eq!((&two["pi_lower"], &two["small_study"]["egger_linear"]), (&Value::Null, &Value::Null));
    assert!(two["small_study"]["warning"].as_str().unwrap().contains("fewer than 10"));
}

#[test]
fn every_fault_of_a_table_is_shown_where_it_stands() {
    let output = pool("study,xi,ni\nA,3,2\nB,x,4\nC,,5\nD,1.5,9\n", "--measure PLO");
    assert_eq!(output.status.code(), Some(1));
    let errors = String::from_utf8(output.stderr).unwrap();
    for (code, place) in [("E204", "2:3"), ("E208", "3:3"), ("E108", "4:3"), ("E203", "5:3")] {
        assert!(
            errors.contains(&format!("error[{code}]")) && errors.contains(&format!("table.csv:{place}")),
            "{errors}"
        );
    }
    assert!(output.stdout.is_empty());
}

#[test]
fn wrong_usage_names_what_would_be_right() {
    for (args, expected) in [
        ("--measure PLO --tau2 RMEL", "DL, HE, HS, HSk, SJ, ML, REML, EB, PM, PMM"),
        ("--measure PLO --level 95", "such as 0.95 or 95%"),
        ("", "--measure"),
    ] {
        let output = pool("study,xi,ni\nA,1,9\n", args);
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains(expected), "{args}");
    }
}

#[test]
fn a_failed_fit_is_a_finding() {
    let output = pool("study,yi,vi,x\nA,1,1,5\nB,2,1,5\nC,3,1,5\nD,3,1,5\n", "--measure GEN --moderator x");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("table.csv:1:13"));
}
