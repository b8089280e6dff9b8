//! What `weave`, `check --manuscript`, `bind` and `build` share: a review as manuscripts see it.

use std::collections::BTreeMap;
use std::path::Path;

use forestable::diag::{Diagnostic, Place, Spot, codes, counted};
use forestable::evidence::Reference;
use forestable::render::figure::Drawing;
use forestable::render::references::csl_item;
use forestable::render::templates::{RenderError, Templates};
use forestable::render::weave::{Citations, Dialect, Manuscript, Settings, Surroundings, Woven, weave};
use forestable::render::{Artifact, Pictures};
use forestable::report::manuscript::guard::{self, Bound};
use forestable::report::manuscript::{Bindings, CitationStyle, Citing, Formatted, FormattedEntry, Library, Run};
use forestable::report::{self, Report};
use forestable::review::{self, Findings};
use forestable::source::{self, CiteprocError, Draft, StyledWords, WordFile};

use super::Failure;
use super::review::Review;

/// The review's own manuscript, among its templates: every build weaves it.
pub const OWN: &str = "manuscript.md";

/// Dots per inch of the pictures that a journal is sent.
const RESOLUTION: u16 = 600;

/// Everything that a manuscript can show.
pub struct Material {
    /// The tables and figures.
    pub report: Report,
    /// The facts and what can be cited.
    pub library: Library,
}

impl Material {
    /// Runs the review; `None` with findings that stop it.
    pub fn of(review: &mut Review, args: &super::args::Args) -> Option<Self> {
        if review.status(args) != super::Status::Clean {
            return None;
        }
        let findings = review::run(&review.evidence, &review.plan);
        review.add(review::faults(&review.plan, &findings));
        if review.status(args) != super::Status::Clean {
            return None;
        }
        Some(Self::with(review, &findings, true))
    }

    /// Returns what the findings of a review give; facts and works only where the review has a manuscript of its own, since they are many.
    pub fn new(review: &Review, findings: &Findings) -> Self {
        Self::with(review, findings, review.manuscript.is_some())
    }

    fn with(review: &Review, findings: &Findings, citable: bool) -> Self {
        let (evidence, plan) = (&review.evidence, &review.plan);
        let library = || citable.then(|| Library::new(evidence, plan, findings));
        let (report, library) = rayon::join(|| report::assemble(evidence, plan, findings), library);
        Self { report, library: library.unwrap_or_default() }
    }

    /// Weaves a manuscript; the bibliography that it names is read from the folder of `path`.
    pub fn weave(
        &mut self,
        file: &str,
        path: &Path,
        dialect: Dialect,
        draft: &Draft,
        settings: &Settings,
    ) -> Result<Woven, Vec<Diagnostic>> {
        if let Some((name, place)) = &settings.bibliography {
            let bibliography = path.with_file_name(name);
            let works = bibliography_of(&bibliography).map_err(|why| {
                let finding = Diagnostic::new(codes::MISSING_PART, place.clone(), "the bibliography cannot be read");
                vec![
                    finding.found(why).expected("a file beside the manuscript: BibTeX, RIS, CSL-JSON or PubMed's nbib"),
                ]
            })?;
            // A study keeps its id, whatever the bibliography calls it.
            for (id, work) in works {
                self.library.works.entry(id).or_insert(work);
            }
        }
        let manuscript = Manuscript { file, dialect, text: &draft.text, parts: &draft.parts, settings };
        let weave_as = |citing| weave(manuscript, citing, &self.report, &self.library);
        match &settings.citations {
            (Citations::Style(style), _) => weave_as(Citing::Style(*style)),
            // Quarto and LaTeX format citations themselves.
            (Citations::Csl(_), _) if dialect != Dialect::Markdown => weave_as(Citing::Style(CitationStyle::default())),
            (Citations::Csl(name), place) => {
                // What is cited where is known only when it is woven.
                let woven = weave_as(Citing::Style(CitationStyle::default()))?;
                let formatted = self.formatted(&path.with_file_name(name), &woven).map_err(|error| {
                    let message = format!("`{name}` cannot format the citations");
                    let finding = Diagnostic::new(codes::MISSING_PART, place.clone(), message).found(error.to_string());
                    vec![
                        finding
                            .expected("a CSL style, and pandoc to read it; or one of vancouver, frontiers, ama, apa"),
                    ]
                })?;
                weave_as(Citing::Formatted(&formatted))
            }
        }
    }

