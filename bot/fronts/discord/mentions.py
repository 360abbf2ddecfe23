"""The ids of our commands, by which Discord shows them so that they can be pressed."""

from collections.abc import Mapping

from discord import app_commands

from bot.calls.installation import Installation
from bot.calls.messaging import fetch_synced
from bot.fronts.discord.callers import PLATFORM
from bot.fronts.discord.slash import COMMANDS


def mentions_of(ids: Mapping[str, int]) -> dict[str, int]:
    """Return the ids by whole names, such as ``troupe here``: a subcommand has its group's."""
    groups = [one for one in COMMANDS if isinstance(one, app_commands.Group)]
    parts = {part.qualified_name: one.name for one in groups for part in one.walk_commands()}
    alone = {name: found for name, found in ids.items() if name not in {one.name for one in groups}}
    return alone | {name: ids[group] for name, group in parts.items() if group in ids}


async def fetch_mentions(house: Installation, application_id: int | None) -> dict[str, int]:
    """Return the ids as they were noted when the commands were last synced; nothing where none were."""
    known = await fetch_synced(house, PLATFORM) or {}
    if known.get("application") != application_id:
        return {}
    return mentions_of({str(name): int(one) for name, one in known["ids"].items()})
