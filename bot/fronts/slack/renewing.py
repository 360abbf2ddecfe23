"""Tokens that run out: the next is asked for in time, by one process where several run.

Source: Slack, "Using token rotation": a token lives for twelve hours; what gives the next one is good once,
and revoked a short while after that; the token before stays good until it runs out. The library's own
``AsyncTokenRotator`` goes by the clock of the machine, and makes a header that aiohttp is about to drop.
"""

import asyncio
import enum
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.calls import overseeing, workspaces
from bot.calls.installation import Installation
from bot.calls.sharding import claimed
from bot.domain.alert import Cause
from bot.domain.call import Job
from bot.domain.errors import NobodyThere, NotStored
from bot.domain.workspace import RENEWED_BEFORE, Installed
from bot.fronts.slack.refusals import ENDED, UNREACHABLE, code_of, is_passing

NEARLY = timedelta(minutes=1)
"""From when on a token is renewed by whoever needs it: nobody else did, such as while all were stopped."""
ASKING_SECONDS = 20.0
"""How long Slack may take: less than others wait before they ask in our stead."""
WAITING_SECONDS = 2.0
"""How long to wait for whoever is asking; Slack wants to hear of us within three."""
LOOKING_SECONDS = 0.1
AGAIN = timedelta(minutes=10)
SPENT = ENDED | {"invalid_refresh_token", "refresh_token_expired"}
"""Slack's words for what gives no token any more; any other refusal is of our app."""

log = logging.getLogger(__name__)


class Outcome(enum.Enum):
    """What became of asking for the next token."""

    GOOD = enum.auto()
    """There is a good one, or no installation any more."""
    THEIRS = enum.auto()
    """Another is asking just now."""
    LATER = enum.auto()
    """Slack could not be asked."""
    REFUSED = enum.auto()
    """Slack gives none until somebody mends something."""
    SPENT = enum.auto()
    """Slack gives none any more; that workspace has to install the app again."""


