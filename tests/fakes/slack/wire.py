"""A client that says exactly what a test wants said to the fake Slack."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.fakes.slack.asked import Asked
from tests.fakes.slack.fake import FakeSlack, open_fake_slack
from tests.fakes.slack.people import Person
from tests.fakes.slack.state import Channel
from tests.fakes.slack.workspaces import Workspace

SCOPES = ("commands", "chat:write", "im:write", "im:history", "users:read", "files:read", "files:write",
          "channels:read", "groups:read", "im:read", "usergroups:read", "team:read")  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What Slack said."""

    status: int
    body: Any
    headers: dict[str, str]

    @property
    def ok(self) -> bool:
        return self.status == 200 and (self.body == "ok" or self.body.get("ok", False))

    @property
    def error(self) -> str:
        return str(self.body.get("error", "")) if isinstance(self.body, dict) else ""

    @property
    def complaints(self) -> list[str]:
        """The messages, each with the spot at fault."""
        return list(self.body.get("response_metadata", {}).get("messages", ()))

    @property
    def faults(self) -> list[str]:
        """The spots at fault."""
        return [one.rpartition("json-pointer:")[2].rstrip("]") for one in self.complaints]


@dataclass(eq=False)
class Ear:
    """A socket of an app."""

    socket: aiohttp.ClientWebSocketResponse

    async def hears(self, kind: str) -> Any:
        """Wait for a frame of this type and return it."""
        while True:
            frame = json.loads(await self.socket.receive_str(timeout=5))
            if frame["type"] == kind:
                return frame

    async def acks(self, frame: Any, payload: Any = None) -> None:
        """Acknowledge an envelope."""
        told = {"envelope_id": frame["envelope_id"]}
        await self.socket.send_json(told if payload is None else {**told, "payload": payload})


@dataclass(eq=False)
class Wire:
    """Bare HTTP and bare sockets, and a workspace with one person and the bot in a channel."""

    slack: FakeSlack
    http: aiohttp.ClientSession
    acme: Workspace
    mira: Person

    @property
    def general(self) -> Channel:
        return self.acme.channels["general"]

    async def calls(self, method: str, *, token: str | None = None, **args: Any) -> Answer:
        """Call a method with a JSON body."""
        bearer = self.acme.bot_token if token is None else token
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        async with self.http.post(f"{self.slack.api_url}{method}", json=args, headers=headers) as answer:
            return Answer(answer.status, await answer.json(), dict(answer.headers))

    async def says(self, **args: Any) -> Answer:
        """Post a message in the channel."""
        return await self.calls("chat.postMessage", channel=self.general.id, **args)

    async def responds(self, asked: Asked, **body: Any) -> Answer:
        """Answer through a response address."""
        async with self.http.post(asked.act.payload["response_url"], json=body) as answer:
            text = await answer.text()
            return Answer(answer.status, text if text == "ok" else json.loads(text), dict(answer.headers))

    @asynccontextmanager
    async def connects(self) -> AsyncIterator[Ear]:
        """Open a socket and wait for the greeting."""
        opened = await self.calls("apps.connections.open", token=self.slack.app_token)
        async with self.http.ws_connect(opened.body["url"]) as socket:
            ear = Ear(socket)
            await ear.hears("hello")
            yield ear


@asynccontextmanager
async def open_wire() -> AsyncIterator[Wire]:
    """Open a fake Slack with a workspace in it, and a bare client."""
    async with open_fake_slack() as slack, aiohttp.ClientSession() as http:
        acme = slack.adds_workspace("Acme", scopes=SCOPES)
        acme.invites_bot("general")
        yield Wire(slack, http, acme, acme.adds_person("Mira"))
