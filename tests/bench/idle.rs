//! What connections cost that say nothing.

use crate::Extent;
use crate::figure::{Goal, Report};
use crate::ground::Ground;
use crate::sender::connect;
use crate::server::Server;

/// Sessions that a gateway may have.
const EACH: usize = 8;

pub(crate) fn measure(server: &Server, ground: &Ground, extent: &Extent, report: &mut Report) {
    report.memory("of the idle server", server);
    let (before, _) = server.memory_mib();
    let count = extent.idle_connections.min(ground.gateways.len() * EACH);
    let open: Vec<_> = (0..count)
        .map(|number| connect(server.mqtt, &ground.gateways[number / EACH], number % EACH))
        .collect();
    let (after, _) = server.memory_mib();
    let each = (after - before) * 1024.0 / count as f64;
    report.figure(
        &format!("memory of an idle connection, of {count}"),
        each,
        "KiB",
        Goal::None,
    );
    drop(open);
    server.rest(std::time::Duration::from_secs(20));
}
