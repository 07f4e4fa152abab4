BEGIN IMMEDIATE;

CREATE TABLE IF NOT EXISTS policies(
    version INTEGER PRIMARY KEY,
    files   TEXT NOT NULL,
    image   BLOB NOT NULL,
    summary TEXT NOT NULL,
    who     TEXT NOT NULL,
    time    INTEGER NOT NULL,
    comment TEXT NOT NULL,
    state   TEXT NOT NULL CHECK(state IN ('pending', 'taken', 'refused'))
) STRICT;

CREATE TABLE IF NOT EXISTS proposals(
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    state      TEXT NOT NULL CHECK(state IN ('open', 'approved', 'rejected')),
    who        TEXT NOT NULL,
    time       INTEGER NOT NULL,
    comment    TEXT NOT NULL,
    base       INTEGER NOT NULL,
    summary    TEXT NOT NULL,
    files      TEXT NOT NULL,
    decided_by TEXT,
    version    INTEGER
) STRICT;

CREATE TABLE IF NOT EXISTS list_changes(
    list  TEXT NOT NULL,
    entry TEXT NOT NULL,
    until INTEGER NOT NULL,
    note  TEXT NOT NULL,
    who   TEXT NOT NULL,
    time  INTEGER NOT NULL,
    PRIMARY KEY(list, entry)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS watch(
    one      INTEGER PRIMARY KEY CHECK(one = 1),
    version  INTEGER NOT NULL,
    until    INTEGER NOT NULL,
    messages INTEGER NOT NULL,
    blocked  INTEGER NOT NULL,
    last     INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS audit(
    id      INTEGER PRIMARY KEY,
    time    INTEGER NOT NULL,
    who     TEXT NOT NULL,
    what    TEXT NOT NULL,
    subject TEXT NOT NULL,
    outcome TEXT NOT NULL,
    hash    BLOB NOT NULL CHECK(length(hash) = 32)
) STRICT;
CREATE TRIGGER IF NOT EXISTS audit_rows_never_change BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS audit_rows_never_go BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

CREATE TABLE IF NOT EXISTS told(
    receiver TEXT NOT NULL,
    of       TEXT NOT NULL,
    id       INTEGER NOT NULL,
    PRIMARY KEY(receiver, of)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS roles(
    name        TEXT PRIMARY KEY,
    help        TEXT NOT NULL,
    permissions TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS accounts(
    name         TEXT PRIMARY KEY,
    role         TEXT NOT NULL,
    password     TEXT NOT NULL,
    secret       TEXT,
    step         INTEGER NOT NULL DEFAULT 0,
    new_secret   TEXT,
    failed       INTEGER NOT NULL DEFAULT 0,
    locked_until INTEGER NOT NULL DEFAULT 0,
    disabled     INTEGER NOT NULL DEFAULT 0,
    created      INTEGER NOT NULL,
    seen         INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS sessions(
    digest  BLOB PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts(name) ON DELETE CASCADE,
    begun   INTEGER NOT NULL,
    seen    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sessions_by_account ON sessions(account);

CREATE TABLE IF NOT EXISTS tokens(
    name    TEXT PRIMARY KEY,
    digest  BLOB NOT NULL UNIQUE,
    role    TEXT NOT NULL,
    who     TEXT NOT NULL,
    created INTEGER NOT NULL,
    until   INTEGER NOT NULL,
    seen    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS machine(
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    time    INTEGER NOT NULL,
    raised  INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    subject TEXT NOT NULL,
    what    TEXT NOT NULL
) STRICT;

-- Messages by what people ask about; width is the length of a row's time in seconds, start its begin.
CREATE TABLE IF NOT EXISTS traffic(
    width    INTEGER NOT NULL,
    "by"     TEXT NOT NULL,
    start    INTEGER NOT NULL,
    value    TEXT NOT NULL,
    messages INTEGER NOT NULL,
    blocked  INTEGER NOT NULL,
    PRIMARY KEY(width, "by", start, value)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS traffic_counted(
    one  INTEGER PRIMARY KEY CHECK(one = 1),
    last INTEGER NOT NULL
) STRICT;

PRAGMA user_version = 5;
COMMIT;
