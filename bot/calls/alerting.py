"""Telling the operator what calls cost, before it is too much."""

from dataclasses import dataclass

from bot.calls.installation import Installation
from bot.calls.overseeing import tell
from bot.domain.alert import Cause
from bot.domain.cost import alert_due


@dataclass(frozen=True, slots=True)
class CostAlert:
    """What the operator has to be told: which percentage of a ceiling is reached, and in words."""

    ceiling: int
    percent: int
    sentence: str


async def find_alert(house: Installation, month: str) -> CostAlert | None:
    """Return what the operator was not told yet of a month's cost, at 50, 80 and 100 %; None for nothing."""
    ceiling = house.terms.limits.cost_per_month
    cost = await house.store.fetch_total_cost(month)
    percent = alert_due(cost, ceiling, await house.store.note_alert(month, ceiling, 0))
    if not percent:
        return None
    used = f"which is {100 * cost // ceiling} %"
    sentence = f"Calls have cost {cost:,} of {ceiling:,} credits in {month}, {used}. "
    sentence += "No new call begins this month." if percent >= 100 else "/troupe cost shows what for."
    await tell(house, Cause(f"cost {month} {ceiling} {percent}", sentence), is_logged=True)
    return CostAlert(ceiling, percent, sentence)


async def note_told(house: Installation, month: str, alert: CostAlert) -> None:
    """Note that the operator was told, so that they are told once."""
    await house.store.note_alert(month, alert.ceiling, alert.percent)
