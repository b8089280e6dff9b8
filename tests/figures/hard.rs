//! Every kind of figure in every layout, over reviews made to be hard: nothing overlaps, nothing leaves the canvas.

use std::fmt::Write as _;
use std::fs;

use forestable::diag::Severity;
use forestable::evidence::Evidence;
use forestable::render::figure;
use forestable::report::figure::geometry::{Boxed, Figure};
use forestable::report::plots::{self, Plot};
use forestable::review::{
    Benchmark, ColumnChoice, FOREST_COLUMNS, FigureKind, FigurePlan, Findings, Layout, Looks, Width,
};
use forestable::{evidence, review, source};
use tempfile::TempDir;

use super::sound::assert_sound;

/// A series of a made-up review: name, patients, survival at two years in per cent and its interval.
struct Series {
    name: String,
    patients: u64,
    survival: f64,
    interval: Option<(f64, f64)>,
}

impl Series {
    fn new(name: impl Into<String>, patients: u64, survival: f64, interval: Option<(f64, f64)>) -> Self {
        Self { name: name.into(), patients, survival, interval }
    }
}

/// Returns series spread over all rates and sizes.
fn many(count: usize) -> Vec<Series> {
    let series = |i: usize| {
        let survival = 10.0 + (i * 37 % 81) as f64;
        let interval = i.is_multiple_of(3).then(|| ((survival - 19.5).max(0.0), (survival + 17.5).min(100.0)));
        Series::new(format!("Author {i}"), 40 + (i * 13 % 60) as u64, survival, interval)
    };
    (0..count).map(series).collect()
}

/// A review as it is run.
struct Made {
    evidence: Evidence,
    findings: Findings,
}

