//! Imports: what is taken, what a second import does, and that the doors know at once.

use std::path::Path;
use std::sync::Arc;

use parkpulse::access::{Matter, Principal};
use parkpulse::calendar::{Clock, ClockAt, Moment};
use parkpulse::indicator::{self, Catalogue};
use parkpulse::jobs::import::{
    Given, Kind, Limits, Picks, Progress, Report, UNSAID, import, template,
};
use parkpulse::park::outline::{CityBox, Crs};
use parkpulse::park::{EnterpriseCode, land_m2, mu_of};
use parkpulse::store::registry::{HoldingFilter, Mode, Registry, Settings};
use parkpulse::text::Language;

pub(crate) const PARKS: &str =
    "park,name,district,kind\nP1,一号园,开发区,\nP2,二号园,高新区,综合\n";
pub(crate) const AREAS: &str = "area,park,name\nA1,P1,东片\n";

/// A made-up social credit code with its check character.
pub(crate) fn code(number: u32) -> EnterpriseCode {
    let body = format!("91320583MA1TX{number:04}");
    let check = EnterpriseCode::check_character(&body).unwrap();
    format!("{body}{check}").parse().unwrap()
}

pub(crate) fn enterprises() -> String {
    format!(
        "enterprise,name,park,area,industry,scale,established,group,capital_origin\n\
         {},甲厂,P1,A1,C39,above,2001-02-03,,\n{},\"乙, 厂\",P1,,C2651,below,2020-12-31,G,港资\n",
        code(1),
        code(2)
    )
}

pub(crate) fn meters() -> String {
    format!(
        "meter,enterprise,gateway,indicator,register_size,multiplier,max_per_hour,interval_s,jitter,parent,valid_from,valid_to\n\
         E-01,{one},,kwh_register,1000000,40,5000,900,0.5,,2026-01-01,\n\
         E-01,{one},,kw,,,,900,,,2026-01-01,\n\
         E-02,{one},,kwh_register,1000000,1,5000,900,,E-01,2026-01-01,\n",
        one = code(1)
    )
}

pub(crate) fn parcels() -> String {
    let square = |west: f64| {
        let (east, south, north) = (west + 0.002, 31.38, 31.3815);
        format!(
            "[[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]"
        )
    };
    let feature = |id: &str, west| {
        let ring = square(west);
        format!(
            r#"{{"type":"Feature","properties":{{"parcel":"{id}","park":"P1"}},"geometry":{{"type":"Polygon","coordinates":{ring}}}}}"#
        )
    };
    let features = [feature("L-1", 120.98), feature("L-2", 120.99)].join(",");
    format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#)
}

pub(crate) struct Town {
    pub(crate) registry: Registry,
    pub(crate) catalogue: Catalogue,
    pub(crate) clock: Arc<ClockAt>,
    pub(crate) directory: tempfile::TempDir,
}

impl Town {
    pub(crate) async fn empty() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let now: Moment = "2026-11-22T12:00:00+08:00".parse().unwrap();
        let clock = Arc::new(ClockAt::new(now));
        let registry = open(directory.path(), &clock).await;
        Self {
            registry,
            catalogue: indicator::built_in().unwrap(),
            clock,
            directory,
        }
    }

    /// Two parks, an area, two enterprises, two parcels.
    pub(crate) async fn settled() -> Self {
        let town = Self::empty().await;
        town.takes(Kind::Parks, PARKS).await;
        town.takes(Kind::Areas, AREAS).await;
        town.takes(Kind::Enterprises, &enterprises()).await;
        town.takes(Kind::Parcels, &parcels()).await;
        town
    }

    pub(crate) async fn imports(&self, kind: Kind, bytes: &[u8], mode: Mode) -> Report {
        let given = Given {
            catalogue: &self.catalogue,
            crs: Some(Crs::Wgs84),
            city: CityBox::KUNSHAN,
            limits: Limits::default(),
            name: Some("x.csv"),
            picks: &Picks {
                reason: Some("改正".to_owned()),
                ..UNSAID
            },
            progress: Progress::NONE,
        };
        let who = Principal::local();
        import(&self.registry, &who, kind, bytes, &given, mode)
            .await
            .unwrap()
    }

    /// Imports and expects no fault; added, changed, ended, unchanged.
    pub(crate) async fn takes(&self, kind: Kind, text: &str) -> [u64; 4] {
        let report = self.imports(kind, text.as_bytes(), Mode::Apply).await;
        assert!(report.is_taken(), "{kind}: {:?}", report.faults);
        [report.added, report.changed, report.ended, report.unchanged]
    }

    pub(crate) fn now(&self) -> Moment {
        self.clock.now()
    }
}

async fn open(directory: &Path, clock: &Arc<ClockAt>) -> Registry {
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    Registry::open(Settings::of(directory.to_owned()), clock)
        .await
        .unwrap()
}

