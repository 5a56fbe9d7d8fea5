//! What is compiled in from outside `src`: the built pages, the palettes, and the pictures' font
//! if the pages' packages are installed. Without the pages one page says how to build them;
//! without the font pictures show boxes for letters.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The font, as `npm ci` in `dashboards/web` lays it down.
const FONT: &str = "dashboards/web/node_modules/@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf";

const PALETTES: &str = "config/palettes";

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    println!("cargo::rerun-if-changed=build.rs");
    // Pages that are added or go are a change, too, which the embedding alone does not notice.
    println!("cargo::rerun-if-changed=dashboards/web/dist");
    palettes(&root, &out)?;
    font(&root, &out)
}

/// A list of the texts of all palette files, by name.
fn palettes(root: &Path, out: &Path) -> io::Result<()> {
    println!("cargo::rerun-if-changed={PALETTES}");
    let mut files = Vec::new();
    for entry in fs::read_dir(root.join(PALETTES))? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            files.push(path);
        }
    }
    files.sort();
    let mut list = String::from("pub(super) const SHIPPED: &[&str] = &[\n");
    for file in files {
        let _written = writeln!(list, "    include_str!({:?}),", file.display().to_string());
    }
    list.push_str("];\n");
    fs::File::create(out.join("palettes.rs"))?.write_all(list.as_bytes())
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
