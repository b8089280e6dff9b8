//! What of a line or an area lies on the axes.

use crate::report::figure::geometry::{Point, point};

/// A window on the plane: least and greatest value across and upwards.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub x: (f64, f64),
    pub y: (f64, f64),
}

/// One edge of the window: how far within it a point lies (negative: beyond).
type Edge = fn(&Window, Point) -> f64;

const EDGES: [Edge; 4] = [|w, p| p.x - w.x.0, |w, p| w.x.1 - p.x, |w, p| p.y - w.y.0, |w, p| w.y.1 - p.y];

impl Window {
    pub fn holds(&self, at: Point) -> bool {
        EDGES.iter().all(|edge| edge(self, at) >= 0.0)
    }

    /// Returns the pieces of a line within the window; a point that is no number ends a piece.
    pub fn line(&self, points: &[Point]) -> Vec<Vec<Point>> {
        let mut pieces: Vec<Vec<Point>> = Vec::new();
        for pair in points.windows(2) {
            let [a, b] = pair else { continue };
            let Some((from, to)) = self.segment(*a, *b) else { continue };
            match pieces.last_mut() {
                Some(piece) if piece.last() == Some(&from) => piece.push(to),
                _ => pieces.push(vec![from, to]),
            }
        }
        pieces
    }

    /// Returns the part of a segment within the window (Cyrus & Beck).
    fn segment(&self, a: Point, b: Point) -> Option<(Point, Point)> {
        let (mut start, mut end) = (0.0_f64, 1.0_f64);
        for edge in EDGES {
            let (from, to) = (edge(self, a), edge(self, b));
            if !(from.is_finite() && to.is_finite()) || (from < 0.0 && to < 0.0) {
                return None;
            }
            if from < 0.0 {
                start = start.max(from / (from - to));
            } else if to < 0.0 {
                end = end.min(from / (from - to));
            }
        }
        (start < end).then(|| (between(a, b, start), between(a, b, end)))
    }

    /// Returns the part of an area within the window (Sutherland & Hodgman); empty where none is.
    pub fn area(&self, corners: &[Point]) -> Vec<Point> {
        let mut kept: Vec<Point> = corners.iter().copied().filter(|p| p.x.is_finite() && p.y.is_finite()).collect();
        for edge in EDGES {
            let mut next = Vec::with_capacity(kept.len() + 4);
            for (i, &b) in kept.iter().enumerate() {
                let a = kept[(i + kept.len() - 1) % kept.len()];
                let (from, to) = (edge(self, a), edge(self, b));
                if (from < 0.0) != (to < 0.0) {
                    next.push(between(a, b, from / (from - to)));
                }
                if to >= 0.0 {
                    next.push(b);
                }
            }
            kept = next;
        }
        kept
    }
}

/// Returns the point at `part` of the way; the ends are exact.
fn between(a: Point, b: Point, part: f64) -> Point {
    match part {
        0.0 => a,
        1.0 => b,
        part => point(a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part),
    }
}

#[cfg(test)]
mod tests {
    use super::Window;
    use crate::report::figure::geometry::point;

    const UNIT: Window = Window { x: (0.0, 1.0), y: (0.0, 1.0) };

    #[test]
    fn a_line_that_leaves_and_returns_is_two() {
        let line = [point(0.5, 0.5), point(0.5, 1.5), point(0.8, 1.5), point(0.8, 0.5)];
        let pieces = UNIT.line(&line);
        assert_eq!(pieces, [[point(0.5, 0.5), point(0.5, 1.0)], [point(0.8, 1.0), point(0.8, 0.5)]]);
        assert!(UNIT.line(&[point(f64::NAN, 0.0), point(1.0, 1.0)]).is_empty());
    }

    #[test]
    fn an_area_is_cut_at_the_edges() {
        let half = UNIT.area(&[point(0.5, -1.0), point(3.0, -1.0), point(3.0, 2.0), point(0.5, 2.0)]);
        let (left, right) =
            (half.iter().map(|p| p.x).fold(9.0, f64::min), half.iter().map(|p| p.x).fold(0.0, f64::max));
        assert_eq!((half.len(), left, right), (4, 0.5, 1.0));
        assert!(UNIT.area(&[point(2.0, 2.0), point(3.0, 2.0), point(3.0, 3.0)]).is_empty());
        assert!(UNIT.area(&[]).is_empty());
    }
}
