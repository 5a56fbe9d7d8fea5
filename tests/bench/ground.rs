//! The registered ground: one enterprise, its gateways with their tokens, and meters of nine
//! indicators each, by the ordinary commands.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::server::parkpulse;

pub(crate) const ENTERPRISE: &str = "91320583MA1N0X0X1M";
/// Gateways that send.
pub(crate) const GATEWAYS: usize = 100;
/// Meters behind one gateway.
pub(crate) const METERS: usize = 20;

/// What every meter measures: registers with two decimals and states with one, as a transformer
/// room, a boiler house and a pump have them.
pub(crate) const INDICATORS: [(&str, u16, u8); 9] = [
    ("kwh_register", 1, 2),
    ("gas_m3_register", 4, 2),
    ("steam_t_register", 5, 2),
    ("water_m3_register", 7, 2),
    ("kw", 20, 1),
    ("temperature_c", 22, 1),
    ("pressure_mpa", 23, 3),
    ("residual_ma", 47, 0),
    ("cable_temperature_c", 48, 1),
];

/// A gateway and its token.
#[derive(Clone, Debug)]
pub(crate) struct Gateway {
    pub(crate) id: String,
    pub(crate) token: String,
}

#[derive(Debug)]
pub(crate) struct Ground {
    pub(crate) data_dir: PathBuf,
    pub(crate) gateways: Vec<Gateway>,
}

/// The id of a meter.
pub(crate) fn meter(gateway: usize, of_gateway: usize) -> String {
    format!("M-{:05}", gateway * METERS + of_gateway)
}

impl Ground {
    /// Registers everything in a new data directory below `folder`.
    pub(crate) fn lay(folder: &Path) -> Self {
        let ground = Self::with_enterprise(folder.join("data"));
        ground.import("meters", &meters());
        let gateways = (0..GATEWAYS).map(|number| ground.add(format!("gw-{number:03}")));
        Self {
            gateways: gateways.collect(),
            ..ground
        }
    }

    /// Many gateways and nothing for them to say. The first is registered by the ordinary command;
    /// the others are rows like its own, with its token, because a command each would take longer
    /// than all the rest.
    pub(crate) fn crowd(folder: &Path, count: usize) -> Self {
        let ground = Self::with_enterprise(folder.join("crowd"));
        let first = ground.add("gw-00000".to_owned());
        let rows = Connection::open(ground.data_dir.join("registry.db")).unwrap();
        let others = i64::try_from(count).unwrap() - 1;
        let gateways = "WITH RECURSIVE other(number) AS
             (SELECT 1 UNION ALL SELECT number + 1 FROM other WHERE number < ?1)
             INSERT INTO gateway (number, gateway, enterprise, registered_at)
             SELECT g.number + other.number, printf('gw-%05d', other.number), g.enterprise,
                 g.registered_at FROM gateway g, other";
        rows.execute(gateways, [others]).unwrap();
        let tokens = "INSERT INTO gateway_secret (number, gateway, digest, created_at)
             SELECT s.number + g.number - s.gateway, g.number, s.digest, s.created_at
             FROM gateway g, gateway_secret s WHERE g.number <> s.gateway";
        rows.execute(tokens, []).unwrap();
        let gateways = (0..count).map(|number| Gateway {
            id: format!("gw-{number:05}"),
            token: first.token.clone(),
        });
        Self {
            gateways: gateways.collect(),
            ..ground
        }
    }

    /// Adds an operator; their first password.
    pub(crate) fn somebody(&self, account: &str) -> String {
        let who = [
            "user", "add", account, "--role", "operator", "--scope", "P1",
        ];
        let printed = self.run(&[&who[..], &["--json"]].concat());
        let printed: serde_json::Value = serde_json::from_str(&printed).unwrap();
        printed["password"].as_str().unwrap().to_owned()
    }

    fn with_enterprise(data_dir: PathBuf) -> Self {
        fs::create_dir_all(data_dir.parent().unwrap()).unwrap();
        let ground = Self {
            data_dir,
            gateways: Vec::new(),
        };
        ground.import("parks", "park,name,district,kind\nP1,试验园,开发区,\n");
        ground.import("enterprises", &enterprises());
        ground
    }

    fn run(&self, arguments: &[&str]) -> String {
        let output = parkpulse(&self.data_dir).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn import(&self, kind: &str, text: &str) {
        let path = self.data_dir.with_extension(format!("{kind}.csv"));
        fs::write(&path, text).unwrap();
        self.run(&["import", kind, path.to_str().unwrap()]);
    }

    fn add(&self, id: String) -> Gateway {
        let line = ["gateway", "add", "--enterprise", ENTERPRISE, "--json"];
        let printed = self.run(&[&line[..], &["--gateway", &id]].concat());
        let printed: serde_json::Value = serde_json::from_str(&printed).unwrap();
        let token = printed["token"].as_str().unwrap().to_owned();
        Gateway { id, token }
    }
}

fn enterprises() -> String {
    format!(
        "enterprise,name,park,area,industry,scale,established,group,capital_origin\n\
         {ENTERPRISE},试验企业,P1,,C39,above,2010-01-01,,\n"
    )
}

fn meters() -> String {
    let mut rows = String::from(
        "meter,enterprise,gateway,indicator,register_size,multiplier,max_per_hour,interval_s,\
         jitter,parent,valid_from,valid_to\n",
    );
    for number in 0..GATEWAYS * METERS {
        let id = meter(0, number);
        for (indicator, _, _) in INDICATORS {
            let size = if indicator.ends_with("_register") {
                "1000000000"
            } else {
                ""
            };
            writeln!(
                rows,
                "{id},{ENTERPRISE},,{indicator},{size},1,1000000000,900,,,2020-01-01,"
            )
            .unwrap();
        }
    }
    rows
}
