"""When the daily work is due: at night, where the operator is; what cost has to be told, at once."""

from datetime import UTC, datetime, timedelta

from bot.calls.installation import Installation
from bot.domain.allowance import month_of
from bot.domain.call import NewJob

SOON = timedelta(minutes=1)
HOURS = {"sweep": 3, "retention": 4}
"""For each kind of daily job the hour, by the operator's clock."""


def next_time(house: Installation, kind: str) -> datetime:
    """Return when a kind of daily job is due next, always in the future."""
    now = house.now()
    local = now.astimezone(house.terms.timezone)
    due_at = local.replace(hour=HOURS[kind], minute=0, second=0, microsecond=0)
    if due_at.astimezone(UTC) <= now:
        due_at += timedelta(days=1)
    return due_at.astimezone(UTC)


async def queue_daily_work(house: Installation) -> None:
    """Queue every kind of daily job; one that is queued already, or overdue, stays as it is.

    The cost is looked at as well: its ceiling may be another one than when the last call was paid for. What
    came without a summary before they were made here gets one.
    """
    jobs = [NewJob(kind, "daily", next_time(house, kind)) for kind in HOURS]
    jobs.append(NewJob("summarise", "all", house.now()))
    jobs.append(NewJob("look_after", "all", house.now() + SOON))
    if house.terms.limits.cost_per_month:
        now = house.now()
        jobs.append(NewJob("cost_alert", month_of(now), now))
    await house.store.add_jobs(jobs)
