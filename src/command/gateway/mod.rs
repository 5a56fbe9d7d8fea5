//! `gateway add / rotate / revoke / list`: who may send (contract.md 5). A token is shown once.

mod wire;

use clap::{Args, Subcommand};

use crate::park::{EnterpriseCode, GatewayId};
use crate::store::registry::{GatewayState, PAGE_LIMIT, Token};

use super::{Context, Failure, Out, Outcome, Verdict};

/// What to do with gateways.
#[derive(Debug, Subcommand)]
pub(super) enum Gateway {
    /// Register a gateway and show its token, once
    Add(Add),
    /// Give a gateway a new token; the old one goes on for 7 days
    Rotate(Named),
    /// End every credential of a gateway now
    Revoke(Named),
    /// Who is registered
    List,
}

/// Which gateway for whom.
#[derive(Debug, Args)]
pub(super) struct Add {
    /// Whose it is: the social credit code of a registered enterprise
    #[arg(long, value_name = "CODE")]
    enterprise: EnterpriseCode,
    /// Its id and MQTT user name, unique in the installation
    #[arg(long, value_name = "ID")]
    gateway: GatewayId,
}

/// Which gateway.
#[derive(Debug, Args)]
pub(super) struct Named {
    /// Its id
    #[arg(long, value_name = "ID")]
    gateway: GatewayId,
}

impl Gateway {
    pub(super) async fn run(&self, out: &mut Out, context: &Context<'_>) -> Outcome {
        let registry = &context.parts.registry;
        let who = &context.principal;
        match self {
            Self::Add(add) => {
                let (gateway, enterprise) = (&add.gateway, &add.enterprise);
                let token = registry.add_gateway(who, gateway, enterprise).await?;
                show(out, gateway, enterprise, &token)?;
            }
            Self::Rotate(Named { gateway }) => {
                let token = registry.rotate_gateway(who, gateway).await?;
                let roster = registry.directory().current();
                let known = roster.find_gateway(gateway.as_str());
                let known = known.ok_or_else(|| Failure::failed("the gateway is gone"))?;
                show(out, gateway, &known.enterprise, &token)?;
            }
            Self::Revoke(Named { gateway }) => {
                registry.revoke_gateway(who, gateway).await?;
                if out.is_json() {
                    out.json(&wire::Revoked::of(gateway))?;
                } else {
                    out.line(format_args!("{gateway} is revoked"))?;
                }
            }
            Self::List => list(out, context).await?,
        }
        Ok(Verdict::Done)
    }
}

fn show(
    out: &mut Out,
    gateway: &GatewayId,
    enterprise: &EnterpriseCode,
    token: &Token,
) -> Result<(), Failure> {
    if out.is_json() {
        return out.json(&wire::Credential::of(gateway, enterprise, token));
    }
    out.line(format_args!("gateway     {gateway}"))?;
    out.line(format_args!("enterprise  {enterprise}"))?;
    out.line(format_args!("token       {}", token.reveal()))?;
    out.say("the token is shown this once; it is not kept");
    Ok(())
}

async fn list(out: &mut Out, context: &Context<'_>) -> Result<(), Failure> {
    let registry = &context.parts.registry;
    let mut all = Vec::new();
    let mut after: Option<GatewayId> = None;
    loop {
        let page = registry
            .list_gateways(&context.principal, after.as_ref(), PAGE_LIMIT)
            .await?;
        all.extend(page.entries);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    if out.is_json() {
        let rows: Vec<_> = all.iter().map(wire::Entry::of).collect();
        return out.json(&rows);
    }
    for entry in &all {
        let state = match entry.state {
            GatewayState::Admitted => "admitted",
            GatewayState::Revoked => "revoked",
        };
        out.line(format_args!(
            "{}  {}  {state}  {} tokens  since {}",
            entry.enterprise, entry.gateway, entry.tokens, entry.registered_at
        ))?;
    }
    Ok(())
}
