//! The font that is compiled in, if the pages' packages were there when this was built.

/// What to do where [`shipped_font`] has none: pictures then show boxes for letters.
pub const FONT_ADVICE: &str = "this build carries no font, so the picture shows boxes for letters: run `make pages`, build again, and paint again";

static FONT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/map-font.ttf"));

/// Noto Sans SC Regular (OFL-1.1), or nothing; `build.rs` looks for it.
#[must_use]
pub fn shipped_font() -> Option<&'static [u8]> {
    (!FONT.is_empty()).then_some(FONT)
}
