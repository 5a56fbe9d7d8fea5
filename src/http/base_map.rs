//! The base map of the customer: where its tiles or its one picture come from, and what has to stand
//! beside them. Off unless the configuration names one; the server itself never asks for a tile.

/// What lies at the address.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BaseMapKind {
    /// Tiles of 256 px, numbered as on the web: XYZ, or WMTS in a matrix set like it.
    Tiles,
    /// One picture, whose west, south, east and north edge lie at these degrees of its own system.
    Image([f64; 4]),
}

/// In which degrees the map is drawn (domain.md 5.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaseMapSystem {
    /// `EPSG:3857` over WGS 84, which CGCS2000 is as good as.
    WebMercator,
    /// `GCJ-02`, shifted by some 468 m in Kunshan.
    Gcj02,
}

impl BaseMapSystem {
    /// As the configuration writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WebMercator => "EPSG:3857",
            Self::Gcj02 => "GCJ-02",
        }
    }
}

/// `[base_map]`: what lies under the parcels in the browser, and nowhere else.
#[derive(Clone, Debug)]
pub struct BaseMap {
    /// What lies at the address.
    pub kind: BaseMapKind,
    /// `https://host/path` with `{z}`, `{x}` and `{y}`; of one picture without.
    pub url: String,
    /// Whose it is, as they want to be named.
    pub attribution: String,
    /// 审图号: a map shown in public has one (domain.md 5.5).
    pub approval: String,
    /// Its degrees.
    pub system: BaseMapSystem,
    /// The first and the last zoom that there are tiles of.
    pub zoom: (u32, u32),
}

impl BaseMap {
    /// Scheme, host and port: the one place outside from which pictures may come.
    #[must_use]
    pub fn origin(&self) -> &str {
        let host = self.url.find("://").map_or(0, |at| at + 3);
        let path = self.url.get(host..).and_then(|rest| rest.find(['/', '?']));
        let end = path.map_or(self.url.len(), |at| host + at);
        self.url.get(..end).unwrap_or_default()
    }
}
