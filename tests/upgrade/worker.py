"""One process, to be run as a module: it opens the database and answers members until its input ends.

Arguments: the database, how many people it has, how many commands are a share, when all began, and ``newer``
for a process of the next release. It says ``asked`` after a share for every line that it reads.
"""

import asyncio
import importlib
import json
import random
import sys
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field

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


@dataclass
class Members:
    """They ask over and over; what became of it, with when each was answered and how long it took."""

    house: Installation
    people: int
    began: float
    seconds: list[float] = field(default_factory=list)
    ended_at: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    is_over: bool = False
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(self, rng: random.Random) -> None:
        """Ask for one thing after the other until it is over."""
        while not self.is_over:
            caller = Caller(parse_account(account_of(rng.randrange(self.people))), "Olga")
            command, options = rng.choice(ASKED)
            asked_at = time.time() if self.seconds else self.began  # who asks first waits for the start
            try:
                await commands.answer(self.house, Ask(caller, command, options))
            except CallerError as error:
                self.refused[str(error)] += 1
            except Exception:  # noqa: BLE001  whatever it was, somebody's command failed
                self.failed.append(traceback.format_exc(limit=-3))
            self.ended_at.append(time.time())
            self.seconds.append(self.ended_at[-1] - asked_at)
            self.answered.set()

    async def obey(self, share: int) -> None:
        """Say when a share was asked, as often as that is wanted, and end when nothing is wanted any more."""
        while await asyncio.to_thread(sys.stdin.readline):
            wanted = len(self.seconds) + share
            while len(self.seconds) < wanted:
                self.answered.clear()
                await self.answered.wait()
            print("asked", flush=True)
        self.is_over = True


async def main() -> None:
    """Answer commands, wait until all is indexed, then say how it went in JSON."""
    url, people, share, began, *newer = sys.argv[1:]
    if newer:
        importlib.import_module("tests.upgrade.newer")
    async with open_house(url) as house:
        opened = time.time()
        members = Members(house, int(people), float(began))
        rng = random.Random(opened)
        await asyncio.gather(members.obey(int(share)), *(members.ask(rng) for _ in range(HANDS)))
        await house.store.indexed()  # type: ignore[attr-defined]
        indexed = time.time()
    said = {"opened": opened, "indexed": indexed}
    said |= {name: getattr(members, name) for name in ("seconds", "ended_at", "refused", "failed")}
    print(json.dumps(said))


if __name__ == "__main__":
    asyncio.run(main())
