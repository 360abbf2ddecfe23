"""Summaries of ours for what is stored without one: a few at a time, in the background."""

import asyncio
from datetime import timedelta

from bot.calls.installation import Installation
from bot.domain.extract import extract

AT_ONCE = 100
REST = timedelta(seconds=1)


async def summarise(house: Installation) -> timedelta | None:
    """Summarise some conversations; return how long to wait before the next, None when none is left."""
    found = await house.store.fetch_unsummarised(AT_ONCE)
    if not found:
        return None
    zone = house.terms.timezone
    made = await asyncio.to_thread(
        lambda: {
            one.talk_id: extract(one.turns, one.at.astimezone(zone) if one.at else None) for one in found
        }
    )
    await house.store.keep_extracts(made)
    return REST
