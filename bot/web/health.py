"""``GET /healthz``: whether everything that Troupe needs answers, for whoever watches over it.

``{"status": "ok" | "degraded" | "down", "roles": […], "store": …, "elevenlabs": …, "followup": …,
"fronts": {"discord": …}}``, each ``ok`` or what is wrong, and only of what this process does: ``roles`` names
that, and ``followup`` stands there where it is one of them. Where processes divide Discord's shards,
``shards`` is ``{"count": 4, "here": [0, 1], "nobody": []}``. 503 where nothing can be stored, so that nothing
works; 200 otherwise, also while one of the others is away, because what was asked for is done once it is
back.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aiohttp import web

from bot.calls.installation import Installation
from bot.calls.sharding import fetch_holders
from bot.domain.errors import NotStored, ProviderError
from bot.domain.process import Role
from bot.domain.shards import Holders

PROVIDER_SECONDS = 3.0
ASK_AGAIN_SECONDS = 15.0
OK = "ok"

log = logging.getLogger(__name__)


class Health:
    """Serves ``/healthz``; ``fronts`` tells which fronts are on, and whether each is connected.

    ``gets_on`` tells whether follow-up does, where that is one of ``roles``.
    """

    def __init__(
        self,
        house: Installation,
        fronts: Callable[[], Mapping[str, bool]],
        roles: Sequence[Role],
        gets_on: Callable[[], bool],
    ) -> None:
        self._house = house
        self._fronts = fronts
        self._roles = roles
        self._gets_on = gets_on
        self._asking = asyncio.Lock()
        self._provider = ""
        self._ask_again_at = 0.0

    async def tell(self, _: web.Request) -> web.Response:
        """Say how it is now; ElevenLabs is asked once in ``ASK_AGAIN_SECONDS``, whoever wants to know."""
        store = await self._look_at_store()
        provider = await self._look_at_provider()
        fronts = {name: OK if is_in else "not connected" for name, is_in in self._fronts().items()}
        work = OK if self._gets_on() else "does not get on"
        followup = {"followup": work} if "followup" in self._roles else {}
        holders = await self._look_at_shards()
        others_are_well = not holders.nobodys and all(
            one == OK for one in (provider, *fronts.values(), *followup.values())
        )
        status = "down" if store != OK else OK if others_are_well else "degraded"
        told: dict[str, Any] = {"status": status, "roles": list(self._roles)}
        told |= {"store": store, "elevenlabs": provider, **followup, "fronts": fronts}
        if holders.count:
            here = list(holders.of(self._house.process))
            told["shards"] = {"count": holders.count, "here": here, "nobody": list(holders.nobodys)}
        return web.json_response(told, status=200 if store == OK else 503)

    async def _look_at_store(self) -> str:
        try:
            await self._house.store.check_writable()
        except NotStored as error:
            log.warning("not stored: %s", error)
            return "cannot be written to"
        return OK

    async def _look_at_shards(self) -> Holders:
        """Return who holds which of Discord's shards, where this process answers there."""
        if "discord" not in self._roles:
            return Holders()
        try:
            return await fetch_holders(self._house)
        except NotStored:
            return Holders()

    async def _look_at_provider(self) -> str:
        loop = asyncio.get_running_loop()
        async with self._asking:
            if loop.time() >= self._ask_again_at:
                self._provider = await self._ask_provider()
                self._ask_again_at = loop.time() + ASK_AGAIN_SECONDS
            return self._provider

    async def _ask_provider(self) -> str:
        """Ask for the agent, unless they said within ten minutes how it is."""
        try:
            async with asyncio.timeout(PROVIDER_SECONDS):
                await self._house.agents.fetch_allowed_overrides()
        except (TimeoutError, ProviderError):
            return "does not answer"
        return OK
