"""What ``troupe check`` says of this machine's clock, compared with those of ElevenLabs and Discord."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bot.domain.agent import Finding
from bot.domain.words import length
from bot.elevenlabs.clock import fetch_time
from bot.house import now

MOST_OFF = timedelta(minutes=1)


async def check_clock(addresses: Sequence[str]) -> list[Finding]:
    """Compare the clock with theirs; the first that says a time decides, nothing where none does."""
    for address in addresses:
        asked_at = now()
        there = await fetch_time(address)
        if there is not None:
            here = asked_at + (now() - asked_at) / 2
            return list(compare_clocks(here, there, urlsplit(address).hostname or address))
    return []


def compare_clocks(here: datetime, there: datetime, host: str) -> Iterator[Finding]:
    """Say that this machine's clock is more than a minute off."""
    off = here - there
    if abs(off) <= MOST_OFF:
        return
    which = "ahead of" if off > timedelta() else "behind"
    yield Finding(
        "warning",
        f"This machine's clock is {length(round(abs(off).total_seconds()))} {which} that of {host}.",
        "Let it be set over the network (timedatectl set-ntp true): signed requests count for some minutes "
        "only, so events of ElevenLabs' and Slack's are refused once it is too far off.",
    )
