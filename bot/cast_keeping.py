"""Taking over changed characters while Troupe runs, and noting who is there."""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from bot.calls.announcing import note_cast
from bot.calls.installation import Installation
from bot.calls.overseeing import tell_broken
from bot.cast import LiveCast
from bot.domain.errors import NotStored

LOOK_SECONDS = 1.0
COMMON_FILES = {"house-rules.md", "voices.yaml"}

_log = logging.getLogger(__name__)


async def note_who_is_there(house: Installation, cast: LiveCast) -> None:
    """Note whose files are there, and have announced who is new. Raises NotStored."""
    await house.store.note_characters(cast.slugs_on_disk, house.now())
    await note_cast(house)


async def keep_fresh(
    house: Installation, cast: LiveCast, nudge: Callable[[], None], *, is_noted_here: bool
) -> None:
    """Take over changed persona files; a broken one is told once, and its last good version stays.

    Where several processes read the cast, those that do follow-up note who is there: a character that only
    one of the others does not see yet has not gone.
    """
    noted = cast.cast
    told: dict[str, str] | None = None
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        for problem in await asyncio.to_thread(cast.look):
            stays = problem.path.stem in cast.cast.personas or problem.path.name in COMMON_FILES
            _log.warning("%s (%s)", problem, "the last good version stays" if stays else "left out")
        now_there = cast.cast
        broken = {one.path.name: str(one) for one in now_there.problems}
        if broken != told and is_noted_here:
            with contextlib.suppress(NotStored):
                await tell_broken(house, broken)
                told = broken
                nudge()
        if now_there is not noted and is_noted_here:
            try:
                await note_who_is_there(house, cast)
            except NotStored as error:
                _log.warning("The cast could not be noted, it is tried again: %s", error)
            else:
                noted = now_there
                nudge()
