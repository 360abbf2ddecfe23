"""What ``troupe check`` says of the processes that share a database: which run, and what is left undone."""

from collections.abc import Iterator

from bot.cli.parts import wanted_roles
from bot.cli.whereabouts import running_processes
from bot.config import Settings
from bot.domain.agent import Finding
from bot.domain.errors import SettingsError
from bot.domain.process import disagreements, left_undone
from storage.url import is_postgres


def check_processes(settings: Settings) -> Iterator[Finding]:
    """Name every process that runs, and what they do not agree on or nobody does."""
    try:
        processes = running_processes(settings)
    except SettingsError:
        return  # check_database says why
    if not processes:
        if is_postgres(settings.database_url):
            yield Finding("note", "No process of Troupe runs at the moment.", "Start one: troupe run.")
        return
    for one in processes:
        since = one.started_at.astimezone(settings.zone).strftime("%Y-%m-%d %H:%M %Z")
        yield Finding("note", f"Running: {one}, since {since}.", f"{one.address}/healthz says how it is.")
    for what, fix in (*disagreements(processes), *left_undone(processes, wanted_roles(settings))):
        yield Finding("warning", what, fix)
