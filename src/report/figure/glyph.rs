//! Small signs drawn as forms: how the precision of an effect was obtained.

use serde::Serialize;

use super::geometry::{Item, Layer, Mark, Point, Shape, Stroke, point};
use super::style::Color;
use crate::num;

/// A sign, told from the others by its form alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Glyph {
    /// ● published interval or standard error.
    Disc,
    /// ◐ from the number at risk.
    HalfDisc,
    /// ■ from the events.
    Block,
    /// △ from a digitised curve.
    Triangle,
    /// ✕ from counts.
    Cross,
    /// ○ from n and the median follow-up.
    Ring,
    /// ◇ at the boundary, 0% or 100%.
    Lozenge,
    /// · from n alone.
    Dot,
}

impl Glyph {
    /// All glyphs, in the order of the grades they stand for.
    pub const ALL: [Self; 8] =
        [Self::Disc, Self::HalfDisc, Self::Block, Self::Triangle, Self::Cross, Self::Ring, Self::Lozenge, Self::Dot];

    /// Returns the character that stands for it in running text and tables.
    #[must_use]
    pub fn character(self) -> char {
        match self {
            Self::Disc => '●',
            Self::HalfDisc => '◐',
            Self::Block => '■',
            Self::Triangle => '△',
            Self::Cross => '✕',
            Self::Ring => '○',
            Self::Lozenge => '◇',
            Self::Dot => '·',
        }
    }

    /// Returns its marks round `at`, `size` wide.
    #[must_use]
    pub fn draw(self, at: Point, size: f64, color: Color) -> Vec<Item> {
        let r = size / 2.0;
        let stroke = Stroke { color, width: 1.0, dash: None };
        let inner = r - stroke.width / 2.0;
        let area = |shape| Mark::filled(shape, color);
        let outline = |shape| Mark { shape, fill: Some(Color::WHITE), stroke: Some(stroke), layer: Layer::Foreground };
        let marker =
            |corners: &[(f64, f64)]| Shape::Marker { at, corners: corners.iter().map(|&(x, y)| point(x, y)).collect() };
        let marks = match self {
            Self::Disc => vec![area(Shape::Circle { at, radius: r })],
            Self::HalfDisc => {
                let left = |i: u32| f64::from(i) * std::f64::consts::PI / 16.0;
                let arc: Vec<_> = (0..=16).map(|i| (-inner * num::sin(left(i)), -inner * num::cos(left(i)))).collect();
                vec![outline(Shape::Circle { at, radius: inner }), area(marker(&arc))]
            }
            Self::Block => {
                let h = 0.85 * r;
                vec![area(marker(&[(-h, -h), (h, -h), (h, h), (-h, h)]))]
            }
            Self::Triangle => vec![outline(marker(&[(0.0, -inner), (inner, 0.8 * inner), (-inner, 0.8 * inner)]))],
            Self::Cross => {
                let h = 0.8 * r;
                [(-h, h), (h, -h)].map(|(a, b)| cross_line(at, a, b, stroke)).into()
            }
            Self::Ring => vec![outline(Shape::Circle { at, radius: inner })],
            Self::Lozenge => vec![outline(marker(&[(0.0, -inner), (inner, 0.0), (0.0, inner), (-inner, 0.0)]))],
            Self::Dot => vec![area(Shape::Circle { at, radius: 0.3 * r })],
        };
        marks.into_iter().map(Item::Mark).collect()
    }
}

fn cross_line(at: Point, from: f64, to: f64, stroke: Stroke) -> Mark {
    let stroke = Stroke { width: 1.3, ..stroke };
    Mark::line(vec![point(at.x + from, at.y - from.abs()), point(at.x + to, at.y + to.abs())], stroke)
}

/// A judgement on risk of bias, shown as a light with a sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Light {
    /// + low risk.
    Low,
    /// − some concerns.
    Moderate,
    /// × high risk.
    High,
    /// A dark × for critical risk.
    Critical,
    /// A dot: no information.
    Unclear,
    /// An empty ring: nobody has looked.
    Unread,
}

impl Light {
    /// All judgements, best first.
    pub const ALL: [Self; 6] = [Self::Low, Self::Moderate, Self::High, Self::Critical, Self::Unclear, Self::Unread];

    /// Returns its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Moderate => "moderate",
            Self::High => "high",
            Self::Critical => "critical",
            Self::Unclear => "unclear",
            Self::Unread => "not read",
        }
    }

    /// Returns its colour: told apart by lightness too, and by the sign in any case.
    #[must_use]
    pub fn color(self) -> Color {
        match self {
            Self::Low => Color::hex(0x7f_c9_a5),
            Self::Moderate => Color::hex(0xf3_d2_6b),
            Self::High => Color::hex(0xe5_89_7c),
            Self::Critical => Color::hex(0x8f_2d_22),
            Self::Unclear => Color::hex(0xd0_d7_de),
            Self::Unread => Color::WHITE,
        }
    }

    /// Returns its marks round `at`, `size` wide: told apart by the sign, the colour only helps.
    #[must_use]
    pub fn draw(self, at: Point, size: f64) -> Vec<Item> {
        let (radius, arm) = (size / 2.0, size / 4.0);
        let slanted = |arm: f64| vec![(-arm, -arm, arm, arm), (-arm, arm, arm, -arm)];
        let sign = match self {
            Self::Low => vec![(-arm, 0.0, arm, 0.0), (0.0, -arm, 0.0, arm)],
            Self::Moderate => vec![(-arm, 0.0, arm, 0.0)],
            Self::High | Self::Critical => slanted(0.8 * arm),
            Self::Unclear | Self::Unread => Vec::new(),
        };
        let dark = Color::hex(0x1b_1f_24);
        let ink = if self == Self::Critical { Color::WHITE } else { dark };
        let rim = if self == Self::Unread { Color::hex(0x8c_95_9f) } else { dark };
        let outline = Stroke { color: rim, width: 0.7, dash: None };
        let shape = Shape::Circle { at, radius: radius - 0.35 };
        let mut marks = vec![Mark { shape, fill: Some(self.color()), stroke: Some(outline), layer: Layer::Foreground }];
        marks.extend(sign.into_iter().map(|(x1, y1, x2, y2)| {
            let points = vec![point(at.x + x1, at.y + y1), point(at.x + x2, at.y + y2)];
            Mark::line(points, Stroke { color: ink, width: 1.2, dash: None })
        }));
        if self == Self::Unclear {
            marks.push(Mark::filled(Shape::Circle { at, radius: 0.3 * radius }, ink));
        }
        marks.into_iter().map(Item::Mark).collect()
    }
}
