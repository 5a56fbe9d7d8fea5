//! The fleet as a file (`demo-gateways.json`): tokens inside, so it is for its owner's eyes only.

use serde::{Deserialize, Serialize};

use crate::calendar::Moment;
use crate::demo::{Course, Dice, Load, Pattern, Register, Replacement, State};

use super::{Fleet, Instrument, Station};

/// A text that is no such file.
#[derive(Debug, thiserror::Error)]
#[error("this is no file of gateways as `demo` writes it")]
pub struct FleetUnreadable(#[from] serde_json::Error);

impl FleetUnreadable {
    /// Where it stops being one.
    #[must_use]
    pub fn place(&self) -> String {
        format!("line {}, column {}", self.0.line(), self.0.column())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FleetFile {
    gateways: Vec<GatewayFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GatewayFile {
    gateway: String,
    enterprise: String,
    token: String,
    meters: Vec<MeterFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MeterFile {
    meter: String,
    channels: Vec<ChannelFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChannelFile {
    indicator: String,
    shows: ShowsFile,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum ShowsFile {
    Register {
        since_ms: i64,
        start_hundredths: u64,
        multiplier: u32,
        size: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replaced: Option<ReplacedFile>,
        load: LoadFile,
    },
    Power(LoadFile),
    Level {
        middle_milli: i64,
        swing_milli: i64,
        seed: u64,
    },
    Quiet,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReplacedFile {
    at_ms: i64,
    new_start_hundredths: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LoadFile {
    milli_per_hour: u64,
    pattern: PatternFile,
    seed: u64,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PatternFile {
    Continuous,
    ThreeShifts,
    TwoShifts,
    DayShift,
}

/// The fleet that `text` describes.
///
/// # Errors
/// A text that is no such file, with line and column.
pub fn read_fleet(text: &str) -> Result<Fleet, FleetUnreadable> {
    let file: FleetFile = serde_json::from_str(text)?;
    let stations = file.gateways.into_iter().map(|gateway| Station {
        gateway: gateway.gateway,
        enterprise: gateway.enterprise,
        token: gateway.token,
        meters: gateway.meters.into_iter().map(meter).collect(),
    });
    Ok(Fleet {
        stations: stations.collect(),
    })
}

/// `fleet` as the text of a file.
///
/// # Errors
/// Never for a fleet that can be; the writer of JSON reserves the right.
pub fn write_fleet(fleet: &Fleet) -> Result<String, FleetUnreadable> {
    let gateways = fleet.stations.iter().map(|station| GatewayFile {
        gateway: station.gateway.clone(),
        enterprise: station.enterprise.clone(),
        token: station.token.clone(),
        meters: station.meters.iter().map(meter_file).collect(),
    });
    let file = FleetFile {
        gateways: gateways.collect(),
    };
    Ok(serde_json::to_string_pretty(&file)?)
}

fn meter(file: MeterFile) -> Instrument {
    let channels = file.channels.into_iter();
    let channels = channels.map(|channel| (channel.indicator, channel.shows.into()));
    Instrument {
        meter: file.meter,
        channels: channels.collect(),
    }
}

fn meter_file(Instrument { meter, channels }: &Instrument) -> MeterFile {
    let channels = channels.iter().map(|(indicator, course)| ChannelFile {
        indicator: indicator.clone(),
        shows: (*course).into(),
    });
    MeterFile {
        meter: meter.clone(),
        channels: channels.collect(),
    }
}

impl From<ShowsFile> for Course {
    fn from(file: ShowsFile) -> Self {
        match file {
            ShowsFile::Register {
                since_ms,
                start_hundredths,
                multiplier,
                size,
                replaced,
                load,
            } => Self::Register(Register {
                load: load.into(),
                multiplier,
                size,
                since: Moment::from_unix_ms(since_ms),
                start: start_hundredths,
                replaced: replaced.map(|new| Replacement {
                    at: Moment::from_unix_ms(new.at_ms),
                    new_start: new.new_start_hundredths,
                }),
            }),
            ShowsFile::Power(load) => Self::State(State::Power(load.into())),
            ShowsFile::Level {
                middle_milli,
                swing_milli,
                seed,
            } => Self::State(State::Level {
                middle: middle_milli,
                swing: swing_milli,
                dice: Dice::new(seed),
            }),
            ShowsFile::Quiet => Self::State(State::Quiet),
        }
    }
}

impl From<Course> for ShowsFile {
    fn from(course: Course) -> Self {
        match course {
            Course::Register(register) => Self::Register {
                since_ms: register.since.unix_ms(),
                start_hundredths: register.start,
                multiplier: register.multiplier,
                size: register.size,
                replaced: register.replaced.map(|new| ReplacedFile {
                    at_ms: new.at.unix_ms(),
                    new_start_hundredths: new.new_start,
                }),
                load: register.load.into(),
            },
            Course::State(State::Power(load)) => Self::Power(load.into()),
            Course::State(State::Level {
                middle,
                swing,
                dice,
            }) => Self::Level {
                middle_milli: middle,
                swing_milli: swing,
                seed: dice.seed(),
            },
            Course::State(State::Quiet) => Self::Quiet,
        }
    }
}

impl From<LoadFile> for Load {
    fn from(file: LoadFile) -> Self {
        Self {
            milli_per_hour: file.milli_per_hour,
            pattern: match file.pattern {
                PatternFile::Continuous => Pattern::Continuous,
                PatternFile::ThreeShifts => Pattern::ThreeShifts,
                PatternFile::TwoShifts => Pattern::TwoShifts,
                PatternFile::DayShift => Pattern::DayShift,
            },
            dice: Dice::new(file.seed),
        }
    }
}

impl From<Load> for LoadFile {
    fn from(load: Load) -> Self {
        Self {
            milli_per_hour: load.milli_per_hour,
            pattern: match load.pattern {
                Pattern::Continuous => PatternFile::Continuous,
                Pattern::ThreeShifts => PatternFile::ThreeShifts,
                Pattern::TwoShifts => PatternFile::TwoShifts,
                Pattern::DayShift => PatternFile::DayShift,
            },
            seed: load.dice.seed(),
        }
    }
}
