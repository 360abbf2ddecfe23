"""One process of the new release, to be run as a module: it opens the database and answers members."""

import asyncio
import json
import random
import sys
import time
import traceback
from collections import Counter

from bot.calls.installation import Installation
from bot.domain.caller import Caller, parse_account
from bot.domain.errors import CallerError
from bot.domain.reply import Ask
from bot.fronts import commands
from tests.bench.several.worker import open_house
from tests.upgrade.old import account_of

ASKED = (
    ("call", {"character": "wizard"}),
    ("memory", {"character": "wizard"}),
    ("memory", {"character": "wizard", "topic": "the harbour lamps"}),
    ("history", {}),
    ("account", {}),
    ("characters", {}),
)
HANDS = 4


async def main() -> None:
    """Answer commands until enough were asked and all is indexed, then say how it went in JSON."""
    url, people, count, began = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    seconds: list[float] = []
    refused: Counter[str] = Counter()
    failed: list[str] = []
    rng, numbers = random.Random(began), iter(range(count))

    async def members(house: Installation) -> None:
        for _ in numbers:
            caller = Caller(parse_account(account_of(rng.randrange(people))), "Olga")
            command, options = rng.choice(ASKED)
            asked_at = time.time()
            try:
                await commands.answer(house, Ask(caller, command, options))
            except CallerError as error:
                refused[str(error)] += 1
            except Exception:  # noqa: BLE001  whatever it was, somebody's command failed
                failed.append(traceback.format_exc(limit=-3))
            seconds.append(
                time.time() - (asked_at if seconds else began)
            )  # who asks first waits for the start

    async with open_house(url) as house:
        opened = time.time() - began
        await asyncio.gather(*(members(house) for _ in range(HANDS)))
        await house.store.indexed()  # type: ignore[attr-defined]
        indexed = time.time() - began
    said = {"opened": opened, "indexed": indexed, "seconds": seconds, "refused": refused, "failed": failed}
    print(json.dumps(said))


if __name__ == "__main__":
    asyncio.run(main())
