//! Tells cargo that the built pages are part of the binary: files that are added or go are a
//! change, too, which the embedding alone does not notice.
#![expect(clippy::print_stdout, reason = "this is how a build script speaks")]

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=dashboards/web/dist");
}
