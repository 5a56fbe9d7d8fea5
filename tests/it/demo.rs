//! The made-up city: its files are ones that `import` takes, its history is one that `intake`
//! takes, and the ledger finds in it what was used.

use std::collections::{BTreeMap, BTreeSet};

use parkpulse::calendar::{Day, Moment};
use parkpulse::demo::{City, Course, Scale, Sent};
use parkpulse::indicator::{self, Catalogue};
use parkpulse::intake::{self, Context, Limits};
use parkpulse::ledger;
use parkpulse::park::outline::{CityBox, Crs, ParkProperty, Reading, read_parcels};
use parkpulse::park::{Channel, EnterpriseCode, Gateway, GatewayNo, Meter, MeterNo, Roster};
use parkpulse::reading::{Code, Purpose, Taken};

const TODAY: i32 = 20_779; // 2026-11-22

fn park() -> City {
    City::new(1, Scale::PARK, Day::from_number(TODAY))
}

fn file(city: &City, kind: &str) -> String {
    city.files()
        .into_iter()
        .find(|file| file.kind == kind)
        .unwrap()
        .text
}

/// The rows of a CSV file by column name.
fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

/// What the demonstrations were promised to be.
#[test]
fn the_small_park_and_the_city_are_as_large_as_promised() {
    let park = Scale::PARK;
    assert_eq!((park.parks, park.enterprises, park.meters), (1, 50, 120));
    assert!((55..=65).contains(&park.parcels), "about 60 parcels");
    assert!((90..=92).contains(&park.days), "three months");
    let city = Scale::CITY;
    assert_eq!((city.parks, city.enterprises, city.meters), (3, 150, 400));
    assert!((175..=185).contains(&city.parcels), "about 180 parcels");
    assert!((365..=366).contains(&city.days), "a year");
}

#[test]
fn the_parcels_are_valid_apart_and_as_large_as_declared() {
    for (seed, scale) in [
        (1, Scale::PARK),
        (2, Scale::PARK),
        (7, Scale::PARK),
        (1, Scale::CITY),
    ] {
        let city = City::new(seed, scale, Day::from_number(TODAY));
        let reading = Reading {
            crs: "EPSG:4326".parse::<Crs>().unwrap(),
            city: CityBox::KUNSHAN,
            park: ParkProperty::Required,
        };
        let parcels = read_parcels(&file(&city, "parcels"), &reading).unwrap();
        assert_eq!(parcels.len(), scale.parcels, "seed {seed}");
        let areas: BTreeSet<_> = parcels
            .iter()
            .filter_map(|parcel| parcel.area.clone())
            .collect();
        assert_eq!(areas.len(), 2 * scale.parks, "seed {seed}");
    }
}

#[test]
fn enterprises_are_many_marked_and_none_twice() {
    for scale in [Scale::PARK, Scale::CITY] {
        let city = City::new(3, scale, Day::from_number(TODAY));
        let rows = rows(&file(&city, "enterprises"));
        assert_eq!(rows.len(), scale.enterprises);
        let names: BTreeSet<_> = rows.iter().map(|row| &row["name"]).collect();
        assert_eq!(names.len(), rows.len());
        for row in &rows {
            let code: EnterpriseCode = row["enterprise"].parse().unwrap();
            assert_eq!(&code.as_str()[8..11], "DEM");
        }
        let industries: BTreeSet<_> = rows.iter().map(|row| &row["industry"]).collect();
        assert!(industries.len() >= 8);
    }
}

#[test]
fn every_lease_stands_on_both_sides_and_every_enterprise_has_land() {
    let city = park();
    let land = rows(&file(&city, "land"));
    let side = |kind: &str| -> BTreeSet<(String, String)> {
        let rows = land.iter().filter(|row| row["kind"].starts_with(kind));
        rows.map(|row| (row["enterprise"].clone(), row["counterparty"].clone()))
            .collect()
    };
    let out: BTreeSet<_> = side("leased_out")
        .into_iter()
        .map(|(a, b)| (b, a))
        .collect();
    let within: BTreeSet<_> = side("leased_in")
        .union(&side("leased_floor"))
        .cloned()
        .collect();
    assert!(within.len() >= 4);
    assert_eq!(out, within);
    let holders: BTreeSet<_> = land.iter().map(|row| &row["enterprise"]).collect();
    assert_eq!(holders.len(), Scale::PARK.enterprises);
}