    /// Returns the citations as a CSL style has them.
    fn formatted(&self, csl: &Path, woven: &Woven) -> Result<Formatted, CiteprocError> {
        let ids: Vec<&String> = woven.works.iter().filter(|id| self.library.works.contains_key(*id)).collect();
        let works: Vec<_> = ids
            .iter()
            .map(|id| {
                let work = &self.library.works[*id];
                let mut item = csl_item(id, work);
                if let (true, Some(authors)) = (work.and_others, item["author"].as_array_mut()) {
                    authors.push(serde_json::json!({"literal": source::AND_OTHERS}));
                }
                item
            })
            .collect();
        let at = |id: &String| ids.iter().position(|known| *known == id);
        let places: Vec<Vec<usize>> = woven.cited.iter().map(|place| place.iter().filter_map(at).collect()).collect();
        let styled = source::format_citations(csl, &works, &places)?;
        let entries = styled.entries.into_iter().filter_map(|(at, label, words)| {
            Some(FormattedEntry { id: (*ids.get(at)?).clone(), label, runs: runs(words) })
        });
        Ok(Formatted {
            entries: entries.collect(),
            marks: styled.marks.into_iter().map(runs).collect(),
            names_authors: styled.names_authors,
        })
    }

    /// Returns the pictures that a woven manuscript shows, by figure and kind; what is sent to a journal is drawn twice as fine as what
    /// is looked at.
    pub fn pictures(&self, woven: &Woven, wanted: Pictures) -> Vec<Artifact> {
        let mut pictures = Vec::new();
        for plot in self.report.figures.iter().filter(|plot| woven.figures().any(|id| id == plot.id)) {
            let drawing = Drawing::of(&plot.figure);
            let path = |kind: &str| format!("figures/{}.{kind}", plot.id);
            pictures.push(Artifact::text(path("svg"), drawing.svg()));
            if wanted == Pictures::Vector {
                continue;
            }
            pictures.extend(drawing.png(RESOLUTION).ok().map(|bytes| Artifact { path: path("png"), bytes }));
            pictures.extend(drawing.pdf().ok().map(|bytes| Artifact { path: path("pdf"), bytes }));
        }
        pictures
    }
}

fn runs(words: Vec<StyledWords>) -> Vec<Run> {
    let run =
        |words: StyledWords| Run { text: words.text, italic: words.italic, bold: words.bold, raised: words.raised };
    words.into_iter().map(run).collect()
}

/// Returns the works of a bibliography by their keys, or by the ids that studies would have.
fn bibliography_of(path: &Path) -> Result<BTreeMap<String, Reference>, String> {
    let text = source::read_text(path).map_err(|error| error.to_string())?;
    let records = source::read_records(&text).map_err(|error| error.to_string())?;
    let keyed = records.iter().filter_map(|record| {
        let key = Some(record.key.clone()).filter(|key| !key.is_empty()).or_else(|| record.id())?;
        Some((key, Reference::from(record)))
    });
    Ok(keyed.collect())
}

/// Returns the woven text in its own language and, of Markdown, as a page, as LaTeX and as a Word file; this one only where
/// its pictures were drawn, at [`RESOLUTION`].
pub fn written(
    woven: &Woven,
    templates: &Templates,
    stem: &str,
    drawn: &[Artifact],
    word_styles: Option<&str>,
) -> Result<Vec<Artifact>, RenderError> {
    let of_kind = |kind: &'static str| {
        drawn.iter().filter_map(move |picture| {
            let id = picture.path.strip_prefix("figures/")?.strip_suffix(kind)?;
            woven.figures().any(|shown| shown == id).then(|| (id.to_owned(), picture.bytes.clone()))
        })
    };
    let svgs = of_kind(".svg").map(|(id, bytes)| (id, String::from_utf8_lossy(&bytes).into_owned())).collect();
    let pngs: BTreeMap<String, Vec<u8>> = of_kind(".png").collect();
    let around = Surroundings { folder: "figures", svgs: &svgs, pngs: &pngs, resolution: RESOLUTION, word_styles };
    let file = |ending: &str, text: String| Artifact::text(format!("{stem}.{ending}"), text);
    let text = woven.text(templates, around)?;
    if woven.dialect != Dialect::Markdown {
        return Ok(vec![file(if woven.dialect == Dialect::Quarto { "qmd" } else { "tex" }, text)]);
    }
    let html = woven.html(templates, around)?;
    let mut files = vec![file("md", text), file("html", html), file("tex", woven.latex(templates, around)?)];
    if woven.figures().all(|id| pngs.contains_key(id)) {
        let bytes = woven.word(templates, around)?;
        files.push(Artifact { path: format!("{stem}.docx"), bytes: bookmarked(bytes, woven.bindings) });
    }
    Ok(files)
}

