//! Whatever the bytes of a manuscript: woven or findings, its bound numbers checked and proposed; never a panic.

#![no_main]

mod base;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use forestable::render::templates::Templates;
use forestable::render::weave::{Dialect, Manuscript, Settings, Surroundings, has_tags, weave};
use forestable::report::Report;
use forestable::report::manuscript::{CitationStyle, Citing, Library, guard, propose};
use libfuzzer_sys::fuzz_target;

static MATERIAL: LazyLock<(Report, Library)> = LazyLock::new(base::material);
static TEMPLATES: LazyLock<Templates> =
    LazyLock::new(|| Templates::new(&BTreeMap::new()).expect("our own templates are sound"));

fuzz_target!(|bytes: &[u8]| {
    // The first byte says what it is written in.
    let Some((first, text)) = bytes.split_first() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let (dialect, file) = match first % 4 {
        0 | 1 => (Dialect::Markdown, "paper.md"),
        2 => (Dialect::Quarto, "paper.qmd"),
        _ => (Dialect::Latex, "paper.tex"),
    };
    let (report, library) = &*MATERIAL;
    let bound = guard::comments(text);
    let _ = guard::check(file, text, &bound, &library.facts);
    for proposal in propose(text, &bound, &library.facts) {
        assert!(text.get(proposal.span.clone()).is_some(), "{:?} is no part of the text", proposal.span);
    }
    let _ = has_tags(text, dialect);
    let (settings, _) = Settings::read(file, text);
    let parts = BTreeMap::new();
    let manuscript = Manuscript { file, dialect, text, parts: &parts, settings: &settings };
    let Ok(woven) = weave(manuscript, Citing::Style(CitationStyle::default()), report, library) else { return };
    let (svgs, pngs) = (BTreeMap::new(), BTreeMap::new());
    let around = Surroundings { folder: "figures", svgs: &svgs, pngs: &pngs, resolution: 300, word_styles: None };
    let _ = woven.text(&TEMPLATES, around);
    if dialect == Dialect::Markdown {
        let _ = (woven.html(&TEMPLATES, around), woven.latex(&TEMPLATES, around), woven.word(&TEMPLATES, around));
    }
});
