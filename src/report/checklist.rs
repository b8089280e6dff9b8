//! Checklists of reporting, filled as far as the report and a manuscript show: the place of each item, or that it is open.

use super::page::Page;
use super::table::{Align, Cell, Column, Row, RowKind, Table};

/// A checklist: its id, its name, and its items in short words of our own, with the sections of the report and the headings of
/// a manuscript where each is looked for.
const LISTS: [(&str, &str, &str); 3] = [
    ("prisma-2020", "PRISMA 2020 checklist", include_str!("checklists/prisma-2020.csv")),
    ("prisma-lsr", "PRISMA checklist for living systematic reviews", include_str!("checklists/prisma-lsr.csv")),
    ("moose", "MOOSE checklist", include_str!("checklists/moose.csv")),
];

/// Where the data of a review are, whatever its report shows.
const DATA: &str = "`studies/`, `output/pools/`, `output/manifest.json`";

/// Returns each checklist as a table; `headings` are those of the manuscript.
///
/// An item that nothing here can know, such as who paid, is open.
#[must_use]
pub fn checklists(page: &Page, headings: &[String]) -> Vec<Table> {
    LISTS.iter().map(|(id, name, items)| checklist(id, name, items, page, headings)).collect()
}

fn checklist(id: &str, name: &str, items: &str, page: &Page, headings: &[String]) -> Table {
    let column = |id: &str, header: &str| Column {
        id: id.to_owned(),
        header: header.to_owned(),
        spanner: None,
        align: Align::Left,
    };
    let mut rows: Vec<Row> = Vec::new();
    let mut open = 0;
    let mut part = String::new();
    let items: Vec<Vec<String>> = items.lines().skip(1).map(fields).collect();
    for item in &items {
        let [number, of, words, sections, wanted] = item.as_slice() else { continue };
        if *of != part {
            part.clone_from(of);
            rows.push(Row { kind: RowKind::Group, key: None, cells: vec![Cell::text(of)] });
        }
        let place = places(page, headings, sections, wanted);
        open += usize::from(place.is_empty());
        let place = if place.is_empty() { "open".to_owned() } else { place.join("; ") };
        let cells = [number, words, &place].map(Cell::text);
        rows.push(Row { kind: RowKind::Entry, key: None, cells: cells.into() });
    }
    Table {
        id: id.to_owned(),
        caption: format!("{name}: {} of {} items have their place", items.len() - open, items.len()),
        columns: vec![column("item", "Item"), column("words", "What is to be reported"), column("place", "Where")],
        rows,
        footnotes: Vec::new(),
        notes: vec![
            "The words are a summary: see the published checklist for the whole text of each item.".to_owned(),
            "A place says where the item is taken up, not that all of it is said; the authors decide that.".to_owned(),
        ],
    }
}

/// Returns where an item is taken up: the sections of the report that exist, the headings of the manuscript that it has.
fn places(page: &Page, headings: &[String], sections: &str, wanted: &str) -> Vec<String> {
    let mut places = Vec::new();
    for id in sections.split(';').filter(|id| !id.is_empty()) {
        let section = page.sections.iter().find(|section| section.id == id);
        match (id, section) {
            (_, Some(section)) => places.push(format!("report, “{}”", section.title)),
            ("question", None) if !page.question.is_empty() => places.push("report, its head".to_owned()),
            ("data", None) => places.push(DATA.replace('`', "")),
            _ => {}
        }
    }
    let known = wanted.split(';').filter(|words| !words.is_empty());
    let heading = known.filter_map(|words| headings.iter().find(|heading| heading.to_lowercase() == words)).next();
    places.extend(heading.map(|heading| format!("manuscript, “{heading}”")));
    places
}

/// Returns the fields of a line, of which one in quotes may hold commas.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            other => fields.last_mut().into_iter().for_each(|field| field.push(other)),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PRISMA 2020 has 27 items, some in parts, 42 lines together (Page et al. 2021, table 1); MOOSE has 35 (Stroup et al.
    /// 2000, table 1). The extension for living reviews (Akl et al. 2024, table 1) adds L1 to L4; of the items of PRISMA 2020 that
    /// it words again, those past the first part of its table are listed from an abstract, not from the table.
    #[test]
    fn no_item_is_missing() {
        let numbers = |of: &str| -> Vec<String> {
            let list = LISTS.iter().find(|(id, ..)| *id == of).map(|(.., items)| *items).unwrap();
            list.lines().skip(1).map(|line| fields(line).swap_remove(0)).collect()
        };
        let parts = [("10", "ab"), ("13", "abcdef"), ("16", "ab"), ("20", "abcd"), ("23", "abcd"), ("24", "abc")];
        let prisma = (1..=27).map(|item: u32| item.to_string()).flat_map(|item| {
            let letters = parts.iter().find(|(of, _)| *of == item).map_or("", |(_, letters)| letters);
            let whole = letters.is_empty().then(|| item.clone());
            whole.into_iter().chain(letters.chars().map(|letter| format!("{item}{letter}")).collect::<Vec<_>>())
        });
        assert_eq!(numbers("prisma-2020"), prisma.collect::<Vec<_>>());
        assert_eq!(numbers("moose"), (1..=35).map(|item| item.to_string()).collect::<Vec<_>>());
        let living = ["1", "2", "3", "4", "L1", "9", "11", "13", "L2", "16a", "L3", "23c", "L4"];
        assert_eq!(numbers("prisma-lsr"), living);
    }

    #[test]
    fn every_item_of_every_list_has_its_words() {
        for (id, _, items) in LISTS {
            for line in items.lines() {
                let fields = fields(line);
                assert!(fields.len() == 5 && !fields[2].is_empty(), "{id}: {line}");
            }
        }
    }
}
