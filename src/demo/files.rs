//! The city as the files that `import` takes (contract.md 5, "Columns").

use std::fmt::{Display, Write};

use geo::Coord;

use super::City;
use super::city::{LandUse, Parcel};
use super::conduct;
use super::course::{Course, Reader};
use super::metering::INTERVAL_S;
use super::statements;
use super::tenure::Extent;
use super::words::ParkWords;

/// A file to import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportFile {
    /// What `import` calls it, as `parcels`.
    pub kind: &'static str,
    /// The text of the file: CSV, or GeoJSON in EPSG:4326.
    pub text: String,
}

impl City {
    /// The files in the order in which they must be imported. The gateways have to be added after
    /// `enterprises` and before `meters`.
    #[must_use]
    pub fn files(&self) -> Vec<ImportFile> {
        let file = |kind, text| ImportFile { kind, text };
        vec![
            file("parks", self.parks()),
            file("areas", self.areas()),
            file("enterprises", self.enterprises()),
            file("parcels", self.parcels()),
            file("land", self.land()),
            file("meters", self.meters()),
            file("replacements", self.replacements()),
            file("statements", self.statements()),
            file("conduct", self.conduct()),
        ]
    }

    fn parks(&self) -> String {
        let rows = self.parks.iter();
        let rows = rows.map(|park| [park.id, park.name, park.district, park.kind].join(","));
        csv("park,name,district,kind", rows)
    }

    fn areas(&self) -> String {
        let areas = self.parks.iter().flat_map(|park| {
            let rows = park.areas.into_iter();
            rows.map(|(area, name)| [area, park.id, name].join(","))
        });
        csv("area,park,name", areas)
    }

    fn enterprises(&self) -> String {
        let rows = self.enterprises.iter().map(|enterprise| {
            let scale = if enterprise.above { "above" } else { "below" };
            format!(
                "{},{},{},{},{},{scale},{},{},{}",
                enterprise.code,
                enterprise.name,
                enterprise.park.id,
                enterprise.area,
                enterprise.trade.industry,
                enterprise.established,
                enterprise.group.as_deref().unwrap_or_default(),
                enterprise.capital_origin
            )
        });
        csv(
            "enterprise,name,park,area,industry,scale,established,group,capital_origin",
            rows,
        )
    }

    fn parcels(&self) -> String {
        let features: Vec<String> = self.parcels.iter().map(feature).collect();
        format!(
            "{{\"type\":\"FeatureCollection\",\"features\":[\n{}\n]}}\n",
            features.join(",\n")
        )
    }

    fn land(&self) -> String {
        let code = |number: usize| {
            let enterprise = self.enterprises.get(number);
            enterprise.map_or("", |enterprise| enterprise.code.as_str())
        };
        let rows = self.enterprises.iter().flat_map(|enterprise| {
            enterprise.holdings.iter().map(move |holding| {
                let extent = match holding.extent {
                    Extent::Owned { m2 } => format!("owned,{m2},,,"),
                    Extent::LeasedIn { m2, from } => format!("leased_in,{m2},,,{}", code(from)),
                    Extent::LeasedOut { m2, to } => format!("leased_out,{m2},,,{}", code(to)),
                    Extent::LeasedFloor {
                        floor_m2,
                        far_tenths,
                        from,
                    } => {
                        let far = tenths(far_tenths);
                        format!("leased_floor,,{floor_m2},{far},{}", code(from))
                    }
                };
                let (code, parcel) = (&enterprise.code, &holding.parcel);
                format!("{code},{parcel},{extent},{},", holding.valid_from)
            })
        });
        csv(
            "enterprise,parcel,kind,m2,floor_m2,far,counterparty,valid_from,valid_to",
            rows,
        )
    }

    fn meters(&self) -> String {
        let rows = self.gateways.iter().flat_map(|gateway| {
            let meters = gateway.meters.iter();
            let channels = meters.flat_map(|meter| meter.channels.iter().map(move |c| (meter, c)));
            channels.map(move |(meter, channel)| {
                let (size, multiplier) = match channel.course {
                    Course::Register(register) => (register.size.to_string(), register.multiplier),
                    Course::State(_) => (String::new(), 1),
                };
                format!(
                    "{},{},{},{},{size},{multiplier},{},{INTERVAL_S},,{},{},,{},{}",
                    meter.id,
                    gateway.enterprise,
                    gateway.id,
                    channel.indicator,
                    channel.max_per_hour,
                    meter.parent.as_deref().unwrap_or_default(),
                    gateway.since,
                    meter.label.0,
                    meter.label.1
                )
            })
        });
        csv(
            "meter,enterprise,gateway,indicator,register_size,multiplier,max_per_hour,interval_s,jitter,parent,valid_from,valid_to,name,place",
            rows,
        )
    }

