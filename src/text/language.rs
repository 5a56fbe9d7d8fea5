//! The languages the platform speaks.

/// A language with a file in `config/text`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// 简体中文, the default.
    Chinese,
    /// English.
    English,
}

impl Language {
    /// All of them, the default first.
    pub const ALL: [Self; 2] = [Self::Chinese, Self::English];

    /// Its tag, which is the name of its file.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// The language of a tag of BCP 47, whatever its region and writing.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        match tag.split('-').next()?.to_ascii_lowercase().as_str() {
            "zh" => Some(Self::Chinese),
            "en" => Some(Self::English),
            _ => None,
        }
    }
}
