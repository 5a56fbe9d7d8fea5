//! The registered ground: one enterprise, its gateways with their tokens, and meters of nine
//! indicators each, by the ordinary commands.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::server::parkpulse;

pub(crate) const ENTERPRISE: &str = "91320583MA1N0X0X1M";
/// Gateways that send; eight connections each are allowed.
pub(crate) const GATEWAYS: usize = 100;
/// Further gateways whose connections stay silent.
const SILENT: usize = 150;
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
        let data_dir = folder.join("data");
        let run = |arguments: &[&str]| {
            let output = parkpulse(&data_dir).args(arguments).output().unwrap();
            assert!(output.status.success(), "{arguments:?}: {output:?}");
            String::from_utf8(output.stdout).unwrap()
        };
        let import = |kind: &str, text: &str| {
            let path = folder.join(format!("{kind}.csv"));
            fs::write(&path, text).unwrap();
            run(&["import", kind, path.to_str().unwrap()]);
        };
        import("parks", "park,name,district,kind\nP1,试验园,开发区,\n");
        import("enterprises", &enterprises());
        import("meters", &meters());
        let gateways = (0..GATEWAYS + SILENT).map(|number| {
            let id = format!("gw-{number:03}");
            let line = [
                "gateway",
                "add",
                "--enterprise",
                ENTERPRISE,
                "--gateway",
                &id,
                "--json",
            ];
            let printed: serde_json::Value = serde_json::from_str(&run(&line)).unwrap();
            let token = printed["token"].as_str().unwrap().to_owned();
            Gateway { id, token }
        });
        Self {
            gateways: gateways.collect(),
            data_dir: data_dir.clone(),
        }
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
