//! The page in a real browser: nothing overflows, nothing is logged, and axe finds no fault.
//!
//! `chromium` is looked for on the path; `FORESTABLE_AXE` names `axe.min.js` (`npm pack axe-core`).

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use forestable::render::html;
use forestable::render::templates::Templates;
use sha2::{Digest as _, Sha256};

use crate::{fixture, real, tools};

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

/// What a page puts off is done at once, as before it is printed.
const ALL_DONE: &str = "dispatchEvent(new Event('beforeprint'));";

/// Returns a page, all done, with a script that leaves its result in the title.
fn instrumented(page: &str, script: &str) -> String {
    watched(page, &format!("{ALL_DONE}{script}"))
}

/// Returns a page with a script that leaves its result in the title; the page's policy stands, and names this script too.
fn watched(page: &str, script: &str) -> String {
    let hash = BASE64_STANDARD.encode(Sha256::digest(script));
    let page = page.replacen("script-src ", &format!("script-src 'sha256-{hash}' "), 1);
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
    for page in [page().as_str(), real::page()] {
        let (document, log) = open(&chromium, page, &[]);
        assert!(document.contains("</main>"), "the page was not opened: {log}");
        let said: Vec<&str> = log.lines().filter(|line| line.contains("CONSOLE")).collect();
        assert!(said.is_empty(), "{said:#?}");
    }
}

/// A headless window is never narrower than 500 pixels, so the page is measured inside frames.
#[test]
fn nothing_overflows_at_any_width() {
    let Some(chromium) = tools::find("chromium") else { return };
    for (page, least) in [(page().as_str(), 3), (real::page(), 20)] {
        fits(&chromium, page, least);
    }
}

/// Asserts that a page of so many tables at least is nowhere wider than its window.
fn fits(chromium: &Path, page: &str, least: u32) {
    let page = serde_json::to_string(page).expect("JSON").replace("</", "<\\/");
    let frames = format!(
        "<!DOCTYPE html><title>t</title><script>const page = {page};\
         Promise.all({WIDTHS:?}.map(width => new Promise(done => {{\
           const frame = document.createElement('iframe');\
           frame.style.cssText = `width:${{width}}px;height:900px;border:0`;\
           frame.onload = () => {{ frame.contentWindow.dispatchEvent(new Event('beforeprint')); const inside = frame.contentDocument, root = inside.documentElement;\
             inside.querySelectorAll('main > section').forEach(part => part.style.contentVisibility = 'visible');\
             done([width, root.clientWidth, root.scrollWidth, inside.querySelectorAll('table').length]) }};\
           frame.srcdoc = page; document.body.append(frame) }})))\
         .then(found => document.title = 'RESULT' + JSON.stringify(found) + 'TLUSER')</script>"
    );
    let (document, log) = open(chromium, &frames.replace("<script>", "<body><script>"), &["--window-size=1500,1000"]);
    let found: Vec<[u32; 4]> =
        serde_json::from_str(&format!("[{}]", result(&document))).unwrap_or_else(|error| panic!("{error}: {log}"));
    for ([width, client, scroll, tables], expected) in found.into_iter().zip(WIDTHS) {
        assert_eq!(width, expected);
        assert!(client <= width && tables >= least, "the page is laid out at {width}");
        assert!(scroll <= client, "at {width} pixels the page is {scroll} wide");
    }
}

/// A page puts its pictures and what its tables can do off, does it without being asked, and loses nothing on the way.
#[test]
fn what_is_put_off_is_done_without_being_asked() {
    let Some(chromium) = tools::find("chromium") else { return };
    let script = "const count = () => ['svg', '.paper', '.waiting', '.pick', '.sort'].map(what => document.querySelectorAll(what).length);\
        const first = count();\
        setTimeout(() => document.title = 'RESULT' + JSON.stringify([first, count()]) + 'TLUSER', 10000)";
    let (document, log) = open(&chromium, &watched(real::page(), script), &[]);
    let found: [[usize; 5]; 2] =
        serde_json::from_str(&format!("[{}]", result(&document))).unwrap_or_else(|error| panic!("{error}: {log}"));
    let [[_, papers, ..], _] = found;
    assert!(papers > 40, "{found:?}");
    assert_eq!(found[0], [0, papers, papers, 0, 0], "at first");
    let [svgs, _, waiting, picks, sorts] = found[1];
    assert!(svgs == papers && waiting == 0 && picks > 100 && sorts > 100, "{found:?}");
}

