//! The vector canvas: SVG in whole hundredths of a pixel, text as outlines, so that it looks
//! alike with and without fonts. `plotters-svg` can neither draw between pixels nor carry a
//! title for those who do not see the picture.

use std::convert::Infallible;
use std::fmt::Write as _;

use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, DrawingBackend, DrawingErrorKind,
};

use crate::heatmap::face::Face;
use crate::heatmap::paint::{Unpainted, draw};
use crate::heatmap::scene::Scene;

/// A scene as the text of an SVG file; same scene and fonts, same text.
///
/// # Errors
/// None is known; the drawing API may.
pub fn svg(scene: &Scene, face: &Face<'_>) -> Result<String, Unpainted> {
    let (width, height) = (scene.size.width_px(), scene.size.height_px());
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width}00 {height}00\" role=\"img\" lang=\"zh-CN\" \
         aria-labelledby=\"map-title map-description\">\n\
         <title id=\"map-title\">{}</title>\n<desc id=\"map-description\">{}</desc>\n\
         <g stroke-linejoin=\"round\">\n",
        escaped(&scene.title),
        escaped(&scene.description),
    );
    draw(
        scene,
        face,
        Vector {
            text: &mut text,
            size: (width * 100, height * 100),
        },
    )?;
    text.push_str("</g>\n</svg>\n");
    Ok(text)
}

/// Text between tags or in quotes; characters that XML forbids become the replacement sign.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            control if control.is_control() => safe.push('\u{fffd}'),
            plain => safe.push(plain),
        }
    }
    safe
}

/// A text as plotters draws on it.
struct Vector<'a> {
    text: &'a mut String,
    size: (u32, u32),
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

fn hex(colour: BackendColor) -> String {
    let (red, green, blue) = colour.rgb;
    format!("#{red:02x}{green:02x}{blue:02x}")
}

impl Vector<'_> {
    /// Writing to a string cannot fail.
    fn push(&mut self, element: std::fmt::Arguments<'_>) {
        let _written = self.text.write_fmt(element);
    }
}

/// Path data: where it starts, then steps from spot to spot; the step back to the start is the
/// closing stroke.
fn path(spots: impl IntoIterator<Item = BackendCoord>) -> String {
    let mut data = String::new();
    let mut from: Option<BackendCoord> = None;
    for (x, y) in spots {
        let _written = match from {
            None => write!(data, "M{x} {y}l"),
            Some((x0, y0)) if (x0, y0) == (x, y) => Ok(()),
            Some((x0, y0)) => {
                let space = if data.ends_with('l') { "" } else { " " };
                write!(data, "{space}{} {}", x - x0, y - y0)
            }
        };
        from = Some((x, y));
    }
    data.trim_end_matches('l').to_owned()
}

impl DrawingBackend for Vector<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, colour: BackendColor) -> Drawn {
        let fill = hex(colour);
        self.push(format_args!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"1\" height=\"1\" fill=\"{fill}\"/>\n"
        ));
        Ok(())
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        spots: I,
        style: &S,
    ) -> Drawn {
        let (data, colour, width) = (path(spots), hex(style.color()), style.stroke_width());
        self.push(format_args!(
            "<path d=\"{data}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"/>\n"
        ));
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        radius: u32,
        style: &S,
        _fill: bool,
    ) -> Drawn {
        let fill = hex(style.color());
        self.push(format_args!(
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{fill}\"/>\n"
        ));
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        spots: I,
        style: &S,
    ) -> Drawn {
        let (data, fill) = (path(spots), hex(style.color()));
        self.push(format_args!("<path d=\"{data}z\" fill=\"{fill}\"/>\n"));
        Ok(())
    }
}
