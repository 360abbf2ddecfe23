"""What operators are told at once, wherever their channel is: trouble at ElevenLabs, and a look after it."""

from bot.calls.overseeing import tell
from bot.domain.alert import Cause
from bot.domain.call import NewJob
from tests.scenarios.stage import Stage

SPENT = {"used": 95_000, "limit": 100_000}
LOW = "5,000 of 100,000 credits are left at ElevenLabs"
ENOUGH = "There is enough credit at ElevenLabs again."
OVER_MEANWHILE = {"All codes are gone.", "5,000 are left.\nBefore: 10 are left."}
"""What is read of ``happens_meanwhile``."""


async def look_after(stage: Stage) -> None:
    """Have everything looked after now, and wait until that is done and told."""
    store = stage.app.house.store
    await store.add_jobs([NewJob("look_after", "all", stage.clock())])
    stage.app.followup.nudge()

    async def is_done() -> bool:
        standing = await store.fetch_standing(stage.clock())
        return not standing.due and "alert" not in standing.waiting and not stage.app.followup._in_hand

    await stage.until(is_done)


async def happens_meanwhile(stage: Stage) -> None:
    """Let two things begin and end; of one nothing is to be said when it is over."""
    house = stage.app.house
    for sentences in (("All codes are gone.", "10 are left."), ("", "")):
        await tell(house, Cause("codes", sentences[0]))
        await tell(house, Cause("credit", sentences[1], "5,000 are left."))
