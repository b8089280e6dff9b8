//! A forest of more rows than a page holds, page by page.

use super::axis::marks_in;
use super::{ColumnKind, Forest, Lights, RowKind, Section};

/// Most rows of a figure that stays in one piece.
const MOST_ROWS: usize = 200;
/// Rows of a page of one that does not: an upright page of paper.
const ROWS_OF_A_PAGE: usize = 50;

impl Forest {
    /// Returns it page by page, all on the same axes: itself up to 200 rows, fifty rows a page beyond.
    ///
    /// Legend and footer stand under the last page, with the overall result. A heading that a page breaks is repeated.
    #[must_use]
    pub fn pages(&self) -> Vec<Self> {
        let rows: usize = self.sections.iter().map(|section| section.rows.len()).sum();
        if rows <= MOST_ROWS {
            return vec![self.clone()];
        }
        let mut pages: Vec<Vec<Section>> = vec![Vec::new()];
        let mut room = ROWS_OF_A_PAGE;
        for section in &self.sections {
            let mut rest = section.rows.as_slice();
            loop {
                if room == 0 {
                    pages.push(Vec::new());
                    room = ROWS_OF_A_PAGE;
                }
                // A pooled result does not part from its prediction interval.
                let mut taken = rest.len().min(room);
                while taken < rest.len() && rest[taken].kind == RowKind::Prediction {
                    taken += 1;
                }
                let (now, later) = rest.split_at(taken);
                let notes = if later.is_empty() { section.notes.clone() } else { Vec::new() };
                let part = Section { heading: section.heading.clone(), rows: now.to_vec(), notes };
                pages.last_mut().into_iter().for_each(|page| page.push(part.clone()));
                room -= taken.min(room);
                rest = later;
                if rest.is_empty() {
                    break;
                }
            }
        }
        let last = pages.len();
        let whole = self.with_settled_axes();
        let page = |(i, sections): (usize, Vec<Section>)| {
            let number = i + 1;
            let end = number == last;
            Self {
                id: if i == 0 { self.id.clone() } else { format!("{}-{number}", self.id) },
                title: format!("{} ({number} of {last})", self.title),
                sections,
                legend: if end { self.legend.clone() } else { Vec::new() },
                lights: if end { self.lights.clone() } else { Lights::default() },
                footer: if end { self.footer.clone() } else { Vec::new() },
                ..whole.clone()
            }
        };
        pages.into_iter().enumerate().map(page).collect()
    }

    /// Returns it with the reach of each axis and the greatest weight laid down, as all its rows ask for.
    fn with_settled_axes(&self) -> Self {
        let mut settled = self.clone();
        for (i, column) in settled.columns.iter_mut().enumerate() {
            if let ColumnKind::Plot(axis) = &mut column.kind {
                let marks = marks_in(self, i);
                let span = axis.span(&marks);
                axis.domain = Some((span.from, span.to));
                axis.heaviest = marks.iter().filter_map(|mark| mark.weight).filter(|w| w.is_finite()).reduce(f64::max);
            }
        }
        settled
    }
}
