//! Who may be the same people as whom: circles one under another, as large as their numbers, joined by numbered arcs.
//!
//! Arcs on one side of a column never hide a circle; where one meets the number of another it breaks off.

use serde::Serialize;

use super::data::{Data, number};
use super::font;
use super::geometry::{
    Anchor, Boxed, Figure, Group, Item, Layer, Mark, PlacedText, Point, Shape, Stroke, identifier, point,
};
use super::legend::{Key, legend, note, pitch};
use super::style::{Color, Style};
use super::text::Text;
use super::words::Dictionary;
use crate::num;

/// Nodes and what joins them.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Network {
    /// Its id: prefix of every id inside.
    pub id: String,
    /// What it shows, in a line.
    pub title: String,
    /// What a reader sees in it, in sentences (the alternative text).
    pub description: String,
    /// The nodes from top to bottom, those that hang together one after another.
    pub nodes: Vec<Node>,
    /// What joins them, in the order of their numbers.
    pub edges: Vec<Edge>,
    /// Lines under everything.
    pub footer: Vec<Text>,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Node {
    /// Its name.
    pub label: String,
    /// What else is said of it.
    pub detail: String,
    /// What its area stands for; `None` where that is not known.
    pub size: Option<f64>,
    /// What it is.
    pub standing: NodeStanding,
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NodeStanding {
    /// Nothing is asked of it.
    Plain,
    /// It was taken.
    Taken,
    /// It gave way to another.
    GaveWay,
}

/// What joins two nodes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Edge {
    /// The positions of both.
    pub ends: [usize; 2],
    /// How sure it is.
    pub certainty: EdgeCertainty,
    /// Why.
    pub reason: String,
}

/// How sure it is that two nodes belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EdgeCertainty {
    /// It is declared.
    Declared,
    /// It is suspected, and nobody has said anything.
    Open,
    /// It was suspected, and looked at: both stay.
    Accepted,
}

impl EdgeCertainty {
    const ALL: [Self; 3] = [Self::Declared, Self::Open, Self::Accepted];

    fn meaning(self) -> &'static str {
        match self {
            Self::Declared => "declared: never in one pool",
            Self::Open => "suspected, nothing said",
            Self::Accepted => "suspected, both stay for a stated reason",
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Open => "suspected",
            Self::Accepted => "accepted",
        }
    }

    fn stroke(self, style: &Style) -> Stroke {
        let (width, dash) = match self {
            Self::Declared => (1.6, None),
            Self::Open => (1.4, Some((5.0, 3.0))),
            Self::Accepted => (1.3, Some((1.5, 3.0))),
        };
        Stroke { color: style.ink, width, dash }
    }
}

impl NodeStanding {
    fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Taken => "taken",
            Self::GaveWay => "gave way",
        }
    }
}

/// Largest and smallest radius of a circle.
const RADII: (f64, f64) = (14.0, 3.5);
/// Radius of the disc with an arc's number.
const DISC: f64 = 7.5;
/// From this width on the reasons stand beside the drawing.
const WIDE: f64 = 500.0;
/// How far an arc may lead away, at most, in parts of the width: beside the reasons, and above them.
const REACH: (f64, f64) = (0.2, 0.34);
/// Points that an arc is drawn by.
const POINTS: u32 = 48;

impl Network {
    /// Returns it measured and placed.
    #[must_use]
    pub fn lay_out(&self, style: &Style) -> Figure {
        let wide = style.figure_width >= WIDE;
        let column = Column::new(self, style);
        let mut items = Vec::new();
        let arcs: Vec<Arc> = self.edges.iter().filter_map(|edge| column.arc(edge)).collect();
        let discs = column.discs(&arcs);
        for (i, (edge, arc)) in self.edges.iter().zip(&arcs).enumerate() {
            items.push(self.joined(i, edge, &arc.bare(&discs), discs.get(i).copied(), style));
        }
        for (i, node) in self.nodes.iter().enumerate() {
            items.extend(column.node(i, node, style));
        }
        let right = style.figure_width - style.margin;
        let (left, top) = if wide { (column.right + 16.0, style.margin) } else { (style.margin, column.bottom + 8.0) };
        let mut y = top;
        for (i, edge) in self.edges.iter().enumerate() {
            let [one, other] = edge.ends.map(|end| self.nodes.get(end).map_or("", |node| node.label.as_str()));
            let words = Text::new().bold(&format!("{}  {one} – {other}. ", i + 1)).plain(&edge.reason);
            y = note(&words, (left, right), y, style.ink, style, &mut items) + 5.0;
        }
        y = y.max(column.bottom) + 8.0;
        y = legend(&self.keys(style), (style.margin, right), y, style, &mut items);
        for text in &self.footer {
            y = note(text, (style.margin, right), y, style.quiet, style, &mut items);
        }
        let mut figure = Figure {
            id: identifier(&self.id),
            title: self.title.clone(),
            description: self.description.clone(),
            width: style.figure_width.ceil(),
            height: (y + style.margin).ceil(),
            items,
        };
        let ends = figure.boxes().into_iter().map(|boxed| match boxed {
            Boxed::Text(_, bounds) | Boxed::Mark(_, bounds) => bounds.right,
        });
        let end = ends.fold(0.0, f64::max);
        figure.width = figure.width.min((end + style.margin).ceil());
        figure
    }

