//! What a picture shows, asked of its scene and of the painted bytes.

use std::collections::BTreeSet;

use parkpulse::heatmap::{
    CONTRAST_MIN, Cell, Class, ClassCount, Face, Grade, Mark, Method, Point, Scene, Shape, Text,
    geojson, png, shipped_font, svg,
};
use parkpulse::units::convert::{len_as_f64, pixel};
use rust_decimal::Decimal;
use serde_json::Value;
use tiny_skia::Pixmap;

use crate::heatmap_park::{column, face, mixed_cells, parcels, scene, shaded};

const SIZES: &[&str] = &[
    "1600x1200",
    "800x600",
    "640x600",
    "600x1800",
    "1800x600",
    "4000x3000",
];

fn letters(count: usize) -> Vec<Cell> {
    let grade = |number: usize| Cell::Grade(Grade::ALL[number % Grade::ALL.len()]);
    (0..count)
        .map(|number| {
            if number % 9 == 0 {
                Cell::NoData
            } else {
                grade(number)
            }
        })
        .collect()
}

/// Everything wrong with the texts of a scene.
fn faults(scene: &Scene) -> Vec<String> {
    let least = (0.009 * f64::from(scene.size.height_px())).max(11.0);
    let mut faults = Vec::new();
    for (index, text) in scene.texts.iter().enumerate() {
        let words = &text.words;
        if text.px < least {
            faults.push(format!(
                "`{words}` has {} px, {least} are the least",
                text.px
            ));
        }
        if text.ink.contrast(text.ground) < CONTRAST_MIN {
            faults.push(format!("`{words}` cannot be read on {}", text.ground));
        }
        let inside = text.bounds.left >= 0.0
            && text.bounds.top >= 0.0
            && text.bounds.right <= f64::from(scene.size.width_px())
            && text.bounds.bottom <= f64::from(scene.size.height_px());
        if !inside {
            faults.push(format!("`{words}` runs off the page"));
        }
        for other in scene.texts.iter().skip(index + 1) {
            if text.bounds.overlaps(&other.bounds) {
                faults.push(format!("`{words}` lies over `{}`", other.words));
            }
        }
    }
    faults
}

#[test]
fn texts_are_large_enough_apart_and_readable() {
    let parcels = parcels(60);
    for cells in [mixed_cells(60), letters(60), vec![Cell::NoData; 60]] {
        let mut column = column(&parcels, &cells);
        for (index, area) in column.areas.iter_mut().enumerate() {
            area.grade = (index % 3 == 0).then_some(Grade::B);
        }
        for size in SIZES {
            let faults = faults(&scene(&column, size));
            assert!(faults.is_empty(), "{size}\n{}", faults.join("\n"));
        }
    }
}

#[test]
fn the_longest_names_stay_on_the_page() {
    let parcels = parcels(60);
    let mut column = column(&parcels, &mixed_cells(60));
    let long = "望".repeat(200);
    column.title = long.parse().unwrap();
    column.unit = Some(long.parse().unwrap());
    column.period = Some(long.parse().unwrap());
    column.source = Some(long.parse().unwrap());
    for size in SIZES {
        let faults = faults(&scene(&column, size));
        assert!(faults.is_empty(), "{size}\n{}", faults.join("\n"));
    }
}

#[test]
fn a_fault_of_the_text_would_be_seen() {
    let parcels = parcels(60);
    let mut planted = scene(&column(&parcels, &mixed_cells(60)), "800x600");
    planted.texts[0].ink = planted.texts[0].ground;
    planted.texts[1].px = 10.9;
    planted.texts[2].bounds = planted.texts[3].bounds;
    planted.texts[4].bounds.right = 801.0;
    let faults = faults(&planted).join("\n");
    for what in ["cannot be read", "10.9 px", "lies over", "off the page"] {
        assert!(faults.contains(what), "{what} not in {faults}");
    }
}

#[test]
fn a_picture_says_all_that_must_be_said() {
    let parcels = parcels(60);
    let scene = scene(&column(&parcels, &mixed_cells(60)), "1600x1200");
    let said: Vec<&str> = scene.texts.iter().map(|text| text.words.as_str()).collect();
    let digest = format!("核对码：{}", scene.digest.short());
    for needed in [
        "望津智造园　亩均税收　2025 年度",
        "单位：万元/亩",
        "期间：2025 年",
        "分位数 5 级",
        "n = 40 宗",
        "无数据 5 宗",
        "共 60 宗",
        "更新：2026-11-22 09:45 北京时间 (UTC+8)",
        "来源：税务局 2025_税收_规上.xlsx（2026-04-14 上传）",
        &digest,
        "小于 0",
        "无数据",
        "不统计",
        "不足 3 户",
        "邻园仅轮廓",
        "缺数超 10%",
        "北",
    ] {
        assert!(said.contains(&needed), "`{needed}` is not among {said:?}");
    }
}

