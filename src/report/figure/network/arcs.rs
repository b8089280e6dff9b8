//! The places of circles, of the arcs that join them, and of the numbers on these.

use super::super::font;
use super::super::geometry::{Anchor, Group, Item, Layer, Mark, PlacedText, Point, Shape, Stroke, point};
use super::super::legend::pitch;
use super::super::style::{Color, Style};
use super::super::text::Text;
use super::{DISC, Edge, Network, Node, NodeStanding, WIDE};
use crate::num;

/// Largest and smallest radius of a circle.
const RADII: (f64, f64) = (14.0, 3.5);
/// How far an arc may lead away, at most, in parts of the width: beside the reasons, and above them.
const REACH: (f64, f64) = (0.2, 0.34);
/// Points that an arc is drawn by.
const POINTS: u32 = 48;

/// Where the nodes lie.
pub(super) struct Column {
    /// Where labels begin, and how wide they may be.
    left: f64,
    room: f64,
    /// The line of the circles.
    x: f64,
    /// The height of each.
    y: Vec<f64>,
    radii: Vec<f64>,
    /// How far an arc leads away a pixel of its height.
    bend: f64,
    /// Where the longest arc ends.
    pub right: f64,
    pub bottom: f64,
}

impl Column {
    pub fn new(network: &Network, style: &Style) -> Self {
        let largest = network.nodes.iter().filter_map(|node| node.size).fold(0.0, f64::max);
        let radius = |node: &Node| match node.size {
            Some(size) if largest > 0.0 => (RADII.0 * (size / largest).sqrt()).max(RADII.1),
            _ => RADII.1,
        };
        let radii: Vec<f64> = network.nodes.iter().map(radius).collect();
        let widest = |node: &Node| {
            let (label, detail) = (Text::new().bold(&node.label), Text::from(node.detail.as_str()));
            label.width(style.note_size).max(detail.width(style.note_size))
        };
        let room = network.nodes.iter().map(widest).fold(0.0, f64::max).min(0.45 * style.figure_width);
        let height = (2.0 * pitch(style)).max(2.0 * RADII.0) + 6.0;
        let mut top = style.margin;
        let (mut y, mut last) = (Vec::new(), 0);
        for group in network.groups() {
            top += if group == last { 0.0 } else { style.section_gap };
            last = group;
            y.push(top + height / 2.0);
            top += height;
        }
        let x = style.margin + room + 8.0 + RADII.0;
        let spans = network.edges.iter().filter_map(|edge| {
            let [one, other] = edge.ends.map(|end| y.get(end).copied());
            Some((one? - other?).abs())
        });
        let longest = spans.fold(0.0, f64::max);
        let reach = if style.figure_width >= WIDE { REACH.0 } else { REACH.1 };
        let bend = if longest > 0.0 { (reach * style.figure_width / longest).min(0.75) } else { 0.0 };
        let right = x + (bend * longest).max(RADII.0) + DISC;
        Self { left: style.margin, room, x, y, radii, bend, right, bottom: top }
    }

    pub fn node(&self, i: usize, node: &Node, style: &Style) -> Option<Item> {
        let (y, radius) = (*self.y.get(i)?, *self.radii.get(i)?);
        let size = style.note_size;
        let mut parts = Vec::new();
        let color = match node.standing {
            NodeStanding::Plain => style.study,
            NodeStanding::Taken => style.total,
            NodeStanding::GaveWay => Color::WHITE,
        };
        let stroke = Some(Stroke { color: style.total, width: 1.1, dash: None });
        let shape = Shape::Circle { at: point(self.x, y), radius };
        parts.push(Item::Mark(Mark { shape, fill: Some(color), stroke, layer: Layer::Foreground }));
        let end = self.left + self.room;
        let first = y - pitch(style) / 2.0 + font::CAP_HEIGHT / 2.0 * size;
        let lines = [(Text::new().bold(&node.label), style.ink), (Text::from(node.detail.as_str()), style.quiet)];
        for ((text, color), line) in lines.into_iter().zip(0_u32..) {
            let at = point(end, first + f64::from(line) * pitch(style));
            let text = style.pointed(&text).shortened(self.room, size);
            parts.push(Item::Text(PlacedText { text, at, anchor: Anchor::End, size, color }));
        }
        let id = Some(format!("series-{}", i + 1));
        let (title, description) = (node.label.clone(), node.detail.clone());
        Some(Item::Group(Group { id, class: "series", title, description, items: parts }))
    }

