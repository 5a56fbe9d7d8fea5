//! The settings of every room, made out of the layers.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::http;
use crate::ingest;
use crate::intake;
use crate::jobs::assess;
use crate::jobs::import;
use crate::jobs::notify;
use crate::ledger::factor::{self, Counts, Factors, Grid, Rules};
use crate::ledger::precedence::Precedence;
use crate::park::outline::{BoxEmpty, CityBox, Position};
use crate::park::{Name, NameRefused};
use crate::rating;
use crate::store::embedded;

use super::http_door;
use super::notifications;
use super::reader::Reader;
use super::shown;
use super::{Layers, Refused};

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What is logged, and how.
#[derive(Clone, Debug)]
pub struct Log {
    /// A level or a filter of `tracing-subscriber`.
    pub filter: String,
    /// How lines look.
    pub format: LogFormat,
}

/// The control socket of the process that owns a data directory (contract.md 5).
#[derive(Clone, Debug)]
pub struct Control {
    /// Loopback address.
    pub listen: SocketAddr,
    /// Arguments and files of one command, in bytes.
    pub request_bytes_max: usize,
    /// Commands that run at a time.
    pub commands_max: usize,
    /// How long to wait for the owner to listen, and for a stuck reader of output.
    pub patience: Duration,
}

/// The one city of an installation.
#[derive(Clone, Debug)]
pub struct City {
    /// What it is called.
    pub name: Name,
    /// Where its parcels can lie.
    pub bounds: CityBox,
}

/// How long start and stop may take.
#[derive(Clone, Copy, Debug)]
pub struct Serve {
    /// Doors, commands and jobs end what they began.
    pub stop_within: Duration,
}

/// Where gateways come in by MQTT.
#[derive(Clone, Debug)]
pub struct Mqtt {
    /// Plain.
    pub listen: SocketAddr,
    /// Over TLS, if there is a certificate.
    pub tls: Option<MqttTls>,
}

/// MQTT over TLS.
#[derive(Clone, Debug)]
pub struct MqttTls {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// PEM file of the certificate chain.
    pub certificate: PathBuf,
    /// PEM file of its key.
    pub key: PathBuf,
    /// PEM file of the authority whose client certificates are accepted.
    pub client_authority: Option<PathBuf>,
}

/// Which engine keeps readings (`store.engine`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// SQLite in the data directory.
    Embedded(embedded::Settings),
    /// Nothing survives the process.
    Memory {
        /// Raw bytes kept of the quarantine of one gateway.
        quarantine_bytes: u64,
    },
}

/// The settings of all rooms.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where everything is kept.
    pub data_dir: PathBuf,
    /// The control socket.
    pub control: Control,
    /// The log.
    pub log: Log,
    /// How long records of the audit log are kept (`audit.keep_for`).
    pub audit_keep_for: Duration,
    /// Which engine keeps readings.
    pub engine: Engine,
    /// How long after its end a month is closed (`ledger.close_after`).
    pub ledger_close_after: Duration,
    /// How long enterprises are asked to check a month (`ledger.check_within`).
    pub ledger_check_within: Duration,
    /// From how many percent on a meter and those below it differ too much
    /// (`ledger.imbalance_percent`).
    pub ledger_imbalance_percent: u32,
    /// Coal and carbon of a unit of each carrier.
    pub factors: Factors,
    /// Which of several sources of one stated figure counts.
    pub precedence: Precedence,
    /// By what a year is rated.
    pub rating: assess::Settings,
    /// Groups of parks that are no one territory (`city.zones`).
    pub zones: std::collections::BTreeMap<String, Vec<String>>,
    /// Where the installation is.
    pub city: City,
    /// Start and stop.
    pub serve: Serve,
    /// The addresses of the MQTT door.
    pub mqtt: Mqtt,
    /// The limits of the enterprises' doors.
    pub ingest: ingest::Settings,
    /// The limits of one message.
    pub limits: intake::Limits,
    /// Font files for glyphs that the shipped font lacks.
    pub fonts: Vec<PathBuf>,
    /// The file of what is drawn under the parcels of maps.
    pub backdrop: Option<PathBuf>,
    /// How much an imported file may hold.
    pub import: import::Limits,
    /// What people are told, and by what ways.
    pub notify: notify::Settings,
    /// Pages and API.
    pub http: http::Settings,
    /// How often the files of certificates are looked at.
    pub certificates_every: Duration,
    /// What the system administrator is shown of all this.
    pub installation: http::Installation,
}

