"""People outside: they open links in a browser, and answer telephones."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import aiohttp

from bot.sandbox import NotRingingError, Ring, Sandbox
from tests.chaos.board import Board

MOST_SILENCE_SECONDS = 20.0
"""ElevenLabs ends a talk in which nobody said anything for a minute."""


class People:
    """Everybody who is not at a keyboard of the bot's."""

    def __init__(self, sandbox: Sandbox, board: Board) -> None:
        self._sandbox = sandbox
        self._board = board
        self._busy: set[asyncio.Task[Any]] = set()
        self.begin()

    def begin(self) -> None:
        """Begin an episode."""
        self.talks: list[dict[str, Any]] = []
        self.heard: dict[str, list[str]] = {}
        self._expected: dict[str, dict[str, Any]] = {}

    async def settle(self) -> None:
        """Return when nobody talks any more."""
        while self._busy:
            await asyncio.wait(self._busy)

    def expect(self, number: str, **how: Any) -> None:
        """Say how this number's owner behaves: ``how`` (answer, busy, silence, machine), ``words``."""
        self._expected[number] = how

    async def browse(self, **how: Any) -> Mapping[str, Any]:
        """Open a link, talk, and hang up; it goes on when whoever asked for it dies."""
        return await asyncio.shield(self._keep(self._browse(**how)))

    def browse_alone(self, **how: Any) -> None:
        """Do the same for nobody who waits for it."""
        self._keep(self._browse(**how))

    async def answer_telephones(self) -> None:
        """Take every call that rings, as its number's owner would, until cancelled."""
        async for ring in self._sandbox.phone.ringing():
            self._keep(self._take(ring))

    def _keep(self, work: Any) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)
        return task

    async def _browse(
        self,
        link: str,
        words: list[str],
        seconds: float,
        *,
        tells_the_end: bool = True,
        remember: bool | None = None,
    ) -> Mapping[str, Any]:
        origin = {"Origin": "/".join(link.split("/")[:3])}
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            try:
                async with http.post(f"{link}/start", json={"remember": remember}, headers=origin) as answer:
                    started = await answer.json() if answer.status == 200 else {}
            except (aiohttp.ClientError, ValueError):
                started = {}
            if "signed_url" not in started:
                return {"talked": False}
            talked = await self._talk(http, started, words, seconds)
            if tells_the_end:
                try:
                    async with http.post(f"{link}/end", headers=origin) as answer:
                        await answer.read()
                except aiohttp.ClientError:
                    pass  # the page tells so once, and nobody may be there
        return {"talked": talked}

    async def _talk(
        self, http: aiohttp.ClientSession, started: dict[str, Any], words: list[str], seconds: float
    ) -> bool:
        async with http.ws_connect(started["signed_url"]) as line:
            await line.send_json(started["message"])
            heard = [await _listen(line)]
            for text in words:
                if heard[-1] is None:
                    break
                await line.send_json({"type": "user_message", "text": text})
                heard.append(await _listen(line))
                self._pass_time(seconds / len(words))
        said = [text for text, answered in zip(words, heard[1:], strict=False) if answered is not None]
        self.talks.append({"said": said, "seconds": seconds, "heard": heard[0] or ""})
        return bool(said)

    async def _take(self, ring: Ring) -> None:
        how = self._expected.get(ring.number, {"how": "silence"})
        try:
            if how["how"] == "busy":
                await ring.decline()
            elif how["how"] == "machine":
                await ring.answer_by_machine()
            elif how["how"] == "answer":
                await self._speak(ring, how)
        except NotRingingError:
            return  # it was taken back

    async def _speak(self, ring: Ring, how: Mapping[str, Any]) -> None:
        line = await ring.answer()
        heard, said = [*line.first_words], []
        words = list(how.get("words", ()))
        for text in words:
            if line.open:
                answered = await line.say(text)
                heard += answered
                said += [text] if answered else []
                self._pass_time(float(how.get("seconds", 0)) / len(words))
        await line.hang_up()
        self.heard.setdefault(ring.number, []).extend(heard)
        first = " ".join(line.first_words)
        self.talks.append({"said": said, "number": ring.number, "heard": first, "failure": line.failure})

    def _pass_time(self, seconds: float) -> None:
        self._board.advance(min(seconds, MOST_SILENCE_SECONDS))
        self._sandbox.clock_moved()


async def _listen(line: aiohttp.ClientWebSocketResponse) -> str | None:
    """Return what is said next; None when the line is dead."""
    async for frame in line:
        event = json.loads(frame.data)
        if event["type"] == "ping":
            await line.send_json({"type": "pong", "event_id": event["ping_event"]["event_id"]})
        if event["type"] == "agent_response":
            return str(event["agent_response_event"]["agent_response"])
    return None