#[tokio::test]
async fn the_same_file_twice_changes_nothing() {
    let town = Town::settled().await;
    let statements = format!(
        "enterprise,period,indicator,value,unit,source\n\
         {one},2025,output_value,1234.50,万元,统计\n\
         {one},2025-Q4,staff_average,12,人,统计\n{one},2025-Q3,staff_average,12,persons,统计\n",
        one = code(1)
    );
    let replacements = "meter,indicator,at,old_final,new_initial,reason\n\
                        E-01,kwh_register,2026-03-01T10:15:00+08:00,99.5,0,到期更换\n";
    let land = format!(
        "enterprise,parcel,kind,m2,floor_m2,far,counterparty,valid_from,valid_to\n\
         {},L-1,owned,10000,,,,2020-01-01,\n",
        code(1)
    );
    let files = [
        (Kind::Parks, PARKS.to_owned()),
        (Kind::Areas, AREAS.to_owned()),
        (Kind::Enterprises, enterprises()),
        (Kind::Parcels, parcels()),
        (Kind::Land, land),
        (Kind::Meters, meters()),
        (Kind::Replacements, replacements.to_owned()),
        (Kind::Statements, statements),
    ];
    for (kind, text) in &files {
        town.takes(*kind, text).await;
    }
    for (kind, text) in &files {
        let [added, changed, ended, unchanged] = town.takes(*kind, text).await;
        assert_eq!([added, changed, ended], [0, 0, 0], "{kind}");
        assert!(unchanged > 0, "{kind}");
    }
}

#[tokio::test]
async fn a_changed_enterprise_is_a_new_fact_from_now_on() {
    let town = Town::settled().await;
    let before = town.now();
    town.clock.set(before.plus_ms(1_000));
    let moved = enterprises().replace("甲厂,P1,A1", "甲厂,P2,");
    assert_eq!(town.takes(Kind::Enterprises, &moved).await, [0, 1, 0, 1]);
    let who = Principal::local();
    let park = |at| {
        let registry = town.registry.clone();
        let who = who.clone();
        async move {
            let found = registry.find_enterprise(&who, &code(1), at).await.unwrap();
            found.unwrap().park.to_string()
        }
    };
    assert_eq!(park(before).await, "P1");
    assert_eq!(park("2001-01-01T00:00:00Z".parse().unwrap()).await, "P1");
    assert_eq!(park(town.now()).await, "P2");
}

