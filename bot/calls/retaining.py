"""Retention: what is old enough goes, here and at ElevenLabs, without anybody asking."""

from datetime import timedelta

from bot.calls.daily import next_time
from bot.calls.installation import Installation
from bot.domain.call import NewJob

INBOX_DAYS = 7
PRESS_DAYS = 30
"""A button under an older message stands for nothing any more."""
BATCH = 50
"""Calls, and imports, in one transaction: others write in between."""
BATCHES = 100
"""In one job, whose lease is not for ever."""


async def keep_no_longer(house: Installation) -> timedelta | None:
    """Erase what is older than the operator wants to keep, forget old buttons, queue the next night's job.

    ElevenLabs' copies are queued as jobs of their own. A retention of 0 days here keeps for ever.
    """
    now, terms = house.now(), house.terms
    await house.store.drop_events(now - timedelta(days=INBOX_DAYS), now)
    await house.store.drop_presses(now - timedelta(days=PRESS_DAYS))
    await house.store.drop_seen(now - timedelta(days=1))
    await house.store.queue_remote_erasures(now - timedelta(days=terms.elevenlabs_retention_days), now)
    if terms.retention_days:
        moment = now - timedelta(days=terms.retention_days)
        for _ in range(BATCHES):
            if not await house.store.erase_before(moment, BATCH, now):
                break
        else:
            return timedelta(seconds=1)
    await house.store.add_jobs([NewJob("retention", "daily", next_time(house, "retention"))])
    return None
