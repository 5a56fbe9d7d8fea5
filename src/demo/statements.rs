//! What departments and enterprises would state of a made-up enterprise's year (domain.md 2.12):
//! money that fits its trade, its strength and its land, energy that fits what its meters counted.

use crate::calendar::{Day, Month, Year};

use super::City;
use super::Dice;
use super::city::Enterprise;
use super::course::Course;
use super::metering::Gateway;
use super::story::{Story, dice_of, first_day, last_full_year};

/// One row of the file.
pub(super) struct Row {
    pub(super) indicator: &'static str,
    /// As written, in `unit`.
    pub(super) value: String,
    pub(super) unit: &'static str,
    pub(super) source: &'static str,
}

impl City {
    /// The years that statements are made for: the last two that are over.
    pub(super) fn stated_years(&self) -> [Year; 2] {
        let last = last_full_year(self.today);
        [Year::new(last.number() - 1), last]
    }

    /// The months that lie wholly in the history.
    pub(super) fn stated_months(&self) -> Vec<Month> {
        let mut month = self.since.month();
        if month.first_day() < self.since {
            month = month.next();
        }
        let mut months = Vec::new();
        while month.next().first_day() <= self.today {
            months.push(month);
            month = month.next();
        }
        months
    }
}

/// The rows of one enterprise in one year; none for one that nobody states anything of.
pub(super) fn rows(enterprise: &Enterprise, gateway: &Gateway, year: Year, last: Year) -> Vec<Row> {
    let (from, to) = (first_day(year), first_day(Year::new(year.number() + 1)));
    let days = open_days(enterprise.established, from, to);
    if days == 0 || (enterprise.story == Story::Unstated && year == last) {
        return Vec::new();
    }
    let money = Money::of(enterprise, year, days);
    let mut rows = money.rows(enterprise);
    rows.extend(energy(enterprise, gateway, from, to));
    rows.extend(waste(enterprise, &money));
    rows
}

/// The output of a month, which the statistics office asks of those above designated size alone.
pub(super) fn month_row(enterprise: &Enterprise, month: Month) -> Option<Row> {
    let is_asked = enterprise.above && enterprise.story != Story::Unstated;
    if !is_asked || enterprise.established > month.first_day() {
        return None;
    }
    let dice = dice_of(enterprise.dice, month.year()).of(u64::try_from(month.number()).ok()?);
    let full = Money::full(enterprise) * dice.between(4, 900, 1_110) / 12_000;
    Some(Row {
        indicator: "output_value",
        value: hundredths_written(full),
        unit: "万元",
        source: "统计部门月报",
    })
}

/// How many days of a year an enterprise was there.
fn open_days(established: Day, from: Day, to: Day) -> u64 {
    u64::try_from(to.number() - established.number().max(from.number())).unwrap_or(0)
}

/// A year's money in hundredths of 万元, and the heads.
struct Money {
    sales: u64,
    output: u64,
    revenue: u64,
    added: u64,
    tax: u64,
    exempt: u64,
    refund: u64,
    research: u64,
    investment: u64,
    staff: u64,
}

impl Money {
    /// Sales of a usual year: land in thousandths of a mu x 万元 a mu x per mille of strength.
    const fn full(enterprise: &Enterprise) -> u64 {
        enterprise.milli_mu * enterprise.trade.sales_per_mu * enterprise.strength / 10_000
    }

    fn of(enterprise: &Enterprise, year: Year, days: u64) -> Self {
        let (trade, story) = (enterprise.trade, enterprise.story);
        let dice = dice_of(enterprise.dice, year);
        let part = |whole: u64, purpose: u64, from: u64, to: u64| {
            whole * dice.between(purpose, from, to) / 1000
        };
        let sales = part(Self::full(enterprise), 1, 930, 1_080) * days / 365;
        // Who is strong earns more of what it sells.
        let margin = 600 + enterprise.strength / 2;
        let tax_share = match story {
            Story::Thin => 14,
            _ => trade.tax_per_mille * margin / 1000,
        };
        let added = part(sales, 2, 900, 1_100) * trade.added_per_mille * margin / 1_000_000;
        let tax = part(sales * tax_share / 1000, 3, 850, 1_150);
        let is_refunded = story == Story::Refunded;
        Self {
            sales,
            output: part(sales, 4, 950, 1_060),
            revenue: part(sales, 5, 970, 1_010),
            added,
            // What came back is more than what was paid.
            refund: if is_refunded { tax * 13 / 10 } else { 0 },
            exempt: if dice.hits(6, 1, 4) { tax / 9 } else { 0 },
            tax,
            research: part(sales * trade.research_per_mille / 1000, 7, 500, 1_500),
            investment: part(
                sales * if is_refunded { 400 } else { 60 } / 1000,
                8,
                300,
                1_700,
            ),
            // Value added per head is 120,000 to 450,000 yuan a year, more where it goes well.
            staff: (added / dice.between(9, 1_200, 2_400) * 1_500 / (750 + enterprise.strength))
                .max(5),
        }
    }

