"""``GET /metrics``: counters, durations and how things stand, for Prometheus.

For whoever asks on this machine itself, or brings ``Authorization: Bearer`` and the token of the settings.
Everybody else gets the 404 of an address that does not exist: they learn neither that figures are kept here
nor that there is a token to guess, and a scanner has nothing to come back for. Who has a wrong token finds
that in the log.

A proxy or tunnel on this machine also connects from loopback. So nobody is believed to be on this machine
who comes through anything: whose request names an address that it was forwarded for, who asks for a name
that is not this machine's, or where a proxy at that address is trusted. Then the token is the only way.

Each ``HELP`` says whose the figure is. What *this process* counted since its start is summed over processes.
What the *database* says is the same in all of them, so that one is taken (``max``), and is at most
``KEEP_SECONDS`` old.
"""

import asyncio
import hmac
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from aiohttp import hdrs, web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, ProcessCollector, generate_latest

from bot.calls.figures import OTHER
from bot.calls.installation import Installation
from bot.domain.errors import NotStored
from bot.domain.standing import Standing
from bot.web.guarding import Network, read_address

METRICS_PATH = "/metrics"
FORWARDING = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via", "CF-Connecting-IP")
"""Headers that proxies and tunnels add."""
KEEP_SECONDS = 3.0
"""For how long what the database said is good: it is asked no more often, however many ask here."""
HERE, THERE = "This process now.", "From the database: the same in every process, take one."
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
        keep_seconds: float = KEEP_SECONDS,
    ) -> None:
        self._house = house
        self._fronts = fronts
        self._token = token.encode()
        self._proxies = proxies
        self._keep_seconds = keep_seconds
        self._asking = asyncio.Lock()
        self._standing: Standing | None = None
        self._ask_again_at = 0.0

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

    async def _look(self) -> Standing:
        """Return how things stand, or stood just now. Raises NotStored."""
        loop = asyncio.get_running_loop()
        async with self._asking:
            if self._standing is None or loop.time() >= self._ask_again_at:
                self._standing = None
                self._standing = await self._house.store.fetch_standing(self._house.now())
                self._ask_again_at = loop.time() + self._keep_seconds
            return self._standing

    async def _measure(self) -> CollectorRegistry:
        """Look at what is counted by nobody; where the store cannot be read, only that is said of it."""
        registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        here = _Gauges(registry, HERE)
        here.add("pages_open", "Talk pages that listen.", self._house.pages.count_listening())
        fronts: dict[tuple[str, ...], float] = {
            (front,): float(is_in) for front, is_in in self._fronts().items()
        }
        here.add_each("front_connected", "Whether a front is connected.", ("front",), fronts)
        limits = self._house.terms.limits
        here.add("lines_limit", "Lines that there are.", limits.calls_at_once)
        here.add("credits_ceiling", "What a month may cost; 0: no ceiling.", limits.cost_per_month)
        here.add("minutes_ceiling", "Minutes that a month has.", limits.minutes_per_month_total)
        try:
            standing = await self._look()
        except NotStored:
            here.add("store_readable", "Whether the store can be read.", 0)
        else:
            here.add("store_readable", "Whether the store can be read.", 1)
            self._tell_standing(_Gauges(registry, THERE), standing)
        return registry

    def _tell_standing(self, there: "_Gauges", standing: Standing) -> None:
        there.add("lines_busy", "Lines that are taken.", standing.lines)
        there.add("credits_spent", "What this month cost, in credits.", standing.cost)
        there.add("minutes_used", "Minutes of this month that were used or are reserved.", standing.minutes)
        calls: Counter[tuple[str, ...]] = Counter()
        for (state, delivery, slug), count in standing.calls.items():
            known = slug if slug in self._house.cast.slugs_on_disk else OTHER
            calls[state, delivery, known] += count
        there.add_each("calls_open", "Calls that are not over.", ("state", "delivery", "character"), calls)
        for name, about, counts in (
            ("jobs_waiting", "Follow-up that waits or runs.", standing.waiting),
            ("jobs_tried", "Follow-up that waits to be tried again.", standing.tried),
            ("jobs_due", "Follow-up that could be done now.", standing.due),
            ("jobs_late", "Follow-up that could have been done a minute ago.", standing.late),
        ):
            by_kind = dict.fromkeys(self._house.figures.job_kinds, 0) | dict(counts)
            there.add_each(name, about, ("kind",), {(kind,): count for kind, count in by_kind.items()})
        oldest = standing.oldest_due_at
        late = 0.0 if oldest is None else (self._house.now() - oldest).total_seconds()
        there.add("jobs_late_seconds", "For how long the oldest due follow-up waits.", max(0.0, late))


class _Gauges:
    """Adds gauges to a registry, and says of each whose it is."""

    def __init__(self, registry: CollectorRegistry, whose: str) -> None:
        self._registry = registry
        self._whose = whose

    def add(self, name: str, about: str, value: float) -> None:
        self.add_each(name, about, (), {(): value})

    def add_each(
        self, name: str, about: str, labels: tuple[str, ...], values: Mapping[tuple[str, ...], float]
    ) -> None:
        gauge = Gauge(f"troupe_{name}", f"{about} {self._whose}", labels, registry=self._registry)
        for value in values:
            (gauge.labels(*value) if labels else gauge).set(values[value])
