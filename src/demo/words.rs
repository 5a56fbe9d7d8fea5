//! Words of a made-up city: names that no register knows, and the trades of its enterprises.

use super::Dice;
use super::Pattern;
use super::Pattern::{Continuous, DayShift, ThreeShifts, TwoShifts};
use super::story::Story;

/// What an enterprise makes, and what that takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Trade {
    /// GB/T 4754.
    pub(super) industry: &'static str,
    /// The trade in an enterprise's name.
    pub(super) word: &'static str,
    /// How often there is one.
    pub(super) weight: u64,
    /// How it works.
    pub(super) pattern: Pattern,
    /// Electricity on average, W a mu of land.
    pub(super) watt_per_mu: u64,
    /// Natural gas on average, litres an hour and mu; 0 for none.
    pub(super) gas_per_mu: u64,
    /// Steam on average, kg an hour and mu; 0 for none.
    pub(super) steam_per_mu: u64,
    /// Sales of a usual enterprise, 万元 a mu and year.
    pub(super) sales_per_mu: u64,
    /// Tax of its sales.
    pub(super) tax_per_mille: u64,
    /// Value added of its sales.
    pub(super) added_per_mille: u64,
    /// Research of its sales.
    pub(super) research_per_mille: u64,
    /// What goes into water and air, kg for a million yuan of sales; 0 where nobody asks.
    pub(super) waste_kg_per_million: u64,
    /// Whether it keeps what burns or poisons.
    pub(super) hazardous: bool,
}

const fn trade(
    industry: &'static str,
    word: &'static str,
    weight: u64,
    pattern: Pattern,
    per_mu: [u64; 3],
    economy: [u64; 5],
    hazardous: bool,
) -> Trade {
    let [watt_per_mu, gas_per_mu, steam_per_mu] = per_mu;
    let [
        sales_per_mu,
        tax_per_mille,
        added_per_mille,
        research_per_mille,
        waste_kg_per_million,
    ] = economy;
    Trade {
        industry,
        word,
        weight,
        pattern,
        watt_per_mu,
        gas_per_mu,
        steam_per_mu,
        sales_per_mu,
        tax_per_mille,
        added_per_mille,
        research_per_mille,
        waste_kg_per_million,
        hazardous,
    }
}

/// Own figures, believable for the Yangtze delta; none is anybody's.
#[rustfmt::skip]
const TRADES: &[Trade] = &[
    trade("C39", "精密电子", 8, ThreeShifts, [9_500, 350, 0], [520, 46, 230, 34, 2], false),
    trade("C39", "显示器件", 4, Continuous, [12_800, 420, 0], [560, 42, 240, 38, 6], true),
    trade("C39", "汽车电子", 5, TwoShifts, [6_200, 0, 0], [450, 48, 240, 36, 0], false),
    trade("C39", "半导体材料", 3, Continuous, [14_500, 600, 0], [620, 58, 300, 52, 6], true),
    trade("C35", "智能装备", 7, DayShift, [3_100, 0, 0], [420, 52, 260, 40, 0], false),
    trade("C35", "医疗器械", 4, TwoShifts, [3_600, 0, 0], [430, 66, 310, 55, 0], false),
    trade("C34", "精密机械", 6, TwoShifts, [3_900, 0, 0], [330, 47, 240, 28, 0], false),
    trade("C36", "汽车零部件", 6, TwoShifts, [5_800, 450, 0], [380, 42, 220, 26, 5], false),
    trade("C38", "电气", 4, DayShift, [3_400, 0, 0], [400, 45, 230, 30, 0], false),
    trade("C38", "新能源科技", 4, ThreeShifts, [8_200, 380, 0], [540, 36, 210, 33, 4], false),
    trade("C29", "包装材料", 4, ThreeShifts, [7_300, 300, 0], [260, 38, 210, 14, 12], false),
    trade("C30", "复合材料", 3, ThreeShifts, [6_800, 900, 0], [320, 42, 230, 24, 20], true),
    trade("C26", "新材料", 4, Continuous, [8_900, 1_200, 14], [380, 44, 220, 31, 30], true),
    trade("C17", "纺织", 3, ThreeShifts, [6_400, 500, 0], [190, 30, 190, 8, 70], false),
    trade("C17", "印染", 2, Continuous, [7_600, 2_600, 52], [185, 36, 200, 7, 330], true),
    trade("C33", "金属制品", 4, TwoShifts, [4_700, 700, 0], [230, 39, 210, 15, 15], false),
    trade("C27", "生物医药", 3, Continuous, [6_100, 400, 22], [450, 72, 340, 62, 20], true),
    trade("C14", "食品", 2, TwoShifts, [4_200, 800, 17], [300, 52, 250, 9, 40], false),
];

