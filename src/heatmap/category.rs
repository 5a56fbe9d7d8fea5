//! What a parcel is, where that is no number and no grade: a state of its land, or whether values lie
//! beyond limits there. Each has a character and a colour of its own; none is more than another.

use crate::heatmap::colour::Rgb;
use crate::text::{Language, sentence};

/// One of a closed set of categories; the order is the legend's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// 有企业: an enterprise stands there.
    Working,
    /// 投产无企业: registered as built and in use, and nobody stands there.
    Unused,
    /// 在建: being built on.
    Construction,
    /// 空地: vacant.
    Vacant,
    /// 公用: of the park itself.
    Public,
    /// 登记不符: registered as vacant, and somebody stands there.
    Contrary,
    /// 其他: registered in other words.
    Other,
    /// 有新超限: values beyond limits within 24 hours.
    BeyondNow,
    /// 有超限: none within 24 hours, and some of the days before that nobody replayed.
    BeyondBefore,
    /// 无超限: none.
    Within,
}

/// What is fixed about a category.
struct Facts {
    code: &'static str,
    label: &'static str,
    mark: &'static str,
    colour: Rgb,
}

/// A sentence of the pictures' language.
const fn said(key: &str) -> &'static str {
    sentence(Language::Chinese, key)
}

const fn facts(code: &'static str, words: [&'static str; 2], colour: u32) -> Facts {
    let [label, mark] = words;
    Facts {
        code,
        label,
        mark,
        colour: Rgb::hex(colour),
    }
}

const WORKING: [&str; 2] = [said("category.working"), said("category.mark_working")];
const UNUSED: [&str; 2] = [said("category.unused"), said("category.mark_unused")];
const CONSTRUCTION: [&str; 2] = [
    said("category.construction"),
    said("category.mark_construction"),
];
const VACANT: [&str; 2] = [said("category.vacant"), said("category.mark_vacant")];
const PUBLIC: [&str; 2] = [said("category.public"), said("category.mark_public")];
const CONTRARY: [&str; 2] = [said("category.contrary"), said("category.mark_contrary")];
const OTHER: [&str; 2] = [said("category.other"), said("category.mark_other")];
const BEYOND_NOW: [&str; 2] = [
    said("category.beyond_now"),
    said("category.mark_beyond_now"),
];
const BEYOND_BEFORE: [&str; 2] = [
    said("category.beyond_before"),
    said("category.mark_beyond_before"),
];
const WITHIN: [&str; 2] = [said("category.within"), said("category.mark_within")];

impl Category {
    /// Those of the state of land.
    pub const OF_LAND: [Self; 7] = [
        Self::Working,
        Self::Unused,
        Self::Construction,
        Self::Vacant,
        Self::Public,
        Self::Contrary,
        Self::Other,
    ];
    /// Those of values beyond limits.
    pub const OF_LIMITS: [Self; 3] = [Self::BeyondNow, Self::BeyondBefore, Self::Within];

    const fn facts(self) -> Facts {
        match self {
            Self::Working => facts("working", WORKING, 0x0093_c3e6),
            Self::Unused => facts("unused", UNUSED, 0x00d9_7706),
            Self::Construction => facts("construction", CONSTRUCTION, 0x00f6_d860),
            Self::Vacant => facts("vacant", VACANT, 0x00e8_dcc8),
            Self::Public => facts("public", PUBLIC, 0x00b3_d9b0),
            Self::Contrary => facts("contrary", CONTRARY, 0x007b_3294),
            Self::Other => facts("other", OTHER, 0x00c9_bfdb),
            Self::BeyondNow => facts("beyond_now", BEYOND_NOW, 0x00b8_5c00),
            Self::BeyondBefore => facts("beyond_before", BEYOND_BEFORE, 0x00f4_c98e),
            Self::Within => facts("within", WITHIN, 0x00e3_edf3),
        }
    }

    /// As files and the API write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.facts().code
    }

    /// In the words of the pictures.
    #[must_use]
    pub const fn label(self) -> &'static str {
        self.facts().label
    }

    /// The character that stands in a parcel.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        self.facts().mark
    }

    /// Its ground.
    #[must_use]
    pub const fn colour(self) -> Rgb {
        self.facts().colour
    }

    /// All that it is one of.
    #[must_use]
    pub const fn all(self) -> &'static [Self] {
        match self {
            Self::BeyondNow | Self::BeyondBefore | Self::Within => &Self::OF_LIMITS,
            _ => &Self::OF_LAND,
        }
    }

    /// The one with this code.
    #[must_use]
    pub fn coded(code: &str) -> Option<Self> {
        let all = Self::OF_LAND.into_iter().chain(Self::OF_LIMITS);
        all.into_iter().find(|one| one.code() == code)
    }

    /// What a parcel is, by its registered state, in the words of its file, and by whether somebody
    /// stands there; nothing where neither says anything.
    #[must_use]
    pub fn of_land(state: Option<&str>, is_held: bool) -> Option<Self> {
        let is = |words: &[&str]| state.is_some_and(|state| words.contains(&state.trim()));
        let registered = if is(&VACANT_WORDS) {
            Some(Self::Vacant)
        } else if is(&CONSTRUCTION_WORDS) {
            Some(Self::Construction)
        } else if is(&PUBLIC_WORDS) {
            Some(Self::Public)
        } else if is(&WORKING_WORDS) {
            Some(Self::Unused)
        } else {
            state.map(|_other_words| Self::Other)
        };
        match (registered, is_held) {
            (Some(Self::Vacant), true) => Some(Self::Contrary),
            (None | Some(Self::Unused | Self::Other), true) => Some(Self::Working),
            (registered, _) => registered,
        }
    }
}

/// The words of files of either language.
const VACANT_WORDS: [&str; 2] = [
    said("land_state.vacant"),
    sentence(Language::English, "land_state.vacant"),
];
const CONSTRUCTION_WORDS: [&str; 2] = [
    said("land_state.construction"),
    sentence(Language::English, "land_state.construction"),
];
const PUBLIC_WORDS: [&str; 2] = [
    said("land_state.public"),
    sentence(Language::English, "land_state.public"),
];
const WORKING_WORDS: [&str; 2] = [
    said("land_state.working"),
    sentence(Language::English, "land_state.working"),
];
