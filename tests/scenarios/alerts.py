"""What operators are told at once, wherever their channel is: trouble at ElevenLabs, and a look after it."""

from bot.domain.call import NewJob
from tests.scenarios.stage import Stage

SPENT = {"used": 95_000, "limit": 100_000}
LOW = "5,000 of 100,000 credits are left at ElevenLabs"
ENOUGH = "There is enough credit at ElevenLabs again."


async def look_after(stage: Stage) -> None:
    """Have everything looked after now, and wait until that is done and told."""
    store = stage.app.house.store
    await store.add_jobs([NewJob("look_after", "all", stage.clock())])
    stage.app.followup.nudge()

    async def is_done() -> bool:
        standing = await store.fetch_standing(stage.clock())
        return not standing.due and "alert" not in standing.waiting and not stage.app.followup._in_hand

    await stage.until(is_done)
