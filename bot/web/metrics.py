"""``GET /metrics``: counters, durations and how things stand, for Prometheus.

For whoever asks on this machine itself, or brings ``Authorization: Bearer`` and the token of the settings.
Everybody else gets the 404 of an address that does not exist: they learn neither that figures are kept here
nor that there is a token to guess, and a scanner has nothing to come back for. Who has a wrong token finds
that in the log.

A proxy or tunnel on this machine also connects from loopback. So nobody is believed to be on this machine
who comes through anything: whose request names an address that it was forwarded for, who asks for a name
that is not this machine's, or where a proxy at that address is trusted. Then the token is the only way.
"""

import hmac
import logging
from collections.abc import Callable, Mapping, Sequence

from aiohttp import hdrs, web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, ProcessCollector, generate_latest

from bot.calls.installation import Installation
from bot.domain.errors import NotStored
from bot.web.guarding import Network, read_address

METRICS_PATH = "/metrics"
FORWARDING = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via", "CF-Connecting-IP")
"""Headers that proxies and tunnels add."""
OURS = ("localhost", "127.0.0.1", "[::1]")

log = logging.getLogger(__name__)


class Metrics:
    """Serves ``/metrics``; ``fronts`` tells which fronts are on, and whether each is connected."""

    def __init__(
        self,
        house: Installation,
        fronts: Callable[[], Mapping[str, bool]],
        token: str,
        proxies: Sequence[Network],
    ) -> None:
        self._house = house
        self._fronts = fronts
        self._token = token.encode()
        self._proxies = proxies

    async def tell(self, request: web.Request) -> web.Response:
        """Say how things stand in Prometheus' text format; raises HTTPNotFound for who may not know."""
        if not (self._is_here(request) or self._has_token(request)):
            raise web.HTTPNotFound
        text = generate_latest(self._house.figures.registry) + generate_latest(await self._measure())
        return web.Response(body=text, headers={hdrs.CONTENT_TYPE: CONTENT_TYPE_LATEST})

    def _is_here(self, request: web.Request) -> bool:
        """Whether somebody on this machine asks, and through nothing."""
        address = read_address(request.remote or "")
        if address is None or not address.is_loopback or any(address in one for one in self._proxies):
            return False
        host = request.headers.get(hdrs.HOST, "")
        name = host if host.endswith("]") else host.rpartition(":")[0] or host
        return name.lower() in OURS and not any(name in request.headers for name in FORWARDING)

    def _has_token(self, request: web.Request) -> bool:
        kind, _, given = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        if not given:
            return False
        sent = given.strip().encode("utf-8", "surrogateescape")
        if self._token and kind.lower() == "bearer" and hmac.compare_digest(sent, self._token):
            return True
        log.warning("somebody asked for the figures with a token that is not METRICS_TOKEN")
        return False

    async def _measure(self) -> CollectorRegistry:
        """Look at what is counted by nobody; where the store cannot be read, only that is said of it."""
        registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._gauge(registry, "pages_open", "Talk pages that listen.").set(
            self._house.pages.count_listening()
        )
        connected = self._gauge(registry, "front_connected", "Whether a front is connected.", "front")
        for front, is_in in self._fronts().items():
            connected.labels(front).set(is_in)
        limits, now = self._house.terms.limits, self._house.now()
        self._gauge(registry, "lines_limit", "Lines that there are.").set(limits.calls_at_once)
        self._gauge(registry, "credits_ceiling", "What a month may cost; 0: no ceiling.").set(
            limits.cost_per_month
        )
        readable = self._gauge(registry, "store_readable", "Whether the store can be read.")
        try:
            standing = await self._house.store.fetch_standing(now)
        except NotStored:
            readable.set(0)
            return registry
        readable.set(1)
        self._gauge(registry, "lines_busy", "Lines that are taken.").set(standing.lines)
        self._gauge(registry, "credits_spent", "What this month cost, in credits.").set(standing.cost)
        waiting = self._gauge(registry, "jobs_waiting", "Follow-up that waits or runs.", "kind")
        tried = self._gauge(registry, "jobs_tried", "Follow-up that waits to be tried again.", "kind")
        for gauge, counts in ((waiting, standing.waiting), (tried, standing.tried)):
            for kind, count in counts.items():
                gauge.labels(kind).set(count)
        return registry

    @staticmethod
    def _gauge(registry: CollectorRegistry, name: str, about: str, *labels: str) -> Gauge:
        return Gauge(f"troupe_{name}", about, labels, registry=registry)
