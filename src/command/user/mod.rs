//! `user add`: somebody who may sign in, or a program that may ask (contract.md 5). The password or
//! the token is shown once.

mod wire;

use std::time::Duration;

use clap::{Args, Subcommand};

use crate::access::{AccountName, Office};
use crate::park::Name;
use crate::store::registry::{NewPerson, Token};

use super::{Context, Failure, Out, Outcome, Verdict};

/// What to do with people.
#[derive(Debug, Subcommand)]
pub(super) enum User {
    /// Add somebody and show their password, once; it is changed at the first sign-in
    Add(Add),
}

/// Who, and as what.
#[derive(Debug, Args)]
pub(super) struct Add {
    /// What they sign in with: 3 to 32 of a-z, 0-9 and . _ -
    account: AccountName,
    /// What they are called; the account if not given
    #[arg(long, value_name = "NAME")]
    name: Option<Name>,
    /// enterprise, operator, kiosk, bureau, sys, sec or aud
    #[arg(long, value_name = "ROLE")]
    role: String,
    /// Of what: a social credit code, a park, `*` for an operator of all parks
    #[arg(long, value_name = "SCOPE", default_value = "")]
    scope: String,
    /// A program instead: a token for so many days, and no password
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=366))]
    token_days: Option<u16>,
    /// The token may read only
    #[arg(long, requires = "token_days")]
    read_only: bool,
}

impl User {
    pub(super) async fn run(&self, out: &mut Out, context: &Context<'_>) -> Outcome {
        let Self::Add(add) = self;
        let office = Office::read(&add.role, &add.scope);
        let office = office.map_err(|cause| Failure::usage(cause.to_string()))?;
        let name = match &add.name {
            Some(name) => name.clone(),
            None => add.account.as_str().parse()?,
        };
        if add.token_days.is_some() && matches!(office, Office::Kiosk(_)) {
            let cause =
                "a duty screen takes nothing away, so it has no program; leave --token-days out";
            return Err(Failure::usage(cause.to_owned()));
        }
        let person = NewPerson {
            account: add.account.clone(),
            name,
            office,
            until: None,
        };
        match add.token_days {
            Some(days) => add_program(&person, add, days, out, context).await?,
            None => add_person(&person, out, context).await?,
        }
        Ok(Verdict::Done)
    }
}

async fn add_person(
    person: &NewPerson,
    out: &mut Out,
    context: &Context<'_>,
) -> Result<(), Failure> {
    let registry = &context.parts.registry;
    let password = Token::to_type()?;
    let cost = context.parts.settings.http.sign_in.cost;
    let hash = registry.hash_password(cost, password.reveal())?;
    registry
        .add_person(&context.principal, person, Some(&hash))
        .await?;
    if out.is_json() {
        return out.json(&wire::Added::with_password(person, &password));
    }
    out.line(format_args!("account   {}", person.account))?;
    out.line(format_args!("office    {}", person.office))?;
    out.line(format_args!("password  {}", password.reveal()))?;
    out.say("the password is shown this once; it is changed at the first sign-in, within 7 days");
    Ok(())
}

async fn add_program(
    person: &NewPerson,
    add: &Add,
    days: u16,
    out: &mut Out,
    context: &Context<'_>,
) -> Result<(), Failure> {
    let registry = &context.parts.registry;
    registry
        .add_person(&context.principal, person, None)
        .await?;
    let life = Duration::from_hours(24 * u64::from(days));
    let (account, may_write) = (&person.account, !add.read_only);
    let added = registry.add_api_token(
        &context.principal,
        account,
        &person.name,
        may_write,
        life,
        None,
    );
    let (token, entry) = added.await?;
    if out.is_json() {
        return out.json(&wire::Added::with_token(person, &token, &entry));
    }
    out.line(format_args!("account   {account}"))?;
    out.line(format_args!("office    {}", person.office))?;
    out.line(format_args!("token     {}", token.reveal()))?;
    out.line(format_args!("until     {}", entry.expires_at))?;
    out.say("the token is shown this once; it is not kept");
    Ok(())
}