/// Returns a woven Word file with its bindings as hidden bookmarks.
fn bookmarked(bytes: Vec<u8>, bindings: Bindings) -> Vec<u8> {
    if bindings == Bindings::None {
        return bytes;
    }
    // Our own file can be read.
    let Ok(word) = WordFile::read(bytes.clone()) else { return bytes };
    let bound = guard::comments(&word.text);
    let mark = |(at, bound): (usize, &Bound)| (guard::bookmark(at + 1, &bound.name), bound.span.clone());
    let marks: Vec<_> = bound.iter().enumerate().map(mark).collect();
    let comment = |bound: &Bound| {
        let start = word.text[..bound.named_at.start].rfind("<!--").unwrap_or(bound.named_at.start);
        let end =
            word.text[bound.named_at.end..].find("-->").map_or(bound.named_at.end, |at| bound.named_at.end + at + 3);
        start..end
    };
    let comments: Vec<_> = bound.iter().map(comment).collect();
    word.with_bookmarks(&marks, &comments).map_or(bytes, |(bytes, _)| bytes)
}

/// Returns the dialect of a manuscript, or says which there are.
pub fn dialect(path: &Path) -> Result<Dialect, Failure> {
    let name = path.to_string_lossy();
    Dialect::of(&name)
        .ok_or_else(|| format!("`{name}` is no manuscript: name a file in .md, .qmd, .tex or .docx").into())
}

/// A manuscript as text, whatever file it is.
pub struct Text {
    /// Its name, as findings call it.
    pub file: String,
    /// The text, with the parts that it includes.
    pub draft: Draft,
    /// The file, if it is Word's.
    pub word: Option<WordFile>,
}

impl Text {
    /// Reads a manuscript and enters its text into the review's sources; `None` with findings that leave nothing to compare.
    pub fn read(path: &Path, review: &mut Review) -> Result<Option<Self>, Failure> {
        let file = path.to_string_lossy().into_owned();
        let unreadable = |error: &dyn std::fmt::Display| format!("cannot read `{file}`: {error}");
        if path.extension().is_none_or(|ending| ending != "docx") {
            dialect(path)?;
            let (draft, findings) =
                source::read_draft(path, &mut review.sources).map_err(|error| unreadable(&error))?;
            let sound = findings.is_empty();
            review.findings.extend(findings);
            return Ok(sound.then_some(Self { file, draft, word: None }));
        }
        let bytes = source::read_bytes(path).map_err(|error| unreadable(&error))?;
        let word = match WordFile::read(bytes) {
            Ok(word) => word,
            Err(error) => {
                let finding = Diagnostic::new(codes::UNREADABLE_FILE, Place::file(&file), "cannot read this file");
                review.findings.push(finding.found(error.to_string()).help("save it in Word as .docx"));
                return Ok(None);
            }
        };
        review.sources.add(&file, word.text.clone());
        if let Some(first) = word.tracked.first() {
            let place = Place { file: file.clone(), spot: Spot::Bytes(*first..*first + 1) };
            let finding = Diagnostic::new(codes::TRACKED_CHANGES, place, "this Word file has tracked changes");
            let found = format!("the first of {}", counted(word.tracked.len(), "change"));
            review.findings.push(finding.found(found).help("accept or reject them in Word, save, and run this again"));
            return Ok(None);
        }
        let draft = Draft { text: word.text.clone(), parts: BTreeMap::new() };
        Ok(Some(Self { file, draft, word: Some(word) }))
    }

    /// Returns what is bound in it, by comments or by bookmarks.
    pub fn bound(&self) -> Vec<Bound> {
        let Some(word) = &self.word else { return guard::comments(&self.draft.text) };
        let ours = word.bookmarks.iter().filter(|(name, _)| guard::is_bookmark(name));
        ours.map(|(name, span)| Bound { name: name.clone(), span: span.clone(), named_at: span.clone() }).collect()
    }
}

/// Returns the headings of a Markdown text.
pub fn headings(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| line.starts_with('#'));
    lines.map(|line| line.trim_start_matches('#').split("{#").next().unwrap_or_default().trim().to_owned()).collect()
}
