"""What ``troupe check`` says of the processes that share a database: which run, and what is left undone."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime

from bot.cli.parts import wanted_roles
from bot.cli.whereabouts import find_holders, running_processes
from bot.config import Settings
from bot.domain.agent import Finding
from bot.domain.errors import SettingsError
from bot.domain.process import clock_apart, disagreements, left_undone
from bot.domain.shards import Holders, name_shards
from bot.house import now
from storage.url import is_postgres


def check_processes(settings: Settings, clock: Callable[[], datetime] = now) -> Iterator[Finding]:
    """Name every process that runs, what they do not agree on or nobody does, and a clock that is wrong."""
    try:
        processes = running_processes(settings)
    except SettingsError:
        return  # check_database says why
    yield from _check_clock(settings, clock)
    if not processes:
        if is_postgres(settings.database_url):
            yield Finding("note", "No process of Troupe runs at the moment.", "Start one: troupe run.")
        return
    for one in processes:
        since = one.started_at.astimezone(settings.zone).strftime("%Y-%m-%d %H:%M %Z")
        yield Finding("note", f"Running: {one}, since {since}.", f"{one.address}/healthz says how it is.")
    yield from check_shards(find_holders(settings), settings.shards.count)
    for what, fix in (*disagreements(processes), *left_undone(processes, wanted_roles(settings))):
        yield Finding("warning", what, fix)


def _check_clock(settings: Settings, clock: Callable[[], datetime]) -> Iterator[Finding]:
    """Compare this machine's clock with that of a database that several machines may share."""
    if not is_postgres(settings.database_url):
        return
    from storage.postgres.looking import look_at_clock

    before, there, after = clock(), look_at_clock(settings.database_url), clock()
    if apart := clock_apart(before, there, after):
        yield Finding("warning", *apart)


def check_shards(holders: Holders, count: int) -> Iterator[Finding]:
    """Name who holds which of Discord's shards, and which nobody does; ``count`` is what is set here."""
    if not holders.count:
        return
    held: dict[str, list[int]] = defaultdict(list)
    for shard, holder in holders.by_shard.items():
        held[holder.name].append(shard)
    for name, shards in held.items():
        what = f"Discord: {name} holds {name_shards(shards, holders.count)}."
        yield Finding("note", what, "SHARD_IDS says which shards a process holds.")
    if nobodys := holders.nobodys:
        yield Finding(
            "warning",
            f"Discord: nobody holds {name_shards(nobodys, holders.count)}, so no command of their servers is "
            "answered.",
            "Start a process with these SHARD_IDS, or one without, which takes what nobody holds.",
        )
    if count not in (0, holders.count):
        what = f"SHARD_COUNT is {count} here, but the processes that run hold shards of {holders.count}."
        yield Finding("warning", what, "Stop all of them, then start all with one count.")
