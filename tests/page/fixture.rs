//! A page with the content of a real review: Tables 4 and 5 of Lemoine 2021 (Front Oncol 11:736690).

use forestable::report::page::{
    Block, Fact, FigureBlock, FigureLooks, FileLink, KeyResult, KeyValue, Look, OtherPicture, Page, Reference, Section,
    TableBlock,
};
use forestable::report::table::{Align, Cell, Citation, Column, Footnote, Row, RowKind, Table};

/// One line of a table: what it is, whose it is, and its cells; `text^ab` bears the marks a and b, `text@` is cited.
type Line = (RowKind, &'static str, &'static [&'static str]);

use RowKind::{Continuation, Entry, Group, Pooled, Remark};

pub fn retrospective() -> Table {
    let lines: &[Line] = &[
        (
            Entry,
            "fumagalli-2012",
            &[
                "Fumagalli et al. (2012)",
                "Indifferent",
                "≤5 sites, lung or liver",
                "90@",
                "1 year",
                "NR",
                "27% (18 to 37)@^a",
                "84.5%@",
            ],
        ),
        (
            Continuation,
            "fumagalli-2012",
            &["", "", "", "", "2 years", "70% (55 to 81)@^b", "10% (4 to 20)@^a", "66.1%@"],
        ),
        (
            Entry,
            "mahadevan-2018",
            &[
                "Mahadevan et al. (2018)",
                "Indifferent (breast=42)",
                "Liver",
                "427@",
                "Median",
                "22 months@",
                "NR",
                "NR",
            ],
        ),
        (
            Entry,
            "bhattacharya-2015",
            &[
                "Bhattacharya et al. (2015)",
                "Indifferent (breast=14)",
                "≤3 sites",
                "76@",
                "1 year",
                "84.4%@",
                "49.1%@",
                "NR",
            ],
        ),
        (Continuation, "bhattacharya-2015", &["", "", "", "", "2 years", "63.2%@", "26.2%@", "NR"]),
        (
            Entry,
            "onal-2018",
            &["Onal et al. (2018)", "Breast", "≤5 sites, liver", "22@", "1 year", "85%@", "38%@", "100%@"],
        ),
        (Continuation, "onal-2018", &["", "", "", "", "2 years", "57%@", "8%@", "88%@"]),
        (
            Entry,
            "weykamp-2020",
            &["Weykamp et al. (2020)", "Breast", "≤3 sites", "46@", "2 years", "62%@", "17%@", "89%@"],
        ),
        (Remark, "weykamp-2020", &["Includes *oligoprogressive* disease; the authors report the two groups together."]),
        (
            Entry,
            "lemoine-2021",
            &[
                "Lemoine et al. (2021)",
                "Breast",
                "≤5 sites",
                "44@",
                "1 year",
                "93% (79 to 98)@",
                "81% (66 to 90)@",
                "100%@^c",
            ],
        ),
        (Continuation, "lemoine-2021", &["", "", "", "", "2 years", "87% (72 to 95)@", "58% (41 to 72)@^d", "100%@^c"]),
        (Continuation, "lemoine-2021", &["", "", "", "", "3 years", "81% (63 to 90)@", "45% (28 to 60)@", "100%@^c"]),
        (
            Pooled,
            "os-2y",
            &[
                "Pooled",
                "",
                "",
                "278",
                "2 years",
                "70.6% (57.2 to 82.3)",
                "23.5% (9.1 to 46.0)",
                "88.9% (66.0 to 97.4)",
            ],
        ),
    ];
    table(
        "retrospective",
        "Retrospective series of stereotactic body radiotherapy for oligometastatic breast cancer",
        series_columns(),
        lines,
        &[
            ("a", "Disease-free survival, taken as progression-free survival."),
            ("b", "Printed on the row of another series in Table 4 of Lemoine 2021; the abstract has it here."),
            ("c", "No local recurrence seen: 100% by observation, no estimate at a stated time."),
            ("d", "58% in the text and abstract, 59% in Table 4 of the same paper; the text is used."),
        ],
        &[
            "OS overall survival, PFS progression-free survival, LC local control, NR not reported. Intervals are 95% confidence intervals as printed.",
            "Pooled: random effects on the log(−log) scale, τ² by REML, Hartung-Knapp interval; the prediction intervals are in Table 3.",
        ],
    )
}

pub fn prospective() -> Table {
    let lines: &[Line] = &[
        (
            Entry,
            "milano-2012",
            &["Milano et al. (2012)", "Indifferent", "≤5 sites", "121@", "2 years", "50%@", "NR", "NR"],
        ),
        (Continuation, "milano-2012", &["", "Breast", "", "39@", "2 years", "74%@", "52%@^a", "87%@"]),
        (Continuation, "milano-2012", &["", "", "", "", "6 years", "47%@", "36%@^a", "87%@"]),
        (
            Entry,
            "milano-2019",
            &["Milano et al. (2019)", "Breast", "≤5 sites, bone only", "12@", "5 years", "83%@", "NR", "NR"],
        ),
        (Continuation, "milano-2019", &["", "", "", "", "10 years", "75%@", "NR", "NR"]),
        (Continuation, "milano-2019", &["", "", "Not bone only", "36@", "5 years", "31%@", "NR", "NR"]),
        (Continuation, "milano-2019", &["", "", "", "", "10 years", "17%@", "NR", "NR"]),
        (
            Entry,
            "scorsetti-2016",
            &["Scorsetti et al. (2016)", "Breast", "≤3 sites, liver or lung", "33@", "1 year", "93%@", "48%@", "98%@"],
        ),
        (Continuation, "scorsetti-2016", &["", "", "", "", "2 years", "66%@", "27%@", "90%@"]),
        (Continuation, "scorsetti-2016", &["", "", "", "", "3 years", "NR", "NR", "90%@"]),
        (
            Entry,
            "scorsetti-2018",
            &[
                "Scorsetti et al. (2018)",
                "Indifferent",
                "≤3 sites, liver",
                "61@",
                "3 years",
                "31.1%@^b",
                "NR",
                "86.8%@",
            ],
        ),
        (
            Entry,
            "trovo-2018",
            &["Trovo et al. (2018)", "Breast", "≤5 sites, SBRT or IMRT", "54@", "1 year", "NR", "75%@", "NR"],
        ),
        (Continuation, "trovo-2018", &["", "", "", "", "2 years", "95%@", "53%@", "97%@"]),
        (
            Pooled,
            "os-2y",
            &[
                "Pooled",
                "",
                "",
                "126",
                "2 years",
                "81.3% (38.0 to 97.1)",
                "40.2% (4.8 to 77.6)",
                "93.0% (74.1 to 98.4)",
            ],
        ),
    ];
    table(
        "prospective",
        "Prospective trials of radiotherapy for oligometastatic breast cancer",
        series_columns(),
        lines,
        &[
            ("a", "Freedom from widespread distant metastasis: shown, not pooled as progression-free survival."),
            ("b", "33% in Table 5 of Lemoine 2021; the abstract of the trial has 31.1%."),
        ],
        &["OS overall survival, PFS progression-free survival, LC local control, NR not reported."],
    )
}

pub fn comparison() -> Table {
    let columns = vec![
        column("outcome", "Outcome", None, Align::Left),
        column("at", "Time", None, Align::Left),
        column("retrospective-k", "Series (patients)", Some("Retrospective"), Align::Right),
        column("retrospective", "Pooled, 95% CI", Some("Retrospective"), Align::Decimal),
        column("retrospective-pi", "95% PI", Some("Retrospective"), Align::Decimal),
        column("prospective-k", "Series (patients)", Some("Prospective"), Align::Right),
        column("prospective", "Pooled, 95% CI", Some("Prospective"), Align::Decimal),
        column("prospective-pi", "95% PI", Some("Prospective"), Align::Decimal),
        column("difference", "Difference, points (95% CI)", None, Align::Decimal),
        column("p", "P", None, Align::Decimal),
    ];
    let lines: &[Line] = &[
        (Group, "", &["Overall survival"]),
        (
            Entry,
            "os-1y",
            &["OS", "1 year", "3 (142)", "87.0% (77.9 to 93.2)", "66.0 to 96.1", "1 (33)", "93%", "–", "–^a", "–"],
        ),
        (
            Entry,
            "os-2y",
            &[
                "OS",
                "2 years",
                "5 (278)",
                "70.6% (57.2 to 82.3)",
                "36.9 to 91.5",
                "3 (126)",
                "81.3% (38.0 to 97.1)",
                "–^b",
                "−10.7 (−31.9 to 33.4)",
                "0.33",
            ],
        ),
        (Group, "", &["Progression-free survival"]),
        (
            Entry,
            "pfs-1y",
            &[
                "PFS",
                "1 year",
                "4 (232)",
                "50.9% (21.5 to 77.9)",
                "5.1 to 90.8",
                "2 (87)",
                "62.9% (2.1 to 98.9)",
                "–^b",
                "−12.0 (−63 to 52)",
                "0.52",
            ],
        ),
        (
            Entry,
            "pfs-2y",
            &[
                "PFS",
                "2 years",
                "5 (278)",
                "23.5% (9.1 to 46.0)",
                "3.0 to 65.4",
                "2 (87)",
                "40.2% (4.8 to 77.6)",
                "–^b",
                "−16.7 (−56 to 22)",
                "0.21",
            ],
        ),
        (Group, "", &["Local control"]),
        (
            Entry,
            "lc-2y",
            &[
                "LC",
                "2 years",
                "4 (202)",
                "88.9% (66.0 to 97.4)",
                "40.7 to 98.9",
                "2 (87)",
                "93.0% (74.1 to 98.4)",
                "–^b",
                "−4.1 (−28 to 14)",
                "<0.01",
            ],
        ),
    ];
    table(
        "comparison",
        "Retrospective against prospective series, pooled at each time",
        columns,
        lines,
        &[
            ("a", "One series on one side: shown, not compared."),
            ("b", "No prediction interval from fewer than three series."),
        ],
        &[
            "CI confidence interval, PI prediction interval. Difference: retrospective − prospective in percentage points (MOVER).",
        ],
    )
}

pub fn hostile() -> Table {
    let columns = vec![
        column("study", "Study | <b>name</b>", None, Align::Left),
        column("value", "Value_1 *x*", Some("A & B"), Align::Decimal),
        column("share", "% of `n`", Some("A & B"), Align::Right),
    ];
    let lines: &[Line] = &[
        (Group, "", &["<script>alert(1)</script> & *co*"]),
        (Entry, "a\"><script>", &["O'Neill | Smith \\ \\| & <script>alert('x')</script>", "100%^a", "$5 ~ 6^2"]),
        (Continuation, "a\"><script>", &["", "-- ... \"quoted\" 'single'", "_under_ __score__ `tick`"]),
        (
            Entry,
            "rtl",
            &["דוד et al. \u{202e}evil\u{202c}", "q\u{323}\u{307}\u{489}", "[link](javascript:alert(1)) ![i](x)"],
        ),
        (Entry, "line", &["two\nlines\tand tab", "# not a heading", "https://x.org/a_b_c www.x_y.org me@x_y.org"]),
        (Entry, "entity", &["&amp; &#65; &nbsp;", "{{ 7 * 7 }} {% raw %}", "[^1] [@cite] #tag ==mark=="]),
        (
            Remark,
            "entity",
            &["<img src=x onerror=alert(1)> **bold** [bad](javascript:alert(2)) ![pic](http://x.org/p.png)"],
        ),
        (Pooled, "p", &["*Pooled*", "≤ 5%", "–"]),
    ];
    table(
        "hostile",
        "A caption with <script>alert(0)</script> | pipes_and_stars* & 100% {#id}",
        columns,
        lines,
        &[("a", "A note with <b>markup</b>, a_b, $x$ and https://x.org/a_b.")],
        &["1. Not a list; # not a heading", "Table: not a caption", "- no item --- no dash"],
    )
}

/// The whole page.
pub fn page() -> Page {
    let section = |id: &str, title: &str, blocks: Vec<Block>| Section { id: id.into(), title: title.into(), blocks };
    let fact = |term: &str, text: &str| Fact { term: term.into(), text: text.into() };
    let table = |table: Table| {
        let files = ["md", "html", "csv"].map(|kind| FileLink {
            label: kind.to_uppercase(),
            path: format!("tables/{}.{kind}", table.id),
            note: String::new(),
        });
        Block::Table(TableBlock { table, files: files.into() })
    };
    Page {
        title: "Stereotactic body radiotherapy for oligometastatic breast cancer".into(),
        lang: "en".into(),
        question: vec![
            fact("Population", "Adults with oligometastatic breast cancer, or any primary with breast reported"),
            fact("Intervention", "Stereotactic body radiotherapy of every lesion"),
            fact("Outcomes", "Overall survival, progression-free survival, local control, toxicity"),
            fact("Evidence", "13 series: 6 retrospective, 7 prospective"),
        ],
        lead:
            "Two years after treatment, **24%** of patients in retrospective series and **40%** in prospective series \
               were alive without progression. The prospective answer rests on two series of 87 patients."
                .into(),
        sections: vec![
            section("summary", "Summary", vec![Block::KeyResults(key_results())]),
            section("tables", "The series", vec![table(retrospective()), table(prospective())]),
            section(
                "comparison",
                "Retrospective against prospective",
                vec![
                    Block::Prose(
                        "The difference is **retrospective minus prospective**; both sides share one τ².".into(),
                    ),
                    table(comparison()),
                ],
            ),
            section("figures", "Forest plots", vec![Block::Figure(figure())]),
            section(
                "left-out",
                "What was left out and why",
                vec![Block::Facts(vec![
                    fact(
                        "Milano et al. (2012), PFS at 2 years",
                        "52% is *freedom from widespread distant metastasis*, which is not progression-free survival.",
                    ),
                    fact(
                        "Milano et al. (2012), OS at 5 years",
                        "Its patients may be among those of Milano et al. (2019); the larger report is taken.",
                    ),
                ])],
            ),
            section(
                "methods",
                "Methods",
                vec![Block::Prose(
                "Survival proportions were pooled on the log(−log) scale with a random-effects model, τ² by restricted \
                 maximum likelihood and Hartung-Knapp intervals.\n\n### Precision\n\nWhere a paper prints an interval, \
                 its scale was found by symmetry; see [the rules](https://example.org)."
                    .into(),
            )],
            ),
            section("references", "References", vec![Block::References(references())]),
            section(
                "files",
                "Files",
                vec![Block::Files(vec![FileLink {
                    label: "manifest.json".into(),
                    path: "manifest.json".into(),
                    note: "every file with its SHA-256".into(),
                }])],
            ),
        ],
        colophon:
            "Made by forestable 0.1.0 from `studies/` and `review.yaml`. Run `forestable build` to make it again."
                .into(),
    }
}

fn key_results() -> Vec<KeyResult> {
    let value = |label: &str, value: &str, detail: &str| KeyValue {
        label: label.into(),
        value: value.into(),
        detail: detail.into(),
    };
    vec![
        KeyResult {
            label: "Overall survival at 2 years".into(),
            values: vec![
                value("Retrospective", "71%", "95% CI 57 to 82; 5 series, 278 patients"),
                value("Prospective", "81%", "95% CI 38 to 97; 3 series, 126 patients"),
            ],
            sentence: "The difference is −11 points (95% CI −32 to 33): the series do not tell the two apart.".into(),
            anchor: Some("table-comparison".into()),
        },
        KeyResult {
            label: "Progression-free survival at 2 years".into(),
            values: vec![
                value("Retrospective", "24%", "95% CI 9 to 46; 5 series, 278 patients"),
                value("Prospective", "40%", "95% CI 5 to 78; 2 series, 87 patients"),
            ],
            sentence: "The difference is −17 points (95% CI −56 to 22).".into(),
            anchor: Some("figure-pfs-2y-forest".into()),
        },
        KeyResult {
            label: "Local control at 2 years".into(),
            values: vec![
                value("Retrospective", "89%", "95% CI 66 to 97; 4 series, 202 patients"),
                value("Prospective", "93%", "95% CI 74 to 98; 2 series, 87 patients"),
            ],
            sentence: "Control is high in both; two series print 100% without an interval.".into(),
            anchor: None,
        },
    ]
}

/// Returns the looks of a figure whose pictures say which they are.
fn looks(own: &str) -> FigureLooks {
    let look = |name: &str, label: &str, own: bool| Look { name: name.to_owned(), label: label.to_owned(), own };
    let other = |layout: &str, scale: &str| OtherPicture {
        layout: layout.to_owned(),
        scale: scale.to_owned(),
        svg: own
            .replace("id=\"pfs-2y-forest\"", &format!("id=\"pfs-2y-forest:{layout}-{scale}\""))
            .replace("2-year progression-free", &format!("{layout}, {scale}: progression-free")),
    };
    FigureLooks {
        layouts: vec![look("plain", "Plain", true), look("jama", "JAMA", false)],
        scales: vec![look("plain", "Per cent", true), look("cloglog", "Complementary log-log", false)],
        others: vec![other("plain", "cloglog"), other("jama", "plain"), other("jama", "cloglog")],
    }
}

fn figure() -> FigureBlock {
    let rows = [
        ("Fumagalli 2012", 10.0, 4.0, 20.0),
        ("Bhattacharya 2015", 26.2, 16.0, 37.0),
        ("Lemoine 2021", 58.0, 41.0, 72.0),
    ];
    let marks: String = rows
        .iter()
        .enumerate()
        .map(|(at, (name, estimate, lower, upper))| {
            let (x, y) = (|value: f64| 220.0 + 4.0 * value, 40 + 32 * at);
            format!(
                "<g><text x=\"10\" y=\"{}\">{name}</text><path d=\"M{} {y}H{}\" stroke=\"#1a1d21\"/>\
                 <rect x=\"{}\" y=\"{}\" width=\"10\" height=\"10\"/></g>",
                y + 5,
                x(*lower),
                x(*upper),
                x(*estimate) - 5.0,
                y - 5
            )
        })
        .collect();
    let svg = format!(
        "<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 640 180\" width=\"640\" \
         height=\"180\" id=\"pfs-2y-forest\" font-family=\"Arial, sans-serif\" font-size=\"14\">{marks}<path d=\"M220 140H620\" \
         stroke=\"#1a1d21\"/><text x=\"420\" y=\"165\" text-anchor=\"middle\">2-year progression-free survival, %</text></svg>"
    );
    let file = |kind: &str| FileLink {
        label: kind.to_uppercase(),
        path: format!("figures/pfs-2y-forest.{kind}"),
        note: String::new(),
    };
    FigureBlock {
        id: "pfs-2y-forest".into(),
        caption: "Progression-free survival at 2 years, retrospective series".into(),
        alt: "Forest plot of three retrospective series; survival runs from 10% to 58%.".into(),
        looks: Some(looks(&svg)),
        svg,
        data: Some(self::table(
            "pfs-2y-data",
            "Progression-free survival at 2 years: the numbers drawn",
            vec![
                column("study", "Study", None, Align::Left),
                column("estimate", "Estimate (95% CI)", None, Align::Decimal),
            ],
            &[
                (Entry, "fumagalli-2012", &["Fumagalli et al. (2012)", "10% (4 to 20)@"]),
                (Entry, "bhattacharya-2015", &["Bhattacharya et al. (2015)", "26.2% (16 to 37)@"]),
                (Entry, "lemoine-2021", &["Lemoine et al. (2021)", "58% (41 to 72)@"]),
            ],
            &[],
            &[],
        )),
        files: vec![file("svg"), file("png")],
    }
}

fn references() -> Vec<Reference> {
    let reference = |id: &str, text: &str, doi: &str| Reference {
        id: id.into(),
        text: text.into(),
        doi: Some(doi.into()),
        pmid: None,
    };
    vec![
        reference(
            "milano-2012",
            "Milano MT, Katz AW, Zhang H, Okunieff P. Oligometastases treated with stereotactic body radiotherapy: long-term follow-up of prospective study. Int J Radiat Oncol Biol Phys 2012;83:878–86.",
            "10.1016/j.ijrobp.2011.08.036",
        ),
        reference(
            "fumagalli-2012",
            "Fumagalli I, Bibault JE, Dewas S, et al. A single-institution study of stereotactic body radiotherapy for patients with unresectable visceral pulmonary or hepatic oligometastases. Radiat Oncol 2012;7:164.",
            "10.1186/1748-717X-7-164",
        ),
        reference(
            "trovo-2018",
            "Trovo M, Furlan C, Polesel J, et al. Radical radiation therapy for oligometastatic breast cancer: results of a prospective phase II trial. Radiother Oncol 2018;126:177–80.",
            "10.1016/j.radonc.2017.08.032",
        ),
    ]
}

fn series_columns() -> Vec<Column> {
    vec![
        column("author", "Author", None, Align::Left),
        column("primary", "Primary", None, Align::Left),
        column("definition", "Definition", None, Align::Left),
        column("n", "Patients", None, Align::Right),
        column("at", "Time", None, Align::Left),
        column("os", "OS (95% CI)", None, Align::Decimal),
        column("pfs", "PFS (95% CI)", None, Align::Decimal),
        column("lc", "LC (95% CI)", None, Align::Decimal),
    ]
}

pub fn column(id: &str, header: &str, spanner: Option<&str>, align: Align) -> Column {
    Column { id: id.into(), header: header.into(), spanner: spanner.map(Into::into), align }
}

fn table(
    id: &str,
    caption: &str,
    columns: Vec<Column>,
    lines: &[Line],
    footnotes: &[(&str, &str)],
    notes: &[&str],
) -> Table {
    let row = |(at, (kind, key, cells)): (usize, &Line)| Row {
        kind: *kind,
        key: (!key.is_empty()).then(|| (*key).to_owned()),
        cells: cells.iter().map(|text| cell(text, key, at)).collect(),
    };
    Table {
        id: id.into(),
        caption: caption.into(),
        columns,
        rows: lines.iter().enumerate().map(row).collect(),
        footnotes: footnotes
            .iter()
            .map(|(mark, text)| Footnote { mark: (*mark).into(), text: (*text).into() })
            .collect(),
        notes: notes.iter().map(|note| (*note).to_owned()).collect(),
    }
}

/// Reads `text@^ab`.
fn cell(text: &str, key: &str, at: usize) -> Cell {
    let (text, marks) = match text.rsplit_once('^') {
        Some((text, marks)) if marks.chars().all(|mark| mark.is_ascii_lowercase()) => (text, marks),
        _ => (text, ""),
    };
    let (text, citation) = match text.strip_suffix('@') {
        Some(text) => (text, Some(Box::new(citation(text, key, at)))),
        None => (text, None),
    };
    Cell { text: text.into(), marks: marks.chars().map(String::from).collect(), citation }
}

fn citation(text: &str, key: &str, at: usize) -> Citation {
    let value = text.split(' ').next().unwrap_or_default();
    Citation {
        path: format!("studies/{key}.yaml: cohorts.all.results[{at}]"),
        source: Some("abstract".into()),
        url: Some("https://doi.org/10.1186/1748-717X-7-164".into()),
        quote: Some(format!("… survival rates at that time were {value} …")),
        page: Some("1".into()),
        precision: text.contains('(').then(|| "A ● published interval (log-log)".into()),
    }
}
