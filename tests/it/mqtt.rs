//! The MQTT door against the conformance table (contract.md 2 and 7).

use super::mqtt_ground::{Ground, Plug};
use super::mqtt_script::Player;

fn plain(ground: &Ground) -> Plug {
    ground.plug()
}

#[test]
fn first() {
    for version in [3, 5] {
        let ground = Ground::new();
        let mut player = Player::new(&ground, version, &plain);
        player
            .play(
                "> connect
                3: < 20 02 00 00
                5: < 20 .. 
                ! hold
                > pub q=1 id=7
                < silence
                ! release
                < 40 02 00 07
                > pub q=2 id=8 + pub q=1 id=9 to=/x/y
                < 50 02 00 08
                3: < closed
                5: < 40 03 00 09 87
                = kept 1
                = refused 1",
            )
            .unwrap_or_else(|fault| panic!("version {version}: {fault}"));
    }
}
