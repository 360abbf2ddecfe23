"""Troupe in this process: store, cast, use cases and follow-up, without a network."""

import asyncio
import hashlib
import logging
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from bot.app import _read_event
from bot.calls.daily import queue_daily_work
from bot.calls.installation import Installation, Terms
from bot.cast import LiveCast
from bot.domain.allowance import UNLIMITED
from bot.domain.caller import Account
from bot.domain.numbers import parse_regions
from bot.domain.reply import Reply
from bot.elevenlabs.webhook import event_key
from bot.followup import Followup
from storage import open_store

DATABASE = "troupe.db"
BERLIN = ZoneInfo("Europe/Berlin")
MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
EVENING_HOUR = 19
"""From then on the next thing happens in the morning: at night no telephone is rung."""
FIELD = "favourite"
"""The field of a profile that one of the characters declares."""

_RULES = "# House rules\n\nSay that you are an AI. In danger give {{crisis_line}}.\n"
_VOICES = """\
old-storyteller:
  voice_id: JBFqnCBsd6RMkjVDRZzb
  model: eleven_flash_v2
  languages: [en]
  licence: Default voice
  preview: https://example.org/george.mp3
"""
_PERSONA = """\
---
name: The {name}
tagline: Of generation {generation}
author: "@troupe"
voice: old-storyteller
greeting: "Well met, {{{{user_name}}}}!"
greeting_returning: "{{{{user_name}}}} again! {{{{last_call_hint}}}}"
memory: {memory}
{more}---
You are it. Once it was about {{{{last_call_summary}}}}.
{{{{context}}}}
"""
_DECLARED = (
    f"variables: {{profile_{FIELD}: {{type: string, default: nothing, description: What they like}}}}\n"
)


class Ears(logging.Handler):
    """Hears everything that is logged."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.heard: list[str] = []
        self._formatter = logging.Formatter("%(levelname)s %(name)s %(message)s")

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line with its traceback."""
        self.heard.append(self._formatter.format(record))


@dataclass
class Clock:
    """The time, which stands still until it is moved."""

    at: datetime = MORNING

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        """Let time pass; evenings and nights end at once."""
        self.at += timedelta(**by)
        local = self.at.astimezone(BERLIN)
        if not 9 <= local.hour < EVENING_HOUR:
            later = local + timedelta(days=local.hour >= EVENING_HOUR)
            self.at = later.replace(hour=9, minute=5, second=0, microsecond=0).astimezone(UTC)


@dataclass
class Postman:
    """Every front's way to its members: what is posted is kept for the judge."""

    platform: str
    posted: list[tuple[Account, Reply]] = field(default_factory=list)

    async def post(self, account: Account, reply: Reply, *, instead_of: Any = None) -> None:
        """Take something for somebody."""
        assert account.platform == self.platform
        self.posted.append((account, reply))

    async def erase_post(self, channel_id: str, message_id: str) -> None:
        """Nothing that was posted is noted here."""


class Troupe:
    """One installation that can be closed and opened again; ``agents`` outlives it."""

    def __init__(
        self, folder: Path, agents: Any, clock: Clock, *, is_hosted: bool, consent: Literal["ask", "notice"]
    ) -> None:
        self._folder = folder
        self._agents = agents
        self._clock = clock
        self._ids = 0
        self._stack = AsyncExitStack()
        self.terms = Terms(
            public_url="" if is_hosted else "https://troupe.example.org",
            talk_url="https://elevenlabs.io/app/talk-to",
            agent_id="agent_1",
            hosted_context="hint",
            crisis_line="112",
            community="the harbour",
            min_age=18,
            timezone=BERLIN,
            memory_consent=consent,
            retention_days=0,
            limits=UNLIMITED,
            phone_number_id="number_1",
            phone_regions=parse_regions("DE"),
            takes_calls=True,
        )
        self.posters = {name: Postman(name) for name in ("discord", "slack", "console")}
        self.house: Installation
        self.cast: LiveCast
        self.followup: Followup
        for name, data in _new_database().items():
            (folder / name).write_bytes(data)
            (folder / name).chmod(0o600)
        (folder / "personas").mkdir()
        (folder / "personas" / "voices.yaml").write_text(_VOICES)
        (folder / "personas" / "house-rules.md").write_text(_RULES)

    @property
    def database(self) -> Path:
        """The file that everything is in."""
        return self._folder / DATABASE

    def write_persona(self, slug: str, memory: str | None, generation: int = 0) -> None:
        """Write a character's file, or take it away."""
        path = self._folder / "personas" / f"{slug}.md"
        if memory is None:
            path.unlink(missing_ok=True)
            return
        more = _DECLARED if slug == "coach" else ""
        name = slug.capitalize()
        path.write_text(_PERSONA.format(name=name, memory=memory, generation=generation, more=more))

    async def read_cast(self) -> None:
        """Take over changed files, as the running program does once a second."""
        self.cast.refresh()
        await self.house.store.note_characters(self.cast.slugs_on_disk, self._clock())

    async def open(self) -> None:
        """Begin a life as the program does."""
        store = await self._stack.enter_async_context(open_store(f"sqlite:///{self.database}"))
        self.cast = LiveCast(self._folder / "personas")
        self.house = Installation(
            store, self._agents, self.cast, self.terms, self._clock, self.new_id, self.new_token, self._code
        )
        await store.release_jobs()
        await store.queue_broken_chats(self._clock())
        await store.note_characters(self.cast.slugs_on_disk, self._clock())
        await queue_daily_work(self.house)
        self.followup = Followup(self.house, dict(self.posters), _read_event)

    async def close(self) -> None:
        """End a life."""
        await self._stack.aclose()
        self._stack = AsyncExitStack()

    async def deliver(self, event: bytes) -> None:
        """Take in a webhook."""
        key = event_key(event)
        await self.house.store.receive_event(key.key, key.conversation_id, event, self._clock())

    async def work(self) -> None:
        """Do all that is due."""
        while await self.followup.run_due():
            pass

    async def rows(self, query: str, *values: str) -> list[Any]:
        """Look into the database, where nothing else says how we name something."""

        def look(database: Any) -> list[Any]:
            return list(database.execute(query, values).fetchall())

        found: list[Any] = await self.house.store.writer.read(look)  # type: ignore[attr-defined]
        return found

    def new_id(self) -> str:
        """Return 128 bits that are the same in every run."""
        self._ids += 1
        return hashlib.sha256(f"id {self._ids}".encode()).hexdigest()[:32]

    def new_token(self) -> str:
        """Return what a link is opened with."""
        return f"token-{self.new_id()}"

    def _code(self) -> str:
        self._ids += 1
        return f"{self._ids % 10**6:06d}"


@cache
def _new_database() -> Mapping[str, bytes]:
    """Return the files of a database that has its tables and a key, and nothing in it: made once."""

    async def make(folder: str) -> None:
        async with open_store(f"sqlite:///{folder}/{DATABASE}"):
            pass

    with tempfile.TemporaryDirectory(prefix="troupe-fences-") as folder:
        with ThreadPoolExecutor(1) as thread:  # another loop runs on this one
            thread.submit(asyncio.run, make(folder)).result()
        return {file.name: file.read_bytes() for file in Path(folder).iterdir()}
