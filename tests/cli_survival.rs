//! `forestable survival …` end to end: the keys and figures of the reference files, and what is said of bad input.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

fn reference(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity").join(name);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// Writes these columns of `data` as a table.
fn csv(data: &Value, columns: &[&str]) -> String {
    let mut text = columns.join(",") + "\n";
    for row in 0..data[columns[0]].as_array().unwrap().len() {
        let cell = |column: &&str| match &data[*column][row] {
            Value::Null => String::new(),
            cell => cell.to_string(),
        };
        text += &(columns.iter().map(cell).collect::<Vec<_>>().join(",") + "\n");
    }
    text
}

fn run(folder: &TempDir, table: &str, args: &[&str]) -> Output {
    fs::write(folder.path().join("table.csv"), table).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_forestable"));
    command.arg("-C").arg(folder.path()).args(["survival", args[0], "table.csv"]).args(&args[1..]);
    command.output().unwrap()
}

fn answer(table: &str, args: &[&str]) -> Value {
    let output = run(&TempDir::new().unwrap(), table, &[args, &["--format", "json"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Asserts that everything expected is found: the same keys, numbers within `tolerance`.
fn assert_holds(found: &Value, expected: &Value, tolerance: f64, at: &str) {
    match expected {
        Value::Object(members) => {
            members.iter().for_each(|(key, value)| assert_holds(&found[key], value, tolerance, &format!("{at}.{key}")));
        }
        Value::Array(items) => {
            assert_eq!(found.as_array().map(Vec::len), Some(items.len()), "{at}");
            items.iter().zip(0..).for_each(|(item, index)| assert_holds(&found[index], item, tolerance, at));
        }
        Value::Number(expected) => {
            let (found, expected) = (found.as_f64().unwrap_or(f64::NAN), expected.as_f64().unwrap());
            assert!((found - expected).abs() <= tolerance * expected.abs() + 1e-9, "{at}: {found} for {expected}");
        }
        other => assert_eq!(found, other, "{at}"),
    }
}

#[test]
fn km_prints_the_reference() {
    for case in reference("kaplan_meier.json")["cases"].as_array().unwrap() {
        let table = csv(case, &["time", "event"]);
        let found = answer(&table, &["km", "--at", "90,180,365,540,730", "--ci", case["conf_type"].as_str().unwrap()]);
        assert_holds(&found, &case["expected"], 1e-8, "km");
    }
}

#[test]
fn summary_prints_the_reference() {
    let reference = reference("summary_survival_curve.json");
    let case = &reference["cases"][0];
    let found = answer(&csv(case, &["study", "time", "survival", "at_risk"]), &["summary"]);
    assert_holds(&found, &case["expected"], 1e-3, "summary");
}

#[test]
fn precision_prints_the_reference() {
    for case in reference("survival_precision.json")["cases"].as_array().unwrap() {
        let columns = ["survival", "ci_lower", "ci_upper", "n", "at_risk", "events", "event_proportion"];
        let found = answer(&csv(case, &columns), &["precision", "--scale", case["scale"].as_str().unwrap()]);
        assert_holds(&found, &case["expected"], 1e-8, "precision");
    }
}

#[test]
fn joint_prints_the_reference() {
    let reference = reference("joint_survival.json");
    let table = csv(&reference["data"], &["study", "time", "survival", "se"]);
    for case in reference["cases"].as_array().unwrap() {
        let [trend, random, likelihood] = case["id"].as_str().unwrap().split('/').collect::<Vec<_>>()[..] else {
            panic!("three parts in {}", case["id"])
        };
        let (trend, at) = if trend == "log-time" { (trend, "6,12,24,36,48,60") } else { ("landmarks", "12,24,36") };
        let args = ["joint", "--trend", trend, "--random", random, "--likelihood", likelihood, "--at", at];
        let found = answer(&table, &args);
        if random == "random-intercept-and-slope" {
            // rma.mv stops short of the largest likelihood, where the correlation is -1.
            let [ours, theirs] = [&found, &case["expected"]].map(|fit| fit["log_likelihood"].as_f64().unwrap());
            assert!(ours > theirs + 1e-10 && ours < theirs + 1e-3, "{args:?}: {ours} against {theirs}");
        } else {
            assert_holds(&found, &case["expected"], 1e-5, "joint");
        }
    }
}

#[test]
fn reconstruct_writes_patients_that_give_the_curve_back() {
    let folder = TempDir::new().unwrap();
    let curve = "time,survival\n6,0.9\n12,80%\n24,0.6\n";
    let args = ["reconstruct", "--at-risk", "0:44,12:33,24:21", "--out", "ipd.csv"];
    let output = run(&folder, curve, &args);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let patients = fs::read_to_string(folder.path().join("ipd.csv")).unwrap();
    assert_eq!(patients.lines().count(), 45);
    let found = answer(&patients, &["km", "--at", "6,12,24"]);
    assert_holds(&found["survival"], &json!([0.9, 0.8, 0.6]), 0.015, "survival");
    assert_eq!(found["at_risk"], json!([found["at_risk"][0], 33, 21]));
}

#[test]
fn bad_input_is_named_and_located() {
    let folder = TempDir::new().unwrap();
    for (tool, table, place, code) in [
        ("km", "time,event\n1,1\n-2,1\n", "3:1", "E208"),
        ("km", "time,event\n1,1\n2,maybe\n", "3:3", "E208"),
        ("km", "time,status\n1,1\n", "1:1", "E107"),
        ("km", "time,event\n", "table.csv", "E401"),
        ("km", "", "table.csv", "E103"),
        ("summary", "study,time,survival,at_risk\nA,6,0.9,40\nA,3,0.8,30\nB,6,0.9,20\n", "3:3", "E225"),
        ("summary", "study,time,survival,at_risk\nA,6,0.7,40\nA,9,0.8,30\nB,6,0.9,20\n", "3:5", "E220"),
        ("summary", "study,time,survival,at_risk\nA,6,0.7,40\nA,9,0.6,50\nB,6,0.9,20\n", "3:9", "E226"),
        ("summary", "study,time,survival,at_risk\nA,6,70,40\nB,6,0.9,20\n", "2:5", "E201"),
        ("summary", "study,time,survival,at_risk\nA,,0.7,40\nB,6,0.9,20\n", "2:3", "E108"),
        ("precision", "survival,ci_lower,ci_upper,n\n0.52,0.47,0.56,78\n", "2:6", "E222"),
        ("precision", "survival,ci_lower,ci_upper,n\n0.52,0.57,0.76,78\n", "2:6", "E207"),
        ("joint", "study,time,survival,se\nA,12,0.9,0.04\nA,24,0.8,0.01\nB,12,0.9,0.04\n", "3:10", "E208"),
        ("joint", "study,time,survival,se\nA,12,100%,0.04\nB,12,0.9,0.04\n", "2:6", "E201"),
    ] {
        let output = run(&folder, table, &[tool]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{tool} {table}: {said}");
        assert!(said.contains(code) && said.contains(place), "{tool} {table}: {said}");
        assert!(output.stdout.is_empty());
    }
    for (table, place, code) in
        [("time,survival\n6,0.9\n3,0.8\n", "3:1", "E225"), ("time,survival\n6,0.8\n9,0.9\n", "3:3", "E220")]
    {
        let output = run(&folder, table, &["reconstruct", "--at-risk", "0:44", "--out", "none.csv"]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(1) && said.contains(code) && said.contains(place), "{said}");
    }
    for at_risk in ["12:44", "0:44,12:50", "0:0", "0:44,0:40"] {
        let output =
            run(&folder, "time,survival\n6,0.9\n", &["reconstruct", "--at-risk", at_risk, "--out", "none.csv"]);
        assert_eq!(output.status.code(), Some(2), "{at_risk}");
    }
    assert!(!folder.path().join("none.csv").exists());
}
