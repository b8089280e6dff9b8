//! A review's own templates: they override by name, and a fault in one is shown where it stands.

use std::collections::BTreeMap;

use forestable::diag::{Code, Spot};
use forestable::render::html;
use forestable::render::templates::{BUILT_IN, RenderError, Templates};

use crate::fixture;

fn own(name: &str, text: &str) -> BTreeMap<String, String> {
    BTreeMap::from([(name.to_owned(), text.to_owned())])
}

fn fault(text: &str) -> RenderError {
    Templates::new(&own("table.html", text))
        .and_then(|templates| html::table(&templates, &fixture::comparison()))
        .expect_err("the template has a fault")
}

#[test]
fn an_own_template_takes_the_place_of_the_built_in_one() {
    let templates = Templates::new(&own("table.html", "<p>{{ table.caption }}</p>")).expect("parses");
    let fragment = html::table(&templates, &fixture::hostile()).expect("renders");
    assert!(fragment.starts_with("<p>A caption with &lt;script&gt;"), "{fragment}");
    let page = html::page(&templates, &fixture::page()).expect("renders");
    assert!(
        page.contains("<p>Retrospective against prospective series, pooled at each time</p>"),
        "the page uses it too"
    );
}

#[test]
fn a_fault_is_shown_with_template_line_and_column() {
    for (text, line, column, message) in [
        ("<p>\n  {{ table.captain }}</p>", 2, 12, "captain"),
        ("<p>\n{% for x in table.rows %}</p>", 2, 30, "input"),
        ("a\nb {{ table.caption | shout }}", 2, 22, "shout"),
        ("{% include \"../../secret.html\" %}", 1, 12, "secret"),
        ("{% include \"/etc/passwd\" %}", 1, 12, "passwd"),
        ("{{ now() }}", 1, 4, "now"),
        ("{% for i in range(end=100000) %}{% endfor %}", 1, 13, "range"),
    ] {
        let error = fault(text);
        assert_eq!(error.template, "table.html", "{error}");
        assert!(error.message.contains(message), "{error}");
        let position = error.position.clone().unwrap_or_else(|| panic!("a place in {text}: {error}"));
        assert_eq!((position.line, position.column), (line, column), "{error}");
        let shown = error.to_string();
        assert!(shown.starts_with(&format!("templates/table.html:{line}:{column}: ")), "{shown}");
    }
}

#[test]
fn a_fault_becomes_a_finding_that_points_at_the_words() {
    let text = "<p>{{ table.captain }}</p>";
    let finding = fault(text).diagnostic(Code("E000"));
    assert_eq!(finding.primary.place.file, "templates/table.html");
    let Spot::Bytes(bytes) = finding.primary.place.spot else { panic!("bytes are known") };
    assert!(text[bytes].contains("captain"));
}

#[test]
fn a_template_that_never_ends_is_stopped() {
    let text = "{% for a in table.columns %}{% for b in table.columns %}{% for c in table.columns %}{% for d in table.columns %}\
                {% for e in table.columns %}{% for f in table.columns %}{% for g in table.columns %}{% for h in table.columns %}\
                {{ table.caption }}{{ table.caption }}\
                {% endfor %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}";
    let error = fault(text);
    assert!(error.message.contains("writes more than"), "{error}");
}

#[test]
fn a_template_that_takes_itself_in_is_named() {
    let error = fault("{% include \"table.html\" %}");
    assert_eq!(error.to_string(), "templates/table.html: the template takes itself in, and would never end");
}

#[test]
fn a_name_of_another_kind_is_refused() {
    let error = Templates::new(&own("table.docx", "")).expect_err("no such kind");
    assert_eq!(error.to_string(), "templates/table.docx: a template's name ends in .html, .css, .md, .tex or .xml");
}

/// What `template eject` writes can be used as it is.
#[test]
fn the_built_in_templates_are_valid_as_own_ones() {
    let ejected = BUILT_IN.iter().map(|template| (template.name.to_owned(), template.text.to_owned())).collect();
    let (own, built_in) = (Templates::new(&ejected), Templates::new(&BTreeMap::new()));
    let (own, built_in) = (own.expect("parses"), built_in.expect("parses"));
    let page = fixture::page();
    assert_eq!(html::page(&own, &page).expect("renders"), html::page(&built_in, &page).expect("renders"));
}
