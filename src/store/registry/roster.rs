//! Reads roster and secrets out of the tables, for the directory's snapshot.

use std::collections::BTreeMap;

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::calendar::Moment;
use crate::park::{Channel, Gateway, GatewayId, GatewayNo, Meter, MeterNo, Roster};

use super::RegistryFault;
use super::directory::{Secret, Snapshot};
use super::find::{indicator, moment, moment_or_open, number, parsed};

/// Roster and secrets as they stand inside `change`.
pub(super) async fn read(
    change: &mut SqliteConnection,
    now: Moment,
) -> Result<Snapshot, RegistryFault> {
    let gateways =
        sqlx::query("SELECT number, gateway, enterprise, barred_at FROM gateway ORDER BY number")
            .fetch_all(&mut *change)
            .await?;
    let secrets = sqlx::query(
        "SELECT gateway, number, digest, expires_at FROM gateway_secret
         WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $1)
         ORDER BY gateway, number DESC",
    )
    .bind(now.unix_ms())
    .fetch_all(&mut *change)
    .await?;
    let meters = sqlx::query("SELECT number, meter, enterprise FROM meter ORDER BY number")
        .fetch_all(&mut *change)
        .await?;
    let channels = sqlx::query(
        "SELECT meter, indicator, valid_from, valid_to FROM meter_row
         WHERE superseded_at IS NULL ORDER BY meter, indicator, valid_from",
    )
    .fetch_all(change)
    .await?;
    let gateways_known = gateways
        .iter()
        .map(gateway)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Snapshot {
        roster: Roster::new(gateways_known, with_channels(&meters, &channels)?).into(),
        admitted: admitted(&gateways, &secrets)?,
        holders: BTreeMap::new(),
    })
}

fn gateway(row: &SqliteRow) -> Result<Gateway, RegistryFault> {
    Ok(Gateway {
        number: GatewayNo::new(number(row, "number", "gateway")?),
        id: parsed(row, "gateway", "gateway")?,
        enterprise: parsed(row, "enterprise", "gateway")?,
    })
}

fn admitted(
    gateways: &[SqliteRow],
    secrets: &[SqliteRow],
) -> Result<BTreeMap<GatewayId, Vec<Secret>>, RegistryFault> {
    let mut by_number: BTreeMap<i64, Vec<Secret>> = BTreeMap::new();
    for row in secrets {
        let text: String = row.try_get("digest")?;
        let mut digest = [0; 32];
        hex::decode_to_slice(text, &mut digest)
            .map_err(|cause| RegistryFault::damaged("gateway_secret", cause))?;
        by_number
            .entry(row.try_get("gateway")?)
            .or_default()
            .push(Secret {
                number: row.try_get("number")?,
                digest,
                expires_at: moment_or_open(row, "expires_at")?,
            });
    }
    let mut admitted = BTreeMap::new();
    for row in gateways {
        if moment_or_open(row, "barred_at")?.is_none() {
            let own = by_number.remove(&row.try_get("number")?);
            admitted.insert(parsed(row, "gateway", "gateway")?, own.unwrap_or_default());
        }
    }
    Ok(admitted)
}

fn with_channels(
    meters: &[SqliteRow],
    channels: &[SqliteRow],
) -> Result<Vec<Meter>, RegistryFault> {
    let mut by_number: BTreeMap<i64, Vec<Channel>> = BTreeMap::new();
    for row in channels {
        by_number
            .entry(row.try_get("meter")?)
            .or_default()
            .push(Channel {
                indicator: indicator(row, "meter_row")?,
                valid_from: moment(row, "valid_from")?,
                valid_to: moment_or_open(row, "valid_to")?,
            });
    }
    let meter = |row: &SqliteRow| {
        Ok(Meter {
            number: MeterNo::new(number(row, "number", "meter")?),
            id: parsed(row, "meter", "meter")?,
            enterprise: parsed(row, "enterprise", "meter")?,
            channels: by_number
                .remove(&row.try_get("number")?)
                .unwrap_or_default(),
        })
    };
    meters.iter().map(meter).collect()
}
