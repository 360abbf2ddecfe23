"""The recall index: whether it holds what was said, and ``troupe reindex``, which mends it."""

import asyncio
import json
import time
from collections.abc import Iterator

import click

from bot.config import Settings, read_settings
from bot.domain.agent import Finding
from bot.domain.errors import SettingsError
from bot.domain.words import plural
from storage import open_store
from storage.sqlite.looking import look_at_shelves
from storage.url import find_database, is_postgres

PATIENCE_SECONDS = 20.0
"""How long a check looks at the index; 20,000 turns take about a second."""


def check_index(settings: Settings, patience_seconds: float = PATIENCE_SECONDS) -> Iterator[Finding]:
    """Say whether the index is out of step with what was said; nothing where there is no database yet."""
    deadline = time.monotonic() + patience_seconds
    wrong, is_whole = 0, True
    try:
        for _, is_right in _shelves(settings):
            if time.monotonic() > deadline:
                is_whole = False
                break
            wrong += not is_right
    except SettingsError as error:
        yield Finding("error", str(error), "Look at DATABASE_URL, and at the file that it names.")
        return
    if wrong:
        yield Finding(
            "warning",
            "The recall index is not in step with what was said, so characters do not find all of it: "
            f"{plural(wrong, 'part')} of it {'is' if wrong == 1 else 'are'} wrong.",
            "Run troupe reindex, also while Troupe runs: it builds what is wrong anew from what was said.",
        )
    elif not is_whole:
        yield Finding(
            "note",
            "The recall index is large, and was looked at in part.",
            "Run troupe reindex to look at all of it; it changes only what is wrong.",
        )


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def reindex(*, as_json: bool) -> None:
    """Build anew what is wrong in the index that characters find what was said by; Troupe may run."""
    settings = read_settings()
    looked_at = list(_shelves(settings))
    faulty = [shelf for shelf, is_right in looked_at if not is_right]

    async def mend() -> None:
        async with open_store(settings.database_url, settings.keys) as store:
            await store.mend_index(faulty)

    if faulty:
        asyncio.run(mend())
    if as_json:
        click.echo(json.dumps({"parts": len(looked_at), "rebuilt": len(faulty)}))
    elif faulty:
        click.echo(f"{plural(len(faulty), 'part')} of the recall index: built anew from what was said.")
    else:
        click.echo("The recall index is in step with what was said; nothing was changed.")


def _shelves(settings: Settings) -> Iterator[tuple[int, bool]]:
    if is_postgres(settings.database_url):
        from storage.postgres.looking import look_at_shelves as look_at_server

        return look_at_server(settings.database_url)
    path = find_database(settings.database_url)
    return look_at_shelves(path) if path is not None and path.exists() else iter(())
