//! Roles: those that come with Sluice, and the operator's own.

use rusqlite::{Connection, OptionalExtension as _, Row, params, types};
use sluice_api::Permission;
use sluice_api::accounts::{BUILT_IN, BuiltIn, Role};

/// All of them, those that come with Sluice first.
///
/// # Errors
/// SQLite's.
pub fn all(connection: &Connection) -> rusqlite::Result<Vec<Role>> {
    let mut roles: Vec<Role> = BUILT_IN.iter().map(built_in).collect();
    let mut statement = connection.prepare_cached("SELECT name, help, permissions FROM roles ORDER BY name")?;
    for role in statement.query_map([], read)? {
        roles.push(role?);
    }
    Ok(roles)
}

/// One of them.
///
/// # Errors
/// SQLite's.
pub fn one(connection: &Connection, name: &str) -> rusqlite::Result<Option<Role>> {
    if let Some(role) = BUILT_IN.iter().find(|role| role.name == name) {
        return Ok(Some(built_in(role)));
    }
    let sql = "SELECT name, help, permissions FROM roles WHERE name = ?1";
    connection.prepare_cached(sql)?.query_row([name], read).optional()
}

/// Makes one, or changes it.
///
/// # Errors
/// SQLite's.
pub fn put(connection: &Connection, name: &str, help: &str, permissions: &[Permission]) -> rusqlite::Result<()> {
    let names: Vec<&str> = permissions.iter().map(|permission| permission.name()).collect();
    let sql = "INSERT OR REPLACE INTO roles(name, help, permissions) VALUES (?1, ?2, ?3)";
    connection.execute(sql, params![name, help, names.join(" ")]).map(drop)
}

/// Removes one; says whether there was one.
///
/// # Errors
/// SQLite's.
pub fn remove(connection: &Connection, name: &str) -> rusqlite::Result<bool> {
    Ok(connection.execute("DELETE FROM roles WHERE name = ?1", [name])? > 0)
}

fn built_in(role: &BuiltIn) -> Role {
    Role {
        name: role.name.to_owned(),
        help: role.help.to_owned(),
        built_in: true,
        permissions: role.permissions.to_vec(),
    }
}

/// A permission that this release does not know (any more) allows nothing.
fn read(row: &Row<'_>) -> rusqlite::Result<Role> {
    let names: types::ValueRef<'_> = row.get_ref(2)?;
    let permissions = names.as_str()?.split_whitespace().filter_map(Permission::parse).collect();
    Ok(Role { name: row.get(0)?, help: row.get(1)?, built_in: false, permissions })
}
