//! Every kind of figure, drawn from the review of this repository, in every layout and width.

use std::fs;
use std::path::Path;

use forestable::diag::Severity;
use forestable::evidence::Evidence;
use forestable::report::plots;
use forestable::review::{FigureKind, FigurePlan, Findings, Layout, Looks, Plan, Width};
use forestable::{evidence, review, source};
use tempfile::TempDir;

use super::sound::assert_sound;

fn read(folder: &Path) -> (Evidence, Plan, Vec<String>) {
    let (raw, _, mut findings) = source::load(folder).unwrap();
    let (evidence, more) = evidence::lower(&raw);
    findings.extend(more);
    let (plan, more) = review::plan(&raw, &evidence);
    findings.extend(more);
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    let errors = errors.map(|finding| format!("{} {}", finding.code, finding.message)).collect();
    (evidence, plan, errors)
}

fn this_review() -> (Evidence, Plan, Findings) {
    let (evidence, plan, errors) = read(Path::new(env!("CARGO_MANIFEST_DIR")));
    assert!(errors.is_empty(), "{errors:?}");
    let findings = review::run(&evidence, &plan);
    (evidence, plan, findings)
}

#[test]
fn every_kind_fits_in_every_layout() {
    let (evidence, plan, findings) = this_review();
    for kind in FigureKind::ALL {
        let figure = plan.figures.iter().find(|figure| figure.kind == *kind);
        let figure = figure.unwrap_or_else(|| panic!("the review asks for no {kind}"));
        for (&layout, &width) in
            Layout::ALL.iter().flat_map(|layout| Width::ALL.iter().map(move |width| (layout, width)))
        {
            let plan = FigurePlan { looks: Looks { layout, width, ..Looks::default() }, ..figure.clone() };
            let plot = plots::plot(&evidence, &findings, &plan).unwrap_or_else(|| panic!("no {kind}"));
            assert_sound(&plot.figure);
            let columns = plot.data.columns.len();
            assert!(plot.data.rows.iter().all(|row| row.len() == columns), "{kind}");
            assert!(!plot.data.rows.is_empty(), "{kind}");
        }
    }
}

#[test]
fn every_figure_of_the_review_fits() {
    let (evidence, plan, findings) = this_review();
    for figure in &plan.figures {
        assert_sound(&plots::plot(&evidence, &findings, figure).unwrap().figure);
    }
}

/// Any kind of any analysis, down to one series and none: drawn soundly or not at all.
#[test]
fn few_series_are_drawn_or_left_out() {
    let (evidence, plan, findings) = this_review();
    for analysis in &plan.analyses {
        for &kind in FigureKind::ALL {
            let analyses = vec![analysis.id.clone()];
            let figure = FigurePlan { kind, analyses, ..plan.figures[0].clone() };
            if let Some(plot) = plots::plot(&evidence, &findings, &figure) {
                assert_sound(&plot.figure);
            }
        }
    }
}

/// Returns the errors of a review with these figures.
fn errors(figures: &str) -> Vec<String> {
    let folder = TempDir::new().unwrap();
    let review = format!(
        "title: A review\nvocabulary: {{primary: {{breast: Breast}}}}\n\
         outcomes:\n  os: {{name: Overall survival, short: OS, kind: survival}}\n\
         analyses:\n  os-1y: {{outcome: os, at: 1 year}}\n  os-2y: {{outcome: os, at: 2 years}}\n\
         figures:\n  one: {figures}\n"
    );
    fs::write(folder.path().join("review.yaml"), review).unwrap();
    fs::create_dir(folder.path().join("studies")).unwrap();
    let study = "reference: {authors: [A B], title: T, journal: J, year: 2001, doi: 10.1/a}\n\
                 design: {timing: retrospective}\ncohorts:\n  all: {primary: breast, patients: 9, results: []}\n";
    fs::write(folder.path().join("studies/a-2001.yaml"), study).unwrap();
    read(folder.path()).2
}

