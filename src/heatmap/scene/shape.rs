//! What a scene is made of: places in pixels, y downwards, surfaces, lines, dots and texts.

use crate::heatmap::colour::Rgb;

/// A place on the picture, in pixels from the upper left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Downwards.
    pub y: f64,
}

/// An upright rectangle, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub left: f64,
    /// Upper edge.
    pub top: f64,
    /// Right edge.
    pub right: f64,
    /// Lower edge.
    pub bottom: f64,
}

impl Rect {
    /// Its width.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    /// Its height.
    #[must_use]
    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }

    /// The same, smaller by `margin` on every side.
    #[must_use]
    pub fn inset(&self, margin: f64) -> Self {
        Self {
            left: self.left + margin,
            top: self.top + margin,
            right: self.right - margin,
            bottom: self.bottom - margin,
        }
    }

    /// Whether the two share more than a border.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    /// Its corners as a closed ring.
    #[must_use]
    pub fn ring(&self) -> Vec<Point> {
        let corner = |x, y| Point { x, y };
        vec![
            corner(self.left, self.top),
            corner(self.right, self.top),
            corner(self.right, self.bottom),
            corner(self.left, self.bottom),
            corner(self.left, self.top),
        ]
    }
}

/// One thing to draw; a scene draws them in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A surface: closed rings, holes run the other way round.
    Area {
        /// Outer ring first.
        rings: Vec<Vec<Point>>,
        /// Its colour.
        fill: Rgb,
    },
    /// A line.
    Line {
        /// Its corners.
        points: Vec<Point>,
        /// Its width, pixels.
        width: f64,
        /// Its colour.
        colour: Rgb,
    },
    /// A filled circle.
    Dot {
        /// Its middle.
        at: Point,
        /// Its radius, pixels.
        radius: f64,
        /// Its colour.
        colour: Rgb,
    },
}

impl Shape {
    /// A filled rectangle.
    pub(super) fn filled(rect: &Rect, fill: Rgb) -> Self {
        Self::Area {
            rings: vec![rect.ring()],
            fill,
        }
    }

    /// The border of a rectangle.
    pub(super) fn border(rect: &Rect, width: f64, colour: Rgb) -> Self {
        Self::Line {
            points: rect.ring(),
            width,
            colour,
        }
    }
}

/// One line of text.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// What it says.
    pub words: String,
    /// Its em, in pixels.
    pub px: f64,
    /// Where its pen starts, on the baseline.
    pub origin: Point,
    /// The box it takes.
    pub bounds: Rect,
    /// Its colour.
    pub ink: Rgb,
    /// What it stands on.
    pub ground: Rgb,
}

/// Ink above the baseline, in ems: the top of Han characters and capitals.
pub(super) const ASCENT_EM: f64 = 0.88;
/// Ink below the baseline, in ems.
pub(super) const DESCENT_EM: f64 = 0.20;
/// From baseline to baseline, in ems.
pub(super) const LINE_EM: f64 = 1.5;

impl Text {
    /// A line whose box begins at `left`, `top` and is `width` wide.
    pub(super) fn new(words: String, px: f64, (left, top): (f64, f64), width: f64) -> Self {
        let baseline = top + ASCENT_EM * px;
        Self {
            words,
            px,
            origin: Point {
                x: left,
                y: baseline,
            },
            bounds: Rect {
                left,
                top,
                right: left + width,
                bottom: baseline + DESCENT_EM * px,
            },
            ink: Rgb::INK,
            ground: Rgb::WHITE,
        }
    }

    /// The same in another ink.
    pub(super) fn in_ink(mut self, ink: Rgb) -> Self {
        self.ink = ink;
        self
    }

    /// The same on another ground, in the ink that can be read there.
    pub(super) fn on(mut self, ground: Rgb) -> Self {
        self.ground = ground;
        self.ink = ground.ink();
        self
    }
}
