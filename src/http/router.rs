//! Where all resources are put together. A new resource adds one line to [`routes`].

use axum::Router;
use axum::middleware;

use super::operation::{Operation, Routes};
use super::{
    Desk, accounts, arrival, audit, backdrop, balances, conflicts, consumption, credentials,
    document, gateway_line, gateways, guard, health, imported, imports, land, ledgers, live, map,
    meters, notifications, open_sessions, outline_changes, own, pages, parcels, people, periods,
    platform, proposals, quality, quarantine, ratings, readings, reconcile, replacements, rights,
    session, sign_in, sources, statements, surface, suspects, time_of_use, today,
};

fn routes() -> Routes {
    Routes::default()
        .merge(health::routes())
        .merge(platform::routes())
        .merge(accounts::routes())
        .merge(accounts::rollups::routes())
        .merge(ledgers::routes())
        .merge(statements::routes())
        .merge(land::routes())
        .merge(sources::routes())
        .merge(arrival::routes())
        .merge(balances::routes())
        .merge(today::routes())
        .merge(notifications::routes())
        .merge(conflicts::routes())
        .merge(suspects::routes())
        .merge(replacements::routes())
        .merge(backdrop::routes())
        .merge(live::routes())
        .merge(map::routes())
        .merge(surface::routes())
        .merge(meters::routes())
        .merge(parcels::routes())
        .merge(outline_changes::routes())
        .merge(periods::routes())
        .merge(document::routes())
        .merge(gateway_line::routes())
        .merge(gateways::routes())
        .merge(imported::routes())
        .merge(imports::routes())
        .merge(credentials::routes())
        .merge(quality::routes())
        .merge(quarantine::routes())
        .merge(ratings::routes())
        .merge(readings::routes())
        .merge(reconcile::routes())
        .merge(consumption::routes())
        .merge(time_of_use::routes())
        .merge(session::routes())
        .merge(sign_in::routes())
        .merge(own::routes())
        .merge(people::routes())
        .merge(open_sessions::routes())
        .merge(rights::routes())
        .merge(proposals::routes())
        .merge(audit::routes())
        .merge(pages::routes())
}

/// Every operation of this door, by resource.
#[must_use]
pub fn operations() -> Vec<Operation> {
    routes().operations()
}

/// Everything this door answers; unknown addresses are 404.
pub fn router(desk: Desk) -> Router {
    routes()
        .into_router()
        .fallback(pages::missing)
        .layer(middleware::from_fn_with_state(desk.clone(), guard::guard))
        .with_state(desk)
}
