//! Long tables, filled part by part: what a template sees takes some ten times the room of what it writes.

use std::mem;

use rayon::prelude::*;
use serde::Serialize;

use super::templates::{Part, RenderError, Templates};

/// So many parts are filled at the same time: enough to keep every processor busy, too few to fill the memory.
const AT_ONCE: usize = 4;

/// The rows of a table: of a long one some hundred at a time are filled by a template, those left over by the table's own, which takes that
/// template in.
pub(super) struct Parts<'t, R, F> {
    templates: &'t Templates,
    template: &'static str,
    /// The name by which the template sees a part.
    given: &'static str,
    /// Makes what the template sees of rows.
    part: F,
    /// How many rows are a part.
    size: usize,
    rows: Vec<R>,
    waiting: Vec<Vec<R>>,
    filled: Vec<Part>,
}

impl<'t, R: Send, V: Serialize, F: Fn(Vec<R>) -> V + Sync> Parts<'t, R, F> {
    /// Begins a table that the template `whole` shows; where that is the review's own, which may ask for all rows, no part is filled.
    pub fn new(templates: &'t Templates, whole: &str, template: &'static str, given: &'static str, part: F) -> Self {
        let size = templates.rows_at_once(whole);
        Self { templates, template, given, part, size, rows: Vec::new(), waiting: Vec::new(), filled: Vec::new() }
    }

    /// Takes the next row.
    ///
    /// # Errors
    /// As [`Self::finish`].
    pub fn push(&mut self, row: R) -> Result<(), RenderError> {
        self.rows.push(row);
        if self.rows.len() == self.size {
            self.waiting.push(mem::take(&mut self.rows));
        }
        if self.waiting.len() == AT_ONCE { self.fill() } else { Ok(()) }
    }

    /// Returns the filled parts, and the rows left over.
    ///
    /// # Errors
    /// A template of the review's own that cannot be filled.
    pub fn finish(mut self) -> Result<(Vec<Part>, Vec<R>), RenderError> {
        self.fill()?;
        Ok((self.filled, self.rows))
    }

    fn fill(&mut self) -> Result<(), RenderError> {
        let fill = |rows: Vec<R>| self.templates.part(self.template, self.given, (self.part)(rows));
        let filled: Vec<Part> = mem::take(&mut self.waiting).into_par_iter().map(fill).collect::<Result<_, _>>()?;
        self.filled.extend(filled);
        Ok(())
    }
}

/// Whether a number need not be handed to a template, which asks for it first.
pub(super) fn is_zero(number: &usize) -> bool {
    *number == 0
}
