"""The same events in another engine: how fast batches of 4,000 are on the disk, how big all are, how soon a number is found.

    store.py ENGINE ROWS.csv FOLDER

Every engine keeps the row as it is and an index on the one number that is asked for. Batches are committed as durably as
the engine can; the rest of the rows comes in one go, and its time is not told. A line: name, figure, value, by tabs.
"""

import csv
import itertools
import os
import sqlite3
import statistics
import sys
import time

COLUMNS = ["id", "time", "msisdn", "imsi", "sender", "calling", "called", "centre", "rule", "action", "text"]
BATCH = 4_000
BATCHES = 50
TIMES = 200


class SQLite:
    def __init__(self, folder):
        self.db = sqlite3.connect(os.path.join(folder, "rows.sqlite"), isolation_level=None)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = FULL")
        types = ", ".join(f"{c} {'INTEGER' if c in ('id', 'time') else 'TEXT'}" for c in COLUMNS)
        self.db.execute(f"CREATE TABLE events({types.replace('id INTEGER', 'id INTEGER PRIMARY KEY', 1)})")
        self.db.execute("CREATE INDEX by_msisdn ON events(msisdn)")

    def append(self, rows):
        self.db.execute("BEGIN")
        self.db.executemany(f"INSERT INTO events VALUES ({','.join('?' * len(COLUMNS))})", rows)
        self.db.execute("COMMIT")

    def rest(self, path, rows):
        while batch := list(itertools.islice(rows, 100_000)):
            self.append(batch)
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def find(self, msisdn):
        sql = "SELECT * FROM events WHERE msisdn = ? ORDER BY id DESC LIMIT 100"
        return len(self.db.execute(sql, (msisdn,)).fetchall())


class DuckDB:
    def __init__(self, folder):
        import duckdb

        self.db = duckdb.connect(os.path.join(folder, "rows.duckdb"))
        types = ", ".join(f"{c} {'BIGINT' if c in ('id', 'time') else 'VARCHAR'}" for c in COLUMNS)
        self.db.execute(f"CREATE TABLE events({types})")
        self.db.execute("CREATE INDEX by_msisdn ON events(msisdn)")

    def append(self, rows):
        import pyarrow

        columns = list(zip(*rows))
        numbers = {"id", "time"}
        batch = pyarrow.table(
            {n: pyarrow.array([int(v) for v in c] if n in numbers else c) for n, c in zip(COLUMNS, columns)}
        )
        self.db.execute("BEGIN")
        self.db.execute("INSERT INTO events SELECT * FROM batch")
        self.db.execute("COMMIT")

    def rest(self, path, rows):
        taken = BATCH * BATCHES
        types = {c: "BIGINT" if c in ("id", "time") else "VARCHAR" for c in COLUMNS}
        self.db.execute(f"INSERT INTO events SELECT * FROM read_csv('{path}', columns = {types}) WHERE id > {taken}")
        self.db.execute("CHECKPOINT")

    def find(self, msisdn):
        sql = "SELECT * FROM events WHERE msisdn = ? ORDER BY id DESC LIMIT 100"
        return len(self.db.execute(sql, [msisdn]).fetchall())


class ClickHouse:
    def __init__(self, folder):
        from chdb import session

        self.db = session.Session(folder)
        types = ", ".join(f"{c} {'UInt64' if c in ('id', 'time') else 'String'}" for c in COLUMNS)
        self.db.query("CREATE DATABASE IF NOT EXISTS own")
        self.db.query(
            f"CREATE TABLE own.events({types}, INDEX by_msisdn msisdn TYPE bloom_filter(0.001) GRANULARITY 1) "
            "ENGINE = MergeTree ORDER BY id SETTINGS index_granularity = 8192, fsync_after_insert = 1"
        )

    def append(self, rows):
        values = ",".join("(%s,%s,%s)" % (r[0], r[1], ",".join(f"'{v}'" for v in r[2:])) for r in rows)
        self.db.query(f"INSERT INTO own.events VALUES {values}")

    def rest(self, path, rows):
        taken = BATCH * BATCHES
        self.db.query(f"INSERT INTO own.events SELECT * FROM file('{path}', CSVWithNames) WHERE id > {taken}")
        self.db.query("OPTIMIZE TABLE own.events FINAL")

    def find(self, msisdn):
        sql = f"SELECT * FROM own.events WHERE msisdn = '{msisdn}' ORDER BY id DESC LIMIT 100 FORMAT JSONCompactEachRow"
        return len(self.db.query(sql).bytes().splitlines())


def files(folder):
    return [os.path.join(at, name) for at, _, names in os.walk(folder) for name in names]


def forget(folder):
    """What lies in files is not kept in memory; what the engine keeps of it stays."""
    for path in files(folder):
        with open(path, "rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def main():
    name, path, folder = sys.argv[1:]
    os.makedirs(folder)
    engine = {"sqlite": SQLite, "duckdb": DuckDB, "chdb": ClickHouse}[name](folder)
    with open(path, newline="") as file:
        rows = csv.reader(file)
        next(rows)
        batches = [list(itertools.islice(rows, BATCH)) for _ in range(BATCHES)]
        begun = time.perf_counter()
        for batch in batches:
            engine.append(batch)
        rate = BATCH * BATCHES / (time.perf_counter() - begun)
        wanted = [row[2] for batch in batches for row in batch[:: BATCH * BATCHES // TIMES]]
        count = BATCH * BATCHES
        rest = (row for row in rows)
        engine.rest(path, rest)
    print(f"{name}\tevents/s, durable batches\t{rate:.0f}")
    with open(path, "rb") as file:
        count = sum(1 for _ in file) - 1
    octets = sum(os.path.getsize(own) for own in files(folder))
    print(f"{name}\toctets each\t{octets / count:.1f}")
    for is_cold in (False, True):
        took = []
        for msisdn in wanted:
            if is_cold:
                forget(folder)
            begun = time.perf_counter()
            if engine.find(msisdn) < 1:
                sys.exit(f"{name}: {msisdn} is not found")
            took.append((time.perf_counter() - begun) * 1e3)
        took.sort()
        kind = "cold" if is_cold else "warm"
        print(f"{name}\tms to find a number, {kind}, p50\t{statistics.median(took):.2f}")
        print(f"{name}\tms to find a number, {kind}, p99\t{took[int(len(took) * 0.99) - 1]:.2f}")


main()
