"""A small app on the real Bolt, which the fake Slack is tried with."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack.fake import FakeSlack

CAST = ("Merlin", "Mirabel", "Ada")
PATH = "/slack/events"


def plain(text: str) -> dict[str, Any]:
    """Return a plain text object."""
    return {"type": "plain_text", "text": text}


def option(name: str) -> dict[str, Any]:
    """Return an option."""
    return {"text": plain(name), "value": name.lower()}


def button(label: str, action_id: str, **more: Any) -> dict[str, Any]:
    """Return a button."""
    return {"type": "button", "text": plain(label), "action_id": action_id, **more}


def card(name: str) -> dict[str, Any]:
    """Return the answer to a call."""
    link = button(f"Talk with {name}", "open:1", url="https://troupe.example/j/abc")
    portrait = {"type": "image", "image_url": f"https://troupe.example/{name}.png", "alt_text": name}
    elements = [link, button("5 stars", "rate", value="5")]
    return {
        "text": f"{name} waits",
        "blocks": [
            {
                "type": "section",
                "text": {"type": "mrkdwn", "text": f"*{name}* &amp; you"},
                "accessory": portrait,
            },
            {"type": "actions", "elements": elements},
        ],
    }


def call_modal(step: str = "call") -> dict[str, Any]:
    """Return a modal that asks whom to call and about what."""
    who = {"type": "external_select", "action_id": "character", "min_query_length": 0}
    what = {"type": "plain_text_input", "action_id": "topic", "max_length": 100}
    return {
        "type": "modal",
        "callback_id": step,
        "title": plain("Call a character"),
        "submit": plain("Call"),
        "notify_on_close": True,
        "blocks": [
            {"type": "input", "block_id": "who", "label": plain("Character"), "element": who},
            {"type": "input", "block_id": "what", "label": plain("About"), "element": what, "optional": True},
        ],
    }


class SmallApp:
    """An app with a listener of each kind; whoever writes to it hears an echo."""

    def __init__(self, slack: FakeSlack) -> None:
        self.slack = slack
        self.heard: list[str] = []

        async def authorize(team_id: str) -> AuthorizeResult:
            team = slack.world.teams[team_id]
            who = {"bot_token": team.bot_token, "bot_id": team.bot_id, "bot_user_id": team.bot.id}
            return AuthorizeResult(enterprise_id=None, team_id=team_id, **who)

        logger = logging.getLogger("small_app")
        logger.setLevel(logging.CRITICAL)
        self.app = AsyncApp(
            client=AsyncWebClient(base_url=slack.api_url),
            signing_secret=slack.signing_secret,
            authorize=authorize,
            logger=logger,
        )
        self._listen_to_commands()
        self._listen_to_modals()
        self._listen_to_events()

    def _listen_to_commands(self) -> None:
        @self.app.command("/ring")
        async def ring(ack: Any, command: Any, client: Any, respond: Any) -> None:
            self.heard.append(command["text"])
            if command["text"] == "quietly":
                return
            if command["text"] == "loudly":
                raise RuntimeError
            if command["text"] == "at once":
                await ack("At once.")
                return
            await ack()
            if command["text"]:
                await respond(**card(command["text"].title()), unfurl_links=False, unfurl_media=False)
            else:
                await client.views_open(trigger_id=command["trigger_id"], view=call_modal())

        @self.app.action("rate")
        async def rate(ack: Any, action: Any, respond: Any) -> None:
            await ack()
            await respond(text=f"Thanks for {action['value']}.", replace_original=True)

        @self.app.action("open:1")
        async def opened(ack: Any) -> None:
            await ack()
            self.heard.append("opened")

    def _listen_to_modals(self) -> None:
        @self.app.shortcut("open_call")
        async def open_call(ack: Any, shortcut: Any, client: Any) -> None:
            await ack()
            await client.views_open(trigger_id=shortcut["trigger_id"], view=call_modal())

        @self.app.options("character")
        async def matching(ack: Any, payload: Any) -> None:
            typed = payload["value"].lower()
            await ack(options=[option(name) for name in CAST if name.lower().startswith(typed)])

        @self.app.view("call")
        async def submitted(ack: Any, view: Any, body: Any, client: Any) -> None:
            values = view["state"]["values"]
            name = values["who"]["character"]["selected_option"]["text"]["text"]
            topic = values["what"]["topic"]["value"]
            if topic == "nonsense":
                await ack(response_action="errors", errors={"what": "Nonsense."})
            elif topic == "more":
                await ack(response_action="update", view=call_modal("call") | {"title": plain("And then?")})
            else:
                await ack()
                user = body["user"]["id"]
                await client.chat_postMessage(channel=user, text=f"{name} talks about {topic}.")

        @self.app.view_closed("call")
        async def closed(ack: Any) -> None:
            await ack()
            self.heard.append("closed")

    def _listen_to_events(self) -> None:
        @self.app.event("app_home_opened")
        async def home(event: Any, client: Any) -> None:
            blocks = [{"type": "actions", "elements": [button("Call Merlin", "call:merlin")]}]
            await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

        @self.app.action("call:merlin")
        async def from_home(ack: Any, body: Any, client: Any) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=call_modal())

        @self.app.event("message")
        async def echo(event: Any, client: Any) -> None:
            self.heard.append(event.get("subtype") or event["text"])
            if event.get("subtype") in (None, "file_share"):
                thread = {"channel": event["channel"], "thread_ts": event.get("thread_ts") or event["ts"]}
                await client.chat_postMessage(text=f"You said: {event['text']}", **thread)

        @self.app.event("app_uninstalled")
        async def uninstalled(context: Any) -> None:
            self.heard.append(f"uninstalled {context.team_id}")

        @self.app.event("tokens_revoked")
        async def revoked(event: Any) -> None:
            self.heard.append(f"revoked {event['tokens']['bot']}")


@asynccontextmanager
async def running_app(slack: FakeSlack, mode: str = "socket", lines: int = 1) -> AsyncIterator[SmallApp]:
    """Run the app in this process, over sockets or HTTP."""
    small = SmallApp(slack)
    if mode == "http":
        runner = web.AppRunner(small.app.web_app(path=PATH), shutdown_timeout=1, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0]
        slack.sends_to(f"http://{host}:{port}{PATH}")
        await slack.is_connected()
        try:
            yield small
        finally:
            await runner.cleanup()
        return
    handlers = [AsyncSocketModeHandler(small.app, slack.app_token, ping_interval=0.1) for _ in range(lines)]
    for handler in handlers:
        await handler.connect_async()
    await slack.is_connected(lines)
    try:
        yield small
    finally:
        for handler in handlers:
            await handler.close_async()
    await slack.is_gone()