class Renewals:
    """Keeps the tokens of installations good. ``client`` has none of its own.

    ``ended`` is told of an installation that has no good token left.
    """

    def __init__(
        self, house: Installation, client: AsyncWebClient, client_id: str, client_secret: str, address: str
    ) -> None:
        self._house = house
        self._client = client
        self._credentials = {"client_id": client_id, "client_secret": client_secret}
        self._address = address
        self._asking: set[asyncio.Task[Outcome]] = set()
        self.ended: Callable[[Installed], Awaitable[None]] = _nobody_minds

    async def exchange(self, **form: str) -> Mapping[str, Any]:
        """Return what Slack gives for a code or a refresh token. Raises one of ``UNREACHABLE``."""
        # Slack takes the credentials in the form too.
        async with asyncio.timeout(ASKING_SECONDS):
            answer = await self._client.api_call("oauth.v2.access", data={**self._credentials, **form})
        return answer.data if isinstance(answer.data, dict) else {}

    async def run(self, job: Job) -> timedelta | None:
        """Renew a token before it runs out; return when to try again. Raises NobodyThere, NotStored."""
        outcome = await self.renew(job.subject, RENEWED_BEFORE)
        if outcome is Outcome.LATER:
            raise NobodyThere("Slack")
        return None if outcome in (Outcome.GOOD, Outcome.SPENT) else AGAIN

    async def fresh(self, installed: Installed) -> Installed:
        """Return an installation with a token that is good for now, else as it was."""
        try:
            async with asyncio.timeout(WAITING_SECONDS):
                while self._is_over(installed, NEARLY):
                    outcome = await self.renew(installed.id, NEARLY)
                    installed = await workspaces.fetch_workspace(self._house, installed.id) or installed
                    if outcome is not Outcome.THEIRS:
                        break
                    await asyncio.sleep(LOOKING_SECONDS)
        except (TimeoutError, NotStored):
            pass  # Slack says what is wrong with it
        return installed

    async def renew(self, workspace_id: str, before: timedelta, *, refused: str = "") -> Outcome:
        """Ask for the next token of one that runs out within that time, or is ``refused`` already.

        Once Slack is asked its answer is waited for, whatever becomes of whoever wants to know: what gives
        the next token does so once. Raises NotStored.
        """
        asking = asyncio.create_task(self._renew(workspace_id, before, refused), name="slack token")
        self._asking.add(asking)
        asking.add_done_callback(self._answered)
        return await asyncio.shield(asking)

    async def aclose(self) -> None:
        """Wait for what Slack was asked."""
        if self._asking:
            await asyncio.wait(self._asking)

    def _answered(self, asking: asyncio.Task[Outcome]) -> None:
        self._asking.discard(asking)
        if not asking.cancelled() and (error := asking.exception()):
            log.info("A token was not renewed, and is asked for again: %s", error)

    async def _renew(self, workspace_id: str, before: timedelta, refused: str) -> Outcome:
        async with claimed(self._house, f"slack token {workspace_id}") as is_ours:
            if not is_ours:
                return Outcome.THEIRS
            installed = await workspaces.fetch_workspace(self._house, workspace_id)
            if installed is None or not installed.refresh_token:
                return Outcome.GOOD
            if installed.token != refused and not self._is_over(installed, before):
                return Outcome.GOOD
            asked_at, used = self._house.now(), installed.refresh_token
            try:
                told = await self.exchange(grant_type="refresh_token", refresh_token=used)
            except UNREACHABLE as error:
                return await self._say_failed(installed, error, refused)
            await workspaces.keep_renewed(self._house, renewed(installed, told, asked_at), used)
        await self.say_good(installed)
        return Outcome.GOOD

    async def say_good(self, installed: Installed) -> None:
        """Tell the operator, if they were told otherwise, that an installation has a good token."""
        good = f"Slack gives tokens for {installed.name} ({installed.id}) again."
        await overseeing.tell(self._house, Cause(_cause_of(installed), "", good))
        await overseeing.tell(self._house, Cause(_OF_OURS, "", "Slack takes the app's credentials again."))

    async def _say_failed(self, installed: Installed, error: BaseException, refused: str) -> Outcome:
        """Tell the operator in one sentence, once, what Slack said; one that is over then is forgotten."""
        code, whose = code_of(error), f"{installed.name} ({installed.id})"
        if is_passing(error):
            log.warning(
                "Slack could not be asked for the next token of %s (%s); it is tried again.", whose, code
            )
            return Outcome.LATER
        if code not in SPENT:
            mend = (
                f"Slack gives no more tokens ({code}), so workspaces drop out one by one: correct "
                "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET, both under Basic Information, and start again."
            )
            await overseeing.tell(self._house, Cause(_OF_OURS, mend))
            return Outcome.REFUSED
        until = (
            "" if installed.expires_at is None else f", and this one ends at {installed.expires_at:%H:%M} UTC"
        )
        what = f"Slack gives no next token for {whose} ({code}){until}: let them install the app again"
        await overseeing.tell(self._house, Cause(_cause_of(installed), f"{what} at {self._address}."))
        if refused or self._is_over(installed, timedelta()):
            await self.ended(installed)
            return Outcome.SPENT
        return Outcome.REFUSED

    def _is_over(self, installed: Installed, before: timedelta) -> bool:
        """Whether a token that rotates runs out within that time."""
        return bool(installed.refresh_token) and installed.runs_out(self._house.now() + before)


_OF_OURS = "slack credentials"


def _cause_of(installed: Installed) -> str:
    return f"slack token {installed.id}"


def renewed(installed: Installed, told: Mapping[str, Any], asked_at: datetime) -> Installed:
    """Return an installation with the tokens that Slack gave for it."""
    lasts = told.get("expires_in")
    return replace(
        installed,
        token=str(told["access_token"]),
        refresh_token=str(told.get("refresh_token") or ""),
        expires_at=asked_at + timedelta(seconds=int(lasts)) if lasts else None,
    )


async def _nobody_minds(_: Installed) -> None:
    return None
