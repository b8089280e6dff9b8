//! A scene as SVG: presentation attributes only, text as text, every number printed from an integer.

use std::fmt::Write;

use skrifa::outline::OutlinePen;

use super::glyphs;
use super::scene::{Op, Paint, Pen, Scene};
use crate::report::figure::font::Face;
use crate::report::figure::geometry::Anchor;
use crate::report::figure::style::Color;
use crate::report::figure::text::{Run, Script, Text};
use crate::report::plots::Lettering;

/// Fonts with the widths the text was measured with come first.
const FONTS: &str = "Arimo, Arial, 'Liberation Sans', Helvetica, sans-serif";

/// How much larger a figure is shown on a page than on paper, in per cent.
const ON_SCREEN: i32 = 145;

/// Whether a picture says itself what it shows, or the page does that it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Naming {
    Own,
    ByPage,
}

/// Returns the scene as a standalone SVG document that may also stand inside an HTML page.
#[must_use]
pub fn write(scene: &Scene, lettering: Lettering) -> String {
    drawn(scene, lettering, Naming::Own)
}

/// Returns the scene as an `<svg>` element for a page that says what it shows; its rows keep their names.
#[must_use]
pub fn inline(scene: &Scene, lettering: Lettering) -> String {
    drawn(scene, lettering, Naming::ByPage)
}

fn drawn(scene: &Scene, lettering: Lettering, naming: Naming) -> String {
    let usual = usual(&scene.ops);
    let mut svg = Svg { out: String::with_capacity(100 * scene.ops.len()), id: &scene.id, usual, naming };
    let (width, height) = (Number(scene.size.0), Number(scene.size.1));
    let id = Escaped(&scene.id);
    svg.put(format_args!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" id=\"{id}\""));
    match naming {
        // What is drawn for paper is read from further away on a screen; the height follows.
        Naming::ByPage => svg.put(format_args!(" width=\"{}\"", Number(scene.size.0 * ON_SCREEN / 100))),
        Naming::Own => svg.put(format_args!(
            " width=\"{width}\" height=\"{height}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\">\n\
             <title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc",
            Escaped(&scene.title),
            Escaped(&scene.description),
        )),
    }
    svg.put(format_args!(
        ">\n<rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n\
         <g font-family=\"{FONTS}\" font-size=\"{}\" fill=\"{}\">\n",
        Number(usual.0),
        usual.1,
    ));
    for run in scene.ops.chunk_by(one_path) {
        match run {
            [Op::Line { pen, .. }, ..] => svg.lines(run, pen),
            [Op::Text { at, anchor, width, size, color, text }] if lettering == Lettering::Outlines => {
                svg.outlines(text, (anchor.left(at.0, *width), at.1), *size, *color);
            }
            ops => ops.iter().for_each(|op| svg.op(op)),
        }
    }
    svg.put(format_args!("</g>\n</svg>\n"));
    svg.out
}

/// Returns whether two operations are lines of one pen, which one path draws.
fn one_path(one: &Op, other: &Op) -> bool {
    matches!((one, other), (Op::Line { pen, .. }, Op::Line { pen: next, .. }) if pen == next)
}

/// Returns the size and the colour of most lines of text: what is said once for all.
fn usual(ops: &[Op]) -> (i32, Color) {
    let mut counted: Vec<((i32, Color), usize)> = Vec::new();
    for op in ops {
        let Op::Text { size, color, .. } = op else { continue };
        match counted.iter_mut().find(|(known, _)| *known == (*size, *color)) {
            Some((_, count)) => *count += 1,
            None => counted.push(((*size, *color), 1)),
        }
    }
    counted.into_iter().rev().max_by_key(|(_, count)| *count).map_or((1200, Color::hex(0)), |(most, _)| most)
}

struct Svg<'a> {
    out: String,
    id: &'a str,
    /// Size and colour of text that says neither.
    usual: (i32, Color),
    naming: Naming,
}

