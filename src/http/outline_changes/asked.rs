//! A change of outlines as it was asked for, read: ids, days and numbers instead of texts.

use std::collections::BTreeMap;
use std::str::FromStr;

use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

use crate::calendar::Day;
use crate::http::{Problem, Trouble};
use crate::park::outline::Rings;
use crate::park::reshape::Share;
use crate::park::{Name, ParcelId, ParkId};
use crate::store::registry::OutlineAct;
use crate::units::Mu;

use super::wire::{Act, NewChange};

/// Letters of a reason.
const REASON_LETTERS_MAX: usize = 200;
/// Parcels that one change touches.
const PARCELS_MAX: usize = 50;

/// What is asked for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) act: OutlineAct,
    pub(super) parcel: Option<ParcelId>,
    pub(super) park: Option<ParkId>,
    pub(super) declared: Option<Mu>,
    pub(super) outline: Rings,
    pub(super) line: Vec<[f64; 2]>,
    pub(super) into: Vec<ParcelId>,
    pub(super) parcels: Vec<ParcelId>,
    pub(super) shares: BTreeMap<i64, Vec<Share>>,
    pub(super) undoes: Option<i64>,
    pub(super) from: Option<Day>,
    pub(super) reason: String,
    /// Of all of it but the confirmation.
    digest: String,
    pub(super) confirm: Option<String>,
}

impl Asked {
    /// # Errors
    /// 400 with the field that cannot be read.
    pub(super) fn read(mut asked: NewChange) -> Result<Self, Problem> {
        let confirm = asked.confirm.take();
        let text = serde_json::to_vec(&asked).map_err(Problem::internal)?;
        if asked.into.len() + asked.parcels.len() > PARCELS_MAX || asked.shares.len() > 1_000 {
            let detail = "one change touches 50 parcels and 1000 shares at most";
            return Err(Problem::new(Trouble::BadRequest, detail));
        }
        let mut shares: BTreeMap<i64, Vec<Share>> = BTreeMap::new();
        for share in &asked.shares {
            let part: Decimal = field("shares", &share.m2)?;
            let own = shares.entry(share.holding).or_default();
            own.push((field("shares", &share.parcel)?, part));
        }
        let reason: Name = field("reason", &asked.reason)?;
        if reason.as_str().chars().count() > REASON_LETTERS_MAX {
            let detail = "reason is longer than 200 characters";
            return Err(Problem::new(Trouble::BadRequest, detail));
        }
        let declared: Option<Decimal> = maybe("declared_mu", asked.declared_mu.as_deref())?;
        let declared = declared.map(Mu::new).transpose();
        let many = |texts: &[String]| {
            texts
                .iter()
                .map(|text| field("into", text))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(Self {
            act: match asked.act {
                Act::Draw => OutlineAct::Draw,
                Act::Split => OutlineAct::Split,
                Act::Merge => OutlineAct::Merge,
                Act::Undo => OutlineAct::Undo,
            },
            parcel: maybe("parcel", asked.parcel.as_deref())?,
            park: maybe("park", asked.park.as_deref())?,
            declared: declared.map_err(|cause| {
                Problem::new(Trouble::BadRequest, format!("declared_mu: {cause}"))
            })?,
            into: many(&asked.into)?,
            parcels: many(&asked.parcels)?,
            shares,
            undoes: asked.undoes,
            from: maybe("from", asked.from.as_deref())?,
            reason: reason.to_string(),
            digest: hex::encode(Sha256::digest(text)),
            confirm,
            outline: asked.outline,
            line: asked.line,
        })
    }

    /// The digest of what is asked for on what is known: `mark`.
    pub(super) fn digest_on(&self, mark: &str) -> String {
        hex::encode(Sha256::digest(format!("{} {mark}", self.digest)))
    }

    /// The parcels that it names.
    pub(super) fn named(&self) -> Vec<ParcelId> {
        let all = self.parcel.iter().chain(&self.into).chain(&self.parcels);
        let mut all: Vec<ParcelId> = all.cloned().collect();
        all.sort();
        all.dedup();
        all
    }
}

fn field<T: FromStr<Err: std::fmt::Display>>(name: &str, text: &str) -> Result<T, Problem> {
    text.trim()
        .parse()
        .map_err(|cause| Problem::new(Trouble::BadRequest, format!("{name}: {cause}")))
}

fn maybe<T: FromStr<Err: std::fmt::Display>>(
    name: &str,
    text: Option<&str>,
) -> Result<Option<T>, Problem> {
    text.map(|text| field(name, text)).transpose()
}
