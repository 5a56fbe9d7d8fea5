//! The one test binary: a file per concern, tables as input.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests fail by panicking"
)]
#![allow(missing_docs, reason = "a test's name is its sentence")]

mod accounts;
mod accounts_api;
mod accounts_open;
mod accounts_sources;
mod app;
mod app_archive;
mod app_control;
mod assess;
mod audit;
mod audit_sight;
mod audit_trim;
mod backdrop;
mod bench_smallest;
mod book;
mod calendar;
mod compiled_in;
mod conduct;
mod config;
mod crash;
mod demo;
mod demo_city;
mod demo_year;
mod disclosure;
mod from_files;
mod heatmap;
mod heatmap_bands;
mod heatmap_command;
mod heatmap_files;
mod heatmap_park;
mod heatmap_scene;
mod http;
mod http_described;
mod http_headers;
mod http_lists;
mod http_pace;
mod http_readings;
mod http_slow;
mod http_tls;
mod identity;
mod identity_liar;
mod import;
mod import_command;
mod import_faults;
mod import_readings;
mod indicator;
mod intake;
mod intake_anything;
mod intake_ground;
mod intake_replay;
mod intake_rows;
mod keeper;
mod keeper_anything;
mod keeper_gaps;
mod keeper_ground;
mod ledger;
mod ledger_case;
mod ledger_days;
mod ledger_file;
mod ledger_ground;
mod ledger_rules;
mod ledger_rules_walk;
mod limits;
mod map_layers;
mod mqtt;
mod mqtt_anything;
mod mqtt_clients;
mod mqtt_frames;
mod mqtt_ground;
mod mqtt_life;
mod mqtt_rows;
mod mqtt_script;
mod mqtt_tls;
mod outline;
mod pages;
mod pages_api;
mod pages_arrival;
mod pages_browser;
mod pages_city;
mod pages_demo;
mod pages_park;
mod pages_rights;
mod people;
mod proposals;
mod rating;
mod rating_many;
mod rating_rows;
mod rating_slow;
mod readme;
mod registry;
mod registry_formats;
mod registry_land;
mod registry_rights;
mod rights_people;
mod rights_table;
mod rights_things;
mod secrets;
mod sign_in;
mod sign_in_flood;
mod sign_in_office;
mod sign_in_pages;
mod simulate;
mod stage;
mod store_against_memory;
mod store_child;
mod store_codec;
mod store_compaction;
mod store_conformance;
mod store_conformance_aside;
mod store_crash;
mod store_disk;
mod store_rig;
mod supply;
mod text;
mod tidy;
mod units;
mod units_exact;