    fn rows(&self, enterprise: &Enterprise) -> Vec<Row> {
        let money = |indicator, hundredths: u64, source| Row {
            indicator,
            value: hundredths_written(hundredths),
            unit: "万元",
            source,
        };
        let mut rows = vec![
            money("output_value", self.output, "统计部门"),
            money("invoiced_sales", self.sales, "税务部门"),
            money("revenue", self.revenue, "统计部门"),
            money("tax_exempt_credit", self.exempt, "税务部门"),
            money("tax_refund", self.refund, "税务部门"),
            money("tax_other", 0, "税务部门"),
            money("investment", self.investment, "统计部门"),
            Row {
                indicator: "staff_average",
                value: self.staff.to_string(),
                unit: "人",
                source: "人社部门",
            },
        ];
        let back = if enterprise.story == Story::Losing {
            self.tax * 8 / 5
        } else {
            self.refund
        };
        // What was paid less what came back.
        let sign = if back > self.tax { "-" } else { "" };
        let net = hundredths_written(self.tax.abs_diff(back));
        rows.push(Row {
            indicator: "tax_net_inbound",
            value: format!("{sign}{net}"),
            unit: "万元",
            source: "税务部门",
        });
        // Small enterprises are asked for neither.
        if enterprise.above {
            rows.push(money("value_added", self.added, "统计部门"));
            rows.push(money("rd_expense", self.research, "统计部门"));
        }
        rows
    }
}

/// What the suppliers billed: the main meters' curves, a little off, for a bill is read at noon.
fn energy(enterprise: &Enterprise, gateway: &Gateway, from: Day, to: Day) -> Vec<Row> {
    let from = Day::from_number(from.number().max(enterprise.established.number()));
    let counted = gateway.meters.iter().filter(|meter| meter.parent.is_none());
    let channels = counted.flat_map(|meter| &meter.channels);
    let rows = channels.filter_map(|channel| {
        let Course::Register(register) = channel.course else {
            return None;
        };
        let (indicator, unit, source) = match channel.indicator {
            "kwh_register" => ("electricity_stated", "kWh", "供电公司"),
            "gas_m3_register" => ("natural_gas_stated", "m³", "燃气公司"),
            "steam_t_register" => ("steam_stated", "t", "供热公司"),
            "water_m3_register" => ("water_stated", "m³", "水务公司"),
            _ => return None,
        };
        let milli = register.load.milli_over(from, to);
        let off = Dice::new(milli).between(1, 9_960, 10_040);
        let value = (milli / 1000 * off / 10_000).to_string();
        Some(Row {
            indicator,
            value,
            unit,
            source,
        })
    });
    rows.collect()
}

/// Tonnes of what went into water and air; only of those that are asked for it.
fn waste(enterprise: &Enterprise, money: &Money) -> Vec<Row> {
    let kg_per_million = enterprise.trade.waste_kg_per_million;
    if kg_per_million == 0 {
        return Vec::new();
    }
    let kg = money.sales * kg_per_million / 10_000;
    let shares = [
        ("pollutant_cod", 600),
        ("pollutant_nh3n", 50),
        ("pollutant_so2", 50),
        ("pollutant_nox", 300),
    ];
    let rows = shares.map(|(indicator, per_mille)| {
        let kg = kg * per_mille / 1000;
        Row {
            indicator,
            value: format!("{}.{:03}", kg / 1000, kg % 1000),
            unit: "t",
            source: "生态环境部门",
        }
    });
    rows.into()
}

fn hundredths_written(number: u64) -> String {
    format!("{}.{:02}", number / 100, number % 100)
}