#[test]
fn names_in_figures_are_checked() {
    let is = |figures: &str, code: &str| {
        let found = errors(figures);
        assert!(found.len() == 1 && found[0].starts_with(code), "{figures}: {found:?}");
    };
    assert!(errors("{kind: panel, analyses: [os-1y, os-2y], layout: jama, width: one-column}").is_empty());
    is("{kind: pie, analysis: os-1y}", "E109");
    is("{kind: forest, analysis: os-1y, layout: nature}", "E109");
    is("{kind: forest, analysis: os-1y, width: wide}", "E109");
    is("{kind: forest}", "E107");
    is("{kind: forest, analyses: [os-1y, os-2y]}", "E106");
    is("{kind: panel, analyses: [os-1y, os-9y]}", "E216");
    is("{kind: flow}", "E107");
    is("{kind: forest, analysis: os-1y, dpi: 450}", "E109");
    is("{kind: forest, analysis: os-1y, lettering: comic}", "E109");
    is("{kind: forest, analysis: os-1y, columns: [label, plott]}", "E109");
    is("{kind: forest, analysis: os-1y, columns: [{header: PFS}]}", "E107");
    is("{kind: forest, analysis: os-1y, axis: [90%, 50%]}", "E206");
    is("{kind: forest, analysis: os-1y, axis: [50, 100%]}", "E201");
    is("{kind: forest, analysis: os-1y, benchmark: {at: [80%, 85%, 90%], label: B}}", "E106");
    is("{kind: forest, analysis: os-1y, benchmark: {at: 85%}}", "E107");
    let sound = "{kind: forest, analysis: os-1y, dpi: 600, lettering: outlines, axis: [50%, 100%], benchmark: {at: 85%, label: B}, \
                 columns: [label, {column: effect, header: OS, spanner: Two years}, plot], labels: {Series: Studie}}";
    assert!(errors(sound).is_empty(), "{:?}", errors(sound));
}

/// Returns the survival curve of a review of these series: timing and results; the last one has a digitised curve too.
fn survival_curve(series: &[(&str, &str)]) -> Option<plots::Plot> {
    let folder = TempDir::new().unwrap();
    let write = |file: &str, text: &str| fs::write(folder.path().join(file), text).unwrap();
    fs::create_dir_all(folder.path().join("studies/curves")).unwrap();
    write(
        "review.yaml",
        "title: A review\nvocabulary: {primary: {any: Any}}\n\
         outcomes:\n  os: {name: Overall survival, short: OS, kind: survival}\n\
         analyses:\n  os-6m: {outcome: os, at: 6 months}\n  os-1y: {outcome: os, at: 1 year}\n  os-2y: {outcome: os, at: 2 years}\n\
         figures:\n  curve: {kind: survival-curve, analyses: [os-6m, os-1y, os-2y]}\n",
    );
    write("studies/curves/os.csv", "time,survival\n0,1\n3,0.95\n6,0.85\n12,0.75\n18,0.6\n24,0.5\n30,0.5\n");
    for (index, (timing, results)) in series.iter().enumerate() {
        let curve = match index + 1 == series.len() {
            true => ", {outcome: os, curve: curves/os.csv, at_risk: {0: 40, 12 months: 28, 24 months: 12}}",
            false => "",
        };
        write(
            &format!("studies/a{index}-2001.yaml"),
            &format!(
                "reference: {{authors: [A{index} B], title: T{index}, journal: J, year: 2001, doi: 10.1/{index}}}\n\
                 design: {{timing: {timing}}}\n\
                 cohorts:\n  all: {{primary: any, patients: 40, results: [{results}{curve}]}}\n"
            ),
        );
    }
    let (evidence, plan, errors) = read(folder.path());
    assert_eq!(errors, Vec::<String>::new());
    let evidence = review::digitise(evidence, &plan);
    let findings = review::run(&evidence, &plan);
    plots::plot(&evidence, &findings, &plan.figures[0])
}

