"""What each kind of thing that comes in from Slack leads to.

Source: Slack, "Interaction payloads": a trigger opens one modal, within three seconds.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.calls.messaging import fetch_press
from bot.calls.remembering import see_continuable
from bot.domain.caller import Account
from bot.domain.errors import CallerError, NobodyThere, NotStored, PostRefused
from bot.fronts.apologies import BUSY
from bot.fronts.forms import Form, form_of, with_written
from bot.fronts.presses import Wanted, not_yours, too_old, unpack
from bot.fronts.slack import modals
from bot.fronts.slack.blocks import ANYBODY, PREFILL
from bot.fronts.slack.desk import Desk
from bot.fronts.slack.grammar import channel_names, read_command
from bot.fronts.slack.modals import TITLE
from bot.fronts.slack.naming import team_of
from bot.fronts.slack.refusals import UNREACHABLE, code_of
from bot.fronts.slack.speech import Speech
from bot.fronts.slack.surfaces import InModal, Surface

IN_A_MODAL = frozenset({"history", "memory"})
"""What is read at leisure opens beside a message, and stands in none."""

log = logging.getLogger(__name__)


class Listeners:
    """What each kind of thing that comes in leads to."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def typed(self, body: dict[str, Any]) -> None:
        """Answer our command; alone it asks whom to call."""
        if not await self._desk.is_first(f"trigger {body['trigger_id']}"):
            return
        (team, user), channel = _who(body), body["channel_id"]
        self._desk.service.names.note_channels(team, channel_names(body))
        surface = self._desk.service.beside(body["response_url"])
        wanted = read_command(str(body.get("text", "")), team)
        if wanted is None:
            await self.ask_whom(body, {"url": surface.url, "channel": channel})
            return
        await self._desk.answer(team, user, channel, surface, _now(wanted))

    async def reached(self, body: dict[str, Any]) -> None:
        """Answer our shortcut as our command alone."""
        if await self._desk.is_first(f"trigger {body['trigger_id']}"):
            await self.ask_whom(body, {})

    async def ask_whom(self, body: dict[str, Any], remembered: dict[str, str]) -> None:
        """Open the modal that asks whom to call, how and about what; the gallery where none opens."""
        team, user = _who(body)
        speech = await self._speech(team, user)
        if await self._open(body, modals.call_modal(speech, remembered)) is None:
            surface = await self._beside_or_direct(body)
            gallery = _now(Wanted("characters", {"page": "1"}))
            await self._desk.answer(team, user, remembered.get("channel", ""), surface, gallery)

    async def pressed(self, body: dict[str, Any], owner: str, what: str, *, replaces: bool) -> None:
        """Answer a press: with a modal where something has to be written, else where it was pressed."""
        if not await self._desk.is_first(f"trigger {body['trigger_id']}"):
            return
        team, user = _who(body)
        channel = (body.get("channel") or {}).get("id", "")
        self._desk.service.names.note_channels(team, channel_names(body))
        is_theirs = owner in {ANYBODY, user}
        if is_theirs and (form := form_of(what)):
            await self._ask_to_write(body, form, what, channel)
            return
        surface = await self._surface(body, await self._command_of(team, user, what))

        async def want() -> Wanted:
            if not is_theirs:
                raise not_yours()
            return await self._unpack(team, user, what)

        await self._desk.answer(team, user, channel, surface, want, in_place=replaces and is_theirs)

    async def _ask_to_write(self, body: dict[str, Any], form: Form, what: str, channel: str) -> None:
        """Open the form of what was pressed, with what stands there already; say so where none opens."""
        team, user = _who(body)
        try:
            prefill = (await self._unpack(team, user, what)).arguments.get(PREFILL, "")
        except CallerError:
            prefill = ""  # whoever sends the form is told that it is too old
        speech = await self._speech(team, user)
        below = body["view"]["id"] if _is_in_modal(body) else ""
        remembered = {
            "url": body.get("response_url", ""),
            "channel": channel,
            "what": what,
            "view": below,
        }
        self._desk.service.addresses.see(remembered["url"])
        view = modals.form_modal(form, speech, remembered, prefill)
        if await self._open(body, view, is_over_another=bool(below)) is None:

            async def want() -> Wanted:
                raise CallerError(BUSY)

            await self._desk.answer(team, user, channel, await self._beside_or_direct(body), want)

    async def called(self, body: dict[str, Any]) -> None:
        """Answer the modal that asked whom to call."""
        values = modals.read_values(body["view"])
        await self._answer_modal(body, _now(Wanted("call", {k: v for k, v in values.items() if v})))

    async def written(self, body: dict[str, Any]) -> None:
        """Answer what was written in a form."""
        what = modals.read_metadata(body["view"]).get("what", "")
        values = modals.read_values(body["view"])

        async def want() -> Wanted:
            if not what:
                raise too_old()
            wanted = await self._unpack(*_who(body), what)
            kept = {name: value for name, value in wanted.arguments.items() if name != PREFILL}
            return with_written(Wanted(wanted.command, kept), values)

        await self._answer_modal(body, want)

    async def suggested(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the characters that fit what was typed and may be called there; none on trouble."""
        channel = modals.read_metadata(body.get("view") or {}).get("channel", "")
        try:
            caller, _ = await self._desk.people.find(*_who(body), channel)
            return modals.suggestions(self._desk.house, caller, str(body.get("value") or ""))
        except (CallerError, *UNREACHABLE) as error:
            log.warning("Characters could not be suggested: %s", code_of(error))
            return []

    async def remembered(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """Return a fresh start and the talks that can be gone on with; none on trouble."""
        try:
            caller, profile = await self._desk.people.find(*_who(body), "")
            speech = self._desk.service.speech(profile.locale, caller.account.tenant)
            chosen = modals.read_values(body.get("view") or {}).get("character", "")
            past = await see_continuable(self._desk.house, caller, chosen)
            return modals.talks_to_go_on_with(self._desk.house, past, speech, str(body.get("value") or ""))
        except (*UNREACHABLE, CallerError, NotStored) as error:
            log.warning("Talks could not be suggested: %s", type(error).__name__)
            return []

    async def _answer_modal(self, body: dict[str, Any], want: Callable[[], Awaitable[Wanted]]) -> None:
        """Answer in the modal below, or beside what the modal came from, else in direct messages."""
        if not await self._desk.is_first(f"view {body['view']['id']} {body['view'].get('hash', '')}"):
            return
        remembered = modals.read_metadata(body["view"])
        if remembered.get("view"):
            client = await self._client(body)
            surface: Surface = InModal(client, remembered["view"], TITLE)
        else:
            surface = await self._beside_or_direct(body, remembered.get("url", ""))
        await self._desk.answer(*_who(body), remembered.get("channel", ""), surface, want)

    async def _command_of(self, team: str, user: str, what: str) -> str:
        """Return which command a press asks for; nothing where it is kept no more."""
        try:
            return (await self._unpack(team, user, what)).command
        except CallerError:
            return ""

    async def _surface(self, body: dict[str, Any], command: str) -> Surface:
        """Return where a press is answered: in its modal, in a new one, or beside its message."""
        client = await self._client(body)
        if _is_in_modal(body):
            return InModal(client, body["view"]["id"], TITLE)
        is_private = body.get("container", {}).get("is_ephemeral")
        if body.get("response_url") and (is_private or command not in IN_A_MODAL):
            return self._desk.service.beside(body["response_url"])
        view = modals.loading_modal(await self._speech(*_who(body)))
        view_id = await self._open(body, view)
        return InModal(client, view_id, TITLE) if view_id else await self._beside_or_direct(body)

    async def _client(self, body: dict[str, Any]) -> AsyncWebClient:
        """Return what speaks where something was done; a stranger in a shared channel did it in our own."""
        workspaces = self._desk.service.workspaces
        try:
            return await workspaces.client_of(team_of(body))
        except (NobodyThere, PostRefused):
            return workspaces.home

    async def _speech(self, team: str, user: str) -> Speech:
        return self._desk.service.speech(await self._desk.people.locale_of(team, user), team)

    async def _beside_or_direct(self, body: dict[str, Any], url: str = "") -> Surface:
        url = url or str(body.get("response_url", ""))
        if url:
            return self._desk.service.beside(url)
        return await self._desk.service.direct_to(Account("slack", *_who(body)))

    async def _unpack(self, team: str, user: str, what: str) -> Wanted:
        account = Account("slack", team, user)
        return await unpack(what, lambda press: fetch_press(self._desk.house, account, press))

    async def _open(
        self, body: dict[str, Any], view: dict[str, Any], *, is_over_another: bool = False
    ) -> str | None:
        """Open a modal, over one that is open already; return its id, None where that cannot be."""
        client = await self._client(body)
        opens = client.views_push if is_over_another else client.views_open
        try:
            return str((await opens(trigger_id=body["trigger_id"], view=view))["view"]["id"])
        except UNREACHABLE as error:
            log.warning("A modal could not be opened: %s", code_of(error))
            return None


def _who(body: dict[str, Any]) -> tuple[str, str]:
    """Return the ids of the workspace and the member that something comes from."""
    return team_of(body), str(body["user_id"] if "user_id" in body else body["user"]["id"])


def _is_in_modal(body: dict[str, Any]) -> bool:
    return (body.get("view") or {}).get("type") == "modal"


def _now(wanted: Wanted) -> Callable[[], Awaitable[Wanted]]:
    async def want() -> Wanted:
        return wanted

    return want
