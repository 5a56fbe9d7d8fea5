//! A park of one enterprise with one gateway and two meters, registered by the ordinary commands.

use std::fs;

use super::Stage;

/// The enterprise of the small park (a made-up code with the right check character).
pub(crate) const ENTERPRISE: &str = "91320583MA1N0X0X1M";
pub(crate) const GATEWAY: &str = "gw-1";

const PARKS: &str = "park,name,district,kind\np1,一号园,高新区,\n";
const METERS: &str = "\
meter,enterprise,gateway,indicator,register_size,multiplier,max_per_hour,interval_s,jitter,parent,valid_from,valid_to
E-01,CODE,gw-1,kwh_register,1000000,1,5000,900,,,2025-01-01,
E-01,CODE,gw-1,kw,,1,5000,900,,,2025-01-01,
G-01,CODE,gw-1,gas_m3_register,1000000,1,500,900,,,2025-01-01,
";

impl Stage {
    /// Registers the small park and gives the token of its gateway.
    pub(crate) fn register_park(&self) -> String {
        let enterprises = format!(
            "enterprise,name,park,area,industry,scale,established,group,capital_origin\n\
             {ENTERPRISE},甲厂,p1,,C39,above,2015-01-01,,\n"
        );
        self.import("parks", "parks.csv", PARKS);
        self.import("enterprises", "enterprises.csv", &enterprises);
        let line = [
            "gateway",
            "add",
            "--enterprise",
            ENTERPRISE,
            "--gateway",
            GATEWAY,
            "--json",
        ];
        let printed: serde_json::Value = serde_json::from_str(&self.ok(&line)).unwrap();
        self.import("meters", "meters.csv", &METERS.replace("CODE", ENTERPRISE));
        printed["token"].as_str().unwrap().to_owned()
    }

    /// Imports `text` as a file of this kind.
    pub(crate) fn import(&self, kind: &str, name: &str, text: &str) {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        self.ok(&["import", kind, path.to_str().unwrap()]);
    }
}
