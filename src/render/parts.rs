//! Long tables, filled part by part: what a template sees takes some ten times the room of what it writes.

use std::mem;

use rayon::prelude::*;
use serde::Serialize;

use super::templates::{Part, RenderError, Templates};

/// So many parts are filled at the same time: enough to keep every processor busy, too few to fill the memory.
const AT_ONCE: usize = 4;

/// The parts of one table that a template fills, in their order.
pub(super) struct Parts<'t, T> {
    templates: &'t Templates,
    template: &'static str,
    /// The name by which the template sees a part.
    given: &'static str,
    waiting: Vec<T>,
    filled: Vec<Part>,
}

impl<'t, T: Serialize + Send> Parts<'t, T> {
    pub fn new(templates: &'t Templates, template: &'static str, given: &'static str) -> Self {
        Self { templates, template, given, waiting: Vec::new(), filled: Vec::new() }
    }

    /// Takes the next part.
    ///
    /// # Errors
    /// As [`Self::finish`].
    pub fn push(&mut self, part: T) -> Result<(), RenderError> {
        self.waiting.push(part);
        if self.waiting.len() == AT_ONCE { self.fill() } else { Ok(()) }
    }

    /// Returns what the template wrote of each part.
    ///
    /// # Errors
    /// A template of the review's own that cannot be filled.
    pub fn finish(mut self) -> Result<Vec<Part>, RenderError> {
        self.fill()?;
        Ok(self.filled)
    }

    fn fill(&mut self) -> Result<(), RenderError> {
        let fill = |part: T| self.templates.part(self.template, self.given, part);
        let filled: Vec<Part> = mem::take(&mut self.waiting).into_par_iter().map(fill).collect::<Result<_, _>>()?;
        self.filled.extend(filled);
        Ok(())
    }
}