#[test]
fn counts_of_the_legend_add_up() {
    let parcels = parcels(60);
    for cells in [mixed_cells(60), letters(60), vec![Cell::NoData; 60]] {
        let column = column(&parcels, &cells);
        for method in [
            Method::Quantile(ClassCount::FIVE),
            Method::Jenks(ClassCount::FIVE),
            Method::Fixed("0,10,20,30".parse().unwrap()),
        ] {
            let shading = shaded(&column, &method, "YlOrBr");
            let marked = shading.legend.iter().filter(|entry| entry.mark.is_some());
            assert_eq!(marked.map(|entry| entry.count).sum::<usize>(), 60);
            for entry in &shading.legend {
                let here = shading
                    .marks
                    .iter()
                    .filter(|mark| Some(**mark) == entry.mark);
                assert!(
                    entry.mark.is_none() || here.count() == entry.count,
                    "{entry:?}"
                );
            }
            let colours: BTreeSet<_> = shading
                .legend
                .iter()
                .filter(|entry| matches!(entry.mark, Some(Mark::Class(_) | Mark::Grade(_))))
                .map(|entry| entry.ground)
                .collect();
            assert!(shading.marks.len() == 60 && colours.len() <= 6);
        }
    }
}

#[test]
fn too_few_values_are_neither_classified_nor_told() {
    let parcels = parcels(10);
    let mut cells = vec![Cell::NoData; 10];
    cells[0] = Cell::Value(Decimal::new(4711, 2));
    let column = column(&parcels, &cells);
    let scene = scene(&column, "1600x1200");
    assert!(scene.description.contains("样本少于 5 宗，不分级"));
    assert!(!scene.texts.iter().any(|text| text.words.contains("47.1")));
}

#[test]
fn class_and_letter_are_written_where_both_are_known() {
    let parcels = parcels(60);
    let mut column = column(&parcels, &mixed_cells(60));
    for area in &mut column.areas {
        area.grade = Some(Grade::C);
    }
    let scene = scene(&column, "1600x1200");
    let said = |words: &str| {
        scene
            .texts
            .iter()
            .filter(|text| text.words == words)
            .count()
    };
    assert_eq!(said("C"), 40);
    assert_eq!(
        (1..=5).map(|class| said(&class.to_string())).sum::<usize>() + said("负"),
        40
    );
}

/// A place inside a ring, off its middle where the text stands.
fn off_middle(ring: &[Point]) -> Point {
    let count = len_as_f64(ring.len() - 1);
    let middle = ring.iter().skip(1).fold((0.0, 0.0), |sum, point| {
        (sum.0 + point.x / count, sum.1 + point.y / count)
    });
    Point {
        x: ring[0].x + 0.12 * (middle.0 - ring[0].x),
        y: ring[0].y + 0.12 * (middle.1 - ring[0].y),
    }
}

fn colour_at(pixmap: &Pixmap, at: Point) -> String {
    let whole = |length: f64| u32::try_from(pixel(length)).unwrap();
    let colour = pixmap.pixel(whole(at.x), whole(at.y)).unwrap();
    format!(
        "#{:02x}{:02x}{:02x}",
        colour.red(),
        colour.green(),
        colour.blue()
    )
}

#[test]
fn a_parcel_has_the_colour_of_its_class_and_a_courtyard_has_none() {
    let parcels = parcels(60);
    let column = column(&parcels, &letters(60));
    let scene = scene(&column, "1600x1200");
    let pixmap = Pixmap::decode_png(&png(&scene, &face()).unwrap()).unwrap();
    let mut looked_at = (0, 0);
    for shape in scene.shapes.iter().skip(2).take(400) {
        let Shape::Area { rings, fill } = shape else {
            continue;
        };
        let grade = ["#1a6faf", "#7fc6e8", "#f2b134", "#b2182b", "#c9ced6"];
        if !grade.contains(&fill.to_string().as_str()) || rings[0][0].y > 1000.0 {
            continue;
        }
        assert_eq!(colour_at(&pixmap, off_middle(&rings[0])), fill.to_string());
        looked_at.0 += 1;
        for courtyard in rings.iter().skip(1) {
            assert_eq!(colour_at(&pixmap, off_middle(courtyard)), "#eef0f2");
            looked_at.1 += 1;
        }
    }
    assert!(looked_at.0 > 40 && looked_at.1 > 5, "{looked_at:?}");
}

