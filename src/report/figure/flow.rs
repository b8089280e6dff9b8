//! A flow of boxes and arrows on a grid: the PRISMA diagram.

use serde::Serialize;

use super::data::Data;
use super::font;
use super::geometry::{
    Anchor, Figure, Group, Item, Layer, Mark, PlacedText, Point, Rect, Shape, Stroke, identifier, point,
};
use super::style::{Color, Style};
use super::text::Text;
use super::words::Dictionary;

/// A flow of boxes.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Flow {
    /// Its id: prefix of every id inside.
    pub id: String,
    /// What it shows, in a line.
    pub title: String,
    /// What a reader sees in it, in sentences (the alternative text).
    pub description: String,
    /// Headings over columns: the first, the last, the words.
    pub heads: Vec<(usize, usize, Text)>,
    /// The stages, top to bottom, with the number of rows of each.
    pub stages: Vec<(Text, usize)>,
    /// The boxes.
    pub boxes: Vec<FlowBox>,
    /// From which box to which.
    pub arrows: Vec<(usize, usize)>,
}

/// A box.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlowBox {
    /// Its column, from 0.
    pub column: usize,
    /// Its row, from 0.
    pub row: usize,
    /// What it says: a heading, and what it is made up of.
    pub lines: Vec<Text>,
}

/// White between a box and its words.
const PADDING: f64 = 7.0;
/// White between rows, room for an arrow.
const GAP: f64 = 20.0;
/// Least width of a box.
const NARROWEST: f64 = 92.0;
/// Length and half the width of an arrowhead.
const HEAD: (f64, f64) = (6.5, 3.4);

impl Flow {
    /// Returns it measured and placed: boxes as high as their words.
    #[must_use]
    pub fn lay_out(&self, style: &Style) -> Figure {
        let grid = Grid::new(self, style);
        let mut items = Vec::new();
        for (first, last, words) in &self.heads {
            let (left, right) = (grid.left(*first), grid.left(*last) + grid.width);
            let head = Rect { left, top: style.margin, right, bottom: style.margin + grid.head };
            items.extend(panel(head, style.hairline.tint(45), None));
            items.extend(centered(&words.emboldened(), &head, style));
        }
        let mut row = 0;
        for (name, rows) in &self.stages {
            if let (Some((top, _)), Some((_, bottom))) =
                (grid.rows.get(row), grid.rows.get((row + rows).wrapping_sub(1)))
            {
                let band = Rect { left: style.margin, top: *top, right: style.margin + grid.gutter, bottom: *bottom };
                items.extend(panel(band, style.hairline.tint(45), None));
                items.extend(centered(&name.emboldened(), &band, style));
            }
            row += rows;
        }
        for (i, flow_box) in self.boxes.iter().enumerate() {
            let place = grid.place(flow_box, style);
            let stroke = Stroke { color: style.ink, width: 0.9, dash: None };
            let mut parts: Vec<Item> = panel(place, Color::WHITE, Some(stroke)).into();
            let lines = flow_box.wrapped(grid.width, style);
            for (text, j) in lines.into_iter().zip(0_u32..) {
                let top = place.top + PADDING + f64::from(j) * leading(style);
                let at = point(place.left + PADDING, top + font::ASCENT * style.note_size);
                let (anchor, size, color) = (Anchor::Start, style.note_size, style.ink);
                parts.push(Item::Text(PlacedText { text, at, anchor, size, color }));
            }
            let title = flow_box.lines.iter().map(Text::to_string).collect::<Vec<_>>().join("; ");
            let id = Some(format!("box-{}", i + 1));
            items.push(Item::Group(Group { id, class: "box", title, description: String::new(), items: parts }));
        }
        for (from, to) in &self.arrows {
            if let (Some(from), Some(to)) = (self.boxes.get(*from), self.boxes.get(*to)) {
                items.extend(arrow(&grid.place(from, style), &grid.place(to, style), style));
            }
        }
        let bottom = grid.rows.last().map_or(style.margin, |(_, bottom)| *bottom);
        Figure {
            id: identifier(&self.id),
            title: self.title.clone(),
            description: self.description.clone(),
            width: (grid.right + style.margin).ceil(),
            height: (bottom + style.margin).ceil(),
            items,
        }
    }

    /// Returns its boxes with their words.
    #[must_use]
    pub fn data(&self) -> Data {
        let row = |flow_box: &FlowBox| {
            let lines = flow_box.lines.iter().map(Text::to_string).collect::<Vec<_>>().join("; ");
            vec![(flow_box.row + 1).to_string(), (flow_box.column + 1).to_string(), lines]
        };
        let columns = ["row", "column", "words"].map(str::to_owned).into();
        Data { columns, rows: self.boxes.iter().map(row).collect() }
    }

    /// Returns it in other words.
    #[must_use]
    pub fn translated(mut self, words: &Dictionary) -> Self {
        words.all([&mut self.title, &mut self.description]);
        words.texts(self.heads.iter_mut().map(|(.., head)| head));
        words.texts(self.stages.iter_mut().map(|(name, _)| name));
        words.texts(self.boxes.iter_mut().flat_map(|flow_box| &mut flow_box.lines));
        self
    }
}

impl FlowBox {
    fn wrapped(&self, width: f64, style: &Style) -> Vec<Text> {
        self.lines.iter().flat_map(|line| line.wrap(width - 2.0 * PADDING, style.note_size)).collect()
    }

    fn height(&self, width: f64, style: &Style) -> f64 {
        2.0 * PADDING + self.wrapped(width, style).len() as f64 * leading(style)
    }
}

