//! The package of a Word file: its parts, their relations, and a zip without a clock. The only file that names zip.

use std::io::{Cursor, Write};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// A picture of the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Media<'a> {
    /// Its bytes.
    pub png: &'a [u8],
}

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";

/// Bytes from which on a part is compressed fast rather than well: a table of some thousand rows.
const LARGE: usize = 4_000_000;

/// Returns the name of the relation of a link, counted from 0.
pub(super) fn link_relation(at: usize) -> String {
    format!("link{}", at + 1)
}

/// Returns the name of the relation of a picture, counted from 0.
pub(super) fn media_relation(at: usize) -> String {
    format!("picture{}", at + 1)
}

/// Returns width and height of a PNG, as its header has them; 0 where there is none.
pub(super) fn pixels(png: &[u8]) -> (usize, usize) {
    let number = |at: usize| match png.get(at..at + 4) {
        Some(&[a, b, c, d]) => u32::from_be_bytes([a, b, c, d]) as usize,
        _ => 0,
    };
    (number(16), number(20))
}

/// Returns the whole file; `title` and `links` are escaped already.
pub(super) fn package(
    title: &str,
    body: &str,
    styles: &str,
    links: &[String],
    media: &[Media],
) -> Result<Vec<u8>, ZipError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut part = |name: &str, pieces: &[&[u8]]| -> Result<(), ZipError> {
        let fast = (pieces.iter().map(|bytes| bytes.len()).sum::<usize>() >= LARGE).then_some(1);
        zip.start_file(name, options.compression_level(fast))?;
        pieces.iter().try_for_each(|bytes| Ok(zip.write_all(bytes)?))
    };
    let declaration = DECLARATION.as_bytes();
    part("[Content_Types].xml", &[content_types().as_bytes()])?;
    part("_rels/.rels", &[package_relations().as_bytes()])?;
    part("docProps/core.xml", &[properties(title).as_bytes()])?;
    part("word/document.xml", &[declaration, body.trim().as_bytes()])?;
    part("word/styles.xml", &[declaration, styles.trim().as_bytes()])?;
    part("word/settings.xml", &[settings().as_bytes()])?;
    part("word/_rels/document.xml.rels", &[document_relations(links, media).as_bytes()])?;
    for (at, picture) in media.iter().enumerate() {
        part(&format!("word/media/{}.png", media_relation(at)), &[picture.png])?;
    }
    Ok(zip.finish()?.into_inner())
}

fn content_types() -> String {
    const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";
    format!(
        "{DECLARATION}<Types xmlns=\"{PACKAGE}/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
         <Default Extension=\"png\" ContentType=\"image/png\"/>\
         <Override PartName=\"/word/document.xml\" ContentType=\"{WORD}.document.main+xml\"/>\
         <Override PartName=\"/word/styles.xml\" ContentType=\"{WORD}.styles+xml\"/>\
         <Override PartName=\"/word/settings.xml\" ContentType=\"{WORD}.settings+xml\"/>\
         <Override PartName=\"/docProps/core.xml\" \
         ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/></Types>"
    )
}

/// Returns the settings: without them Word opens the file as one of 2007.
fn settings() -> String {
    format!(
        "{DECLARATION}<w:settings xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:compat>\
         <w:compatSetting w:name=\"compatibilityMode\" w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"15\"/>\
         </w:compat></w:settings>"
    )
}

fn package_relations() -> String {
    relations(&[
        relation("document", &format!("{OFFICE}/officeDocument"), "word/document.xml", ""),
        relation("properties", &format!("{PACKAGE}/relationships/metadata/core-properties"), "docProps/core.xml", ""),
    ])
}

fn document_relations(links: &[String], media: &[Media]) -> String {
    let mut all = vec![
        relation("styles", &format!("{OFFICE}/styles"), "styles.xml", ""),
        relation("settings", &format!("{OFFICE}/settings"), "settings.xml", ""),
    ];
    let external = " TargetMode=\"External\"";
    let link =
        |(at, link): (usize, &String)| relation(&link_relation(at), &format!("{OFFICE}/hyperlink"), link, external);
    all.extend(links.iter().enumerate().map(link));
    all.extend((0..media.len()).map(|at| {
        let name = media_relation(at);
        relation(&name, &format!("{OFFICE}/image"), &format!("media/{name}.png"), "")
    }));
    relations(&all)
}

fn relation(id: &str, kind: &str, target: &str, mode: &str) -> String {
    format!("<Relationship Id=\"{id}\" Type=\"{kind}\" Target=\"{target}\"{mode}/>")
}

fn relations(all: &[String]) -> String {
    format!("{DECLARATION}<Relationships xmlns=\"{PACKAGE}/relationships\">{}</Relationships>", all.concat())
}

fn properties(title: &str) -> String {
    format!(
        "{DECLARATION}<cp:coreProperties xmlns:cp=\"{PACKAGE}/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>{title}</dc:title><dc:language>en</dc:language>\
         </cp:coreProperties>"
    )
}