    /// Returns an arc, in the runs that are bare, with its number in a disc.
    fn joined(&self, i: usize, edge: &Edge, runs: &[Vec<Point>], disc: Option<Point>, style: &Style) -> Item {
        let stroke = edge.certainty.stroke(style);
        let mut parts: Vec<Item> = runs.iter().flat_map(|run| dashed(run, stroke)).collect();
        if let Some(at) = disc {
            let line = Some(Stroke { color: style.ink, width: 0.8, dash: None });
            let shape = Shape::Circle { at, radius: DISC };
            parts.push(Item::Mark(Mark { shape, fill: Some(Color::WHITE), stroke: line, layer: Layer::Background }));
            let (size, text) = (style.note_size * 0.92, Text::from((i + 1).to_string()));
            let at = point(at.x, at.y + font::CAP_HEIGHT / 2.0 * size);
            parts.push(Item::Text(PlacedText { text, at, anchor: Anchor::Middle, size, color: style.ink }));
        }
        let names = edge.ends.map(|end| self.nodes.get(end).map_or("", |node| node.label.as_str()));
        let title = format!("{}: {} – {}, {}", i + 1, names[0], names[1], edge.certainty.meaning());
        let id = Some(format!("overlap-{}", i + 1));
        Item::Group(Group { id, class: "overlap", title, description: edge.reason.clone(), items: parts })
    }

    /// Returns the lines that are drawn and what they mean.
    fn keys(&self, style: &Style) -> Vec<(Key, String)> {
        let met = |certainty: &EdgeCertainty| self.edges.iter().any(|edge| edge.certainty == *certainty);
        let lines = EdgeCertainty::ALL.into_iter().filter(met);
        lines.map(|certainty| (Key::Line(certainty.stroke(style)), certainty.meaning().to_owned())).collect()
    }

    /// Returns what joins which, and the sizes of both.
    #[must_use]
    pub fn data(&self) -> Data {
        let columns =
            ["number", "one", "size", "standing", "other", "other_size", "other_standing", "certainty", "reason"];
        let row = |(i, edge): (usize, &Edge)| {
            let mut cells = vec![(i + 1).to_string()];
            for node in edge.ends.iter().filter_map(|end| self.nodes.get(*end)) {
                cells.extend([node.label.clone(), number(node.size), node.standing.as_str().to_owned()]);
            }
            cells.extend([edge.certainty.as_str().to_owned(), edge.reason.clone()]);
            cells
        };
        Data { columns: columns.map(str::to_owned).into(), rows: self.edges.iter().enumerate().map(row).collect() }
    }

    /// Returns it in other words.
    #[must_use]
    pub fn translated(mut self, words: &Dictionary) -> Self {
        words.all([&mut self.title, &mut self.description]);
        words.all(self.nodes.iter_mut().flat_map(|node| [&mut node.label, &mut node.detail]));
        words.all(self.edges.iter_mut().map(|edge| &mut edge.reason));
        words.texts(self.footer.iter_mut());
        self
    }

    /// Returns the position of the group of each node: nodes hang together by edges, and stand one after another.
    fn groups(&self) -> Vec<usize> {
        let reach = |i: usize| {
            self.edges.iter().any(|edge| edge.ends.iter().any(|end| *end >= i) && edge.ends.iter().any(|end| *end < i))
        };
        let mut group = 0;
        (0..self.nodes.len())
            .map(|i| {
                group += usize::from(i > 0 && !reach(i));
                group
            })
            .collect()
    }
}

/// Where the nodes lie.
struct Column {
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
    right: f64,
    bottom: f64,
}

impl Column {
    fn new(network: &Network, style: &Style) -> Self {
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

    fn node(&self, i: usize, node: &Node, style: &Style) -> Option<Item> {
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
    fn arc(&self, edge: &Edge) -> Option<Arc> {
        let end = |i: usize| Some((*self.y.get(i)?, *self.radii.get(i)?));
        let (one, other) = (end(edge.ends[0])?, end(edge.ends[1])?);
        let (upper, lower) = if one.0 <= other.0 { (one, other) } else { (other, one) };
        Some(Arc { x: self.x, upper, lower, bend: self.bend })
    }

    /// Returns where the number of each arc stands: at its middle, or as near to it as it lies on no other number.
    fn discs(&self, arcs: &[Arc]) -> Vec<Point> {
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
struct Arc {
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
    fn bare(&self, discs: &[Point]) -> Vec<Vec<Point>> {
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
fn dashed(points: &[Point], stroke: Stroke) -> Vec<Item> {
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