impl Settings {
    /// Converts what holds into each room's settings.
    ///
    /// # Errors
    /// Every value that is out of bounds, with its key and where it was written.
    pub fn from_layers(layers: &Layers) -> Result<Self, Refused> {
        let reader = Reader::new(layers);
        let settings = Self {
            data_dir: PathBuf::from(reader.text("data_dir")),
            control: control(&reader),
            log: log(&reader),
            audit_keep_for: audit_keep_for(&reader),
            engine: engine(&reader),
            ledger_close_after: reader.duration("ledger.close_after"),
            ledger_check_within: reader.duration("ledger.check_within"),
            ledger_imbalance_percent: reader.percent("ledger.imbalance_percent"),
            factors: factors(&reader),
            precedence: precedence(&reader),
            rating: rating(&reader),
            zones: super::zones::read(&reader),
            city: city(&reader),
            serve: serve(&reader),
            mqtt: mqtt(&reader),
            ingest: ingest(&reader),
            limits: limits(&reader),
            fonts: reader
                .texts("fonts.extra")
                .into_iter()
                .map(PathBuf::from)
                .collect(),
            backdrop: Some(reader.text("map.backdrop"))
                .filter(|path| !path.is_empty())
                .map(PathBuf::from),
            import: import(&reader),
            notify: notifications::read(&reader),
            http: http_door::read(&reader),
            certificates_every: reader.duration("tls.look_every"),
            installation: shown::installation(&reader, layers),
        };
        if settings.data_dir.as_os_str().is_empty() {
            reader.fault("data_dir", "must name a directory");
        }
        reader.finish()?;
        Ok(settings)
    }
}

fn control(reader: &Reader<'_>) -> Control {
    Control {
        listen: reader.loopback("control.listen", "commands come from this machine only"),
        request_bytes_max: reader.bytes_in_memory("control.request_bytes_max"),
        commands_max: reader.count("control.commands_max"),
        patience: reader.duration("control.patience"),
    }
}

fn log(reader: &Reader<'_>) -> Log {
    let format = match reader.text("log.format") {
        "text" => LogFormat::Text,
        "json" => LogFormat::Json,
        _ => {
            reader.fault("log.format", "must be \"text\" or \"json\"");
            LogFormat::Text
        }
    };
    Log {
        filter: reader.text("log.level").to_owned(),
        format,
    }
}

/// The least that the audit log is kept (contract.md, by the law on cyber security).
const AUDIT_KEEP_MIN: Duration = Duration::from_hours(180 * 24);

fn audit_keep_for(reader: &Reader<'_>) -> Duration {
    const KEY: &str = "audit.keep_for";
    let wanted = reader.duration(KEY);
    if wanted < AUDIT_KEEP_MIN {
        reader.fault(KEY, "must be at least 180 days: the law wants it");
    }
    wanted.max(AUDIT_KEEP_MIN)
}

/// The longest that an acknowledgement may wait for others to share its sync.
const GATHER_MOST: Duration = Duration::from_millis(100);
/// Conflicts and duplicates are counted within ten minutes.
const FOLD_MOST: Duration = Duration::from_mins(10);
/// A revoked credential ends its connection within 5 s (contract.md 2).
const REVOKED_MOST: Duration = Duration::from_secs(5);

/// The duration `key`, which a promise bounds by `most` (`written` in words).
fn within(reader: &Reader<'_>, key: &str, most: Duration, written: &str) -> Duration {
    let wanted = reader.duration(key);
    if wanted > most {
        reader.fault(key, format!("must be at most {written}: it is promised"));
    }
    wanted.min(most)
}

/// No block with more rows is read back.
const BLOCK_ROWS_MOST: usize = 1 << 24;

