//! The other looks of a figure: what there is to choose, and the pictures packed until somebody chooses.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use miniz_oxide::deflate::compress_to_vec;
use serde::Serialize;

use super::page::drawing;
use crate::report::page::{FigureLooks, Look, OtherPicture};

/// What `figure.html` is given of a figure's other looks.
#[derive(Serialize)]
pub(super) struct LooksView<'a> {
    layouts: &'a [Look],
    scales: &'a [Look],
    /// A JSON object, deflated, in base64: by `LAYOUT SCALE`, or `LAYOUT` where that is all there is to choose, the `<svg>`
    /// element of each other picture.
    pictures: String,
}

impl<'a> LooksView<'a> {
    pub(super) fn new(looks: &'a FigureLooks) -> Self {
        /// The usual trade of size for time.
        const LEVEL: u8 = 6;
        let key = |other: &OtherPicture| match looks.scales.as_slice() {
            [] => other.layout.clone(),
            _ => format!("{} {}", other.layout, other.scale),
        };
        let pictures: BTreeMap<String, &str> =
            looks.others.iter().map(|other| (key(other), drawing(&other.svg))).collect();
        let json = serde_json::to_vec(&pictures).unwrap_or_default();
        Self {
            layouts: &looks.layouts,
            scales: &looks.scales,
            pictures: BASE64_STANDARD.encode(compress_to_vec(&json, LEVEL)),
        }
    }
}