fn square(left: f64, top: f64, side: f64) -> Vec<Point> {
    let corner = |x: f64, y: f64| Point {
        x: left + x * side,
        y: top + y * side,
    };
    [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)]
        .map(|(x, y)| corner(x, y))
        .to_vec()
}

/// The way from ring to ring encloses nothing, whichever way the rings run.
#[test]
fn a_surface_with_two_holes_has_exactly_two_holes() {
    let parcels = parcels(10);
    let mut scene = scene(&column(&parcels, &letters(10)), "800x600");
    scene.texts.clear();
    for flip in [false, true] {
        let mut rings = vec![square(100.0, 100.0, 400.0)];
        for mut hole in [square(150.0, 150.0, 50.0), square(400.0, 150.0, 50.0)] {
            hole.reverse();
            rings.push(hole);
        }
        if flip {
            for ring in &mut rings {
                ring.reverse();
            }
        }
        let fill = "#123456".parse().unwrap();
        scene.shapes = vec![Shape::Area { rings, fill }];
        let pixmap = Pixmap::decode_png(&png(&scene, &face()).unwrap()).unwrap();
        let filled = pixmap.pixels().iter().filter(|pixel| pixel.blue() == 0x56);
        assert_eq!(filled.count(), 400 * 400 - 2 * 50 * 50);
    }
}

/// Whether a place lies inside rings, holes taken out.
fn holds(rings: &[Vec<Point>], at: Point) -> bool {
    let crossed = rings
        .iter()
        .flat_map(|ring| ring.iter().zip(ring.iter().skip(1)));
    let crossed = crossed.filter(|(a, b)| {
        (a.y < at.y) != (b.y < at.y) && at.x < a.x + (at.y - a.y) / (b.y - a.y) * (b.x - a.x)
    });
    crossed.count() % 2 == 1
}

#[test]
fn texts_in_parcels_lie_wholly_inside_and_north_is_up() {
    let parcels = parcels(60);
    let column = column(&parcels, &mixed_cells(60));
    let scene = scene(&column, "1600x1200");
    let areas: Vec<_> = scene
        .shapes
        .iter()
        .filter_map(|shape| match shape {
            Shape::Area { rings, fill } => Some((rings, *fill)),
            _ => None,
        })
        .collect();
    let is_figure = |text: &&Text| text.words.replace('−', "-").parse::<f64>().is_ok();
    let mut figures = 0;
    for text in scene.texts.iter().filter(is_figure) {
        let bounds = &text.bounds;
        let around = areas.iter().filter(|(rings, fill)| {
            *fill == text.ground && bounds.ring().iter().all(|corner| holds(rings, *corner))
        });
        let mut around = around.peekable();
        assert!(
            around.peek().is_some(),
            "`{}` runs over its border",
            text.words
        );
        let inside = |point: &Point| {
            bounds.left < point.x
                && point.x < bounds.right
                && bounds.top < point.y
                && point.y < bounds.bottom
        };
        assert!(around.all(|(rings, _)| !rings.iter().flatten().any(inside)));
        figures += 1;
    }
    assert!(figures >= 38, "{figures}");
    // P-1 lies in the south-west, P-60 in the north-east; page and ground come first.
    let (first, last) = (areas[2].0[0][0], areas[2 + 59].0[0][0]);
    assert!(first.y > last.y && first.x < last.x);
}

#[test]
fn no_glyph_is_missing_or_each_is_told() {
    let parcels = parcels(60);
    let column = column(&parcels, &mixed_cells(60));
    let shown = scene(&column, "1600x1200");
    assert_eq!(
        shown.missing.is_empty(),
        shipped_font().is_some(),
        "{:?}",
        shown.missing
    );

    let method = Method::Quantile(ClassCount::FIVE);
    let nothing = Face::new(&[]).unwrap();
    let shading = shaded(&column, &method, "YlGnBu");
    let boxed = Scene::of(&column, &shading, shown.size, &nothing);
    assert!(boxed.missing.contains(&'税') && !boxed.missing.contains(&' '));
    let painted = svg(&boxed, &nothing).unwrap();
    assert!(painted.len() > 20_000, "boxes are drawn");
    assert!(Face::new(&[b"no font"]).is_err());
}

