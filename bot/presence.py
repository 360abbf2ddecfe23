"""Being known to the other processes on one database, and doing what those leave behind that are gone."""

import asyncio
import contextlib
import logging
import os
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version

from bot.calls.installation import Installation
from bot.domain.errors import NotStored
from bot.domain.process import ROLES, SILENCE, Process, Role, clock_apart, disagreements
from bot.ports import Poster

BEAT_SECONDS = 3.0
"""How often a process says that it lives."""
OLDER = (
    "A newer Troupe has brought the database up to date. This process goes on as before; stop it once a "
    "newer one does what it does."
)

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Me:
    """What this process is among others; ``address`` is known once its web server listens."""

    house: Installation
    roles: Collection[Role]
    api_url: str
    cast_version: Callable[[], str]
    posters: Mapping[str, Poster]
    address: str = ""
    started_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.started_at = self.house.now()

    def describe(self) -> Process:
        """Say what we are now."""
        terms = self.house.terms
        return Process(
            id=self.house.process,
            roles=tuple(role for role in ROLES if role in self.roles),
            host=socket.gethostname(),
            pid=os.getpid(),
            version=version("troupe"),
            started_at=self.started_at,
            public_url=terms.public_url,
            address=self.address,
            api_url=self.api_url,
            agent_id=terms.agent_id,
            cast_version=self.cast_version(),
            fronts=tuple(sorted(self.posters)),
        )


async def warn_of_disagreements(me: Me) -> None:
    """Say what this process has that others have differently; they learn meanwhile what it is."""
    await me.house.store.keep_process(me.describe())
    for what, fix in disagreements(await me.house.store.fetch_processes()):
        _log.warning("%s %s", what, fix)
    before, there, after = me.house.now(), await me.house.store.fetch_clock(), me.house.now()
    if apart := clock_apart(before, there, after):
        _log.warning("%s %s", *apart)


@asynccontextmanager
async def stay_known(
    me: Me, taken_for_gone: Callable[[], Awaitable[None]], beat_seconds: float = BEAT_SECONDS
) -> AsyncIterator[None]:
    """Be known to the others until left, and be forgotten then.

    ``taken_for_gone`` is called where this process was silent for so long that others took it for gone:
    whoever chats here was told that it is over.
    """
    store = me.house.store
    await store.keep_process(me.describe())
    is_over = asyncio.Event()

    async def beat() -> None:
        is_older = False
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(beat_seconds):
                    await is_over.wait()
            if is_over.is_set():
                return
            try:
                if not await store.keep_process(me.describe()):
                    _log.warning("This process was silent for too long; the chats that it relayed are over.")
                    await taken_for_gone()
                if not is_older and await store.find_newer_steps():
                    is_older = True
                    _log.warning("%s", OLDER)
            except NotStored:
                _log.info("The database cannot be reached; others may take this process for gone.")
            except Exception:  # noqa: BLE001  whatever it was, who says nothing is taken for gone
                _log.exception("This process could not say that it lives")

    beating = asyncio.create_task(beat(), name="presence")
    try:
        yield
    finally:
        is_over.set()
        await asyncio.wait([beating])  # one that is cut off may be stored after we are forgotten
        with contextlib.suppress(NotStored):
            await store.drop_process(me.house.process)


async def look_after_others(
    house: Installation,
    nudge: Callable[[], None],
    beat_seconds: float = BEAT_SECONDS,
    silence_seconds: float = SILENCE.total_seconds(),
) -> None:
    """Have told, over and over, whose chat ended with its process; ``nudge`` says that there is work.

    Who is silent is taken for gone once we saw the database all that time: it may have been away, or we.
    """
    seen_since = looked_at = time.monotonic()
    while True:
        now = time.monotonic()
        if now - looked_at > 2 * beat_seconds:
            seen_since = now
        looked_at = now
        try:
            if now - seen_since > silence_seconds:
                await house.store.drop_silent_processes()
            if await house.store.queue_broken_chats(house.now()):
                nudge()
        except NotStored:
            seen_since = now
        except Exception:  # noqa: BLE001  whatever it was, everything else goes on
            _log.exception("The other processes could not be looked after")
        await asyncio.sleep(beat_seconds)