/// Where scripts may not run, every picture is there from the start, in the size that its place is kept in where they may.
#[test]
fn pictures_need_no_script() {
    let Some(chromium) = tools::find("chromium") else { return };
    let page = serde_json::to_string(real::page()).expect("JSON").replace("</", "<\\/");
    let frames = format!(
        "<!DOCTYPE html><title>t</title><body><script>const page = {page};\
         Promise.all(['allow-same-origin', 'allow-same-origin allow-scripts'].map(rights => new Promise(done => {{\
           const frame = document.createElement('iframe');\
           frame.sandbox = rights; frame.style.cssText = 'width:1000px;height:900px;border:0';\
           frame.onload = () => {{ const inside = frame.contentDocument;\
             inside.querySelectorAll('main > section').forEach(part => part.style.contentVisibility = 'visible');\
             const sizes = [...inside.querySelectorAll('.paper')].map(one => one.getBoundingClientRect());\
             done([inside.querySelectorAll('.paper svg').length, sizes.map(one => [one.width, one.height])]) }};\
           frame.srcdoc = page; document.body.append(frame) }})))\
         .then(found => document.title = 'RESULT' + JSON.stringify(found) + 'TLUSER')</script>"
    );
    let (document, log) = open(&chromium, &frames, &["--window-size=1500,1000"]);
    let found: [(usize, Vec<(f64, f64)>); 2] =
        serde_json::from_str(&format!("[{}]", result(&document))).unwrap_or_else(|error| panic!("{error}: {log}"));
    let [(drawn, without), (put_off, with)] = found;
    assert!(drawn > 40 && drawn == without.len() && put_off == 0, "{drawn} drawn, {put_off} too early");
    for (without, with) in without.into_iter().zip(with) {
        let near = |a: f64, b: f64| (a - b).abs() <= 1.0;
        assert!(near(without.0, with.0) && near(without.1, with.1), "{without:?}, kept {with:?}");
    }
}

