//! The canvas for paper: a PDF page of vectors, its long side that of A3, text as outlines, so that
//! Chinese prints right where no font is. Title and description stand in the file for whoever does
//! not see the page. Same scene and fonts, same bytes: no clock enters the file.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, DrawingBackend, DrawingErrorKind,
};

use crate::heatmap::face::Face;
use crate::heatmap::paint::{UNITS, Unpainted, draw};
use crate::heatmap::scene::Scene;

/// Long side of A3, in points of 1/72 inch (ISO 216: 420 mm).
const LONG_SIDE_PT: f64 = 420.0 / 25.4 * 72.0;
/// How far the handles of a quarter circle lie from its ends, as a share of the radius.
const QUARTER: f64 = 0.552_284_75;

/// A scene as the bytes of a PDF file (ISO 32000-1) of one page.
///
/// # Errors
/// None is known; the drawing API may.
pub fn pdf(scene: &Scene, face: &Face<'_>) -> Result<Vec<u8>, Unpainted> {
    let (width, height) = (scene.size.width_px(), scene.size.height_px());
    let scale = LONG_SIDE_PT / f64::from(width.max(height));
    let page = (f64::from(width) * scale, f64::from(height) * scale);
    let unit = scale / UNITS;
    let mut text = format!("{unit:.7} 0 0 -{unit:.7} 0 {:.3} cm 1 j\n", page.1);
    let canvas = Page {
        text: &mut text,
        size: (width * 100, height * 100),
        fill: None,
        stroke: None,
    };
    draw(scene, face, canvas)?;
    let packed = packed(&text).map_err(|cause| Unpainted {
        detail: cause.to_string(),
    })?;
    Ok(file(scene, page, &packed))
}

fn packed(text: &str) -> std::io::Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes())?;
    encoder.finish()
}

/// The objects of the file, and where each begins.
fn file(scene: &Scene, (width, height): (f64, f64), content: &[u8]) -> Vec<u8> {
    let head = format!(
        "<< /Length {} /Filter /FlateDecode >>\nstream\n",
        content.len()
    );
    let objects: [Vec<u8>; 5] = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (zh-CN) /ViewerPreferences << /DisplayDocTitle true >> >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width:.2} {height:.2}] /Resources << >> /Contents 4 0 R >>"
        )
        .into_bytes(),
        [head.as_bytes(), content, b"\nendstream"].concat(),
        format!(
            "<< /Title {} /Subject {} /Producer (parkpulse) >>",
            utf16(&scene.title),
            utf16(&scene.description)
        )
        .into_bytes(),
    ];
    let mut bytes = b"%PDF-1.4\n%\xe4\xb8\xad\xe6\x96\x87\n".to_vec();
    let mut places = String::new();
    for (index, object) in objects.iter().enumerate() {
        let _written = writeln!(places, "{:010} 00000 n ", bytes.len());
        bytes.extend(format!("{} 0 obj\n", index + 1).bytes());
        bytes.extend(object);
        bytes.extend(b"\nendobj\n");
    }
    let (count, start) = (objects.len() + 1, bytes.len());
    let end = format!(
        "xref\n0 {count}\n0000000000 65535 f \n{places}trailer\n<< /Size {count} /Root 1 0 R /Info 5 0 R >>\nstartxref\n{start}\n%%EOF\n"
    );
    bytes.extend(end.bytes());
    bytes
}

/// A text string of any language: UTF-16 behind its mark, in hex, so that nothing need be escaped.
fn utf16(text: &str) -> String {
    let mut hex = "<FEFF".to_owned();
    for unit in text.encode_utf16() {
        let _written = write!(hex, "{unit:04X}");
    }
    hex.push('>');
    hex
}

/// A content stream as plotters draws on it; a colour is said when it changes.
struct Page<'a> {
    text: &'a mut String,
    size: (u32, u32),
    fill: Option<(u8, u8, u8)>,
    stroke: Option<(u8, u8, u8)>,
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

fn share(channel: u8) -> f64 {
    f64::from(channel) / 255.0
}

impl Page<'_> {
    /// Writing to a string cannot fail.
    fn push(&mut self, operator: std::fmt::Arguments<'_>) {
        let _written = self.text.write_fmt(operator);
    }

    fn fill_with(&mut self, colour: BackendColor) {
        let (red, green, blue) = colour.rgb;
        if self.fill.replace(colour.rgb) != Some(colour.rgb) {
            let (red, green, blue) = (share(red), share(green), share(blue));
            self.push(format_args!("{red:.4} {green:.4} {blue:.4} rg\n"));
        }
    }

    fn stroke_with(&mut self, colour: BackendColor) {
        let (red, green, blue) = colour.rgb;
        if self.stroke.replace(colour.rgb) != Some(colour.rgb) {
            let (red, green, blue) = (share(red), share(green), share(blue));
            self.push(format_args!("{red:.4} {green:.4} {blue:.4} RG\n"));
        }
    }

    fn corners(&mut self, spots: impl IntoIterator<Item = BackendCoord>) {
        for (index, (x, y)) in spots.into_iter().enumerate() {
            let operator = if index == 0 { 'm' } else { 'l' };
            self.push(format_args!("{x} {y} {operator}\n"));
        }
    }
}

impl DrawingBackend for Page<'_> {
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
        self.fill_with(colour);
        self.push(format_args!("{x} {y} 1 1 re f\n"));
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
        self.stroke_with(style.color());
        self.push(format_args!("{} w\n", style.stroke_width()));
        self.corners(spots);
        self.push(format_args!("S\n"));
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        radius: u32,
        style: &S,
        _fill: bool,
    ) -> Drawn {
        self.fill_with(style.color());
        let (x, y, r) = (f64::from(x), f64::from(y), f64::from(radius));
        let h = r * QUARTER;
        self.push(format_args!(
            "{:.1} {y:.1} m\n{:.1} {:.1} {:.1} {:.1} {x:.1} {:.1} c\n",
            x + r,
            x + r,
            y + h,
            x + h,
            y + r,
            y + r,
        ));
        for (cx, cy, dx, dy, ex, ey) in [
            (x - h, y + r, x - r, y + h, x - r, y),
            (x - r, y - h, x - h, y - r, x, y - r),
            (x + h, y - r, x + r, y - h, x + r, y),
        ] {
            self.push(format_args!(
                "{cx:.1} {cy:.1} {dx:.1} {dy:.1} {ex:.1} {ey:.1} c\n"
            ));
        }
        self.push(format_args!("f\n"));
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        spots: I,
        style: &S,
    ) -> Drawn {
        self.fill_with(style.color());
        self.corners(spots);
        self.push(format_args!("f\n"));
        Ok(())
    }
}
