"""What an environment's MariaDB server holds and could be a tenant's, for the dump: databases with their tables, users
with their grants. The server's own and its administrator are left out."""

import hashlib
import re

from .config import Environment
from .databases import SYSTEM_DATABASES, connect, quoted

_SYSTEM_USERS = ("mariadb.sys", "root", "mysql")
# In the grants of MariaDB; the hash of it stands beside them.
_PASSWORD = re.compile(r" IDENTIFIED (?:BY PASSWORD|VIA) .*?(?= REQUIRE| WITH|$)")


def databases(environment: Environment) -> list[dict]:
    """Every database: its character set, each table with the checksum of its rows and the hash of its definition."""
    with connect(environment) as server, server.cursor() as cursor:
        cursor.execute(
            "SELECT schema_name, default_character_set_name, default_collation_name FROM information_schema.schemata"
        )
        return [
            {"name": name, "character set": charset, "collation": collation, "tables": _tables(cursor, name)}
            for name, charset, collation in cursor.fetchall()
            if name not in SYSTEM_DATABASES
        ]


def _tables(cursor, database: str) -> dict[str, dict]:
    cursor.execute(
        "SELECT table_name, table_type FROM information_schema.tables WHERE BINARY table_schema = %s", (database,)
    )
    found = {}
    for name, kind in sorted(cursor.fetchall()):
        table = f"{quoted(database)}.{quoted(name)}"
        cursor.execute(f"SHOW CREATE TABLE {table}")
        definition = cursor.fetchone()[1]
        checksum = None
        if kind == "BASE TABLE":
            cursor.execute(f"CHECKSUM TABLE {table} EXTENDED")
            checksum = cursor.fetchone()[1]
        found[name] = {"kind": kind, "checksum": checksum, "definition": _hash(definition)}
    return found


def users(environment: Environment) -> list[dict]:
    """Every account: its host, the hash of what it authenticates with, and its grants without it."""
    with connect(environment) as server, server.cursor() as cursor:
        cursor.execute("SELECT user, host, plugin, authentication_string FROM mysql.user WHERE is_role = 'N'")
        found = []
        for name, host, plugin, secret in cursor.fetchall():
            if name in (*_SYSTEM_USERS, environment.database_user):
                continue
            cursor.execute("SHOW GRANTS FOR %s@%s", (name, host))
            grants = sorted(_PASSWORD.sub("", grant) for (grant,) in cursor.fetchall())
            found.append({"name": name, "host": host, "authentication": _hash(f"{plugin} {secret}"), "grants": grants})
        return found


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
