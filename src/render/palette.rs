//! The colours of a scene in at most 256 shades: a third of the bytes to write, and no difference to the eye.

use std::collections::BTreeSet;

use super::scene::{Op, Paint, Scene};
use crate::report::figure::style::Color;

/// Most colours of an indexed picture.
const MOST: usize = 256;

/// How many colours are remembered at a time: as many as 12 bits tell apart.
const SLOTS: usize = 1 << 12;

/// So many pixels are told white at once.
const RUN: usize = 16;

/// White and, for each colour of a scene, its shades towards white, as anti-aliasing mixes them.
#[derive(Clone)]
pub(super) struct Palette {
    colors: Vec<[u8; 3]>,
    /// The nearest entry of colours met so far: in each slot the last that fell there.
    nearest: Vec<([u8; 4], u8)>,
}

impl Palette {
    /// Returns the palette of a scene.
    pub fn of(scene: &Scene) -> Self {
        let used: BTreeSet<[u8; 3]> = scene.ops.iter().flat_map(colors).filter(|rgb| *rgb != [255; 3]).collect();
        let shades = ((MOST - 1) / used.len().max(1)).clamp(1, 32);
        let mix = |part: u8, shade: usize| (usize::from(part) * shade + 255 * (shades - shade)).div_ceil(shades) as u8;
        let mixed = used.iter().flat_map(|rgb| (1..=shades).map(|shade| rgb.map(|part| mix(part, shade))));
        Self {
            colors: std::iter::once([255; 3]).chain(mixed).take(MOST).collect(),
            nearest: vec![([255; 4], 0); SLOTS],
        }
    }

    /// Returns its colours as a picture stores them.
    pub fn bytes(&self) -> Vec<u8> {
        self.colors.concat()
    }

    /// Fills `indices`, all of them 0, with the entry nearest to each opaque pixel of `rgba`.
    pub fn index(&mut self, rgba: &[u8], indices: &mut [u8]) {
        let (runs, pixels_left) = rgba.as_chunks::<{ 4 * RUN }>();
        let (of_runs, indices_left) = indices.as_chunks_mut::<RUN>();
        for (pixels, indices) in runs.iter().zip(of_runs) {
            // Most of a picture is white, the palette's first entry: all bits are set.
            let (parts, _) = pixels.as_chunks::<16>();
            let common = parts.iter().fold(u128::MAX, |common, part| common & u128::from_ne_bytes(*part));
            if common != u128::MAX {
                self.index_each(pixels, indices);
            }
        }
        self.index_each(pixels_left, indices_left);
    }

    fn index_each(&mut self, pixels: &[u8], indices: &mut [u8]) {
        let (pixels, _) = pixels.as_chunks::<4>();
        let mut last = ([255; 4], 0);
        for (pixel, index) in pixels.iter().zip(indices) {
            if *pixel != last.0 {
                last = (*pixel, self.nearest(*pixel));
            }
            *index = last.1;
        }
    }

    fn nearest(&mut self, pixel: [u8; 4]) -> u8 {
        let distance = |color: &[u8; 3]| -> u32 {
            color.iter().zip(pixel).map(|(a, b)| u32::from(a.abs_diff(b)) * u32::from(a.abs_diff(b))).sum()
        };
        // Fibonacci hashing spreads shades that lie close together.
        let slot = (u32::from_le_bytes(pixel).wrapping_mul(0x9E37_79B1) >> 20) as usize;
        let known = &mut self.nearest[slot];
        if known.0 != pixel {
            let closest = self.colors.iter().enumerate().min_by_key(|(_, color)| distance(color));
            *known = (pixel, closest.map_or(0, |(index, _)| index as u8));
        }
        known.1
    }
}

/// Returns the colours that an operation draws with.
fn colors(op: &Op) -> Vec<[u8; 3]> {
    let of = |paint: &Paint| [paint.fill, paint.pen.map(|pen| pen.color)];
    let used = match op {
        Op::Open { .. } | Op::Close => [None, None],
        Op::Line { pen, .. } => [Some(pen.color), None],
        Op::Polygon { paint, .. } | Op::Rectangle { paint, .. } | Op::Circle { paint, .. } => of(paint),
        Op::Text { color, .. } => [Some(*color), None],
    };
    used.into_iter().flatten().map(|Color { red, green, blue }| [red, green, blue]).collect()
}
