//! The styles of a Word file: those of the author's own file where it has them, ours for the rest.

use roxmltree::{Document, Node};

/// Styles for a file, and what the names of ours are there.
pub(super) struct Styles {
    /// The whole part, without its declaration.
    pub xml: String,
    renamed: Vec<(String, String)>,
}

impl Styles {
    /// Returns our own styles as they are.
    pub fn ours(xml: String) -> Self {
        Self { xml, renamed: Vec::new() }
    }

    /// Returns the styles of another file, with those of ours added that it has under no name: a `Heading 1` of a German
    /// Word has the id `berschrift1`. Styles that cannot be read are taken as they are.
    pub fn of_another(theirs: &str, ours: &str) -> Self {
        let theirs = theirs.split_once("?>").map_or(theirs, |(_, styles)| styles).trim();
        let read = (Document::parse(theirs), Document::parse(ours));
        let (Ok(other), Ok(own)) = read else { return Self::ours(theirs.to_owned()) };
        let mut styles = Self::ours(theirs.to_owned());
        let mut missing = String::new();
        for style in styles_of(&own) {
            let same = styles_of(&other).find(|known| named(*known) == named(style) && kind(*known) == kind(style));
            match same.map(id) {
                Some(known) if known == id(style) => {}
                Some(known) => styles.renamed.push((id(style).to_owned(), known.to_owned())),
                None => {
                    // One default a kind is enough.
                    missing.push_str(&ours[style.range()].replace(" w:default=\"1\"", ""));
                    missing.push('\n');
                }
            }
        }
        let missing = styles.renaming(missing);
        if let Some(end) = styles.xml.rfind("</") {
            let prefixed = other.root_element().lookup_prefix(WORD) == Some("w");
            // Under another prefix ours would not be understood.
            styles.xml.insert_str(end, if prefixed { &missing } else { "" });
        }
        styles
    }

    /// Returns a part of the file with the styles named as they are here.
    pub fn renaming(&self, part: String) -> String {
        let mut part = part;
        for (ours, theirs) in &self.renamed {
            for element in ["pStyle", "rStyle", "tblStyle", "basedOn", "next"] {
                let name = |id: &str| format!("<w:{element} w:val=\"{id}\"/>");
                part = part.replace(&name(ours), &name(theirs));
            }
        }
        part
    }
}

/// The language of these files.
const WORD: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

fn styles_of<'a, 'i>(document: &'a Document<'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    document.root_element().children().filter(|node| node.has_tag_name((WORD, "style")))
}

fn attribute<'a>(node: Node<'a, '_>, name: &str) -> &'a str {
    node.attribute((WORD, name)).unwrap_or_default()
}

fn id<'a>(style: Node<'a, '_>) -> &'a str {
    attribute(style, "styleId")
}

fn kind<'a>(style: Node<'a, '_>) -> &'a str {
    attribute(style, "type")
}

fn named(style: Node<'_, '_>) -> String {
    let name = style.children().find(|node| node.has_tag_name((WORD, "name")));
    name.map(|name| attribute(name, "val").to_lowercase()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn styles(inside: &str) -> String {
        format!("<w:styles xmlns:w=\"{WORD}\">{inside}</w:styles>")
    }

    fn style(kind: &str, id: &str, name: &str, rest: &str) -> String {
        format!("<w:style w:type=\"{kind}\" w:styleId=\"{id}\"><w:name w:val=\"{name}\"/>{rest}</w:style>")
    }

    #[test]
    fn a_journals_styles_are_kept_and_completed() {
        let theirs = styles(&[style("paragraph", "berschrift1", "Heading 1", "<w:theirs/>")].concat());
        let ours = styles(
            &[
                style("paragraph", "Heading1", "heading 1", "<w:ours/>"),
                style("table", "EvidenceTable", "Evidence Table", "<w:basedOn w:val=\"Heading1\"/>"),
            ]
            .concat(),
        );
        let merged = Styles::of_another(&format!("<?xml version=\"1.0\"?>\n{theirs}"), &ours);
        assert!(merged.xml.contains("<w:theirs/>") && !merged.xml.contains("<w:ours/>"), "{}", merged.xml);
        assert!(
            merged.xml.contains("w:styleId=\"EvidenceTable\"")
                && merged.xml.contains("w:val=\"berschrift1\"/></w:style>")
        );
        assert_eq!(merged.renaming("<w:pStyle w:val=\"Heading1\"/>".to_owned()), "<w:pStyle w:val=\"berschrift1\"/>");
        assert!(Document::parse(&merged.xml).is_ok());
    }
}
