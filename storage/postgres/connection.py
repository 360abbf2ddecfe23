"""Reaching a Postgres server: the pool, the schema, and one sentence when it cannot be done."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import conninfo, errors
from psycopg_pool import ConnectionPool

from bot.domain.errors import SettingsError
from storage.postgres.database import adapt
from storage.postgres.migrating import migrate
from storage.postgres.transactions import Pool

_OLDEST = 160_000
_PORTS = re.compile(r"[0-9,]*")
_CONNECT_SECONDS = 5
_RECONNECT_SECONDS = 1.0
"""Then the pool begins to try anew. Else it would wait twice as long from try to try, and still wait minutes
after the server came back."""
HOW: dict[str, Any] = {
    "autocommit": True,
    "connect_timeout": _CONNECT_SECONDS,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
    "application_name": "troupe",
}
"""How every connection of ours is opened."""
_MOST_CONNECTIONS = 4
"""Of one process; as many transactions run side by side."""
_SETTINGS = """
    SET client_encoding = 'UTF8';
    SET idle_in_transaction_session_timeout = '5s';
    SET default_transaction_isolation = 'serializable';
    SET enable_seqscan = off;
    SET enable_hashjoin = off;
    SET enable_mergejoin = off;
    SET search_path = public
"""
"""Every statement has an index to go by, as SQLite takes it: the planner knows nothing of lists that come as
JSON, takes each for a hundred rows, and read whole tables for one person, the more slowly the more others are
there.
A process that is stopped in the middle of a transaction lets go of what it locked after five seconds."""


def name_of(url: str, called: str = "DATABASE_URL") -> str:
    """Say which database of which server an address means, without its password. Raises SettingsError.

    ``called``: where its user set the address, for what is said of it.
    """
    try:
        parts: dict[str, Any] = conninfo.conninfo_to_dict(url)
        if _is_torn(url, parts):
            raise psycopg.ProgrammingError
    except psycopg.Error as error:
        raise SettingsError(
            f"{called[0].upper()}{called[1:]} cannot be read as the address of a Postgres database; it looks "
            "like postgresql://name:password@host:5432/database, with %40 for an @ and %2F for a / in the "
            "password."
        ) from error
    database = parts.get("dbname") or parts.get("user") or "its default"
    return f"the database {database} on {parts.get('host') or 'this machine'}"


def _is_torn(url: str, parts: Mapping[str, Any]) -> bool:
    """Whether a bare @ or / in the password has made a piece of it the host, the port or the database."""
    before_options = url.partition("://")[2].partition("?")[0]
    ats, host, port = before_options.count("@"), str(parts.get("host", "")), str(parts.get("port", ""))
    is_after_a_slash = ats == 1 and "@" not in before_options.partition("/")[0]
    is_no_host = "@" in host[1:] or not host.isprintable()
    return ats > 1 or is_after_a_slash or is_no_host or not _PORTS.fullmatch(port)


@contextmanager
def connect(url: str, called: str = "DATABASE_URL") -> Iterator[psycopg.Connection[Any]]:
    """Open one connection, and close it at the end. Raises SettingsError, whatever the server says."""
    where = name_of(url, called)
    try:
        connection: psycopg.Connection[Any]
        with psycopg.connect(url, **HOW) as connection:
            if connection.info.server_version < _OLDEST:
                major = connection.info.server_version // 10_000
                raise SettingsError(f"The server of {where} is Postgres {major}; Troupe needs 16 or newer.")
            _configure(connection)
            yield connection
    except errors.InsufficientPrivilege as error:
        raise SettingsError(
            f"{_user(url)} has no rights in {where} to make tables or to use them: make it the owner, with "
            f"ALTER DATABASE … OWNER TO {_user(url)}."
        ) from error
    except errors.DuplicateTable as error:
        raise SettingsError(
            f"{where} holds tables of another program ({_first_line(error)}): make a database for Troupe "
            "alone, for example with createdb."
        ) from error
    except psycopg.OperationalError as error:
        raise SettingsError(_why_not(error, url, where, called)) from error
    except psycopg.Error as error:
        raise SettingsError(f"{where} cannot be used: {_first_line(error)}") from error


def may_take_long(connection: psycopg.Connection[Any]) -> None:
    """Let a transaction wait for what is done here between its statements, such as summing up a table."""
    connection.execute("SET idle_in_transaction_session_timeout = 0")


def open_pool(url: str) -> Pool:
    """Bring the schema up to date and open the pool. Raises SettingsError."""
    with connect(url) as connection:
        migrate(connection, name_of(url))
    pool: Pool = ConnectionPool(
        url,
        kwargs=HOW,
        min_size=1,
        max_size=_MOST_CONNECTIONS,
        timeout=_CONNECT_SECONDS,
        reconnect_timeout=_RECONNECT_SECONDS,
        reconnect_failed=lambda failed: failed.check(),
        configure=_configure,
        open=True,
        name="troupe",
    )
    return pool


def _configure(connection: psycopg.Connection[Any]) -> None:
    adapt(connection)
    connection.execute(_SETTINGS)


def _user(url: str) -> str:
    return str(conninfo.conninfo_to_dict(url).get("user") or "this user")


def _why_not(error: psycopg.Error, url: str, where: str, called: str) -> str:
    """Say why nobody could connect; the library has no codes for this, but the server's words."""
    said, user = str(error), _user(url)
    if "password authentication failed" in said or "no password supplied" in said:
        return f"The password that {called} has for {user} is not the one that {where} knows; correct it."
    if f'role "{user}" does not exist' in said:
        return f"There is no user {user} at the server of {where}: make one, or correct {called}."
    if "does not exist" in said and "database" in said:
        return f"There is no {where.removeprefix('the ')} yet: make it, for example with createdb."
    if "permission denied for database" in said:
        return f"{user} may not connect to {where}: let its owner run GRANT CONNECT."
    if "pg_hba.conf" in said:
        return f"The server of {where} lets {user} not in from this machine; its pg_hba.conf says who may."
    return f"The server of {where} cannot be reached ({_first_line(error)}); start it, or correct {called}."


def _first_line(error: psycopg.Error) -> str:
    return (str(error).strip().splitlines() or ["no reason given"])[0].rstrip(".")
