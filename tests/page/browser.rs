//! The page in a real browser: nothing overflows, nothing is logged, and axe finds no fault.
//!
//! `chromium` is looked for on the path; `FORESTABLE_AXE` names `axe.min.js` (`npm pack axe-core`).

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use forestable::render::html;
use forestable::render::templates::Templates;

use crate::{fixture, tools};

const WIDTHS: [u32; 3] = [360, 768, 1440];

fn page() -> String {
    let templates = Templates::new(&BTreeMap::new()).expect("the built-in templates parse");
    html::page(&templates, &fixture::page()).expect("renders")
}

/// Opens a page and returns what the document is in the end and what the console said.
fn open(chromium: &Path, html: &str, options: &[&str]) -> (String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("page.html");
    std::fs::write(&file, html).expect("writes");
    let output = Command::new(chromium)
        .args([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--enable-logging=stderr",
            "--virtual-time-budget=20000",
        ])
        .args(options)
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg("--dump-dom")
        .arg(format!("file://{}", file.display()))
        .output()
        .expect("the browser starts");
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

/// Returns the page with a script that fills `<pre id="result">`; its own policy would not let one run.
fn instrumented(script: &str) -> String {
    let page = page();
    let policy = page.find("<meta http-equiv=\"Content-Security-Policy\"").expect("a policy");
    let end = policy + page[policy..].find("/>").expect("its end") + 2;
    let page = format!("{}{}", &page[..policy], &page[end..]);
    page.replace("</body>", &format!("<script>{script}</script></body>"))
}

fn result(document: &str) -> &str {
    const MARK: &str = "RESULT[";
    let start = document.rfind(MARK).expect("a result") + MARK.len();
    let end = start + document[start..].find("]TLUSER").expect("its end");
    &document[start..end]
}

#[test]
fn the_console_stays_silent() {
    let Some(chromium) = tools::find("chromium") else { return };
    let (document, log) = open(&chromium, &page(), &[]);
    assert!(document.contains("</main>"), "the page was not opened: {log}");
    let said: Vec<&str> = log.lines().filter(|line| line.contains("CONSOLE")).collect();
    assert!(said.is_empty(), "{said:#?}");
}

/// A headless window is never narrower than 500 pixels, so the page is measured inside frames.
#[test]
fn nothing_overflows_at_any_width() {
    let Some(chromium) = tools::find("chromium") else { return };
    let page = serde_json::to_string(&page()).expect("JSON").replace("</", "<\\/");
    let frames = format!(
        "<!DOCTYPE html><title>t</title><script>const page = {page};\
         Promise.all({WIDTHS:?}.map(width => new Promise(done => {{\
           const frame = document.createElement('iframe');\
           frame.style.cssText = `width:${{width}}px;height:900px;border:0`;\
           frame.onload = () => {{ const inside = frame.contentDocument, root = inside.documentElement;\
             done([width, root.clientWidth, root.scrollWidth, inside.querySelectorAll('table').length]) }};\
           frame.srcdoc = page; document.body.append(frame) }})))\
         .then(found => document.title = 'RESULT' + JSON.stringify(found) + 'TLUSER')</script>"
    );
    let (document, log) = open(&chromium, &frames.replace("<script>", "<body><script>"), &["--window-size=1500,1000"]);
    let found: Vec<[u32; 4]> =
        serde_json::from_str(&format!("[{}]", result(&document))).unwrap_or_else(|error| panic!("{error}: {log}"));
    for ([width, client, scroll, tables], expected) in found.into_iter().zip(WIDTHS) {
        assert_eq!(width, expected);
        assert!(client <= width && tables >= 3, "the page is laid out at {width}");
        assert!(scroll <= client, "at {width} pixels the page is {scroll} wide");
    }
}

/// A figure's button opens its citation, from the keyboard's point of view as well.
#[test]
fn a_figure_opens_where_it_was_read() {
    let Some(chromium) = tools::find("chromium") else { return };
    let script = "const button = document.querySelector('td button'); button.focus(); button.click();\
                  const open = document.querySelectorAll(':popover-open');\
                  document.title = 'RESULT' + JSON.stringify([document.activeElement === button, open.length,\
                    open[0].id === button.getAttribute('popovertarget'), open[0].innerText]) + 'TLUSER'";
    let (document, _) = open(&chromium, &instrumented(script), &[]);
    let found: (bool, u32, bool, String) = serde_json::from_str(&format!("[{}]", result(&document))).expect("JSON");
    assert!(found.0 && found.1 == 1 && found.2, "{found:?}");
    assert!(found.3.contains("studies/fumagalli-2012.yaml: cohorts.all.results[0]"), "{found:?}");
}

#[test]
fn axe_finds_no_fault_in_light_and_dark() {
    let Some(chromium) = tools::find("chromium") else { return };
    let Some(axe) = tools::find_by_variable("FORESTABLE_AXE") else { return };
    let axe = std::fs::read_to_string(axe).expect("axe is read").replace("</script", "<\\/script");
    let script = format!(
        "{axe}\ndocument.querySelectorAll('details').forEach(part => part.open = true);\
         axe.run(document, {{ resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }})\
         .then(found => document.title = 'RESULT' + JSON.stringify([found.passes.length, ...found.violations.map(fault =>\
           fault.id + ': ' + fault.nodes.slice(0, 3).map(node => node.html + ' ' + node.failureSummary).join(' | '))]) + 'TLUSER')"
    );
    for (scheme, size) in [("0", "1440,900"), ("1", "1440,900"), ("1", "500,900")] {
        let options = [format!("--blink-settings=preferredColorScheme={scheme}"), format!("--window-size={size}")];
        let (document, log) = open(&chromium, &instrumented(&script), &[&options[0], &options[1]]);
        let found: Vec<serde_json::Value> = serde_json::from_str(&format!(
            "[{}]",
            result(&document).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        ))
        .unwrap_or_else(|error| panic!("{error}: {log}"));
        assert!(found[0].as_u64() > Some(20), "axe ran: {found:?}");
        assert_eq!(found.len(), 1, "scheme {scheme}, {size}: {:#?}", &found[1..]);
    }
}
