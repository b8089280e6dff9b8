//! A published result becomes an effect: `yi` with its variance `vi` on a scale, and how its precision was obtained.

mod scale;

pub use scale::Scale;
