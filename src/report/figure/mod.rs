//! Figures as geometry: f64, measured text, nothing drawn yet.