#[test]
fn meters_are_counted_and_hang_on_gateways_of_their_enterprise() {
    for scale in [Scale::PARK, Scale::CITY] {
        let city = City::new(1, scale, Day::from_number(TODAY));
        let rows = rows(&file(&city, "meters"));
        let meters: BTreeSet<_> = rows.iter().map(|row| &row["meter"]).collect();
        assert_eq!(meters.len(), scale.meters);
        assert_eq!(city.gateways().len(), scale.enterprises);
        let catalogue = indicator::built_in().unwrap();
        for row in &rows {
            assert!(catalogue.find(&row["indicator"]).is_some());
            assert!(row["parent"].is_empty() || meters.contains(&row["parent"]));
        }
        let kinds: BTreeSet<_> = rows.iter().map(|row| row["indicator"].as_str()).collect();
        for kind in [
            "kwh_register",
            "kw",
            "gas_m3_register",
            "steam_t_register",
            "water_m3_register",
            "combustible_lel",
            "smoke",
        ] {
            assert!(kinds.contains(kind), "{kind}");
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_city_and_another_seed_another() {
    let hour = |city: &City| -> Vec<String> {
        let until = city.since().start().plus_ms(3_600_000);
        city.history(until).map(|sent| sent.payload).collect()
    };
    let other = City::new(2, Scale::PARK, Day::from_number(TODAY));
    assert_eq!(park().files(), park().files());
    assert_eq!(hour(&park()), hour(&park()));
    for (one, two) in park().files().iter().zip(other.files()) {
        assert!(
            one.text != two.text || ["parks", "areas"].contains(&one.kind),
            "{}",
            one.kind
        );
    }
}

/// What the platform would know of the city.
fn roster(city: &City) -> Roster {
    let catalogue = indicator::built_in().unwrap();
    let gateways = city
        .gateways()
        .iter()
        .zip(1..)
        .map(|(gateway, number)| Gateway {
            number: GatewayNo::new(number),
            id: gateway.id.parse().unwrap(),
            enterprise: gateway.enterprise.parse().unwrap(),
        });
    let meters = city
        .gateways()
        .iter()
        .flat_map(|gateway| gateway.meters.iter().map(move |meter| (gateway, meter)));
    let meters = meters.zip(1..).map(|((gateway, meter), number)| Meter {
        number: MeterNo::new(number),
        id: meter.id.parse().unwrap(),
        enterprise: gateway.enterprise.parse().unwrap(),
        channels: meter
            .channels
            .iter()
            .map(|channel| Channel {
                indicator: catalogue.find(channel.indicator).unwrap().number,
                valid_from: city.since().start(),
                valid_to: None,
            })
            .collect(),
    });
    Roster::new(gateways, meters)
}

/// The history as the doors would take it.
fn take(roster: &Roster, catalogue: &Catalogue, sent: &Sent<'_>) -> Taken {
    let context = Context {
        roster,
        catalogue,
        limits: &Limits::default(),
        gateway: roster.find_gateway(sent.gateway).unwrap(),
        purpose: Purpose::Ledger,
        received_at: sent.received_at,
        unpromised: false,
        amendment: None,
    };
    intake::take_in(sent.payload.as_bytes(), &context)
}

#[test]
fn the_history_comes_in_order_and_only_its_planted_faults_are_set_aside() {
    let city = City::new(
        1,
        Scale {
            days: 23,
            ..Scale::PARK
        },
        Day::from_number(TODAY),
    );
    let roster = roster(&city);
    let catalogue = indicator::built_in().unwrap();
    let mut codes: BTreeMap<Code, u64> = BTreeMap::new();
    let mut flags: BTreeMap<&str, u64> = BTreeMap::new();
    let (mut kept, mut last) = (0, Moment::from_unix_ms(0));
    for sent in city.history(Day::from_number(TODAY).start()).step_by(3) {
        // A late message may follow up to ten seconds after the next gateway's.
        assert!(last.ms_since(sent.received_at) < 60_000);
        last = sent.received_at;
        let taken = take(&roster, &catalogue, &sent);
        kept += taken.values_kept();
        for item in &taken.set_aside {
            *codes.entry(item.code).or_default() += u64::from(item.values);
        }
        for name in taken
            .readings
            .iter()
            .flat_map(|reading| reading.flags.names())
        {
            *flags.entry(name).or_default() += 1;
        }
    }
    assert!(kept > 100_000, "{kept}");
    assert!(flags["late"] > 100, "{flags:?}");
    let planted: Vec<&Code> = codes.keys().collect();
    assert_eq!(planted, [&Code::BadEncoding, &Code::TimeOutOfRange]);
    assert!(codes[&Code::TimeOutOfRange] < 200, "{codes:?}");
}

/// The arrivals at the meters of a city as a case for `ledger`.
fn case(city: &City, meters: &[(&str, u64, u64)], change: &str, until: Moment) -> String {
    let mut readings = Vec::new();
    for sent in city.history(until) {
        let Ok(message) = serde_json::from_str::<serde_json::Value>(&sent.payload) else {
            continue;
        };
        for reading in message["readings"].as_array().unwrap() {
            let meter = reading["meter"].as_str().unwrap();
            if meters.iter().any(|(listed, ..)| *listed == meter) {
                let (at, value) = (&reading["at"], &reading["values"]["kwh_register"]);
                readings.push(format!(
                    r#"{{"meter":"{meter}","at":{at},"value":{value},"quality":"good"}}"#
                ));
            }
        }
    }
    let since = city.since().start();
    let meters: Vec<String> = meters.iter().map(|(meter, multiplier, max)| format!(
        r#"{{"meter":"{meter}","register_size":1000000,"max_per_hour":{max},"interval_s":900,"multiplier":[{{"from":"{since}","value":{multiplier}}}]}}"#
    )).collect();
    format!(
        r#"{{"name":"demo","period":{{"from":"{since}","to":"{until}"}},"step":"day","meters":[{}],"changes":[{change}],"readings":[{}]}}"#,
        meters.join(","),
        readings.join(",")
    )
}

#[test]
fn the_ledger_finds_what_was_used_through_wrap_replacement_silence_and_contradiction() {
    let few = Scale {
        parcels: 12,
        enterprises: 8,
        meters: 8,
        ..Scale::PARK
    };
    let city = City::new(1, few, Day::from_number(TODAY));
    let until = city.since().start().plus_ms(60 * 86_400_000);
    let registers: Vec<(String, u64, u64, u64)> = city
        .gateways()
        .iter()
        .take(8)
        .map(|gateway| {
            let meter = &gateway.meters[0];
            let Course::Register(register) = meter.channels[0].course else {
                panic!("no register")
            };
            let slots = 60 * 96;
            let first = city.since().start().unix_ms() / 900_000;
            let used: u64 = (first..first + slots)
                .map(|slot| register.load.milli_in_slot(slot))
                .sum();
            (
                meter.id.clone(),
                u64::from(register.multiplier),
                meter.channels[0].max_per_hour,
                used / 1000,
            )
        })
        .collect();
    let replacement = rows(&file(&city, "replacements")).remove(0);
    let change = format!(
        r#"{{"meter":"{}","at":"{}","old_final":{},"new_initial":{}}}"#,
        replacement["meter"],
        replacement["at"],
        replacement["old_final"],
        replacement["new_initial"]
    );
    let meters: Vec<(&str, u64, u64)> = registers
        .iter()
        .map(|(id, k, max, _)| (id.as_str(), *k, *max))
        .collect();
    let closed = ledger::close_file(&case(&city, &meters, &change, until)).unwrap();
    let closed: serde_json::Value = serde_json::from_str(&closed).unwrap();
    let (mut flags_seen, mut conflicts) = (BTreeSet::new(), 0);
    for (account, (id, multiplier, _, used)) in closed.as_array().unwrap().iter().zip(&registers) {
        assert_eq!(account["meter"], id.as_str());
        let found: f64 = account["used"].as_str().unwrap().parse().unwrap();
        let used: f64 = format!("{used}").parse().unwrap();
        // Two steps of the register are the most that its two decimals can hide.
        let slack = 1.0 + 0.03 * format!("{multiplier}").parse::<f64>().unwrap();
        assert!(
            (found - used).abs() <= slack,
            "{id}: {found} of {used}, {account}"
        );
        conflicts += account["conflicts"].as_u64().unwrap();
        let flags = account["flags"].as_object().unwrap();
        flags_seen.extend(
            flags
                .iter()
                .filter(|(_, count)| **count != 0)
                .map(|(flag, _)| flag.clone()),
        );
    }
    assert!(conflicts > 0);
    for flag in ["rollover", "replaced"] {
        assert!(flags_seen.remove(flag), "{flag} was not seen");
    }
    assert!(flags_seen.is_empty(), "{flags_seen:?}");
}
