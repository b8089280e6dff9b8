//! The colours of a scene in at most 256 shades: a third of the bytes to write, and no difference to the eye.

use std::collections::BTreeSet;

use super::scene::{Op, Paint, Scene};
use crate::report::figure::style::Color;

/// Most colours of an indexed picture.
const MOST: usize = 256;

/// How many colours are remembered at a time: as many as 12 bits tell apart.
const SLOTS: usize = 1 << 12;

/// Some white pixels, the palette's first entry.
const WHITE: [u8; 64] = [255; 64];

/// White and, for each colour of a scene, its shades towards white, as anti-aliasing mixes them.
#[derive(Clone)]
pub(super) struct Palette {
    colors: Vec<[u8; 3]>,
    /// The nearest entry of colours met so far: in each slot the last that fell there.
    nearest: Vec<([u8; 3], u8)>,
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
            nearest: vec![([255; 3], 0); SLOTS],
        }
    }

    /// Returns its colours as a picture stores them.
    pub fn bytes(&self) -> Vec<u8> {
        self.colors.concat()
    }

    /// Fills `indices` with the entry nearest to each pixel of `rgba`.
    pub fn index(&mut self, rgba: &[u8], indices: &mut [u8]) {
        let mut last = ([255; 3], 0);
        let runs = rgba.chunks(WHITE.len()).zip(indices.chunks_mut(WHITE.len() / 4));
        for (pixels, indices) in runs {
            if pixels == WHITE {
                // Most of a picture, and quick to tell.
                indices.fill(0);
                continue;
            }
            for (pixel, index) in pixels.chunks_exact(4).zip(indices) {
                let rgb = [pixel[0], pixel[1], pixel[2]];
                if rgb != last.0 {
                    last = (rgb, self.nearest(rgb));
                }
                *index = last.1;
            }
        }
    }

    fn nearest(&mut self, rgb: [u8; 3]) -> u8 {
        let distance = |color: &[u8; 3]| -> u32 {
            color.iter().zip(rgb).map(|(a, b)| u32::from(a.abs_diff(b)) * u32::from(a.abs_diff(b))).sum()
        };
        let [red, green, blue] = rgb.map(u32::from);
        // Fibonacci hashing spreads shades that lie close together.
        let slot = ((red << 16 | green << 8 | blue).wrapping_mul(0x9E37_79B1) >> 20) as usize;
        let known = &mut self.nearest[slot];
        if known.0 != rgb {
            let closest = self.colors.iter().enumerate().min_by_key(|(_, color)| distance(color));
            *known = (rgb, closest.map_or(0, |(index, _)| index as u8));
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