/// Whoever prints a page at once has its pictures on paper.
#[test]
fn pictures_are_printed() {
    let (Some(chromium), Some(reader)) = (tools::find("chromium"), tools::find("pdftotext")) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let (file, paper) = (folder.path().join("page.html"), folder.path().join("page.pdf"));
    std::fs::write(&file, page()).expect("writes");
    let output = Command::new(&chromium)
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(format!("--print-to-pdf={}", paper.display()))
        .arg(format!("file://{}", file.display()))
        .output()
        .expect("the browser starts");
    assert!(paper.is_file(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = tools::run(&reader, &["-layout", paper.to_str().expect("a path"), "-"], "");
    assert!(printed.contains("2-year progression-free survival, %"), "{printed}");
}

/// A figure's button opens its citation, from the keyboard's point of view as well.
#[test]
fn a_figure_opens_where_it_was_read() {
    let Some(chromium) = tools::find("chromium") else { return };
    let script = "const button = document.querySelector('td button'); button.focus(); button.click();\
                  const open = document.querySelectorAll(':popover-open');\
                  document.title = 'RESULT' + JSON.stringify([document.activeElement === button, open.length,\
                    open[0].id === button.getAttribute('popovertarget'), open[0].innerText]) + 'TLUSER'";
    let (document, _) = open(&chromium, &instrumented(&page(), script), &[]);
    let found: (bool, u32, bool, String) = serde_json::from_str(&format!("[{}]", result(&document))).expect("JSON");
    assert!(found.0 && found.1 == 1 && found.2, "{found:?}");
    assert!(found.3.contains("studies/fumagalli-2012.yaml: cohorts.all.results[0]"), "{found:?}");
}

/// A look that is chosen takes the place of the figure's own on the screen and not on paper, and goes when the own is chosen again.
#[test]
fn a_figure_is_shown_in_another_layout_and_on_another_scale() {
    let Some(chromium) = tools::find("chromium") else { return };
    let script = "(async () => {\
        const looks = document.querySelector('.looks'), paper = looks.parentElement.querySelector('.paper');\
        const [layout, scale] = looks.querySelectorAll('select');\
        const shown = () => [...paper.children].filter(one => getComputedStyle(one).display !== 'none')\
          .map(one => one.id + '; ' + one.lastElementChild.textContent);\
        const seen = [[looks.hidden, shown()]];\
        for (const [select, value] of [[layout, 'jama'], [scale, 'cloglog'], [layout, 'plain'], [scale, 'plain']]) {\
          select.focus(); select.value = value; select.dispatchEvent(new Event('change', { bubbles: true }));\
          await new Promise(done => setTimeout(done, 500));\
          seen.push([document.activeElement !== select, shown()]) }\
        document.title = 'RESULT' + JSON.stringify(seen) + 'TLUSER' })()";
    let (document, log) = open(&chromium, &instrumented(&page(), script), &[]);
    let found: Vec<(bool, Vec<String>)> =
        serde_json::from_str(&format!("[{}]", result(&document))).unwrap_or_else(|error| panic!("{error}: {log}"));
    let own = "pfs-2y-forest; 2-year progression-free survival, %".to_owned();
    let other = |look: &str, words: &str| format!("pfs-2y-forest:{look}; {words}: progression-free survival, %");
    let expected = [
        own.clone(),
        other("jama-plain", "jama, plain"),
        other("jama-cloglog", "jama, cloglog"),
        other("plain-cloglog", "plain, cloglog"),
        own,
    ];
    assert_eq!(found, expected.map(|shown| (false, vec![shown])));
}

/// What is pressed, chosen or typed into can be reached by the Tab key, in the order in which it stands.
#[test]
fn every_control_is_reached_by_the_keyboard() {
    let Some(chromium) = tools::find("chromium") else { return };
    let script = "const controls = [...document.querySelectorAll('a[href], button, select, input, summary, [tabindex]')];\
        const hidden = one => one.closest('[popover], [hidden], template') || one.tabIndex === -1 && one.id === 'content';\
        const lost = controls.filter(one => !hidden(one)).filter(one => { one.focus({ preventScroll: true });\
          return document.activeElement !== one || one.tabIndex !== 0 });\
        document.title = 'RESULT' + JSON.stringify([controls.length, document.querySelectorAll('td button').length,\
          document.querySelectorAll('.looks:not([hidden]) select').length, document.querySelectorAll('.pick').length,\
          document.querySelectorAll('.sort').length, ...lost.map(one => one.outerHTML)]) + 'TLUSER'";
    let (document, log) = open(&chromium, &instrumented(real::page(), script), &[]);
    let found: Vec<serde_json::Value> =
        serde_json::from_str(&format!("[{}]", result(&document))).unwrap_or_else(|error| panic!("{error}: {log}"));
    let counts: Vec<u64> = found.iter().map_while(serde_json::Value::as_u64).collect();
    let [all, cited, looks, picks, sorts] = counts[..] else { panic!("{found:?}") };
    assert!(all > 1_000 && cited > 200 && looks > 40 && picks > 100 && sorts > 100, "{counts:?}");
    assert_eq!(found.len(), 5, "not reached: {:#?}", &found[5..]);
}

/// A series that is picked is marked in every table, and in every figure the others step back, in a look chosen later as well.
#[test]
fn a_picked_series_is_marked_everywhere() {
    let Some(chromium) = tools::find("chromium") else { return };
    let script = "(async () => {\
        const name = document.querySelector('#table-retrospective tr[data-key=lemoine-2021] .pick'); name.click();\
        const tables = new Set([...document.querySelectorAll('tr.picked')].map(row => row.closest('.evidence').id));\
        const faded = drawing => [...drawing.querySelectorAll('g.study')].filter(row => !row.classList.contains('faded')).map(row => row.id);\
        const figures = [...document.querySelectorAll('.paper > svg')].filter(drawing => drawing.querySelector('.faded'));\
        const figure = document.querySelector('#figure-pfs-2y-forest'), select = figure.querySelector('select');\
        select.value = 'bmj'; select.dispatchEvent(new Event('change')); await new Promise(done => setTimeout(done, 1000));\
        document.title = 'RESULT' + JSON.stringify([tables.size, figures.length, figures.flatMap(faded).filter(id => !id.includes('lemoine-2021')),\
          faded(figure.querySelector('.other'))]) + 'TLUSER' })()";
    let (document, log) = open(&chromium, &instrumented(real::page(), script), &[]);
    let found: (usize, usize, Vec<String>, Vec<String>) =
        serde_json::from_str(&format!("[{}]", result(&document))).unwrap_or_else(|error| panic!("{error}: {log}"));
    assert!(found.0 > 5 && found.1 > 10 && found.2.is_empty(), "{found:?}");
    assert_eq!(found.3, ["pfs-2y-forest-bmj-plain-lemoine-2021"]);
}

/// What is inside a picture is left out: to whoever reads with a program, it is one thing with one name.
#[test]
fn axe_finds_no_fault_in_light_and_dark() {
    let Some(chromium) = tools::find("chromium") else { return };
    let Some(axe) = tools::find_by_variable("FORESTABLE_AXE") else { return };
    let axe = std::fs::read_to_string(axe).expect("axe is read").replace("</script", "<\\/script");
    let script = format!(
        "{axe}\ndocument.querySelectorAll('details').forEach(part => part.open = true);\
         document.querySelectorAll('main > section').forEach(part => part.style.contentVisibility = 'visible');\
         document.querySelectorAll('.paper svg').forEach(inside => inside.replaceChildren());\
         axe.run(document, {{ resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }})\
         .then(found => document.title = 'RESULT' + JSON.stringify([found.passes.length, ...found.violations.map(fault =>\
           fault.id + ': ' + fault.nodes.slice(0, 3).map(node => node.html + ' ' + node.failureSummary).join(' | '))]) + 'TLUSER')"
    );
    let made_up = page();
    for (page, scheme, size) in [
        (made_up.as_str(), "0", "1440,900"),
        (made_up.as_str(), "1", "1440,900"),
        (made_up.as_str(), "1", "500,900"),
        (real::page(), "0", "1440,900"),
    ] {
        let options = [format!("--blink-settings=preferredColorScheme={scheme}"), format!("--window-size={size}")];
        let (document, log) = open(&chromium, &instrumented(page, &script), &[&options[0], &options[1]]);
        let found: Vec<serde_json::Value> = serde_json::from_str(&format!(
            "[{}]",
            result(&document).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        ))
        .unwrap_or_else(|error| panic!("{error}: {log}"));
        assert!(found[0].as_u64() > Some(20), "axe ran: {found:?}");
        assert_eq!(found.len(), 1, "scheme {scheme}, {size}: {:#?}", &found[1..]);
    }
}
