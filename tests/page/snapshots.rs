//! The bytes of one table through every renderer.

use std::collections::BTreeMap;

use forestable::render::templates::Templates;
use forestable::render::{csv, html, markdown};

use crate::fixture;

fn templates() -> Templates {
    Templates::new(&BTreeMap::new()).expect("the built-in templates parse")
}

#[test]
fn one_table_through_every_renderer() {
    let (templates, table) = (templates(), fixture::comparison());
    insta::assert_snapshot!("table_md", markdown::table(&templates, &table).expect("renders"));
    insta::assert_snapshot!("table_html", html::table(&templates, &table).expect("renders"));
    insta::assert_snapshot!("table_csv", csv::table(&table));
}

#[test]
fn the_report_in_markdown() {
    insta::assert_snapshot!("page_md", markdown::page(&templates(), &fixture::page()).expect("renders"));
}

#[test]
fn the_page_is_the_same_twice() {
    let page = fixture::page();
    assert_eq!(html::page(&templates(), &page).expect("renders"), html::page(&templates(), &page).expect("renders"));
}

/// Leaves the page where a person can look at it: `target/tmp/page/index.html`.
#[test]
fn the_page_asks_for_nothing_from_the_network() {
    let page = html::page(&templates(), &fixture::page()).expect("renders");
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("page");
    std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(folder.join("index.html"), &page)).expect("writes");
    assert_eq!(page.matches("<script").count(), 1, "its own script, which its policy names by the hash, and no other");
    for asked in ["src=", "@import", "url(", "<iframe", "<link rel=\"stylesheet\""] {
        assert!(!page.contains(asked), "the page holds {asked}");
    }
}
