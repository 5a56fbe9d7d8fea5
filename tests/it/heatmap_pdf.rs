//! The page for paper: a file that holds together, the same shapes as the vector picture, and what
//! only paper says.

use std::io::Read as _;

use flate2::read::ZlibDecoder;
use parkpulse::heatmap::{
    Around, ClassCount, Grade, Listed, Listing, Method, Palette, Scene, Shape, Size, pdf, svg,
};

use crate::heatmap_park::{column, face, mixed_cells, parcels, shaded};

const TAKEN: &str = "导出：望津 <&>，2026-11-22T09:45:00+08:00";

/// A whole number written at the start of `text`.
fn number(text: &str) -> usize {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}

fn find(bytes: &[u8], wanted: &str) -> usize {
    let mut windows = bytes.windows(wanted.len());
    windows.position(|at| at == wanted.as_bytes()).unwrap()
}

/// The objects of the file by its own table of places; panics where one is not where it says.
fn objects(bytes: &[u8]) -> Vec<&[u8]> {
    let end = bytes.len() - 40;
    let tail = String::from_utf8_lossy(&bytes[end..]).into_owned();
    let start = number(tail.split("startxref\n").nth(1).unwrap());
    let table = String::from_utf8(bytes[start..].to_vec()).unwrap();
    let places = table.lines().filter(|line| line.ends_with(" n "));
    let places: Vec<usize> = places.map(number).collect();
    assert!(table.contains(&format!("/Size {}", places.len() + 1)));
    let one = |(index, place): (usize, &usize)| {
        let object = &bytes[*place..];
        let head = format!("{} 0 obj\n", index + 1);
        assert!(object.starts_with(head.as_bytes()), "object {}", index + 1);
        &object[head.len()..find(object, "\nendobj\n")]
    };
    places.iter().enumerate().map(one).collect()
}

/// What is drawn: operators, a line each.
fn content(object: &[u8]) -> String {
    let begin = find(object, "stream\n") + "stream\n".len();
    let head = String::from_utf8_lossy(&object[..begin]).into_owned();
    let length = number(head.split("/Length ").nth(1).unwrap());
    assert_eq!(&object[begin + length..], b"\nendstream");
    let mut text = String::new();
    let mut packed = ZlibDecoder::new(&object[begin..begin + length]);
    packed.read_to_string(&mut text).unwrap();
    text
}

/// The corners of each path of the SVG, in its own hundredths of a pixel.
fn paths_of_svg(svg: &str) -> Vec<Vec<(i64, i64)>> {
    let one = |data: &str| {
        let data = data.split('"').next().unwrap().trim_end_matches('z');
        let (start, steps) = data.split_once('l').unwrap_or((data, ""));
        let pair = |text: &str| {
            let mut numbers = text.split(' ').map(|one| one.parse::<i64>().unwrap());
            (numbers.next().unwrap(), numbers.next().unwrap())
        };
        let mut at = pair(start.trim_start_matches('M'));
        let mut corners = vec![at];
        let words: Vec<&str> = steps.split(' ').filter(|word| !word.is_empty()).collect();
        for step in words.chunks(2) {
            let (x, y) = pair(&step.join(" "));
            at = (at.0 + x, at.1 + y);
            corners.push(at);
        }
        corners
    };
    svg.split("<path d=\"").skip(1).map(one).collect()
}

/// The corners of each straight path of the page, without the same place twice in a row.
fn paths_of_page(content: &str) -> Vec<Vec<(i64, i64)>> {
    let mut paths: Vec<Vec<(i64, i64)>> = Vec::new();
    for line in content.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let corner = || (words[0].parse().unwrap(), words[1].parse().unwrap());
        match words.as_slice() {
            [x, _, "m"] if !x.contains('.') => paths.push(vec![corner()]),
            [_, _, "l"] => {
                let path = paths.last_mut().unwrap();
                if path.last() != Some(&corner()) {
                    path.push(corner());
                }
            }
            _ => {}
        }
    }
    paths
}

