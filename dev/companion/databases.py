"""The administrator's way to the environments' MariaDB servers. What is asked there is others' business."""

import pymysql

from .config import Environment

# The server's own.
SYSTEM_DATABASES = ("information_schema", "mysql", "performance_schema", "sys")


def connect(environment: Environment) -> pymysql.Connection:
    """A connection as administrator. Raises OperationalError where the server is stopped."""
    return pymysql.connect(
        host="127.0.0.1", port=environment.database_port, user=environment.database_user,
        password=environment.database_password, connect_timeout=5,
    )  # fmt: skip


def quoted(name: str) -> str:
    """The name as an SQL identifier."""
    return f"`{name.replace('`', '``')}`"
