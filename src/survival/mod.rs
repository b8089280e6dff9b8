//! Kaplan-Meier, reconstruction from a published curve, summary curves.
