//! What a manuscript can name: every figure of the review under an id, its words, its references, and the guard that
//! compares plain numbers in a text with them.

mod citation;
mod facts;
mod gather;
pub mod guard;
mod numerals;
mod phrases;
mod propose;
mod published;

pub use citation::{Bibliography, CitationStyle, Citing, Formatted, FormattedEntry, Run, abbreviated};
pub use facts::{Count, Ends, Fact, Facts, Gap, Measure, Named, Pooled, Published, Share, Spread, SpreadOf, Study};
pub use gather::{Library, slug};
pub use phrases::{BINDING, Bindings, END, NumberStyle, Phrases, counted_word, opening_word};
pub use propose::{Proposal, propose};