/// Writes, reads and runs a review of these series: survival at one and two years, toxicity in two arms, risk of bias, a flow.
fn made(series: &[Series]) -> Made {
    let folder = TempDir::new().unwrap();
    let count = series.len();
    let review = format!(
        "title: A review\nvocabulary: {{primary: {{breast: Breast}}}}\n\
         outcomes:\n  os: {{name: Overall survival, short: OS, kind: survival}}\n\
         \x20 toxicity: {{name: Toxicity, short: Toxicity, kind: proportion}}\n\
         methods:\n  sensitivity:\n    - {{name: Logit scale, scale: logit}}\n    - {{name: Common effect, model: common}}\n\
         analyses:\n  os-1y: {{outcome: os, at: 1 year, group_by: timing}}\n  os-2y: {{outcome: os, at: 2 years, group_by: timing}}\n\
         \x20 toxicity: {{outcome: toxicity}}\n\
         flow:\n  identified: {{A database with a name: {found}, Another: 7}}\n  removed: {{duplicates: 7}}\n  excluded: 9\n\
         \x20 reasons: {{Other disease: 12, No outcome of interest reported: 4}}\n\
         \x20 other: {{identified: {{Citations: 3}}, not_retrieved: 1, reasons: {{Other disease: 1}}}}\n\
         \x20 previous: {{studies: 1, reports: 1}}\n  included: {{studies: {count}, reports: {reports}}}\n",
        found = count + 25,
        reports = count + 2,
    );
    fs::write(folder.path().join("review.yaml"), review).unwrap();
    fs::create_dir(folder.path().join("studies")).unwrap();
    for (i, Series { name, patients, survival, interval }) in series.iter().enumerate() {
        let timing = if i.is_multiple_of(2) { "retrospective" } else { "prospective" };
        let first = survival + (100.0 - survival) / 2.0;
        let ci = interval.map(|(low, high)| format!(", ci: [{low}%, {high}%]")).unwrap_or_default();
        let mut study = format!(
            "label: {name:?}\nreference: {{authors: [Author A], title: T{i}, journal: J, year: {year}, doi: 10.1/a{i}}}\n\
             design: {{timing: {timing}, institutions: [Centre {centre}]}}\nfollow_up: {{median: 26 months}}\ncohorts:\n  all:\n    primary: breast\n    patients: {patients}\n\
             \x20   results:\n      - {{outcome: os, at: 1 year, estimate: {first}%}}\n\
             \x20     - {{outcome: os, at: 2 years, estimate: {survival}%{ci}}}\n\
             \x20     - {{outcome: toxicity, events: {events}, of: {patients}}}\n",
            // Two of each centre may be the same people.
            centre = i / 2,
            year = 1990 + i % 36,
            events = patients / (3 + i as u64 % 5),
        );
        if i % 2 == 1 {
            let control = patients / (6 + i as u64 % 3);
            write!(
                study,
                "  usual:\n    primary: breast\n    role: control\n    patients: {patients}\n    results:\n      \
                 - {{outcome: toxicity, events: {control}, of: {patients}}}\n"
            )
            .unwrap();
        }
        let answer = ["0", "1", "2", "not read"][i % 4];
        writeln!(study, "risk_of_bias: {{tool: MINORS, items: {{clearly stated aim: {answer}}}}}").unwrap();
        fs::write(folder.path().join(format!("studies/series-{i:03}.yaml")), study).unwrap();
    }
    let (raw, _, mut found) = source::load(folder.path()).unwrap();
    let (evidence, more) = evidence::lower(&raw);
    found.extend(more);
    let (plan, more) = review::plan(&raw, &evidence);
    found.extend(more);
    let errors: Vec<_> = found.iter().filter(|finding| finding.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let findings = review::run(&evidence, &plan);
    Made { evidence, findings }
}

impl Made {
    fn plot(&self, kind: FigureKind, looks: Looks) -> Option<Plot> {
        let analyses: &[&str] = match kind {
            FigureKind::Labbe => &["toxicity"],
            _ if kind.needs_none() => &[],
            _ if kind.takes_several() => &["os-1y", "os-2y"],
            _ => &["os-2y"],
        };
        let analyses = analyses.iter().map(|id| (*id).to_owned()).collect();
        let plan = FigurePlan {
            id: kind.to_string(),
            title: None,
            kind,
            analyses,
            moderator: forestable::review::Moderator::default(),
            forced: false,
            looks,
        };
        plots::plot(&self.evidence, &self.findings, &plan)
    }

    /// Asserts that every kind is sound in these layouts, both widths, and returns the kinds that were drawn.
    fn assert_sound(&self, layouts: &[Layout]) -> Vec<FigureKind> {
        let mut drawn = Vec::new();
        for &kind in FigureKind::ALL {
            for (&layout, &width) in layouts.iter().flat_map(|l| Width::ALL.iter().map(move |w| (l, w))) {
                let Some(plot) = self.plot(kind, Looks { layout, width, ..Looks::default() }) else { continue };
                plot.pages().for_each(|page| assert_sound(&page));
                drawn.push(kind);
            }
        }
        drawn.dedup();
        drawn
    }
}

#[test]
fn few_series_fit_in_every_layout() {
    made(&many(2)).assert_sound(Layout::ALL);
}

#[test]
fn the_ends_and_the_weights_fit_in_every_layout() {
    let series = [
        Series::new("All alive", 44, 100.0, Some((93.5, 100.0))),
        Series::new("Anything", 12, 50.0, Some((0.0, 100.0))),
        Series::new("Nearly all the weight", 90_000, 60.0, Some((59.8, 60.2))),
        Series::new("Nobody", 20, 0.0, None),
        Series::new("Some", 33, 48.0, None),
    ];
    made(&series).assert_sound(Layout::ALL);
}

#[test]
fn names_of_any_script_and_length_fit_in_every_layout() {
    let series = [
        Series::new(
            "Consortium for Stereotactic Radiotherapy in Oligometastatic Breast Cancer, Second Report",
            44,
            58.0,
            None,
        ),
        Series::new(
            "山田太郎・乳癌オリゴ転移定位放射線治療研究会 多施設共同研究グループ",
            90,
            30.0,
            Some((21.0, 40.0)),
        ),
        Series::new("Œuvré-Škvorecký & Ångström-Łukasiewicz", 22, 70.0, None),
        Series::new("W".repeat(90), 60, 41.0, None),
        Series::new("김철수 <b>& \"sons\"</b>", 35, 52.0, Some((35.0, 67.0))),
    ];
    made(&series).assert_sound(Layout::ALL);
}

#[test]
fn sixty_series_fit() {
    let drawn = made(&many(60)).assert_sound(&[Layout::Plain, Layout::RevMan]);
    // The pools of all subsets are for twelve series at most.
    assert!(!drawn.contains(&FigureKind::Gosh) && drawn.contains(&FigureKind::Forest));
}

#[test]
fn two_hundred_rows_are_one_figure_and_more_are_pages_on_one_axis() {
    let few = self::made(&many(190)).plot(FigureKind::Forest, Looks::default()).unwrap();
    assert!(few.further.is_none());
    assert_sound(&few.figure);
    let made = self::made(&many(230));
    let left_out: Vec<_> = made.findings.analyses[1].left_out.iter().collect();
    assert!(left_out.is_empty(), "{left_out:?}");
    let plot = made.plot(FigureKind::Forest, Looks::default()).unwrap();
    assert_eq!(plot.page_count(), 5);
    plot.pages().for_each(|page| assert_sound(&page));
    let ids: Vec<String> = plot.pages().map(|page| page.id.clone()).collect();
    assert_eq!(ids, ["forest", "forest-2", "forest-3", "forest-4", "forest-5"]);
    let rows = |figure: &Figure| figure::svg(figure).matches("<g class=\"study\"").count();
    assert_eq!(plot.pages().map(|page| rows(&page)).sum::<usize>(), 230);
    let ticks = |figure: &Figure| texts(figure).into_iter().filter(|text| text == "100").count();
    assert!(plot.pages().all(|page| ticks(&page) > 0));
    assert!(plot.block().files.iter().all(|file| file.label != "PNG"));
}

#[test]
fn columns_are_chosen_headed_and_spanned() {
    let made = made(&many(5));
    let column = |id: &str, header: Option<&str>, spanner: Option<&str>| ColumnChoice {
        column: id.to_owned(),
        header: header.map(str::to_owned),
        spanner: spanner.map(str::to_owned),
    };
    let columns = vec![
        column("label", Some("Study"), None),
        column("follow-up", None, Some("What was seen")),
        column("patients", Some("*n*"), Some("What was seen")),
        column("effect", Some("Alive at\ntwo years"), None),
        column("plot", None, None),
    ];
    for &layout in Layout::ALL {
        let looks = Looks { layout, columns: columns.clone(), ..Looks::default() };
        let figure = made.plot(FigureKind::Forest, looks).unwrap().figure;
        assert_sound(&figure);
        let texts = texts(&figure);
        for header in ["Study", "What was seen", "n", "Alive at", "two years", "Median"] {
            assert!(texts.iter().any(|text| text == header), "{layout}: no {header} in {texts:?}");
        }
        assert!(!texts.iter().any(|text| text.starts_with("Weight") || text == "SE"), "{layout}: {texts:?}");
    }
    let every = FOREST_COLUMNS.iter().map(|id| column(id, None, None)).collect();
    let looks = Looks { columns: every, ..Looks::default() };
    assert_sound(&made.plot(FigureKind::Forest, looks).unwrap().figure);
}

#[test]
fn words_axis_and_benchmark_are_as_asked_for() {
    let labels = [("Series", "Serie"), ("All series", "Alle Serien"), ("Patients", "Patientinnen")];
    let looks = Looks {
        labels: labels.map(|(from, to)| (from.to_owned(), to.to_owned())).into(),
        axis: Some((0.2, 1.0)),
        benchmark: Some(Benchmark { from: 0.8, to: 0.9, label: "Series of trials".to_owned() }),
        ..Looks::default()
    };
    let figure = made(&many(5)).plot(FigureKind::Forest, looks).unwrap().figure;
    assert_sound(&figure);
    let texts = texts(&figure);
    for words in ["Serie", "Alle Serien", "Patientinnen", "Serie of trials", "The axis begins at 20%."] {
        assert!(texts.iter().any(|text| text == words), "no {words} in {texts:?}");
    }
}

#[test]
fn p_values_are_as_the_journal_prints_them() {
    let made = made(&many(8));
    let note = |layout: Layout| {
        let figure = made.plot(FigureKind::Forest, Looks { layout, ..Looks::default() }).unwrap().figure;
        let words = texts(&figure).join(" ");
        words[words.find("eterogeneity").unwrap()..].to_owned()
    };
    let [plain, revman, jama, bmj, lancet] =
        [Layout::Plain, Layout::RevMan, Layout::Jama, Layout::Bmj, Layout::Lancet].map(note);
    assert!(plain.contains("P < 0.001") && plain.contains("τ² = "), "{plain}");
    assert!(revman.contains("(P < 0.001)") && revman.contains("Tau² = "), "{revman}");
    assert!(jama.contains("(P < .001)") && !jama.contains("τ² ="), "{jama}");
    assert!(bmj.contains("P<0.001") && bmj.contains("τ²="), "{bmj}");
    assert!(lancet.contains("p<0·001"), "{lancet}");
}

#[test]
fn every_kind_looks_as_it_did() {
    let made = made(&many(6));
    for &kind in FigureKind::ALL {
        // Medians, hazard ratios and versions are in the figures of the review: nothing here has one.
        let Some(plot) = made.plot(kind, Looks::default()) else {
            assert!(matches!(kind, FigureKind::Medians | FigureKind::HazardRatios | FigureKind::Versions), "no {kind}");
            continue;
        };
        let svg = figure::svg(&plot.figure);
        assert!(roxmltree::Document::parse(&svg).is_ok(), "{kind}");
        insta::assert_snapshot!(format!("svg_{kind}"), svg);
        insta::assert_snapshot!(format!("geometry_{kind}"), geometry(&plot.figure));
    }
}

/// Returns the place of every text and mark, a line each.
fn geometry(figure: &Figure) -> String {
    let mut lines = format!("{} × {}\n", figure.width, figure.height);
    for boxed in figure.boxes() {
        let (bounds, what) = match boxed {
            Boxed::Text(text, bounds) => (bounds, text.text.to_string()),
            Boxed::Mark(mark, bounds) => {
                let shape = format!("{:?}", mark.shape);
                (bounds, shape.split(['(', ' ']).next().unwrap_or_default().to_owned())
            }
        };
        writeln!(lines, "{:7.1} {:7.1} {:7.1} {:7.1}  {what}", bounds.left, bounds.top, bounds.right, bounds.bottom)
            .unwrap();
    }
    lines
}

fn texts(figure: &Figure) -> Vec<String> {
    let text = |boxed| match boxed {
        Boxed::Text(text, _) => Some(text.text.to_string()),
        Boxed::Mark(..) => None,
    };
    figure.boxes().into_iter().filter_map(text).collect()
}
