"""Telling the operator what calls cost, before it is too much."""

import logging

from bot.calls.installation import Installation
from bot.domain.caller import Account
from bot.domain.cost import alert_due
from bot.domain.reply import Reply

log = logging.getLogger(__name__)


async def alert(house: Installation, month: str) -> tuple[Account, Reply] | None:
    """Return what to tell the operator, and whom, when a month's cost passed 50, 80 or 100 %; once each.

    It is logged as well, for where no operator is named.
    """
    ceiling = house.terms.limits.cost_per_month
    cost = await house.store.fetch_total_cost(month)
    told = await house.store.note_alert(month, 0)
    percent = alert_due(cost, ceiling, told)
    if not percent:
        return None
    sentence = f"Calls have cost {cost:,} of {ceiling:,} in {month}: {percent} % is reached. "
    sentence += "No new call begins this month." if percent >= 100 else "/troupe cost shows what for."
    log.warning("%s", sentence)
    await house.store.note_alert(month, percent)
    return None if house.terms.operator is None else (house.terms.operator, Reply(sentence))
