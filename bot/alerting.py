"""Tells the operator what they have to know, through the fronts."""

import logging
from collections.abc import Awaitable, Callable, Mapping

from bot.calls import alerting
from bot.calls.installation import Installation
from bot.domain.alert import Alert
from bot.domain.call import Job
from bot.domain.errors import NobodyThere, PostRefused
from bot.domain.reply import Card, Notice, Reply
from bot.domain.words import NEUTRAL_COLOR
from bot.ports import Poster

ATTEMPTS = 2_000
"""At a delay of up to five minutes this is a week."""
NOBODY_AFTER_ATTEMPTS = 2
"""From when on the log is told of cost in the operator's stead."""

Through = Callable[[Awaitable[None]], Awaitable[None]]

_log = logging.getLogger(__name__)


async def tell_cost(house: Installation, posters: Mapping[str, Poster], through: Through, job: Job) -> None:
    """Tell the operator what calls cost, also once their front is there again.

    The log knows at once where nobody is named; else when the second attempt finds nobody: at the
    first the front may be starting still.
    """
    alert = await alerting.find_alert(house, job.subject)
    if alert is None:
        return
    operator = house.terms.operator
    if operator is None:
        _log.warning("%s", alert.sentence)
    else:
        try:
            await through(poster_at(posters, operator.platform).post(operator, Reply(alert.sentence)))
            _log.info("%s", alert.sentence)
        except NobodyThere:
            if job.attempts == NOBODY_AFTER_ATTEMPTS:
                _log.warning("%s The operator cannot be reached yet.", alert.sentence)
            if job.attempts < ATTEMPTS:
                raise
        except PostRefused:
            _log.warning("%s The operator's account takes no messages.", alert.sentence)
    await alerting.note_told(house, job.subject, alert)


async def tell_alert(house: Installation, posters: Mapping[str, Poster], through: Through, job: Job) -> None:
    """Post one alert in one channel: that something is so, or that it is over by now.

    Raises NobodyThere while its front is away. What cannot be posted is told to the log, and not tried again.
    """
    alert_id, _, name = job.subject.partition(" ")
    board = next((one for one in house.terms.alert_boards if str(one) == name), None)
    alert = await house.store.fetch_alert(int(alert_id))
    if board is None or alert is None:
        return
    card = Card("Troupe", _words(alert), NEUTRAL_COLOR, is_verbatim=True, has_verbatim_title=True)
    try:
        poster = poster_at(posters, board.platform)
        await poster.find_spot(board)
        await through(poster.announce(board, Notice(card, ()), f"alert {alert_id} {alert.is_over}"))
    except NobodyThere:
        if job.attempts < ATTEMPTS:
            raise
        _log.warning("An alert was not posted at %s (ALERTS): its front was away for too long.", board)
    except PostRefused as refused:
        _log.warning("An alert was not posted at %s (ALERTS): %s.", board, str(refused).rstrip("."))


def _words(alert: Alert) -> str:
    """Return what is posted: of what is over also what it was, which a front that was away never told."""
    if alert.is_over and alert.over_sentence:
        return f"{alert.over_sentence}\nBefore: {alert.sentence}"
    return alert.sentence


def poster_at(posters: Mapping[str, Poster], platform: str) -> Poster:
    """Return a platform's way to people and channels. Raises NobodyThere where it is off."""
    if platform not in posters:
        raise NobodyThere(platform)
    return posters[platform]