#[tokio::test]
async fn a_later_row_ends_the_open_one_and_the_file_stays_a_no_op() {
    let town = Town::settled().await;
    town.takes(Kind::Meters, &meters()).await;
    let header = meters().lines().next().unwrap().to_owned();
    let row = |multiplier, from| {
        format!(
            "E-01,{},,kwh_register,1000000,{multiplier},5000,900,0.5,,{from},\n",
            code(1)
        )
    };
    let later = format!("{header}\n{}", row("60", "2026-06-01"));
    assert_eq!(town.takes(Kind::Meters, &later).await, [1, 0, 1, 0]);
    assert_eq!(town.takes(Kind::Meters, &later).await, [0, 0, 0, 1]);
    assert_eq!(town.takes(Kind::Meters, &meters()).await, [0, 0, 0, 3]);
    let both = format!(
        "{header}\n{}{}",
        row("60", "2026-06-01"),
        row("40", "2026-01-01")
    );
    assert_eq!(town.takes(Kind::Meters, &both).await, [0, 0, 0, 2]);
    let corrected = format!("{header}\n{}", row("50", "2026-06-01"));
    assert_eq!(town.takes(Kind::Meters, &corrected).await, [0, 1, 0, 0]);
    let who = Principal::local();
    let meter = "E-01".parse().unwrap();
    let history = town
        .registry
        .find_meter_history(&who, &meter)
        .await
        .unwrap()
        .unwrap();
    let rows: Vec<String> = history
        .rows
        .iter()
        .filter(|row| row.jitter.to_string() == "0.5")
        .map(|row| {
            let to = row.validity.to().map(|to| to.to_string());
            format!(
                "{} x{} {}",
                row.validity.from(),
                row.multiplier,
                to.unwrap_or_default()
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            "2026-01-01T00:00:00+08:00 x40 2026-06-01T00:00:00+08:00",
            "2026-06-01T00:00:00+08:00 x50 ",
        ]
    );
}

#[tokio::test]
async fn the_doors_know_a_new_meter_at_once_and_numbers_stay() {
    let town = Town::settled().await;
    let doors = town.registry.directory().clone();
    let mut changes = doors.changes();
    assert!(doors.current().find_meter("E-01").is_none());
    town.takes(Kind::Meters, &meters()).await;
    assert!(changes.next().await);
    let roster = doors.current();
    let kw = town.catalogue.find("kw").unwrap().number;
    assert!(roster.find_meter("E-01").unwrap().measures(kw, town.now()));
    assert!(!roster.find_meter("E-02").unwrap().measures(kw, town.now()));
    let number = |id: &str| roster.find_meter(id).unwrap().number.get();
    assert_eq!([number("E-01"), number("E-02")], [1, 2]);
    town.registry.close().await;
    let again = open(town.directory.path(), &town.clock).await;
    let after = again.directory().current();
    assert_eq!(after.find_meter("E-02").unwrap().number.get(), 2);
}

#[tokio::test]
async fn a_dry_run_says_everything_and_does_nothing() {
    let town = Town::empty().await;
    let report = town
        .imports(Kind::Parks, PARKS.as_bytes(), Mode::DryRun)
        .await;
    assert_eq!((report.added, report.rows), (2, 2));
    assert_eq!(town.takes(Kind::Parks, PARKS).await, [2, 0, 0, 0]);
}

#[tokio::test]
async fn templates_can_be_filled_in_and_imported() {
    let town = Town::settled().await;
    for kind in [Kind::Parks, Kind::Meters, Kind::Land, Kind::Statements] {
        let header = template(kind, Language::English);
        let names: Vec<_> = kind.columns().iter().map(|column| column.name).collect();
        assert_eq!(header.lines().next().unwrap(), names.join(","));
    }
    let text = format!(
        "\u{feff}{}P3,三号园,花桥,\r\n",
        template(Kind::Parks, Language::English)
    );
    assert_eq!(town.takes(Kind::Parks, &text).await, [1, 0, 0, 0]);
    let rows = meters().lines().skip(1).collect::<Vec<_>>().join("\r\n");
    let text = format!("{}{rows}\r\n", template(Kind::Meters, Language::Chinese));
    assert_eq!(town.takes(Kind::Meters, &text).await, [3, 0, 0, 0]);
    let turned = "name,kind,district,park\n四号园,,周市,P4\n";
    assert_eq!(town.takes(Kind::Parks, turned).await, [1, 0, 0, 0]);
}

#[tokio::test]
async fn land_counts_as_the_rule_says_and_is_filtered_by_who_asks() {
    let town = Town::settled().await;
    let land = format!(
        "enterprise,parcel,kind,m2,floor_m2,far,counterparty,valid_from,valid_to\n\
         {one},L-1,owned,10000,,,,2020-01-01,\n\
         {one},L-1,leased_out,1000,,,{two},2024-01-01,2026-01-01\n\
         {two},L-1,leased_floor,,2500,2.5,{one},2024-01-01,\n\
         {two},L-2,occupied,666.67,,,,2024-01-01,\n",
        one = code(1),
        two = code(2)
    );
    town.takes(Kind::Land, &land).await;
    let clerk = Principal {
        name: "clerk".into(),
        role: parkpulse::access::Role::Enterprise(code(2)),
    };
    let own = town
        .registry
        .list_holdings(&clerk, HoldingFilter::default(), None, 100);
    let own = own.await.unwrap().entries;
    assert_eq!(own.len(), 2);
    let mu = mu_of(&land_m2(&own, town.now())).unwrap();
    assert_eq!(mu.get().normalize().to_string(), "2.500005");
    let local = Principal::local();
    let all = town
        .registry
        .list_holdings(&local, HoldingFilter::default(), None, 3);
    let all = all.await.unwrap();
    assert_eq!((all.entries.len(), all.next.is_some()), (3, true));
}

#[tokio::test]
async fn outlines_come_back_and_what_is_not_for_all_is_left_out() {
    let town = Town::settled().await;
    let list = |who: Principal| {
        let registry = town.registry.clone();
        let at = town.now();
        async move {
            registry
                .list_parcels(&who, at, None, None, 10)
                .await
                .unwrap()
                .entries
        }
    };
    let with_mu = parcels().replace(r#""park":"P1""#, r#""park":"P1","declared_mu":47.5"#);
    town.takes(Kind::Parcels, &with_mu).await;
    town.clock.set(town.now().plus_ms(1));
    let all = list(Principal::local()).await;
    assert_eq!(all.len(), 2);
    assert_eq!(
        all[0].outline.area().get().round_dp(3).to_string(),
        "47.461"
    );
    assert_eq!(all[0].outline.polygons().0[0].exterior().0.len(), 5);
    assert!(all[0].declared.is_some());
    let clerk = Principal {
        name: "clerk".into(),
        role: parkpulse::access::Role::Enterprise(code(2)),
    };
    assert!(list(clerk).await[0].declared.is_none());
}

#[tokio::test]
async fn tax_is_for_the_enterprise_and_the_bureau_alone() {
    let town = Town::settled().await;
    let statements = format!(
        "enterprise,period,indicator,value,unit,source\n\
         {},2025,tax_net_inbound,88.8,万元,税务\n",
        code(1)
    );
    town.takes(Kind::Statements, &statements).await;
    let tax = [town.catalogue.find("tax_net_inbound").unwrap().number];
    let operator = parkpulse::access::Role::Operator(vec!["P1".parse().unwrap()]);
    let own = parkpulse::access::Role::Enterprise(code(1));
    let other = parkpulse::access::Role::Enterprise(code(2));
    for (role, count) in [
        (own, 1),
        (other, 0),
        (operator, 0),
        (parkpulse::access::Role::Bureau, 1),
        (parkpulse::access::Role::AdminSystem, 0),
    ] {
        let who = Principal {
            name: "x".into(),
            role,
        };
        let page = town
            .registry
            .list_statements(&who, Matter::Tax, &tax, None, None, 10)
            .await
            .unwrap();
        assert_eq!(page.entries.len(), count, "{who:?}");
    }
}
