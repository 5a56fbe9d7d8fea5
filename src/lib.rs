//! **parkpulse**: the digital management platform of an industrial park.
//!
//! Enterprises push readings over MQTT; the platform keeps them, closes them into accounts per
//! enterprise and period, rates enterprises and parks, and shows it all on maps.
//!
//! # One law
//! Rooms stand on floors. **A room uses rooms on lower floors only: never its own floor, never
//! above.** Floors 0 to 5 calculate: no `async`, no clock, no disk, no socket; what they need is
//! handed to them. Floors 6 to 13 act. The test `tidy` reads the `use crate::` lines and holds it.
//!
//! | floor | room | one sentence |
//! |---|---|---|
//! | 0 | [`units`] | Quantities as closed newtypes named by unit, with only the arithmetic that makes sense. |
//! | 0 | [`calendar`] | Instants, days, months, years as the park counts them (UTC+8, half-open), and the `Clock` that floors above are handed. |
//! | 0 | [`text`] | The words for people in every language, from files. |
//! | 1 | [`indicator`] | What can be measured: the catalogue of indicators with number, unit, kind and limits, from TOML. |
//! | 2 | [`park`] | Who is where: park, area, parcel, enterprise, gateway, meter; all dated. |
//! | 3 | [`access`] | A principal and an object in; what may be seen or done out. |
//! | 3 | [`reading`] | One measured value with its provenance, and what is set aside with a reason. |
//! | 4 | [`intake`] | A payload and the registered meters in; readings, and refusals with their code, out. |
//! | 4 | [`ledger`] | Readings closed into accounts per meter and period; with statements, land and factors into those of enterprises, parks and the city, each figure with its source, and what is missing. |
//! | 5 | [`rating`] | A year's facts and a scheme in; scores, grades and the reason for each out. |
//! | 5 | [`heatmap`] | A column of values or letters in, a scene (areas, classes, colours, legend) out; the scene painted to PNG and SVG or written as GeoJSON. |
//! | 5 | [`demo`] | A fictional park city and its history, from a seed. |
//! | 6 | [`vitals`] | Our own health: named events, each one log line and one counter. |
//! | 7 | [`store`] | Keeping and finding: one small trait per thing kept; engines chosen at run time. |
//! | 8 | [`ingest`] | The doors of the enterprises: MQTT on any stream, and what all doors share; acknowledgement after the store has it. |
//! | 8 | [`simulate`] | Gateways of a park over real MQTT, with faults on demand. |
//! | 9 | [`jobs`] | What happens by the calendar, by a change, or on request, one verb per file. |
//! | 10 | [`http`] | The operators' and the bureau's door: one folder per resource. |
//! | 11 | [`config`] | Reads the file and the environment into each room's own `Settings`. |
//! | 12 | [`app`] | Builds the parts, starts them, stops them in order; owns the clock and the control socket. |
//! | 13 | [`command`] | One file per command of the command line; `out.rs` is the only place that prints. |
//!
//! # Three walks
//! *A reading's way in.* A gateway publishes QoS 1 → `ingest` knows the gateway from its
//! credential, checks the topic, hands the payload to `intake`, which makes readings and refusals
//! → `store`, whose one writer commits many at once → only then the PUBACK → `jobs` takes the
//! batch from the log → `ledger` recomputes the days it touches → maps and live events hear of it.
//!
//! *A map's way out.* `http` asks `store` for a ledger column of a period → `heatmap` makes a
//! scene: classes, colours, legend, missing cells → the same scene becomes SVG, PNG, GeoJSON and
//! the values the browser colours its parcels with. One function decides breaks and colours.
//!
//! *An assessment's way to publication* (planned; today a year is rated as soon as its facts are
//! there, and counts as published). The bureau opens a year with a scheme → facts are
//! collected and frozen → each enterprise confirms its sheet → `rating` computes → notice,
//! objections, approval by a second person → published, with a digest anyone can recompute.
//!
//! # Invariants, as absences
//! - `intake`, `ledger`, `rating`, `heatmap` know no database, no network, no clock.
//! - Nothing acknowledges a reading before it is synced; one code path acknowledges.
//! - No figure without unit, period, source and time. No mean of ratios.
//! - No float in money, land, scores, grades.
//! - No handler reads the store before it knows who asks.
//! - No global state, no unbounded queue, no retry without limit, no network call without timeout.
//!
//! # Glossary: one Chinese term, one English word
//! | 中文 | English | 中文 | English |
//! |---|---|---|---|
//! | 园区 | park | 地块 | parcel |
//! | 企业 | enterprise | 台账 | ledger |
//! | 亩 | mu (1/15 ha; not the Greek letter) | 亩均 | per_mu |
//! | 表 | meter | 网关 | gateway |
//! | 表底 | register | 倍率 | multiplier |
//! | 用量 | used | 完整率 | completeness |
//! | 隔离 | quarantine | 重放 | replay |
//! | 结账 | close | 第 n 版 | revision n |
//! | 评价办法 | scheme | 档、等级 | grade |
//! | 公示 | notice | 异议 | objection |
//! | 通知 | notification | 送达 | delivery |
//! | 裁定 | decision | 差值 | difference |
//! | 奖惩 | conduct | 加分、扣分事项 | honour, event |

pub mod access;
pub mod app;
pub mod calendar;
pub mod command;
pub mod config;
pub mod demo;
pub mod heatmap;
pub mod http;
pub mod indicator;
pub mod ingest;
pub mod intake;
pub mod jobs;
pub mod ledger;
pub mod park;
pub mod rating;
pub mod reading;
pub mod simulate;
pub mod store;
pub mod text;
pub mod units;
pub mod vitals;
