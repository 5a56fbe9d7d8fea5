//! What the intake tests stand on: a catalogue, a roster, a context, and a summary of a `Taken`.

use std::fmt::Write;

use parkpulse::calendar::Moment;
use parkpulse::indicator::{self, Catalogue};
use parkpulse::intake::{self, Amendment, Context, Limits};
use parkpulse::park::{
    Channel, EnterpriseCode, Gateway, GatewayId, GatewayNo, Meter, MeterNo, Roster,
};
use parkpulse::reading::{Purpose, SetAside, Taken};

/// 2026-11-22T08:15:05+08:00, the receipt of every test message.
pub(crate) const RECEIVED_AT_MS: i64 = 1_795_306_505_000;

pub(crate) struct Ground {
    pub(crate) roster: Roster,
    pub(crate) catalogue: Catalogue,
    pub(crate) limits: Limits,
    pub(crate) gateway: Gateway,
}

pub(crate) fn enterprise(body: &str) -> EnterpriseCode {
    let check = EnterpriseCode::check_character(body).unwrap();
    format!("{body}{check}").parse().unwrap()
}

impl Ground {
    pub(crate) fn new() -> Self {
        let catalogue = indicator::built_in().unwrap();
        let own = enterprise("91320583MADEM0001");
        let other = enterprise("91320583MADEM0002");
        let gateway = Gateway {
            number: GatewayNo::new(7),
            id: "GW-1".parse::<GatewayId>().unwrap(),
            enterprise: own.clone(),
        };
        let always = Moment::from_unix_ms(i64::MIN);
        let ended = Moment::from_unix_ms(RECEIVED_AT_MS - 86_400_000);
        let meters = [
            (1, "E-01", &own, &["kwh_register", "kw"][..], None),
            (2, "G-02", &own, &["gas_m3_register"], None),
            (
                3,
                "S-03",
                &own,
                &["smoke", "combustible_lel", "temperature_c"],
                None,
            ),
            (4, "E-04", &own, &["kwh_register"], Some(ended)),
            (9, "X-09", &other, &["kwh_register"], None),
        ];
        let meters = meters.map(|(number, id, enterprise, codes, valid_to)| Meter {
            number: MeterNo::new(number),
            id: id.parse().unwrap(),
            enterprise: enterprise.clone(),
            channels: codes
                .iter()
                .map(|code| Channel {
                    indicator: catalogue.find(code).unwrap().number,
                    valid_from: always,
                    valid_to,
                })
                .collect(),
        });
        Self {
            roster: Roster::new([gateway.clone()], meters),
            catalogue,
            limits: Limits::default(),
            gateway,
        }
    }

    pub(crate) fn context(&self) -> Context<'_> {
        Context {
            roster: &self.roster,
            catalogue: &self.catalogue,
            limits: &self.limits,
            gateway: &self.gateway,
            purpose: Purpose::Ledger,
            received_at: Moment::from_unix_ms(RECEIVED_AT_MS),
            unpromised: false,
            amendment: None,
        }
    }

    pub(crate) fn take(&self, payload: &[u8]) -> Taken {
        intake::take_in(payload, &self.context())
    }

    /// The same, received at another instant.
    pub(crate) fn take_at(&self, payload: &[u8], received_at: Moment) -> Taken {
        let context = Context {
            received_at,
            ..self.context()
        };
        intake::take_in(payload, &context)
    }

    pub(crate) fn take_again(&self, item: &SetAside) -> Taken {
        match item.index {
            Some(_) => intake::take_again(&item.raw, &self.context()),
            None => self.take(&item.raw),
        }
    }

    pub(crate) fn take_amended(&self, payload: &[u8], amendment: &Amendment) -> Taken {
        let context = Context {
            amendment: Some(amendment),
            ..self.context()
        };
        intake::take_in(payload, &context)
    }
}

/// `1+2` for the values kept by each reading, then `0:bad_type*3` for each item set aside, `!` in
/// place of the index for a whole message.
pub(crate) fn summary(taken: &Taken) -> String {
    let kept: Vec<String> = taken
        .readings
        .iter()
        .map(|reading| reading.values.len().to_string())
        .collect();
    let mut summary = kept.join("+");
    for item in &taken.set_aside {
        let place = item.index.map_or("!".to_owned(), |index| index.to_string());
        let times = if item.values == 1 {
            String::new()
        } else {
            format!("*{}", item.values)
        };
        write!(summary, " {place}:{}{times}", item.code).unwrap();
    }
    summary.trim().to_owned()
}
