//! What is compiled in from outside `src`: the built pages, the files under `config/` that need no
//! Rust (palettes, indicators, schemes, factors, tariffs, prices, holidays, precedence of sources, named breaks, words), and the pictures' font if the pages'
//! packages are installed. Without the pages one page says how to build them;
//! without the font pictures show boxes for letters.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The font, as `npm ci` in `dashboards/web` lays it down.
const FONT: &str = "dashboards/web/node_modules/@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf";

/// Folders whose `*.toml` are compiled in, one list each: a new file there is no Rust.
const FOLDERS: &[&str] = &[
    "palettes",
    "indicators",
    "schemes",
    "factors",
    "breaks",
    "holidays",
    "tariffs",
    "prices",
    "precedence",
];

const TEXT: &str = "config/text";

/// A file of words: tables of sentences by key.
type Words = BTreeMap<String, BTreeMap<String, String>>;

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    println!("cargo::rerun-if-changed=build.rs");
    // Pages that are added or go are a change, too, which the embedding alone does not notice.
    println!("cargo::rerun-if-changed=dashboards/web/dist");
    for folder in FOLDERS {
        compile_in(folder, &root, &out)?;
    }
    words(&root, &out)?;
    font(&root, &out)
}

/// A list of the files of `config/FOLDER`, name and text, by name.
fn compile_in(folder: &str, root: &Path, out: &Path) -> io::Result<()> {
    let place = Path::new("config").join(folder);
    println!("cargo::rerun-if-changed={}", place.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(root.join(place))? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            files.push(path);
        }
    }
    files.sort();
    let mut list = String::from("pub(super) const SHIPPED: &[(&str, &str)] = &[\n");
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let text = file.display().to_string();
        let _written = writeln!(list, "    ({name:?}, include_str!({text:?})),");
    }
    list.push_str("];\n");
    fs::File::create(out.join(format!("{folder}.rs")))?.write_all(list.as_bytes())
}

/// A list of `table.key` and sentence for each language.
fn words(root: &Path, out: &Path) -> io::Result<()> {
    println!("cargo::rerun-if-changed={TEXT}");
    let mut list = String::new();
    for (name, language) in [("CHINESE", "zh-CN"), ("ENGLISH", "en")] {
        let file = root.join(TEXT).join(language).with_extension("toml");
        let text = fs::read_to_string(&file)?;
        let tables: Words = toml::from_str(&text)
            .map_err(|cause| io::Error::other(format!("{}: {cause}", file.display())))?;
        let _written = writeln!(list, "const {name}: &[(&str, &str)] = &[");
        for (table, sentences) in tables {
            for (key, sentence) in sentences {
                let _written =
                    writeln!(list, "    ({:?}, {sentence:?}),", format!("{table}.{key}"));
            }
        }
        list.push_str("];\n");
    }
    fs::File::create(out.join("words.rs"))?.write_all(list.as_bytes())
}

/// The font's bytes, or an empty file.
fn font(root: &Path, out: &Path) -> io::Result<()> {
    let font = root.join(FONT);
    let target = out.join("map-font.ttf");
    // Cargo takes a missing file for a changed one and would build at every call: watch the
    // nearest folder that is there.
    let watched = font.ancestors().find(|path| path.exists()).unwrap_or(root);
    if watched != root {
        println!("cargo::rerun-if-changed={}", watched.display());
    }
    if font.exists() {
        fs::copy(&font, target).map(|_bytes| ())
    } else {
        fs::File::create(target).map(|_empty| ())
    }
}
