"""Posts new characters where the operator wants them announced, through the fronts."""

import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping

from bot.alerting import poster_at
from bot.calls import announcing
from bot.calls.installation import Installation
from bot.domain.call import Job
from bot.domain.errors import NobodyThere, PostRefused
from bot.domain.reply import Reply
from bot.ports import Poster

ATTEMPTS = 200
"""At a delay of up to an hour this is a week; a front that is away for longer announces nothing of it."""

_log = logging.getLogger(__name__)


async def announce(
    house: Installation,
    posters: Mapping[str, Poster],
    through: Callable[[Awaitable[None]], Awaitable[None]],
    job: Job,
) -> None:
    """Say on one board who is new, in one post. Raises NobodyThere while its front is away.

    What cannot be posted is told to the operator once, in one sentence, and not tried again.
    """
    board = announcing.find_board(house, job.subject)
    if board is None:
        return
    try:
        poster = poster_at(posters, board.platform)
        spot = await poster.find_spot(board)
        found = await announcing.find_announcement(house, board, spot)
        if found.notice is not None:
            await through(poster.announce(board, found.notice, f"{board} {' '.join(found.settled)}"))
    except NobodyThere:
        if job.attempts < ATTEMPTS:
            raise
        await _give_up(house, posters, job, "its front was away for too long")
    except PostRefused as refused:
        await _give_up(house, posters, job, str(refused))
    else:
        await announcing.note_announced(house, board, found.settled)


async def _give_up(house: Installation, posters: Mapping[str, Poster], job: Job, reason: str) -> None:
    board = announcing.find_board(house, job.subject)
    if board is None:
        return
    await announcing.give_up(house, board)
    sentence = f"New characters were not announced at {board} (TROUPE_ANNOUNCE): {reason}."
    _log.warning("%s", sentence)
    operator = house.terms.operator
    poster = posters.get(operator.platform) if operator else None
    if operator and poster:
        with contextlib.suppress(NobodyThere, PostRefused):
            await poster.post(operator, Reply(sentence))
