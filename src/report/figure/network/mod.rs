//! Who may be the same people as whom: circles one under another, as large as their numbers, joined by numbered arcs.
//!
//! Arcs on one side of a column never hide a circle; where one meets the number of another it breaks off.

mod arcs;

use serde::Serialize;

use self::arcs::{Arc, Column, dashed};
use super::data::{Data, number};
use super::font;
use super::geometry::{
    Anchor, Boxed, Figure, Group, Item, Layer, Mark, PlacedText, Point, Shape, Stroke, identifier, point,
};
use super::legend::{Key, legend, note};
use super::style::{Color, Style};
use super::text::Text;
use super::words::Dictionary;

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

/// Radius of the disc with an arc's number.
const DISC: f64 = 7.5;
/// From this width on the reasons stand beside the drawing.
const WIDE: f64 = 500.0;

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