fn block_rows(reader: &Reader<'_>) -> usize {
    const KEY: &str = "store.block_rows_max";
    let wanted: usize = reader.count(KEY);
    if wanted > BLOCK_ROWS_MOST {
        reader.fault(KEY, format!("must be at most {BLOCK_ROWS_MOST}"));
    }
    wanted.min(BLOCK_ROWS_MOST)
}

fn engine(reader: &Reader<'_>) -> Engine {
    let quarantine_bytes = reader.bytes("quarantine.max_bytes");
    let embedded = embedded::Settings {
        gather_for: within(reader, "store.gather_within", GATHER_MOST, "100 ms"),
        batch_messages: reader.count("store.batch_messages_max"),
        queue_messages: reader.count("store.queue_messages_max"),
        head_messages: reader.count("store.fold_messages"),
        fold_every: within(reader, "store.fold_every", FOLD_MOST, "10 minutes"),
        slice_bytes: reader.bytes_in_memory("store.fold_slice_bytes"),
        quarantine_bytes,
        space_floor_fold_bytes: reader.bytes("store.free_fold_min"),
        space_floor_take_bytes: reader.bytes("store.free_take_min"),
        readers: reader.count("store.readers_max"),
        compact_after: reader.duration("store.compact_after"),
        log_warn_bytes: reader.bytes("store.log_warn"),
        log_most_bytes: reader.bytes("store.log_max"),
        block_rows_max: block_rows(reader),
    };
    if !reader.text("store.url").is_empty() {
        reader.fault(
            "store.url",
            "is for outside engines, and this version has none",
        );
    }
    match reader.text("store.engine") {
        "memory" => Engine::Memory { quarantine_bytes },
        "embedded" => Engine::Embedded(embedded),
        _ => {
            reader.fault("store.engine", "must be \"embedded\" or \"memory\"");
            Engine::Embedded(embedded)
        }
    }
}

fn precedence(reader: &Reader<'_>) -> Precedence {
    Precedence::shipped().unwrap_or_else(|refused| {
        reader.fault("rating.tax", refused.to_string());
        Precedence::default()
    })
}

fn factors(reader: &Reader<'_>) -> Factors {
    const KEY: &str = "factors.electricity_equal";
    let set = reader.parsed(KEY);
    let factors = factor::shipped(&set).unwrap_or_else(|refused| {
        reader.fault(KEY, refused.to_string());
        Factors::default()
    });
    let factors = factors.under(Rules {
        media: reader.texts("factors.media").into_iter().collect(),
        grid: Grid {
            region: reader.text("factors.carbon_region").to_owned(),
            purpose: reader.text("factors.carbon_purpose").to_owned(),
        },
    });
    let mut carriers = factors.carriers().iter();
    let media = |code: &str| carriers.any(|one| one.code == code && one.counts == Counts::Medium);
    if !factors.rules().media.iter().map(String::as_str).all(media) {
        reader.fault("factors.media", "names a carrier that is no energy medium");
    }
    if !factors.has_grid() {
        let Grid { region, purpose } = &factors.rules().grid;
        let reason = format!(
            "there is no carbon factor of electricity for region `{region}` and purpose `{purpose}`; \
             config/factors says which there are"
        );
        reader.fault("factors.carbon_region", reason);
    }
    factors
}

fn rating(reader: &Reader<'_>) -> assess::Settings {
    let schemes = reader.texts("rating.scheme");
    for text in &schemes {
        let id = text.rsplit('=').next().unwrap_or_default();
        if let Err(refused) = rating::scheme::named(id) {
            reader.fault("rating.scheme", refused.reason);
        }
    }
    let known_percent = reader.count("rating.known_percent");
    if known_percent > 100 {
        reader.fault("rating.known_percent", "must be from 1 to 100");
    }
    let tax = reader.texts("rating.tax");
    if tax.is_empty() {
        reader.fault("rating.tax", "must name at least one statement");
    }
    assess::Settings {
        schemes: reader.parsed("rating.scheme"),
        tax,
        known_percent,
    }
}

