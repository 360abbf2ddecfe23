"""Which database a ``DATABASE_URL`` means."""

from pathlib import Path

from bot.domain.errors import SettingsError

_PREFIX = "sqlite:///"
MEMORY = "sqlite:///:memory:"
_SERVER = ("postgresql://", "postgres://")


def is_postgres(url: str) -> bool:
    """Whether an address means a database on a Postgres server."""
    return url.startswith(_SERVER)


def find_database(url: str) -> Path | None:
    """Return the file that an address means, links resolved; None for a database in memory or on a server.

    ``sqlite:///`` is followed by a path; one more slash makes it absolute. Raises SettingsError.
    """
    if url == MEMORY or is_postgres(url):
        return None
    name = url.removeprefix(_PREFIX)
    if name == url or not name or "\0" in name:
        raise SettingsError(
            f"DATABASE_URL is {_without_secrets(url)!r}; it starts with {_PREFIX} and names a file, "
            f"for example {_PREFIX}data/troupe.db, or with {_SERVER[0]} and names a server."
        )
    try:
        return Path(name).expanduser().resolve()
    except (OSError, RuntimeError) as error:
        raise SettingsError(
            f"DATABASE_URL names {name}, which cannot be followed to a file: {error}."
        ) from error


def may_hold_something(url: str) -> bool:
    """Whether there is a database already, as far as that can be told without asking a server.

    Raises SettingsError.
    """
    path = find_database(url)
    return is_postgres(url) or (path is not None and path.exists())


def _without_secrets(url: str) -> str:
    """Return what may be shown of an address that means nothing: who knows where a password begins."""
    scheme, separator, _ = url.partition("://")
    if "@" not in url and "=" not in url:
        return url
    return f"{scheme}://…" if separator and scheme.replace("+", "").isalnum() else "…"
