//! `map`: paints a map from files, without a server (contract.md 5).

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::calendar::Moment;
use crate::heatmap::ClassCount;
use crate::heatmap::FONT_ADVICE;
use crate::heatmap::Face;
use crate::heatmap::FixedBreaks;
use crate::heatmap::Format;
use crate::heatmap::Method;
use crate::heatmap::Order;
use crate::heatmap::Product;
use crate::heatmap::Size;
use crate::heatmap::shipped_font;
use crate::park::Name;
use crate::park::outline::CityBox;
use crate::park::outline::Crs;

use super::input::read_text;
use super::{Failure, Out, Outcome, Verdict};

/// What to paint, and how.
#[derive(Debug, Args)]
pub(super) struct Map {
    /// Outlines of the parcels, GeoJSON with the property `parcel`
    #[arg(long, value_name = "FILE.geojson")]
    parcels: PathBuf,
    /// Columns parcel,value: numbers, or the letters A B C D T; empty = no data
    #[arg(long, value_name = "FILE.csv")]
    values: PathBuf,
    /// The picture to write: .png, .svg, .pdf or .geojson
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// How breaks are found: quantile (the default), equal, jenks, fixed, diverging
    #[arg(long)]
    method: Option<String>,
    /// How many classes, 1 to 9
    #[arg(long, default_value = "5", value_name = "N")]
    classes: ClassCount,
    /// Breaks of the method fixed, outer ones included: 0,1.4,2.1,3.2; values beyond them are in
    /// the outer classes
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    breaks: Option<FixedBreaks>,
    /// Colours of numbers, by the name of a file in config/palettes [default: ylgnbu]
    #[arg(long, value_name = "NAME")]
    palette: Option<String>,
    /// Headline
    #[arg(long)]
    title: Option<Name>,
    /// Unit of the values
    #[arg(long)]
    unit: Option<Name>,
    /// Period of the values, in words
    #[arg(long)]
    period: Option<Name>,
    /// When the values were read: 2026-11-22T09:45:00+08:00
    #[arg(long, value_name = "TIME")]
    as_of: Option<Moment>,
    /// Where the values come from
    #[arg(long)]
    source: Option<Name>,
    /// Width and height of the picture in pixels
    #[arg(long, default_value_t = Size::DEFAULT, value_name = "WxH")]
    size: Size,
    /// Coordinate system of the outlines: EPSG:4326, EPSG:4490, EPSG:4549, EPSG:4528, GCJ-02
    #[arg(long, default_value_t = Crs::Wgs84)]
    crs: Crs,
}

/// Parcels lie in `city`; `extra` are fonts for glyphs that the shipped one lacks.
pub(super) fn run(map: Map, city: CityBox, extra: &[Vec<u8>], out: &mut Out) -> Outcome {
    let format = map
        .out
        .to_str()
        .and_then(Format::of_file)
        .ok_or_else(|| Failure::usage("--out must end in .png, .svg, .pdf or .geojson"))?;
    let method = method(&map)?;
    let parcels = read_text(&map.parcels)?;
    let values = read_text(&map.values)?;
    let extra = extra.iter().map(Vec::as_slice);
    let fonts: Vec<&[u8]> = shipped_font().into_iter().chain(extra).collect();
    let order = Order {
        parcels: &parcels,
        values: &values,
        crs: map.crs,
        city,
        method,
        palette: map.palette.as_deref(),
        title: map.title,
        unit: map.unit,
        period: map.period,
        as_of: map.as_of,
        source: map.source,
        size: map.size,
        format,
    };
    let product = order.paint(&Face::new(&fonts)?)?;
    write(&map.out, &product.bytes)?;
    tell(&map.out, &product, out)
}

/// `--breaks` alone means the method fixed.
fn method(map: &Map) -> Result<Method, Failure> {
    let word = match (&map.method, &map.breaks) {
        (Some(word), _) => word.as_str(),
        (None, Some(_)) => "fixed",
        (None, None) => "quantile",
    };
    Method::named(word, map.classes, map.breaks.clone())
        .map_err(|unknown| Failure::usage(unknown.to_string()))
}

/// The file is there whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let unwritten = |cause: std::io::Error| {
        Failure::failed(format!("{} was not written: {cause}", path.display()))
    };
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let mut file = tempfile::Builder::new()
        .permissions(std::fs::Permissions::from_mode(0o666))
        .tempfile_in(folder.unwrap_or(Path::new(".")))
        .map_err(unwritten)?;
    file.write_all(bytes).map_err(unwritten)?;
    file.persist(path)
        .map(|_file| ())
        .map_err(|cause| unwritten(cause.error))
}

fn tell(path: &Path, product: &Product, out: &mut Out) -> Outcome {
    if out.is_json() {
        out.bytes(product.report.as_bytes())?;
    } else {
        out.line(path.display())?;
    }
    if shipped_font().is_none() {
        out.say(FONT_ADVICE);
    } else if !product.missing.is_empty() {
        let missing: Vec<String> = product.missing.iter().map(ToString::to_string).collect();
        out.say(format_args!(
            "the font has no glyph for {}: the picture shows boxes there",
            missing.join(" ")
        ));
    }
    Ok(Verdict::Done)
}