fn city(reader: &Reader<'_>) -> City {
    const BOX: &str = "city.box";
    let name = reader.text("city.name").parse();
    let name = name.unwrap_or_else(|cause: NameRefused| {
        reader.fault("city.name", cause.to_string());
        Name::fixed("?")
    });
    let corner = |longitude_deg: f64, latitude_deg: f64| Position {
        longitude_deg,
        latitude_deg,
    };
    let bounds = match reader.parsed(BOX)[..] {
        [west, south, east, north] => CityBox::new(corner(west, south), corner(east, north)),
        _ => Err(BoxEmpty),
    };
    let bounds = bounds.unwrap_or_else(|cause| {
        let four = "write four numbers in degrees: west, south, east, north";
        reader.fault(BOX, format!("{cause}; {four}"));
        CityBox::KUNSHAN
    });
    City { name, bounds }
}

fn serve(reader: &Reader<'_>) -> Serve {
    let serve = Serve {
        stop_within: reader.duration("serve.stop_within"),
    };
    if reader.duration("mqtt.stop_within") >= serve.stop_within {
        let what = "must be shorter than serve.stop_within, or connections are cut, not ended";
        reader.fault("mqtt.stop_within", what);
    }
    serve
}

fn mqtt(reader: &Reader<'_>) -> Mqtt {
    let certificate = reader.path("mqtt.tls_certificate");
    let key = reader.path("mqtt.tls_key");
    let listen = reader.address("mqtt.tls_listen");
    let client_authority = reader.path("mqtt.tls_client_authority");
    if certificate.is_some() != key.is_some() {
        reader.fault(
            "mqtt.tls_key",
            "and mqtt.tls_certificate go together: give both or none",
        );
    }
    let tls = certificate.zip(key).map(|(certificate, key)| MqttTls {
        listen,
        certificate,
        key,
        client_authority,
    });
    Mqtt {
        listen: reader.address("mqtt.listen"),
        tls,
    }
}

fn ingest(reader: &Reader<'_>) -> ingest::Settings {
    ingest::Settings {
        packet_bytes_max: reader.bytes_in_memory("mqtt.packet_bytes_max"),
        window: reader.count("mqtt.window"),
        connections_max: reader.count("mqtt.connections_max"),
        network_percent_max: reader.percent("mqtt.network_percent_max"),
        sessions_max: reader.count("mqtt.sessions_max"),
        filters_max: reader.count("mqtt.filters_max"),
        connect_within: reader.duration("mqtt.connect_within"),
        packet_within: reader.duration("mqtt.packet_within"),
        write_within: reader.duration("mqtt.write_within"),
        keep_alive_percent: reader.count("mqtt.keep_alive_percent"),
        keep_alive_max: reader.duration("mqtt.keep_alive_max"),
        refusals_waiting_max: reader.count("mqtt.refusals_waiting_max"),
        messages_per_second_max: reader.count("quota.messages_per_second_max"),
        values_per_day_max: reader.count("quota.values_per_day_max"),
        revoked_within: within(reader, "mqtt.revoked_within", REVOKED_MOST, "5 s"),
        linger_for: reader.duration("mqtt.linger_for"),
        stop_within: reader.duration("mqtt.stop_within"),
        listen_backlog: reader.count("mqtt.listen_backlog"),
        faults: ingest::Faults::default(),
    }
}

fn limits(reader: &Reader<'_>) -> intake::Limits {
    intake::Limits {
        message_bytes: reader.bytes_in_memory("intake.message_bytes_max"),
        readings: reader.count("intake.readings_max"),
        values: reader.count("intake.values_max"),
        depth: reader.count("intake.depth_max"),
        raw_bytes: reader.bytes_in_memory("quarantine.item_bytes_max"),
        window_back_ms: reader.milliseconds("intake.clock_back"),
        window_ahead_ms: reader.milliseconds("intake.clock_ahead"),
    }
}

fn import(reader: &Reader<'_>) -> import::Limits {
    let file_bytes = reader.bytes_in_memory("import.file_bytes_max");
    if file_bytes > import::Limits::FILE_BYTES_MOST {
        reader.fault("import.file_bytes_max", "must be at most 20 MiB");
    }
    import::Limits {
        file_bytes,
        rows: reader.count("import.rows_max"),
        cell_bytes: reader.bytes_in_memory("import.cell_bytes_max"),
        ..import::Limits::default()
    }
}