#[test]
fn letters_stand_at_their_own_bearing() {
    let Some(font) = shipped_font() else {
        return assert!(parkpulse::heatmap::FONT_ADVICE.contains("make pages"));
    };
    let face = Face::new(&[font]).unwrap();
    let origin = Point { x: 0.0, y: 100.0 };
    let left = |text: &str| {
        let glyphs = face.contours(text, 100.0, origin);
        let points = glyphs.iter().flatten().flatten();
        points.map(|point| point.x).fold(f64::INFINITY, f64::min)
    };
    // The ink of a full-width bracket begins in the right half of its square.
    assert!(left("（") > 50.0, "{}", left("（"));
    assert!((face.width("（税）", 100.0) - 300.0).abs() < 1e-6);
}

#[test]
fn same_scene_same_bytes() {
    let parcels = parcels(60);
    let column = column(&parcels, &mixed_cells(60));
    let paint = || {
        let scene = scene(&column, "800x600");
        (png(&scene, &face()).unwrap(), svg(&scene, &face()).unwrap())
    };
    assert_eq!(paint(), paint());
}

#[test]
fn the_digest_changes_with_what_is_shown_and_only_then() {
    let parcels = parcels(60);
    let cells = mixed_cells(60);
    let digest = |cells: &[Cell], size: &str| scene(&column(&parcels, cells), size).digest;
    let first = digest(&cells, "800x600");
    assert_eq!(first, digest(&cells, "1600x1200"));
    let mut other = cells.clone();
    other[0] = Cell::Hidden;
    assert_ne!(first, digest(&other, "800x600"));
    let mut waste = cells.clone();
    let bare = waste.iter().position(|cell| *cell == Cell::NoData).unwrap();
    waste[bare] = Cell::NotCounted;
    assert_ne!(first, digest(&waste, "800x600"));
    let mut turned = column(&parcels, &cells);
    turned.areas.reverse();
    assert_eq!(first, scene(&turned, "800x600").digest);
    let mut renamed = column(&parcels, &cells);
    renamed.unit = None;
    assert_ne!(first, scene(&renamed, "800x600").digest);
}

/// Names of open elements while an XML text is walked; panics where it is not well formed.
fn assert_well_formed(text: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let between = &rest[..start];
        let entities = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"];
        for (at, _) in between.match_indices('&') {
            assert!(
                entities
                    .iter()
                    .any(|entity| between[at..].starts_with(entity))
            );
        }
        let end = rest.find('>').expect("a tag ends");
        let tag = &rest[start + 1..end];
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(tag.split_whitespace().next().unwrap());
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty() && rest.trim().is_empty());
}

#[test]
fn hostile_names_come_out_unharmed_in_svg() {
    let parcels = parcels(60);
    let mut column = column(&parcels, &mixed_cells(60));
    column.title = r#"</title><script>alert("1")</script>&'𠮷"#.parse().unwrap();
    column.unit = Some("<&'>".parse().unwrap());
    let text = svg(&scene(&column, "800x600"), &face()).unwrap();
    assert_well_formed(&text);
    assert!(!text.contains("<script"));
    assert!(text.contains(
        "&lt;/title&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;𠮷</title>"
    ));
    assert!(text.contains(r#"role="img""#) && text.contains("<desc"));
    assert!(!text.contains("<text"), "text is drawn as outlines");
}

#[test]
fn geojson_carries_what_is_shown_and_nothing_hidden() {
    let parcels = parcels(60);
    let column = column(&parcels, &mixed_cells(60));
    let shading = shaded(&column, &Method::Quantile(ClassCount::FIVE), "YlGnBu");
    let text: Value = serde_json::from_str(&geojson(&column, &shading, None)).unwrap();
    let features = text["features"].as_array().unwrap();
    assert_eq!(features.len(), 60);
    for (feature, (area, mark)) in features.iter().zip(column.areas.iter().zip(&shading.marks)) {
        let properties = &feature["properties"];
        assert_eq!(properties["parcel"], area.parcel.as_str());
        match (area.cell, mark) {
            (Cell::Value(value), Mark::Class(class)) => {
                assert_eq!(properties["value"], value.normalize().to_string());
                let number = match class {
                    Class::Negative => 0,
                    Class::Number(class) => class + 1,
                };
                assert_eq!(properties["class"], number);
            }
            _ => assert!(properties["value"].is_null() && properties["class"].is_null()),
        }
        let outline: geojson::Geometry =
            serde_json::from_value(feature["geometry"].clone()).unwrap();
        assert!(matches!(
            outline.value,
            geojson::GeometryValue::MultiPolygon { .. }
        ));
    }
    assert_eq!(text["digest"].as_str().unwrap().len(), 64);
}
