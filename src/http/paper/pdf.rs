//! The leaves as a PDF file, text as text.

use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::text::{Font, TextDirection};
use krilla::{Data, Document};

use crate::heatmap::Face;
use crate::units::convert::canvas;

use super::{About, FOOT, HEIGHT, LINE_EM, MARGIN, Mark, NOTE_PT, Paper, ROOM, Tone, WIDTH};

/// Paper that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the sheet could not be written: {0}")]
pub(in crate::http) struct Unwritten(String);

impl Paper<'_> {
    /// The file. `fonts` are those of the face, in its order; without any there is no text.
    ///
    /// # Errors
    /// A font that cannot be embedded.
    pub(in crate::http) fn finish(
        mut self,
        fonts: Vec<Data>,
        about: &About,
        page_of: impl Fn(usize, usize) -> String,
    ) -> Result<Vec<u8>, Unwritten> {
        let count = self.leaves.len();
        let all = std::mem::take(&mut self.leaves);
        for (place, leaf) in all.into_iter().enumerate() {
            self.leaves.push(leaf);
            self.foot(about, &page_of(place + 1, count));
        }
        let fonts: Vec<Font> = fonts
            .into_iter()
            .filter_map(|bytes| Font::new(bytes, 0))
            .collect();
        let mut document = Document::new();
        let settings = PageSettings::from_wh(canvas(WIDTH), canvas(HEIGHT));
        let settings = settings.ok_or_else(|| Unwritten("no such page".to_owned()))?;
        for leaf in &self.leaves {
            let mut page = document.start_page_with(settings.clone());
            let mut surface = page.surface();
            for mark in leaf {
                draw(&mut surface, self.face, &fonts, mark);
            }
            surface.finish();
            page.finish();
        }
        let metadata = Metadata::new()
            .title(about.title.clone())
            .description(about.subject.clone())
            .language(about.language.tag().to_owned())
            .producer("parkpulse".to_owned());
        document.set_metadata(metadata);
        let written = document.finish();
        written.map_err(|cause| Unwritten(format!("{cause:?}")))
    }

    /// What stands at the bottom of the leaf.
    fn foot(&mut self, about: &About, page: &str) {
        let mut top = HEIGHT - MARGIN - FOOT + 6.0;
        self.area((MARGIN, top), (ROOM, 0.5), Tone::Rule);
        top += 4.0;
        let wide = self.face.width(page, NOTE_PT);
        let x = MARGIN + ROOM - wide;
        self.words(page, NOTE_PT, (x, top), wide + LINE_EM, Tone::Faint);
        let room = ROOM - wide - 12.0;
        for line in &about.foot {
            self.words(line, NOTE_PT, (MARGIN, top), room, Tone::Faint);
            top += LINE_EM * NOTE_PT;
        }
    }
}

fn colour(tone: Tone) -> rgb::Color {
    match tone {
        Tone::Ink => rgb::Color::new(0x17, 0x21, 0x2b),
        Tone::Faint => rgb::Color::new(0x47, 0x53, 0x5f),
        Tone::Rule => rgb::Color::new(0xc9, 0xce, 0xd6),
        Tone::Band => rgb::Color::new(0xed, 0xf0, 0xf3),
        Tone::Bar => rgb::Color::new(0x2c, 0x5f, 0x9e),
        Tone::Lack => rgb::Color::new(0xa8, 0xbf, 0xdb),
    }
}

fn draw(surface: &mut Surface<'_>, face: &Face<'_>, fonts: &[Font], mark: &Mark) {
    let tone = match mark {
        Mark::Words { tone, .. } | Mark::Area { tone, .. } => *tone,
    };
    surface.set_fill(Some(Fill {
        paint: colour(tone).into(),
        ..Fill::default()
    }));
    match mark {
        Mark::Area {
            left,
            top,
            width,
            height,
            ..
        } => {
            let rect =
                Rect::from_xywh(canvas(*left), canvas(*top), canvas(*width), canvas(*height));
            let Some(rect) = rect else { return };
            let mut path = PathBuilder::new();
            path.push_rect(rect);
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
        Mark::Words {
            words, pt, x, y, ..
        } => {
            let mut x = *x;
            for (font, run) in face.runs(words) {
                if let Some(font) = fonts.get(font) {
                    let at = Point::from_xy(canvas(x), canvas(*y));
                    let direction = TextDirection::LeftToRight;
                    surface.draw_text(at, font.clone(), canvas(*pt), run, false, direction);
                }
                x += face.width(run, *pt);
            }
        }
    }
}