/// Where columns and rows lie.
struct Grid {
    /// Width of the band of stages.
    gutter: f64,
    /// Height of the headings.
    head: f64,
    /// Where the first column begins.
    start: f64,
    /// Width of a column.
    width: f64,
    /// White between columns.
    gap: f64,
    /// Where the last column ends.
    right: f64,
    /// Upper and lower end of each row.
    rows: Vec<(f64, f64)>,
}

impl Grid {
    fn new(flow: &Flow, style: &Style) -> Self {
        let columns = flow.boxes.iter().map(|flow_box| flow_box.column + 1).max().unwrap_or(1) as f64;
        let widest = |words: &Text| words.emboldened().width(style.note_size);
        let gutter = flow.stages.iter().map(|(name, _)| widest(name)).fold(0.0, f64::max) + 2.0 * PADDING;
        let gap = if columns > 2.0 { GAP } else { 1.6 * GAP };
        let start = style.margin + gutter + 0.6 * GAP;
        let width = (style.figure_width - style.margin - start - gap * (columns - 1.0)) / columns;
        // Narrower than this, words break: the figure is wider then.
        let width = width.max(NARROWEST);
        let right = start + columns * width + (columns - 1.0) * gap;
        let mut grid = Self { gutter, head: 0.0, start, width, gap, right, rows: Vec::new() };
        let head = |(first, last, words): &(usize, usize, Text)| {
            let room = grid.left(*last) + grid.width - grid.left(*first) - 2.0 * PADDING;
            words.emboldened().wrap(room, style.note_size).len() as f64 * leading(style) + PADDING
        };
        grid.head = flow.heads.iter().map(head).fold(0.0, f64::max);
        let mut y = style.margin + if grid.head > 0.0 { grid.head + 0.6 * GAP } else { 0.0 };
        let count = flow.boxes.iter().map(|flow_box| flow_box.row + 1).max().unwrap_or(0);
        for row in 0..count {
            let of_row = flow.boxes.iter().filter(|flow_box| flow_box.row == row);
            let height = of_row.map(|flow_box| flow_box.height(width, style)).fold(0.0, f64::max);
            grid.rows.push((y, y + height));
            // A row without a box takes no room.
            y += if height > 0.0 { height + GAP } else { 0.0 };
        }
        grid
    }

    fn left(&self, column: usize) -> f64 {
        self.start + column as f64 * (self.width + self.gap)
    }

    /// Returns the place of a box: in the middle of its row.
    fn place(&self, flow_box: &FlowBox, style: &Style) -> Rect {
        let (top, bottom) = self.rows.get(flow_box.row).copied().unwrap_or_default();
        let (middle, half) = ((top + bottom) / 2.0, flow_box.height(self.width, style) / 2.0);
        let left = self.left(flow_box.column);
        Rect { left, top: middle - half, right: left + self.width, bottom: middle + half }
    }
}

fn leading(style: &Style) -> f64 {
    style.note_size * style.leading
}

fn panel(place: Rect, fill: Color, stroke: Option<Stroke>) -> [Item; 1] {
    let shape = Shape::Rectangle(point(place.left, place.top), point(place.right, place.bottom));
    [Item::Mark(Mark { shape, fill: Some(fill), stroke, layer: Layer::Background })]
}

fn centered(words: &Text, place: &Rect, style: &Style) -> Vec<Item> {
    let size = style.note_size;
    let lines = words.wrap(place.right - place.left - PADDING, size);
    let middle = (place.top + place.bottom) / 2.0 + font::CAP_HEIGHT / 2.0 * size;
    let first = middle - leading(style) * (lines.len() - 1) as f64 / 2.0;
    let line = |(text, i): (Text, u32)| {
        let at = point((place.left + place.right) / 2.0, first + f64::from(i) * leading(style));
        Item::Text(PlacedText { text, at, anchor: Anchor::Middle, size, color: style.ink })
    };
    lines.into_iter().zip(0_u32..).map(line).collect()
}

/// Returns an arrow between boxes: straight down, straight across, or down and then across.
fn arrow(from: &Rect, to: &Rect, style: &Style) -> Vec<Item> {
    let middle = |place: &Rect| ((place.left + place.right) / 2.0, (place.top + place.bottom) / 2.0);
    let ((x, y), (to_x, to_y)) = (middle(from), middle(to));
    let side = |place: &Rect, toward: f64| if toward > place.left { place.right } else { place.left };
    let points = if (x - to_x).abs() < 1.0 {
        vec![point(x, from.bottom), point(x, to.top)]
    } else if (y - to_y).abs() < 1.0 {
        vec![point(side(from, to_x), y), point(side(to, x), y)]
    } else {
        vec![point(x, from.bottom), point(x, to_y), point(side(to, x), to_y)]
    };
    let [.., before, tip] = points.as_slice() else { return Vec::new() };
    let (before, tip) = (*before, *tip);
    let (dx, dy) = (tip.x - before.x, tip.y - before.y);
    let length = (dx * dx + dy * dy).sqrt().max(f64::MIN_POSITIVE);
    let (along, across) = ((dx / length, dy / length), HEAD.1);
    let back = |sign: f64| Point {
        x: tip.x - HEAD.0 * along.0 - sign * across * along.1,
        y: tip.y - HEAD.0 * along.1 + sign * across * along.0,
    };
    let stroke = Stroke { color: style.ink, width: 0.9, dash: None };
    let mut line = points.clone();
    if let Some(end) = line.last_mut() {
        *end = point(tip.x - HEAD.0 * along.0, tip.y - HEAD.0 * along.1);
    }
    let head = Shape::Polygon(vec![tip, back(1.0), back(-1.0)]);
    // Piece by piece: the box round the whole of a bent line would hold what it leads round.
    let pieces = line.windows(2).map(|piece| Item::Mark(Mark::line(piece.to_vec(), stroke)));
    pieces.chain([Item::Mark(Mark::filled(head, style.ink))]).collect()
}