/// Heat and power for the others.
#[rustfmt::skip]
const UTILITY: Trade = trade("D44", "热力", 0, Continuous, [5_200, 5_400, 0], [310, 40, 260, 4, 60], true);

/// First characters of made-up names.
const FIRST: [&str; 32] = [
    "砚", "泓", "荻", "茗", "朗", "维", "绍", "拓", "煜", "黎", "柘", "岑", "飐", "澄", "霁", "汀",
    "栎", "穗", "珩", "璟", "翎", "崧", "岚", "沅", "濯", "芷", "苒", "骁", "晟", "颀", "皓", "溯",
];
/// Second characters of made-up names.
const SECOND: [&str; 20] = [
    "舟", "川", "屿", "嵘", "岳", "原", "野", "石", "溪", "岭", "澜", "湾", "峤", "亭", "汇", "禾",
    "林", "谷", "泽", "桥",
];

/// A park: short form for ids, name, district, and its middle in degrees east and north.
#[derive(Clone, Copy, Debug)]
pub(super) struct ParkWords {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) district: &'static str,
    pub(super) kind: &'static str,
    pub(super) areas: [(&'static str, &'static str); 2],
    /// What its avenue is called after.
    pub(super) stem: &'static str,
    /// River and creek.
    pub(super) waters: [&'static str; 2],
    pub(super) middle_deg: (f64, f64),
}

/// Made up, inside the box of Kunshan, apart from each other.
pub(super) const PARKS: [ParkWords; 3] = [
    ParkWords {
        id: "WJ",
        name: "望津智造园（演示）",
        district: "高新区",
        kind: "智能制造",
        areas: [("WJ-N", "望津北片"), ("WJ-S", "望津南片")],
        stem: "望津",
        waters: ["望津河", "东浜"],
        middle_deg: (120.98, 31.385),
    },
    ParkWords {
        id: "YX",
        name: "砚溪新材园（演示）",
        district: "张浦镇",
        kind: "新材料",
        areas: [("YX-N", "砚溪北片"), ("YX-S", "砚溪南片")],
        stem: "砚溪",
        waters: ["砚溪", "南浜"],
        middle_deg: (121.04, 31.33),
    },
    ParkWords {
        id: "LW",
        name: "岚湾精机园（演示）",
        district: "周市镇",
        kind: "精密机械",
        areas: [("LW-N", "岚湾北片"), ("LW-S", "岚湾南片")],
        stem: "岚湾",
        waters: ["岚湾河", "西浜"],
        middle_deg: (120.93, 31.43),
    },
];

/// The trade of an enterprise: by weight, unless its story says which.
pub(super) fn trade_of(story: Story, dice: Dice) -> Trade {
    if story == Story::Utility {
        return UTILITY;
    }
    let total = TRADES.iter().map(|trade| trade.weight).sum();
    let mut left = dice.below(1, total);
    let found = TRADES.iter().find(|trade| {
        let here = left < trade.weight;
        left = left.saturating_sub(trade.weight);
        here
    });
    // The weights add up to the total: one is always found.
    found.copied().unwrap_or(UTILITY)
}

/// The two characters that name the enterprise numbered `number`; no two numbers below 640 share.
pub(super) fn name_of(number: usize, dice: Dice) -> String {
    let number = u64::try_from(number).unwrap_or(0);
    let shift = dice.below(2, 640);
    // 640 = 32 x 20; 171 has no factor in common with it, so that each pair comes once.
    let pair = (number * 171 + shift) % 640;
    let of = |list: &'static [&'static str], place: u64| {
        let place = usize::try_from(place).unwrap_or(0);
        list.get(place).copied().unwrap_or("砚")
    };
    format!("{}{}", of(&FIRST, pair / 20), of(&SECOND, pair % 20))
}