impl Svg<'_> {
    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let written = self.out.write_fmt(text);
        debug_assert!(written.is_ok());
    }

    fn op(&mut self, op: &Op) {
        match op {
            Op::Open { id, class, title, description } => {
                self.put(format_args!("<g class=\"{class}\""));
                if let Some(id) = id {
                    self.put(format_args!(" id=\"{}-{}\"", Escaped(self.id), Escaped(id)));
                }
                self.put(format_args!(">"));
                if !title.is_empty() {
                    self.put(format_args!("<title>{}</title>", Escaped(title)));
                }
                if !description.is_empty() && self.naming == Naming::Own {
                    self.put(format_args!("<desc>{}</desc>", Escaped(description)));
                }
                self.put(format_args!("\n"));
            }
            Op::Close => self.put(format_args!("</g>\n")),
            Op::Line { pen, .. } => self.lines(std::slice::from_ref(op), pen),
            Op::Polygon { points, paint } => {
                self.put(format_args!("<polygon points=\"{}\"", Points(points)));
                self.paint(paint);
            }
            Op::Rectangle { at, size, paint } => {
                let [x, y, width, height] = [at.0, at.1, size.0, size.1].map(Number);
                self.put(format_args!("<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\""));
                self.paint(paint);
            }
            Op::Circle { at, radius, paint } => {
                let [x, y, r] = [at.0, at.1, *radius].map(Number);
                self.put(format_args!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\""));
                self.paint(paint);
            }
            Op::Text { at, anchor, width, size, color, text } => {
                self.text(*at, *anchor, *width, *size, *color, text);
            }
        }
    }

    /// Writes lines of one pen as one path.
    fn lines(&mut self, lines: &[Op], pen: &Pen) {
        let mut trail = Trail::default();
        let mut bent = false;
        for line in lines {
            let Op::Line { points, .. } = line else { continue };
            bent |= points.len() > 2;
            trail.line(points);
        }
        self.put(format_args!("<path d=\"{}\"", trail.data));
        if bent {
            self.put(format_args!(" fill=\"none\""));
        }
        self.pen(pen);
        self.put(format_args!("/>\n"));
    }

    fn paint(&mut self, paint: &Paint) {
        match paint.fill {
            Some(fill) => self.put(format_args!(" fill=\"{fill}\"")),
            None => self.put(format_args!(" fill=\"none\"")),
        }
        if let Some(pen) = &paint.pen {
            self.pen(pen);
        }
        self.put(format_args!("/>\n"));
    }

    fn pen(&mut self, pen: &Pen) {
        self.put(format_args!(" stroke=\"{}\" stroke-width=\"{}\"", pen.color, Number(pen.width)));
        if let Some((on, off)) = pen.dash {
            self.put(format_args!(" stroke-dasharray=\"{} {}\"", Number(on), Number(off)));
        }
    }

    fn text(&mut self, at: (i32, i32), anchor: Anchor, width: i32, size: i32, color: Color, text: &Text) {
        let (x, y) = (Number(at.0), Number(at.1));
        self.put(format_args!("<text x=\"{x}\" y=\"{y}\""));
        if size != self.usual.0 {
            self.put(format_args!(" font-size=\"{}\"", Number(size)));
        }
        if color != self.usual.1 {
            self.put(format_args!(" fill=\"{color}\""));
        }
        match anchor {
            Anchor::Start => {}
            Anchor::Middle => self.put(format_args!(" text-anchor=\"middle\"")),
            Anchor::End => self.put(format_args!(" text-anchor=\"end\"")),
        }
        if width > 0 {
            self.put(format_args!(" textLength=\"{}\"", Number(width)));
        }
        match text.runs() {
            [run] if run.script == Script::Normal => {
                self.face(run.face);
                self.put(format_args!(">{}</text>\n", Escaped(&run.text)));
            }
            runs => {
                self.put(format_args!(">"));
                let mut dropped = 0;
                for run in runs {
                    dropped = self.run(run, size, dropped);
                }
                self.put(format_args!("</text>\n"));
            }
        }
    }

    /// Writes the outlines of a line of text whose baseline begins at `at`.
    fn outlines(&mut self, text: &Text, at: (i32, i32), size: i32, color: Color) {
        let mut pen = PathData(String::new());
        let runs = glyphs::place(text, at, size);
        runs.iter().flat_map(|run| &run.glyphs).for_each(|placed| placed.trace(&mut pen));
        if !pen.0.is_empty() {
            self.put(format_args!("<path fill=\"{color}\" d=\"{}\"/>\n", pen.0));
        }
    }

    /// Writes one run, `dropped` below the baseline so far, and returns how far below it leaves the line.
    fn run(&mut self, run: &Run, size: i32, dropped: i32) -> i32 {
        let drop = (run.script.drop() * f64::from(size)).round() as i32;
        if run.face == Face::Regular && run.script == Script::Normal && dropped == 0 {
            self.put(format_args!("{}", Escaped(&run.text)));
            return 0;
        }
        self.put(format_args!("<tspan"));
        if drop != dropped {
            self.put(format_args!(" dy=\"{}\"", Number(drop - dropped)));
        }
        if run.script != Script::Normal {
            let size = (run.script.scale() * f64::from(size)).round() as i32;
            self.put(format_args!(" font-size=\"{}\"", Number(size)));
        }
        self.face(run.face);
        self.put(format_args!(">{}</tspan>", Escaped(&run.text)));
        drop
    }

    fn face(&mut self, face: Face) {
        match face {
            Face::Regular => {}
            Face::Bold => self.put(format_args!(" font-weight=\"bold\"")),
            Face::Italic => self.put(format_args!(" font-style=\"italic\"")),
        }
    }
}

