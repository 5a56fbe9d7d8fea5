//! Maps: a column of values or grades in, a scene (parcels, classes, colours, legend) out; the
//! scene painted to PNG, SVG and PDF, or the column written as GeoJSON.
//!
//! Knows no database, no clock, no file and no right: what must be hidden comes in as
//! [`Cell::Hidden`]. Same column, look and fonts in, same bytes out.

mod category;
mod cell;
mod classes;
mod colour;
mod digest;
mod face;
mod figure;
mod font;
mod geojson;
mod order;
mod paint;
mod palette;
mod plane;
mod preset;
mod scene;
mod shading;
mod surface;
mod values;
mod wire;
mod words;

pub use category::Category;
pub use cell::{Area, Cell, Column, Grade, GradeUnknown};
pub use classes::{
    BreaksRefused, Class, ClassCount, Classes, Closed, CountRefused, FixedBreaks, Method,
    MethodUnknown, PARCELS_MIN, Rounding,
};
pub use colour::{CONTRAST_MIN, ColourUnreadable, Rgb};
pub use digest::Digest;
pub use face::{Face, FontUnreadable};
pub use figure::{brief, printed};
pub use font::{FONT_ADVICE, shipped_font};
pub use geojson::{TakenAway, geojson};
pub use order::{Format, Order, OrderRefused, Product};
pub use paint::{Unpainted, pdf, png, svg};
pub use palette::{Palette, PaletteUnknown, PaletteUnreadable};
pub use preset::{Preset, PresetUnreadable};
pub use scene::{
    Around, Chosen, Listed, Listing, Point, Rect, Scene, Shape, Size, SizeRefused, Text,
};
pub use shading::{Counts, Entry, Look, Mark, Pattern, Shading};
pub use surface::{Band, Site, Spot, Surface, Way, inverse_distance, kernel_density};
pub use values::{Given, ValueFault, ValueFaults, read_values};