    /// Returns the arc between the ends of an edge.
    pub fn arc(&self, edge: &Edge) -> Option<Arc> {
        let end = |i: usize| Some((*self.y.get(i)?, *self.radii.get(i)?));
        let (one, other) = (end(edge.ends[0])?, end(edge.ends[1])?);
        let (upper, lower) = if one.0 <= other.0 { (one, other) } else { (other, one) };
        Some(Arc { x: self.x, upper, lower, bend: self.bend })
    }

    /// Returns where the number of each arc stands: at its middle, or as near to it as it lies on no other number.
    pub fn discs(&self, arcs: &[Arc]) -> Vec<Point> {
        let half = POINTS / 2;
        // Short arcs have the least room.
        let mut order: Vec<usize> = (0..arcs.len()).collect();
        order.sort_by(|a, b| arcs[*a].height().total_cmp(&arcs[*b].height()));
        let mut placed: Vec<Point> = Vec::new();
        let mut discs = vec![point(0.0, 0.0); arcs.len()];
        for i in order {
            let arc = &arcs[i];
            let outward = (0..half - 2).flat_map(|away| [half - away, half + away]);
            let free = |at: &Point| {
                let circles = self.y.iter().zip(&self.radii);
                placed.iter().all(|other| distance(*at, *other) > 2.0 * DISC + 1.0)
                    && circles.into_iter().all(|(y, radius)| boxed(*at, point(self.x, *y)) > DISC + radius)
            };
            let found = outward.map(|step| arc.at(step)).find(free);
            discs[i] = found.unwrap_or_else(|| arc.at(half));
            placed.push(discs[i]);
        }
        discs
    }
}

/// Half an ellipse that leads from one node to another.
pub(super) struct Arc {
    x: f64,
    /// Height and radius of the upper node.
    upper: (f64, f64),
    lower: (f64, f64),
    bend: f64,
}

impl Arc {
    fn height(&self) -> f64 {
        self.lower.0 - self.upper.0
    }

    /// Returns a point of it, from 0 at the upper node to [`POINTS`] at the lower.
    fn at(&self, step: u32) -> Point {
        let angle = std::f64::consts::PI * (f64::from(step) / f64::from(POINTS) - 0.5);
        let (middle, half) = ((self.upper.0 + self.lower.0) / 2.0, self.height() / 2.0);
        point(self.x + 2.0 * half * self.bend * num::cos(angle), middle + half * num::sin(angle))
    }

    /// Returns what of it runs through no disc and into neither of its nodes, run by run.
    pub fn bare(&self, discs: &[Point]) -> Vec<Vec<Point>> {
        let free = |at: &Point| {
            discs.iter().all(|disc| boxed(*at, *disc) > DISC + 1.0)
                && distance(*at, point(self.x, self.upper.0)) > self.upper.1
                && distance(*at, point(self.x, self.lower.0)) > self.lower.1
        };
        let points: Vec<Point> = (0..=POINTS).map(|step| self.at(step)).collect();
        let runs = points.chunk_by(|a, b| free(a) && free(b)).filter(|run| run.len() > 1);
        runs.map(<[Point]>::to_vec).collect()
    }
}

/// Returns a bent line piece by piece, the dashes of a broken one each by itself: the box round the whole would hold what it leads round.
pub(super) fn dashed(points: &[Point], stroke: Stroke) -> Vec<Item> {
    let solid = Stroke { dash: None, ..stroke };
    let Some((on, off)) = stroke.dash else {
        return points.windows(2).map(|piece| Item::Mark(Mark::line(piece.to_vec(), solid))).collect();
    };
    let (mut items, mut along) = (Vec::new(), 0.0_f64);
    for piece in points.windows(2) {
        let [from, to] = [piece[0], piece[1]];
        let length = distance(from, to);
        let part = |t: f64| point(from.x + (to.x - from.x) * t / length, from.y + (to.y - from.y) * t / length);
        let mut done = 0.0;
        while length - done > 1e-9 {
            let phase = along % (on + off);
            let drawn = phase < on;
            let step = if drawn { on - phase } else { on + off - phase }.max(1e-6).min(length - done);
            if drawn {
                items.push(Item::Mark(Mark::line(vec![part(done), part(done + step)], solid)));
            }
            done += step;
            along += step;
        }
    }
    items
}

fn distance(a: Point, b: Point) -> f64 {
    let (x, y) = (a.x - b.x, a.y - b.y);
    (x * x + y * y).sqrt()
}

/// Returns half the side of the square about one point that the other lies on.
fn boxed(a: Point, b: Point) -> f64 {
    (a.x - b.x).abs().max((a.y - b.y).abs())
}