    fn replacements(&self) -> String {
        let meters = self.gateways.iter().flat_map(|gateway| &gateway.meters);
        let channels = meters.flat_map(|meter| meter.channels.iter().map(move |c| (meter, c)));
        let rows = channels.filter_map(|(meter, channel)| {
            let Course::Register(register) = channel.course else {
                return None;
            };
            let new = register.replaced?;
            let old_final = Reader::new(channel.course).read(new.at);
            let new_initial = super::Shown::Hundredths(new.new_start);
            let (meter, indicator, at) = (&meter.id, channel.indicator, new.at);
            Some(format!(
                "{meter},{indicator},{at},{old_final},{new_initial},到期轮换"
            ))
        });
        csv("meter,indicator,at,old_final,new_initial,reason", rows)
    }

    /// What was awarded and what happened in the years that are stated, marked as made up.
    fn conduct(&self) -> String {
        let [_, last] = self.stated_years();
        let rows = self.enterprises.iter().flat_map(|enterprise| {
            let rows = conduct::rows(enterprise, last).into_iter();
            rows.map(move |row| {
                let conduct::Row {
                    kind,
                    code,
                    source,
                    from,
                    to,
                } = row;
                let to = to.map_or_else(String::new, |day| day.to_string());
                let (own, year) = (&enterprise.code, last);
                format!("{own},{kind},{code},演示-{year}-{code},{source}(演示),{from},{to}")
            })
        });
        csv(
            "enterprise,kind,code,document,source,valid_from,valid_to",
            rows,
        )
    }

    /// The last two full years and the months of the history, as departments would state them.
    fn statements(&self) -> String {
        let (years, months) = (self.stated_years(), self.stated_months());
        let [_, last] = years;
        let mut rows = Vec::new();
        for gateway in &self.gateways {
            let Some(enterprise) = self.enterprises.get(gateway.owner) else {
                continue;
            };
            let mut state = |period: &dyn Display, row: statements::Row| {
                let statements::Row {
                    indicator,
                    value,
                    unit,
                    source,
                } = row;
                let code = &enterprise.code;
                rows.push(format!(
                    "{code},{period},{indicator},{value},{unit},{source}"
                ));
            };
            for year in years {
                for row in statements::rows(enterprise, gateway, year, last) {
                    state(&year, row);
                }
            }
            for month in &months {
                if let Some(row) = statements::month_row(enterprise, *month) {
                    state(month, row);
                }
            }
        }
        csv("enterprise,period,indicator,value,unit,source", rows)
    }
}

fn csv(header: &str, rows: impl IntoIterator<Item = String>) -> String {
    let mut text = format!("{header}\n");
    for row in rows {
        text.push_str(&row);
        text.push('\n');
    }
    text
}

fn tenths(number: u64) -> String {
    format!("{}.{}", number / 10, number % 10)
}

fn feature(parcel: &Parcel) -> String {
    let state = match parcel.use_now {
        LandUse::Industry => "",
        LandUse::Vacant => ",\"state\":\"空地\"",
        LandUse::Public => ",\"state\":\"公用\"",
    };
    let (id, park, area) = (&parcel.id, parcel.park, parcel.area().0);
    // 1 m² is 0.0015 mu.
    let declared = parcel.plot.m2() * 15 / 100;
    format!(
        "{{\"type\":\"Feature\",\"properties\":{{\"parcel\":\"{id}\",\"park\":\"{}\",\"area\":\"{area}\",\"declared_mu\":{}.{:02},\"plot_ratio\":{}{state}}},\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[[{}]]}}}}",
        park.id,
        declared / 100,
        declared % 100,
        tenths(parcel.plot_ratio_tenths),
        ring(parcel, park),
    )
}

/// The outline in degrees, to a centimetre.
fn ring(parcel: &Parcel, park: &ParkWords) -> String {
    let metres = metres_per_degree(park.middle_deg.1);
    let mut ring = String::new();
    for Coord { x, y } in parcel.plot.outline.exterior() {
        let comma = if ring.is_empty() { "" } else { "," };
        let longitude = park.middle_deg.0 + x / metres.x;
        let latitude = park.middle_deg.1 + y / metres.y;
        // Writing to a string cannot fail.
        let _written = write!(ring, "{comma}[{longitude:.7},{latitude:.7}]");
    }
    ring
}

/// Metres in a degree of longitude and of latitude on CGCS2000, at a latitude.
pub(super) fn metres_per_degree(latitude_deg: f64) -> Coord<f64> {
    let angle = latitude_deg.to_radians();
    Coord {
        x: 111_412.84 * angle.cos() - 93.5 * (3.0 * angle).cos() + 0.118 * (5.0 * angle).cos(),
        y: 111_132.954 - 559.822 * (2.0 * angle).cos() + 1.175 * (4.0 * angle).cos(),
    }
}
