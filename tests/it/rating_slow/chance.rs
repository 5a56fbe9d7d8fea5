//! Random facts and schemes, as a file of `parkpulse rate`: every field of a scheme, small parks.

use serde_json::{Map, Value, json};

/// Numbers by chance, the same for the same seed (splitmix64).
pub(crate) struct Chance(u64);

const CODES: [&str; 11] = [
    "tax_per_mu",
    "sales_per_mu",
    "va_per_mu",
    "tax_per_tce",
    "va_per_tce",
    "tax_per_pollutant",
    "va_per_pollutant",
    "tax_per_kwh",
    "va_per_water",
    "labour_productivity",
    "rd_ratio",
];
const CARRIERS: [&str; 4] = ["electricity_kwh", "natural_gas_m3", "steam_t", "diesel_t"];
const HONOURS: [&str; 3] = ["little_giant", "high_tech", "green_factory"];
const EVENTS: [&str; 4] = [
    "env_penalty",
    "fatal_accident",
    "dishonest",
    "hazard_overdue",
];

impl Chance {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 to `below`, exclusive.
    fn below(&mut self, below: u64) -> u64 {
        self.next() % below
    }

    fn hits(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn one_of<'t>(&mut self, all: &[&'t str]) -> &'t str {
        let index = self.below(all.len() as u64);
        all[usize::try_from(index).unwrap()]
    }

    /// Some of them, in their order or turned round.
    fn some<'t>(&mut self, all: &[&'t str], percent: u64) -> Vec<&'t str> {
        let mut some: Vec<&str> = all.iter().copied().filter(|_| self.hits(percent)).collect();
        if self.hits(50) {
            some.reverse();
        }
        some
    }

    /// A decimal below `below`, with up to three places, now and then as a JSON number.
    fn decimal(&mut self, below: u64) -> Value {
        let (whole, places) = (self.below(below), self.below(4));
        let text = match places {
            0 => whole.to_string(),
            places => {
                let width = usize::try_from(places).unwrap();
                let part = self.below(10_u64.pow(u32::try_from(places).unwrap()));
                format!("{whole}.{part:0width$}")
            }
        };
        if self.hits(10) {
            json!(text.parse::<f64>().unwrap())
        } else {
            json!(text)
        }
    }

    /// A decimal, or null.
    fn known(&mut self, below: u64) -> Value {
        if self.hits(15) {
            Value::Null
        } else {
            self.decimal(below)
        }
    }

    /// A file with one scheme.
    pub(crate) fn park(&mut self) -> Value {
        let count = 1 + self.below(14);
        let ids: Vec<String> = (1..=count).map(|number| format!("E{number:02}")).collect();
        let enterprises: Vec<Value> = ids.iter().map(|id| self.enterprise(id, &ids)).collect();
        let mut factors = Map::new();
        for carrier in CARRIERS {
            let pair = json!({"equal": self.decimal(3), "equivalent": self.decimal(3)});
            factors.insert(carrier.into(), pair);
        }
        json!({
            "as_of": "2024-12-31",
            "energy_factors_kgce": factors,
            "schemes": [self.scheme()],
            "enterprises": enterprises,
        })
    }

    fn enterprise(&mut self, id: &str, ids: &[String]) -> Value {
        let lands = self.below(4);
        let land: Vec<Value> = (0..lands).map(|_| self.land(id, ids)).collect();
        let mut tax = self.known(900);
        if self.hits(10) && tax.is_string() {
            tax = json!(format!("-{}", tax.as_str().unwrap()));
        }
        let mut events = Map::new();
        for event in self.some(&EVENTS, 12) {
            events.insert(event.into(), json!(self.below(4)));
        }
        let mut one = json!({
            "id": id,
            "park": self.one_of(&["P1", "P2", "P3"]),
            "scale": self.one_of(&["above", "above", "below"]),
            "land": land,
            "tax": tax,
            "sales": self.known(50_000),
            "revenue": self.known(50_000),
            "value_added": self.known(9_000),
            "rd": self.known(900),
            "employees": self.known(500),
            "water_t": self.known(9_000),
            "energy": self.table(&CARRIERS, 900_000),
            "pollutants_t": self.table(&["cod", "so2"], 50),
            "honours": self.some(&HONOURS, 30),
            "events": events,
        });
        if self.hits(80) {
            one["industry"] = json!(self.one_of(&["C39", "C17", "D44"]));
        }
        if self.hits(80) {
            let day = [
                "2009-04-01",
                "2022-12-31",
                "2023-01-01",
                "2023-01-31",
                "2024-02-29",
            ];
            one["established"] = json!(self.one_of(&day));
        }
        if self.hits(30) {
            one["group"] = json!(self.one_of(&["G1", "G2"]));
        }
        one
    }

    fn table(&mut self, keys: &[&str], below: u64) -> Value {
        if self.hits(15) {
            return Value::Null;
        }
        let mut table = Map::new();
        for key in self.some(keys, 60) {
            table.insert(key.into(), self.decimal(below));
        }
        Value::Object(table)
    }

    fn land(&mut self, id: &str, ids: &[String]) -> Value {
        let kinds = [
            "owned",
            "owned",
            "occupied",
            "leased_in",
            "leased_out",
            "leased_floor",
        ];
        let kind = self.one_of(&kinds);
        let mut line = if kind == "leased_floor" {
            json!({"kind": kind, "floor_m2": self.decimal(9_000), "far": self.one_of(&["0.7", "1.5", "3"])})
        } else {
            let most = if kind == "leased_out" { 9_000 } else { 60_000 };
            json!({"kind": kind, "m2": self.decimal(most)})
        };
        let field = match kind {
            "leased_out" => "to",
            "leased_in" | "leased_floor" => "from",
            _ => return line,
        };
        let all: Vec<&str> = ids.iter().map(String::as_str).collect();
        let party = self.one_of(&all);
        if party != id && self.hits(80) {
            line[field] = json!(party);
        }
        line
    }

    fn scheme(&mut self) -> Value {
        let is_ratio = self.hits(75);
        let mode = match (is_ratio, self.hits(50)) {
            (false, _) => "none",
            (true, true) => "fixed",
            (true, false) => "group_mean_x",
        };
        let mut groups = Map::new();
        groups.insert("above".into(), self.terms(mode));
        if self.hits(90) {
            groups.insert("below".into(), self.terms(mode));
        }
        let mut one = json!({
            "id": "CHANCE",
            "method": if is_ratio { "ratio" } else { "minmax" },
            "baseline_mode": mode,
            "electricity_basis": self.one_of(&["equal", "equivalent"]),
            "round": self.below(5),
            "groups": groups,
            "bonus": self.points(&HONOURS),
            "deduct": self.points(&EVENTS),
            "grade_shares": self.shares(),
            "min_group_size": self.below(7),
            "small_group_thresholds": self.totals(),
            "veto": self.grades(&EVENTS, 15),
            "grade_cap_events": self.grades(&EVENTS, 40),
            "grade_cap_thresholds": self.thresholds(),
        });
        if mode == "group_mean_x" {
            one["baseline_factor"] = json!(self.one_of(&["2", "1.5", "0.8"]));
        }
        if self.hits(50) {
            one["cap_ratio"] = json!(self.one_of(&["1.5", "1", "2"]));
        }
        for key in ["bonus_cap", "deduct_cap"] {
            if self.hits(50) {
                one[key] = json!(self.one_of(&["4", "7.5", "0"]));
            }
        }
        if self.hits(5) {
            one["small_group_thresholds"] = json!([["A", "90"]]);
        }
        if self.hits(80) {
            one["exempt"] = json!({"new_months": 24, "industries": ["D44", "D45"]});
        }
        one
    }

    /// Bands that rise in thousandths to 1; now and then to less, which is refused.
    fn shares(&mut self) -> Value {
        let a = 1 + self.below(400);
        let b = a + 1 + self.below(900 - a);
        let c = b + 1 + self.below(999 - b);
        let last = if self.hits(4) { "0.999" } else { "1.00" };
        let share = |thousandths: u64| format!("0.{thousandths:03}");
        json!([
            ["A", share(a)],
            ["B", share(b)],
            ["C", share(c)],
            ["D", last]
        ])
    }

    /// Thresholds that fall, some of which totals hit.
    fn totals(&mut self) -> Value {
        let a = 40 + self.below(80);
        let b = self.below(a);
        let c = self.below(b + 1);
        json!([
            ["A", a.to_string()],
            ["B", format!("{b}.5")],
            ["C", c.to_string()],
            ["D", "-1000000"]
        ])
    }

    /// One to five codes whose weights sum to 100; now and then to a tenth more, which is refused.
    fn terms(&mut self, mode: &str) -> Value {
        let mut left = 1000_u64 + u64::from(self.hits(4));
        let mut terms = Vec::new();
        let start = self.below(11);
        let count = 1 + self.below(5);
        for place in 0..count {
            let code = CODES[usize::try_from((start + place * 2) % 11).unwrap()];
            let weight = if place + 1 == count {
                left
            } else {
                1 + self.below(left - (count - place))
            };
            left -= weight;
            let mut term =
                json!({"code": code, "weight": format!("{}.{}", weight / 10, weight % 10)});
            if mode == "fixed" {
                term["baseline"] = json!(self.one_of(&["0.05", "0.7", "3", "20", "400"]));
            }
            if self.hits(70) {
                let missing = ["zero", "group_mean", "full", "penalty:3", "penalty:2.555"];
                term["missing"] = json!(self.one_of(&missing));
            }
            terms.push(term);
        }
        Value::Array(terms)
    }

    fn points(&mut self, names: &[&str]) -> Value {
        let mut table = Map::new();
        for name in self.some(names, 70) {
            table.insert(name.into(), json!(self.one_of(&["5", "2.5", "1.005"])));
        }
        Value::Object(table)
    }

    fn grades(&mut self, names: &[&str], percent: u64) -> Value {
        let mut table = Map::new();
        for name in self.some(names, percent) {
            table.insert(name.into(), json!(self.one_of(&["B", "C", "D"])));
        }
        Value::Object(table)
    }

    fn thresholds(&mut self) -> Value {
        let count = self.below(3);
        let all = (0..count).map(|_| {
            json!({
                "indicator": self.one_of(&CODES),
                "lt": self.one_of(&["15", "2", "0.5"]),
                "max_grade": self.one_of(&["B", "C"]),
            })
        });
        Value::Array(all.collect())
    }
}