#[test]
fn a_survival_curve_is_drawn_from_two_series_on() {
    let one = "{outcome: os, at: 1 year, estimate: 80%}, {outcome: os, at: 2 years, estimate: 60%}";
    let other = "{outcome: os, at: 1 year, estimate: 70%}";
    let drawn = |series: &[(&str, &str)], panels: usize| {
        let plot = survival_curve(series).unwrap();
        assert_sound(&plot.figure);
        let said = &plot.figure.description;
        assert_eq!(said.matches(" series: ").count(), panels, "{said}");
        plot
    };
    assert!(survival_curve(&[("retrospective", one)]).is_none());
    drawn(&[("retrospective", one), ("retrospective", other)], 1);
    let plot = drawn(&[("retrospective", one), ("prospective", other)], 2);
    let rows = |what: &str| plot.data.rows.iter().filter(|row| row[1] == what).count();
    // The curve gives the rates at six months and at two years, which are not printed.
    assert_eq!((rows("A1 2001"), rows("A0 2001")), (3, 2));
    assert!(rows("joint model") > 100);
    let contradictory =
        "{outcome: os, at: 1 year, estimate: 80%, se: 8%}, {outcome: os, at: 2 years, estimate: 60%, se: 1%}";
    drawn(&[("retrospective", one), ("retrospective", contradictory)], 1);
}

/// Returns the graph of overlaps among series of which each shares a centre with those at these distances before it.
fn overlaps(count: usize, distances: &[usize], width: &str) -> plots::Plot {
    let folder = TempDir::new().unwrap();
    let review = format!(
        "title: A review\nvocabulary: {{primary: {{any: Any}}}}\n\
         outcomes:\n  os: {{name: Overall survival, short: OS, kind: survival}}\n\
         analyses:\n  os-2y: {{outcome: os, at: 2 years}}\nfigures:\n  all: {{kind: overlap, width: {width}}}\n  \
         one: {{kind: overlap, analysis: os-2y, width: {width}}}\n"
    );
    fs::write(folder.path().join("review.yaml"), review).unwrap();
    fs::create_dir(folder.path().join("studies")).unwrap();
    for index in 0..count {
        let before = distances.iter().filter(|distance| **distance <= index).map(|distance| index - distance);
        let centres = before.chain([index]).flat_map(|other| {
            let later = distances.iter().map(move |distance| (other, other + distance));
            later.filter(move |(a, b)| (*a == index || *b == index) && *b < count)
        });
        let centres: Vec<String> = centres.map(|(a, b)| format!("Centre {a} {b}")).collect();
        let overlaps = if index % 3 == 1 { format!("overlaps: [a{}-2001]\n", index - 1) } else { String::new() };
        let study = format!(
            "reference: {{authors: [Author{index} B], title: T{index}, journal: J, year: {}, doi: 10.1/{index}}}\n\
             design: {{timing: retrospective, institutions: [{}]}}\n{overlaps}\
             cohorts:\n  all: {{primary: any, patients: {}, results: [{{outcome: os, at: 2 years, estimate: 60%}}]}}\n",
            2001 + index,
            centres.join(", "),
            10 + 37 * index
        );
        fs::write(folder.path().join(format!("studies/a{index}-2001.yaml")), study).unwrap();
    }
    let (evidence, plan, errors) = read(folder.path());
    assert_eq!(errors, Vec::<String>::new());
    let findings = review::run(&evidence, &plan);
    for figure in &plan.figures {
        assert_sound(&plots::plot(&evidence, &findings, figure).unwrap().figure);
    }
    plots::plot(&evidence, &findings, &plan.figures[1]).unwrap()
}

#[test]
fn overlaps_are_drawn_with_what_was_taken() {
    for width in ["one-column", "two-columns"] {
        overlaps(6, &[1, 2, 3, 4, 5], width);
        overlaps(40, &[1, 5], width);
        overlaps(90, &[1], width);
    }
    let plot = overlaps(4, &[1], "two-columns");
    let rows: Vec<[&str; 5]> =
        plot.data.rows.iter().map(|row| [&row[1], &row[3], &row[4], &row[6], &row[7]].map(String::as_str)).collect();
    // Only the first two are declared to overlap: the larger is taken. The others are suspected, and stay.
    let series = ["Author0 2001", "Author1 2002", "Author2 2003", "Author3 2004"];
    assert_eq!(rows[0], [series[0], "gave way", series[1], "taken", "declared"]);
    assert_eq!(rows[1], [series[1], "taken", series[2], "taken", "suspected"]);
    assert_eq!(rows[2], [series[2], "taken", series[3], "taken", "suspected"]);
    assert!(
        plot.figure.description.contains("Author0 2001 and Author1 2002: declared."),
        "{}",
        plot.figure.description
    );
}
