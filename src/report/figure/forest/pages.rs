//! A forest of more rows than a page holds, page by page.

use std::ops::Range;

use super::axis::marks_in;
use super::{ColumnKind, Forest, Lights, RowKind, Section};

/// Most rows of a figure that stays in one piece.
const MOST_ROWS: usize = 200;
/// Rows of a page of one that does not: an upright page of paper.
const ROWS_OF_A_PAGE: usize = 50;

/// The pages of a forest, all on the same axes: itself up to 200 rows, fifty rows a page beyond.
///
/// Legend and footer stand under the last page, with the overall result. A heading that a page breaks is repeated. Each page is
/// made when it is asked for, so that a long figure is never there twice.
#[derive(Debug, Clone)]
pub struct Pages {
    whole: Forest,
    /// What stands on each page: a section by its place, and which of its rows.
    parts: Vec<Vec<(usize, Range<usize>)>>,
}

impl Pages {
    /// Divides a forest.
    #[must_use]
    pub fn of(forest: Forest) -> Self {
        let rows: usize = forest.sections.iter().map(|section| section.rows.len()).sum();
        if rows <= MOST_ROWS {
            let all = forest.sections.iter().map(|section| 0..section.rows.len()).enumerate().collect();
            return Self { whole: forest, parts: vec![all] };
        }
        let parts = divided(&forest.sections);
        Self { whole: forest.with_settled_axes(), parts }
    }

    /// Returns how many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.parts.len()
    }

    /// Returns the id of a page, counted from 0.
    #[must_use]
    pub fn id(&self, page: usize) -> String {
        if page == 0 { self.whole.id.clone() } else { format!("{}-{}", self.whole.id, page + 1) }
    }

    /// Returns a page, counted from 0; `None` beyond the last.
    #[must_use]
    pub fn page(&self, page: usize) -> Option<Forest> {
        let (whole, parts, count) = (&self.whole, self.parts.get(page)?, self.count());
        let section = |(at, rows): &(usize, Range<usize>)| {
            let section = &whole.sections[*at];
            let ended = rows.end == section.rows.len();
            Section {
                heading: section.heading.clone(),
                rows: section.rows[rows.clone()].to_vec(),
                notes: if ended { section.notes.clone() } else { Vec::new() },
            }
        };
        let end = page + 1 == count;
        Some(Forest {
            id: self.id(page),
            title: if count == 1 { whole.title.clone() } else { format!("{} ({} of {count})", whole.title, page + 1) },
            description: whole.description.clone(),
            columns: whole.columns.clone(),
            sections: parts.iter().map(section).collect(),
            legend: if end { whole.legend.clone() } else { Vec::new() },
            lights: if end { whole.lights.clone() } else { Lights::default() },
            footer: if end { whole.footer.clone() } else { Vec::new() },
        })
    }
}

/// Returns which rows of which sections stand on each page.
fn divided(sections: &[Section]) -> Vec<Vec<(usize, Range<usize>)>> {
    let mut pages: Vec<Vec<(usize, Range<usize>)>> = vec![Vec::new()];
    let mut room = ROWS_OF_A_PAGE;
    for (at, section) in sections.iter().enumerate() {
        let mut from = 0;
        loop {
            if room == 0 {
                pages.push(Vec::new());
                room = ROWS_OF_A_PAGE;
            }
            // A pooled result does not part from its prediction interval.
            let mut to = section.rows.len().min(from + room);
            while section.rows.get(to).is_some_and(|row| row.kind == RowKind::Prediction) {
                to += 1;
            }
            pages.last_mut().into_iter().for_each(|page| page.push((at, from..to)));
            room -= (to - from).min(room);
            from = to;
            if from == section.rows.len() {
                break;
            }
        }
    }
    pages
}

impl Forest {
    /// Returns it with the reach of each axis and the greatest weight laid down, as all its rows ask for.
    fn with_settled_axes(mut self) -> Self {
        for i in 0..self.columns.len() {
            let marks = marks_in(&self, i);
            if let ColumnKind::Plot(axis) = &mut self.columns[i].kind {
                let span = axis.span(&marks);
                axis.domain = Some((span.from, span.to));
                axis.heaviest = marks.iter().filter_map(|mark| mark.weight).filter(|w| w.is_finite()).reduce(f64::max);
            }
        }
        self
    }
}
