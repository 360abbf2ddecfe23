"""Which database a ``DATABASE_URL`` means."""

from pathlib import Path

from bot.domain.errors import SettingsError

_PREFIX = "sqlite:///"
MEMORY = "sqlite:///:memory:"


def find_database(url: str) -> Path | None:
    """Return the file that an address means, links resolved; None for a database in memory.

    ``sqlite:///`` is followed by a path; one more slash makes it absolute. Raises SettingsError.
    """
    if url == MEMORY:
        return None
    name = url.removeprefix(_PREFIX)
    if name == url or not name or "\0" in name:
        raise SettingsError(
            f"DATABASE_URL is {_without_secrets(url)!r}; it starts with {_PREFIX} and names a file, "
            f"for example {_PREFIX}data/troupe.db."
        )
    try:
        return Path(name).expanduser().resolve()
    except (OSError, RuntimeError) as error:
        raise SettingsError(
            f"DATABASE_URL names {name}, which cannot be followed to a file: {error}."
        ) from error


def _without_secrets(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    return f"{scheme}://…{rest.rpartition('@')[2]}" if separator and "@" in rest else url