#[test]
fn paper_shows_what_the_screen_shows() {
    let parcels = parcels(60);
    let column = column(&parcels, &mixed_cells(60));
    let shading = shaded(&column, &Method::Quantile(ClassCount::FIVE), "YlGnBu");
    let around = Around {
        taken: Some(TAKEN),
        ..Around::default()
    };
    let face = face();
    let scene = Scene::over(around, &column, &shading, Size::A3, &face);
    assert!(scene.texts.iter().any(|text| text.words == TAKEN));
    let bytes = pdf(&scene, &face).unwrap();
    assert_eq!(bytes, pdf(&scene, &face).unwrap(), "same map, same bytes");
    assert!(bytes.starts_with(b"%PDF-1.4\n"));
    let objects = objects(&bytes);
    let page = String::from_utf8_lossy(objects[2]);
    // A3 is 420 x 297 mm.
    assert!(page.contains("/MediaBox [0 0 1190.55 841.89]"), "{page}");
    let title: Vec<String> = scene
        .title
        .encode_utf16()
        .map(|unit| format!("{unit:04X}"))
        .collect();
    let told = String::from_utf8_lossy(objects[4]);
    assert!(
        told.contains(&format!("/Title <FEFF{}>", title.concat())),
        "{told}"
    );
    let content = content(objects[3]);
    let drawn = paths_of_page(&content);
    let wanted = paths_of_svg(&svg(&scene, &face).unwrap());
    assert!(wanted.len() > 300, "letters and parcels: {}", wanted.len());
    assert_eq!(drawn, wanted);
    for entry in &shading.legend {
        let share = |channel: u8| f64::from(channel) / 255.0;
        let ground = entry.ground;
        let [red, green, blue] = [ground.red, ground.green, ground.blue].map(share);
        let colour = format!("{red:.4} {green:.4} {blue:.4} rg");
        assert!(content.contains(&colour), "{}: {colour}", entry.label);
    }
}

/// Twenty rows and ten, one of which has a very long name.
fn listing() -> Listing {
    let grades = Palette::named(Palette::GRADES).unwrap();
    let row = |rank: usize| Listed {
        rank: rank.to_string(),
        name: if rank == 3 {
            "望津新材料精密电子半导体设备制造（集团）有限公司".repeat(2)
        } else {
            format!("望津第{rank}厂")
        },
        parcel: format!("WJ-{rank:03}"),
        grade: (!rank.is_multiple_of(4)).then_some((Grade::B, grades.letter(Grade::B))),
        value: format!("{}.25", 9_000 - rank),
    };
    Listing {
        heads: ["序", "企业", "地块", "等级", "万元/亩"].map(str::to_owned),
        groups: vec![
            ("前 20 宗".to_owned(), (1..=20).map(row).collect()),
            ("后 10 宗".to_owned(), (105..=114).map(row).collect()),
        ],
    }
}

#[test]
fn a_page_of_a3_has_its_list_beside_the_map_and_nothing_over_anything() {
    let parcels = parcels(60);
    let column = column(&parcels, &mixed_cells(60));
    let shading = shaded(&column, &Method::Quantile(ClassCount::FIVE), "YlGnBu");
    let (face, listing) = (face(), listing());
    let facts = ["全园 14.53 万元/亩（63,246 万元 ÷ 4,353 亩，比率为合计之比）".to_owned()];
    let around = Around {
        taken: Some(TAKEN),
        facts: &facts,
        listing: Some(&listing),
        ..Around::default()
    };
    let scene = Scene::over(around, &column, &shading, Size::A3, &face);
    let told: Vec<&str> = scene.texts.iter().map(|text| text.words.as_str()).collect();
    for words in [
        "前 20 宗",
        "后 10 宗",
        "望津第1厂",
        "望津第114厂",
        "8999.25",
        TAKEN,
        &*facts[0],
        "北",
    ] {
        assert!(told.contains(&words), "{words}: {told:?}");
    }
    assert!(scene.missing.is_empty());
    let page = (
        f64::from(Size::A3.width_px()),
        f64::from(Size::A3.height_px()),
    );
    for (index, text) in scene.texts.iter().enumerate() {
        let bounds = text.bounds;
        let inside = bounds.left >= 0.0 && bounds.right <= page.0 && bounds.bottom <= page.1;
        assert!(inside, "{} runs off the page", text.words);
        for other in scene.texts.iter().skip(index + 1) {
            assert!(
                !bounds.overlaps(&other.bounds),
                "{} {}",
                text.words,
                other.words
            );
        }
    }
    // 290 of 420 mm are the map's: no parcel reaches into the list.
    let map = page.0 * 290.0 / 420.0 + 24.0;
    let first = scene
        .texts
        .iter()
        .find(|text| text.words == "望津第1厂")
        .unwrap();
    assert!(first.bounds.left > map, "{first:?}");
    let outlines = scene.shapes.iter().filter_map(|shape| match shape {
        Shape::Line { points, width, .. } if *width > 1.1 => Some(points),
        _ => None,
    });
    assert!(outlines.flatten().all(|point| point.x <= map));
    let plain = Scene::over(Around::default(), &column, &shading, Size::A3, &face);
    assert_eq!(plain.digest, scene.digest, "the same data");
    let bytes = pdf(&scene, &face).unwrap();
    assert_eq!(bytes, pdf(&scene, &face).unwrap());
    if let Ok(folder) = std::env::var("SURFACE_PICTURES") {
        std::fs::write(format!("{folder}/a3.pdf"), bytes).unwrap();
    }
}
