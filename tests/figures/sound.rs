//! What every figure must hold.

use forestable::report::figure::geometry::{Boxed, Figure, Layer, Rect};

/// No two texts overlap, no mark but a band or a curve lies under a text, everything is on the canvas and no side is left
/// empty.
pub fn assert_sound(figure: &Figure) {
    let canvas = figure.canvas();
    let (mut texts, mut marks) = (Vec::<(Rect, String)>::new(), Vec::<(Rect, String)>::new());
    let mut behind = Vec::<Rect>::new();
    for boxed in figure.boxes() {
        match boxed {
            Boxed::Text(text, bounds) => texts.push((bounds, text.text.to_string())),
            Boxed::Mark(mark, bounds) if mark.layer == Layer::Foreground => {
                marks.push((bounds, format!("{:?}", mark.shape)));
            }
            Boxed::Mark(_, bounds) => {
                behind.push(bounds);
                assert!(canvas.contains(&bounds), "a mark behind the text leaves the canvas: {bounds:?} in {canvas:?}");
            }
        }
    }
    for (bounds, what) in texts.iter().chain(&marks) {
        assert!(canvas.contains(bounds), "{}: {what:?} leaves the canvas: {bounds:?} in {canvas:?}", figure.id);
    }
    for (i, (bounds, what)) in texts.iter().enumerate() {
        for (other, other_what) in texts[i + 1..].iter().chain(&marks) {
            assert!(!bounds.overlaps(other), "{}: {what:?} overlaps {other_what:?}: {bounds:?}, {other:?}", figure.id);
        }
    }
    let edge = |of: fn(&Rect) -> f64, pick: fn(f64, f64) -> f64| {
        let drawn = texts.iter().chain(&marks).map(|(bounds, _)| bounds).chain(&behind);
        drawn.map(of).reduce(pick).unwrap()
    };
    let white = [
        edge(|b| b.left, f64::min),
        edge(|b| b.top, f64::min),
        canvas.right - edge(|b| b.right, f64::max),
        canvas.bottom - edge(|b| b.bottom, f64::max),
    ];
    let id = &figure.id;
    assert!(white.iter().all(|side| *side < 16.0), "{id}: white at the sides (left, top, right, bottom): {white:?}");
}