/// Hundredths, printed as short as they are.
#[derive(Clone, Copy)]
struct Number(i32);

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (sign, value) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        match (value / 100, value % 100) {
            (whole, 0) => return write!(f, "{sign}{whole}"),
            (0, _) => f.write_str(sign)?,
            (whole, _) => write!(f, "{sign}{whole}")?,
        }
        match value % 100 {
            rest if rest % 10 == 0 => write!(f, ".{}", rest / 10),
            rest => write!(f, ".{rest:02}"),
        }
    }
}

/// Path data of lines, each point from the one before it, which is shorter.
#[derive(Default)]
struct Trail {
    data: String,
    at: Option<(i32, i32)>,
}

impl Trail {
    fn line(&mut self, points: &[(i32, i32)]) {
        for (i, &to) in points.iter().enumerate() {
            let (x, y) = self.at.map_or(to, |at| (to.0 - at.0, to.1 - at.1));
            let first = self.at.is_none();
            // Writing to a string cannot fail.
            let written = match (i, x, y) {
                (0, ..) if first => write!(self.data, "M{}{}", Number(x), Next(y)),
                (0, ..) => write!(self.data, "m{}{}", Number(x), Next(y)),
                (_, x, 0) => write!(self.data, "h{}", Number(x)),
                (_, 0, y) => write!(self.data, "v{}", Number(y)),
                (_, x, y) => write!(self.data, "l{}{}", Number(x), Next(y)),
            };
            debug_assert!(written.is_ok());
            self.at = Some(to);
        }
    }
}

/// Hundredths after another number: a minus sign parts them as well as a blank.
struct Next(i32);

impl std::fmt::Display for Next {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0 < 0 { "" } else { " " })?;
        Number(self.0).fmt(f)
    }
}

/// Path data, in pixels.
struct PathData(String);

impl PathData {
    fn put<const N: usize>(&mut self, command: char, points: [(f32, f32); N]) {
        self.0.push(command);
        for (i, (x, y)) in points.into_iter().enumerate() {
            let separator = if i == 0 { "" } else { " " };
            // Writing to a string cannot fail.
            write!(self.0, "{separator}{} {}", Number(x.round() as i32), Number(y.round() as i32)).ok();
        }
    }
}

impl OutlinePen for PathData {
    fn move_to(&mut self, x: f32, y: f32) {
        self.put('M', [(x, y)]);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.put('L', [(x, y)]);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.put('Q', [(cx, cy), (x, y)]);
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        self.put('C', [(ax, ay), (bx, by), (x, y)]);
    }

    fn close(&mut self) {
        self.put('Z', []);
    }
}

struct Points<'a>(&'a [(i32, i32)]);

impl std::fmt::Display for Points<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, (x, y)) in self.0.iter().enumerate() {
            write!(f, "{}{},{}", if i == 0 { "" } else { " " }, Number(*x), Number(*y))?;
        }
        Ok(())
    }
}

/// Text with what XML would take for markup spelled out, and without the characters XML does not know.
struct Escaped<'a>(&'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => Ok(()),
            c if c.is_control() => f.write_char(' '),
            c => f.write_char(c),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Escaped, Number, Trail};

    #[test]
    fn hundredths_are_printed_shortest() {
        let printed = [0, 5, 50, 100, 1234, -7, -150].map(|n| Number(n).to_string());
        assert_eq!(printed, ["0", ".05", ".5", "1", "12.34", "-.07", "-1.5"]);
    }

    #[test]
    fn lines_go_on_from_the_point_before() {
        let mut trail = Trail::default();
        trail.line(&[(100, 250), (300, 250), (300, 50)]);
        trail.line(&[(400, 50), (350, 150)]);
        assert_eq!(trail.data, "M1 2.5h2v-2m1 0l-.5 1");
    }

    #[test]
    fn text_is_no_markup() {
        assert_eq!(Escaped("a<b & \"c\"\u{1}").to_string(), "a&lt;b &amp; &quot;c&quot; ");
    }
}
