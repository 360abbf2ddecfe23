"""Our Bolt app: every listener acknowledges first, and hands what came to the desk.

Source: Slack, "Slash commands", "Interaction payloads", "Events API"; Bolt for Python's asynchronous app.
"""

import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.calls.messaging import fetch_press
from bot.domain.caller import Account
from bot.domain.errors import ImportRejected
from bot.domain.reply import Choice, Reply
from bot.fronts.forms import form_of, with_written
from bot.fronts.presses import Wanted, not_yours, too_old, unpack
from bot.fronts.slack import home, modals
from bot.fronts.slack.blocks import ANYBODY, Message
from bot.fronts.slack.desk import Desk
from bot.fronts.slack.grammar import read_command
from bot.fronts.slack.surfaces import Beside, Direct, InModal, NotShown, Surface

TITLE = "Troupe"
LOADING = "One moment …"
HINT = "I answer to commands: {command} calls a character, {command} help lists the rest."
PRESS, PICK, OPEN = re.compile(r"press\|.*"), re.compile(r"pick\|.*"), re.compile(r"open\|.*")
IN_A_MODAL = frozenset({"history", "memory"})
"""What is read at leisure opens beside a message, and stands in none."""

log = logging.getLogger(__name__)


def build_app(client: AsyncWebClient, signing_secret: str, desk: Desk, command: str) -> AsyncApp:
    """Return the app with all its listeners; ``command`` is ours, such as ``/ring``."""
    app = AsyncApp(
        client=client, signing_secret=signing_secret or "unused", logger=logging.getLogger("slack")
    )
    listeners = Listeners(desk, command)

    @app.command(re.compile(rf"^{re.escape(command)}$"))
    async def typed(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await listeners.typed(body)

    @app.action(PRESS)
    async def pressed(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        action = body["actions"][0]
        owner, _, what = str(action.get("value", "")).partition("|")
        await listeners.pressed(body, owner, what, replaces=str(action["action_id"]).endswith("|r"))

    @app.action(PICK)
    async def picked(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        action = body["actions"][0]
        _, _, flags, owner = [*str(action["action_id"]).split("|"), "", "", ""][:4]
        what = str((action.get("selected_option") or {}).get("value", ""))
        await listeners.pressed(body, owner, what, replaces=flags == "r")

    @app.action(OPEN)
    async def opened(ack: Any) -> None:
        await ack()

    @app.options("character")
    async def suggested(ack: Any, body: dict[str, Any]) -> None:
        await ack(options=await listeners.suggested(body))

    @app.view(modals.CALL)
    async def called(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await listeners.called(body)

    @app.view(modals.WRITE)
    async def written(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await listeners.written(body)

    @app.shortcut("open_call")
    async def reached(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await listeners.ask_whom(body, {})

    @app.event("app_home_opened")
    async def at_home(event: dict[str, Any], body: dict[str, Any]) -> None:
        if event.get("tab") == "home":
            await home.publish(desk, body["team_id"], event["user"])

    @app.event("message")
    async def wrote(event: dict[str, Any], body: dict[str, Any]) -> None:
        await listeners.wrote(event, body)

    return app


class Listeners:
    """What each kind of thing that comes in leads to."""

    def __init__(self, desk: Desk, command: str) -> None:
        self._desk = desk
        self._command = command

    async def typed(self, body: dict[str, Any]) -> None:
        """Answer our command; alone it asks whom to call."""
        if not await self._desk.is_first(f"trigger {body['trigger_id']}"):
            return
        team, user, channel = body["team_id"], body["user_id"], body["channel_id"]
        surface = Beside(body["response_url"])
        wanted = read_command(str(body.get("text", "")), team)
        if wanted is None:
            await self.ask_whom(body, {"url": surface.url, "channel": channel})
            return
        await self._desk.answer(team, user, channel, surface, _now(wanted))

    async def ask_whom(self, body: dict[str, Any], remembered: dict[str, str]) -> None:
        """Open the modal that asks whom to call, how and about what."""
        user = body.get("user_id") or body["user"]["id"]
        speech = self._desk.service.speech(await self._locale(body, str(user)))
        await self._open(body["trigger_id"], modals.call_modal(speech, remembered))

    async def pressed(self, body: dict[str, Any], owner: str, what: str, *, replaces: bool) -> None:
        """Answer a press: with a modal where something has to be written, else where it was pressed."""
        if not await self._desk.is_first(f"trigger {body['trigger_id']}"):
            return
        team, user = body["team"]["id"], body["user"]["id"]
        channel = (body.get("channel") or {}).get("id", "")
        is_theirs = owner in {ANYBODY, user}
        form = form_of(what) if is_theirs else None
        if form is not None:
            remembered = {"url": body.get("response_url", ""), "channel": channel, "what": what}
            speech = self._desk.service.speech(await self._locale(body, user))
            await self._open(body["trigger_id"], modals.form_modal(form, speech, remembered))
            return
        surface = await self._surface(body, what)

        async def want() -> Wanted:
            if not is_theirs:
                raise not_yours()
            return await self._unpack(team, user, what)

        await self._desk.answer(team, user, channel, surface, want, in_place=replaces and is_theirs)

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
            wanted = await self._unpack(body["team"]["id"], body["user"]["id"], what)
            return with_written(wanted, values)

        await self._answer_modal(body, want)

    async def suggested(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the characters that fit what was typed; none on trouble."""
        try:
            caller, _ = await self._desk.people.find(body["team"]["id"], body["user"]["id"], "")
            return modals.suggestions(self._desk.house, caller, str(body.get("value") or ""))
        except (SlackClientError, OSError) as error:
            log.warning("Characters could not be suggested: %s", type(error).__name__)
            return []

    async def wrote(self, event: dict[str, Any], body: dict[str, Any]) -> None:
        """Take a direct message: words for a character, a file, or something to be told how it goes."""
        subtype = event.get("subtype")
        if event.get("channel_type") != "im" or event.get("bot_id") or subtype not in {None, "file_share"}:
            return
        if not await self._desk.is_first(f"event {body.get('event_id', '')}"):
            return
        team, user, channel = body["team_id"], event["user"], event["channel"]
        account = Account("slack", team, user)
        direct = Direct(self._desk.service.client, channel)
        for file in event.get("files", [])[:1]:
            await self._offer_import(team, user, direct, file)
            return
        relay = self._desk.service.chats.get(account)
        if relay is not None and event.get("thread_ts"):
            await relay.say(str(event.get("text", "")))
        elif self._desk.service.chats.wants_hint(account):
            speech = self._desk.service.speech(await self._locale(body, user))
            words = speech.plain(HINT.format(command=self._command))
            await _quietly(direct.show(Message(words), in_place=False))

    async def _offer_import(self, team: str, user: str, direct: Surface, file: dict[str, Any]) -> None:
        account = Account("slack", team, user)
        try:
            url = self._desk.files.check(file)
        except ImportRejected as error:
            reply = Reply(str(error))
        else:
            look = Choice("Show what it holds", "import", {"file": url})
            reply = Reply(
                "Is this a conversation that you want me to know? Nothing is saved yet.", (), (look,)
            )
        speech = self._desk.service.speech("en-US")
        await _quietly(direct.show(await self._desk.service.render(reply, speech, account), in_place=False))

    async def _answer_modal(self, body: dict[str, Any], want: Callable[[], Awaitable[Wanted]]) -> None:
        """Answer beside what the modal came from, else in direct messages."""
        if not await self._desk.is_first(f"view {body['view']['id']} {body['view'].get('hash', '')}"):
            return
        team, user = body["team"]["id"], body["user"]["id"]
        remembered = modals.read_metadata(body["view"])
        surface: Surface
        if remembered.get("url"):
            surface = Beside(remembered["url"])
        else:
            account = Account("slack", team, user)
            surface = Direct(self._desk.service.client, await self._desk.service.open_messages(account))
        await self._desk.answer(team, user, remembered.get("channel", ""), surface, want)

    async def _surface(self, body: dict[str, Any], what: str) -> Surface:
        """Return where a press is answered: in its modal, in a new one, or beside its message."""
        client, container = self._desk.service.client, body.get("container", {})
        if container.get("type") == "view" and (body.get("view") or {}).get("type") == "modal":
            return InModal(client, body["view"]["id"], TITLE)
        url = body.get("response_url", "")
        if url and not (what.partition("?")[0] in IN_A_MODAL and not container.get("is_ephemeral")):
            return Beside(url)
        opened = await client.views_open(
            trigger_id=body["trigger_id"], view=modals.loading_modal(TITLE, LOADING)
        )
        return InModal(client, opened["view"]["id"], TITLE)

    async def _unpack(self, team: str, user: str, what: str) -> Wanted:
        account = Account("slack", team, user)
        return await unpack(what, lambda press: fetch_press(self._desk.house, account, press))

    async def _open(self, trigger: str, view: dict[str, Any]) -> None:
        try:
            await self._desk.service.client.views_open(trigger_id=trigger, view=view)
        except SlackClientError as error:
            log.warning("A modal could not be opened: %s", type(error).__name__)

    async def _locale(self, body: dict[str, Any], user: str) -> str:
        team = body.get("team_id") or (body.get("team") or {}).get("id", "")
        return self._desk.people.known_locale(str(team), user)


def _now(wanted: Wanted) -> Callable[[], Awaitable[Wanted]]:
    async def want() -> Wanted:
        return wanted

    return want


async def _quietly(showing: Awaitable[None]) -> None:
    try:
        await showing
    except (NotShown, SlackClientError, OSError) as error:
        log.warning("A message could not be sent: %s", type(error).__name__)
