//! File descriptors: where the system allows fewer than `mqtt.connections_max` needs, the limit of
//! connections is lowered, and that is said (contract.md 2, "Limits").

use crate::stage::{Stage, parkpulse};

#[test]
fn connections_are_lowered_aloud_where_descriptors_are_short() {
    let stage = Stage::new();
    for (most, is_told) in [("20000", true), ("600", false)] {
        let log = stage.path("serve.log");
        let inner = parkpulse(&stage.data_dir());
        let mut command = std::process::Command::new("prlimit");
        command.arg("--nofile=3000:3000");
        command.arg(inner.get_program()).arg("serve");
        for (key, value) in inner.get_envs() {
            command.env(key, value.unwrap());
        }
        command.env("PARKPULSE_MQTT__CONNECTIONS_MAX", most);
        let server = crate::stage::Server::start(command, &stage.data_dir(), &log);
        // It is ready: whatever it had to say of its start is said before.
        let words = server.log();
        let told = words.contains("mqtt.connections_max is lowered");
        assert_eq!(told, is_told, "{most}: {words}");
        if is_told {
            // 3,000 less 2,048 connections of HTTP and 256 of our own.
            assert!(words.contains("allowed=696"), "{words}");
            assert!(words.contains("wanted=20000"), "{words}");
        }
        server.stop();
    }
}
