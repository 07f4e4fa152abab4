//! Accounts, roles and tokens.

use crate::args::{Account, AccountCommand, Daemon, Role, RoleCommand, Token, TokenCommand};
use crate::daemon::connect;
use crate::output;
use anyhow::{Context, bail};
use sluice_api::accounts::{self, AccountPut, RolePut, TokenPut};
use sluice_api::client::Client;
use std::io::{BufRead, IsTerminal};
use std::path::PathBuf;

/// Runs `sluice account`.
///
/// # Errors
/// The daemon does not answer, or says no.
pub fn account(daemon: &Daemon, args: &Account) -> anyhow::Result<()> {
    let client = connect(daemon)?;
    match &args.command {
        AccountCommand::List { json } => list_accounts(&client, *json),
        AccountCommand::Add { name, role } => {
            if client.accounts()?.accounts.iter().any(|account| account.name == *name) {
                bail!("there is an account {name} already: `sluice account change` changes it");
            }
            let put =
                AccountPut { role: Some(role.clone()), password: Some(ask_password(name)?), ..AccountPut::default() };
            client.put_account(name, &put)?;
            output::line(format_args!("{name} may sign in, as {role}"))
        }
        AccountCommand::Change { name, role, password, disable, enable, unlock, remove_second_factor } => {
            if client.accounts()?.accounts.iter().all(|account| account.name != *name) {
                bail!("there is no account {name}: `sluice account add` makes one");
            }
            let put = AccountPut {
                role: role.clone(),
                password: password.then(|| ask_password(name)).transpose()?,
                disabled: (*disable || *enable).then_some(*disable),
                unlock: *unlock,
                remove_second_factor: *remove_second_factor,
            };
            client.put_account(name, &put)?;
            output::line(format_args!("{name} is changed"))
        }
        AccountCommand::Remove { name } => {
            client.remove_account(name)?;
            output::line(format_args!("there is no account {name} any more"))
        }
    }
}

/// Twice and unseen at a terminal, once from elsewhere.
fn ask_password(name: &str) -> anyhow::Result<String> {
    if std::io::stdin().is_terminal() {
        let once = rpassword::prompt_password(format!("password for {name}: ")).context("terminal")?;
        let again = rpassword::prompt_password("the same again: ").context("terminal")?;
        if once != again {
            bail!("the two are not the same");
        }
        return Ok(once);
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("standard input")?;
    let password = line.trim_end_matches(['\n', '\r']);
    if password.is_empty() {
        bail!("there is no terminal to ask at, and no password on standard input");
    }
    Ok(password.to_owned())
}

fn list_accounts(client: &Client, json: bool) -> anyhow::Result<()> {
    let found = client.accounts()?;
    if json {
        return output::line(serde_json::to_string_pretty(&found)?);
    }
    if found.accounts.is_empty() {
        eprintln!("there is no account yet; `sluice account add NAME --role administrator` makes the first one");
        return Ok(());
    }
    let rows = found.accounts.iter().map(|account| {
        let state = match account {
            accounts::Account { disabled: true, .. } => "disabled".to_owned(),
            accounts::Account { locked_until: Some(until), .. } => format!("locked until {}", output::moment(*until)),
            _ => String::new(),
        };
        let factor = if account.second_factor { "yes" } else { "no" };
        let seen = account.seen.map_or_else(|| "never".to_owned(), output::moment);
        [account.name.clone(), account.role.clone(), factor.to_owned(), seen, state]
    });
    output::line(output::table(["account", "role", "second factor", "last signed in", "state"], rows))
}

/// Runs `sluice role`.
///
/// # Errors
/// The daemon does not answer, or says no.
pub fn role(daemon: &Daemon, args: &Role) -> anyhow::Result<()> {
    let client = connect(daemon)?;
    match &args.command {
        RoleCommand::List { json } => list_roles(&client, *json),
        RoleCommand::Put { name, permissions, help_text } => {
            client.put_role(name, &RolePut { permissions: permissions.clone(), help: help_text.clone() })?;
            output::line(format_args!("{name} is a role now; accounts and tokens that have it may do this from now on"))
        }
        RoleCommand::Remove { name } => {
            client.remove_role(name)?;
            output::line(format_args!("there is no role {name} any more"))
        }
    }
}

fn list_roles(client: &Client, json: bool) -> anyhow::Result<()> {
    let found = client.roles()?;
    if json {
        return output::line(serde_json::to_string_pretty(&found)?);
    }
    let rows = found.roles.iter().map(|role| {
        let names: Vec<&str> = role.permissions.iter().map(|permission| permission.name()).collect();
        [role.name.clone(), role.help.clone(), names.join(" ")]
    });
    output::line(output::table(["role", "for whom", "permissions"], rows))
}

/// Runs `sluice token`.
///
/// # Errors
/// The daemon does not answer, or says no.
pub fn token(daemon: &Daemon, args: &Token) -> anyhow::Result<()> {
    let client = connect(daemon)?;
    match &args.command {
        TokenCommand::List { json } => list_tokens(&client, *json),
        TokenCommand::Make { name, role, certificate, until } => {
            let read = |file: &PathBuf| std::fs::read_to_string(file).with_context(|| format!("{}", file.display()));
            let certificate = certificate.as_ref().map(read).transpose()?;
            let made = client.make_token(name, &TokenPut { role: role.clone(), certificate, until: *until })?;
            let Some(token) = made.token else {
                return output::line(format_args!(
                    "whoever shows that certificate and has its key comes in, as {role}"
                ));
            };
            if std::io::stdout().is_terminal() {
                eprintln!("keep it now, it is not shown again:");
            }
            output::line(token)
        }
        TokenCommand::Revoke { name } => {
            client.revoke_token(name)?;
            output::line(format_args!("the token {name} is worth nothing any more"))
        }
    }
}

fn list_tokens(client: &Client, json: bool) -> anyhow::Result<()> {
    let found = client.tokens()?;
    if json {
        return output::line(serde_json::to_string_pretty(&found)?);
    }
    if found.tokens.is_empty() {
        eprintln!("there is no token yet; `sluice token make NAME --role viewer` makes one");
        return Ok(());
    }
    let rows = found.tokens.iter().map(|token| {
        let until = token.until.map(output::moment).unwrap_or_default();
        let seen = token.seen.map_or_else(|| "never".to_owned(), output::moment);
        [token.name.clone(), token.role.clone(), token.who.clone(), output::moment(token.created), until, seen]
    });
    output::line(output::table(["token", "role", "made by", "made", "until", "last used"], rows))
}
