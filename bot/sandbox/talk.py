"""One running conversation: greeting, answers, notes, and its end."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass, replace
from typing import Protocol

from bot.sandbox.clock import Time
from bot.sandbox.initiation import Settings
from bot.sandbox.manners import Manner, end_call, manner_of
from bot.sandbox.reading import Json
from bot.sandbox.records import Conversation, Turn
from bot.sandbox.state import State, new_id
from bot.sandbox.talker import asks_to_remember, reply
from bot.sandbox.tools import Lookup, assigned, words_of


@dataclass(frozen=True)
class Said:
    """What the agent says, what it looked up for that, and its use of the tool that ends the call."""

    text: str
    event_id: int
    lookup: Lookup | None = None
    end_call_id: str = ""

    @property
    def ends(self) -> bool:
        """Whether the agent hangs up now: whoever passes it on finishes the talk then, with `ENDED`."""
        return bool(self.end_call_id)


class Desk(Protocol):
    """What a conversation needs of those who run all of them."""

    state: State
    time: Time

    async def look_up(self, settings: Settings, text: str) -> Lookup | None: ...

    async def end(self, conversation: Conversation, reason: str, ended_at: float) -> None: ...


class Talk:
    """One running conversation. `over` is set once its end is stored; `ending` says why."""

    def __init__(self, desk: Desk, conversation: Conversation, settings: Settings) -> None:
        self._desk = desk
        self._conversation = conversation
        self._turns: list[Turn] = []
        self._events = 0
        self._last_words_at = self.started
        self._is_hung_up = False
        self.settings = settings
        self.ending: str | None = None
        self.over = asyncio.Event()
        self._storing: asyncio.Task[None] | None = None

    @property
    def conversation_id(self) -> str:
        return self._conversation.conversation_id

    @property
    def agent_id(self) -> str:
        return self._conversation.agent_id

    @property
    def started(self) -> float:
        return self._conversation.accepted_at or self._conversation.started_at

    @property
    def deadline(self) -> float:
        return self.started + self.settings.max_duration_seconds

    @property
    def silent_at(self) -> float:
        """When the silence on a telephone line is long enough to end the call."""
        seconds = self.settings.silence_seconds if self.settings.is_phone else None
        return math.inf if seconds is None else self._last_words_at + seconds

    async def greet(self) -> Said | None:
        """The first message, before any node is entered; None when the agent waits for the caller."""
        if not self.settings.first_message:
            return None
        turn = replace(self._turn("agent", self.settings.first_message), node_id=None)
        self._last_words_at = self._desk.time.unix()
        await self._keep(turn)
        return Said(turn.message, self._events)

    async def hear(self, text: str) -> Said | None:
        """The answer, once both sides of the exchange are stored; None after the end."""
        if self.ending is not None or self._is_hung_up:
            return None
        self._last_words_at = self._desk.time.unix()
        heard = self._turn("user", text)
        manner = manner_of(self.settings, self._turns, text)
        lookup = None
        if not manner.words and manner.veil is None and asks_to_remember(text):
            lookup = await self._desk.look_up(self.settings, text)
        used = () if lookup is None else self._used(lookup)
        looked_up = None
        if lookup is not None and not lookup.told_nothing_new:
            looked_up = "" if lookup.is_error else words_of(lookup.result)
        answer = self._turn("agent", manner.words or self._scripted(manner, text, looked_up))
        end_call_id = new_id("toolu") if manner.ends else ""
        self._is_hung_up = manner.ends
        await self._keep(heard, *used, answer, *self._hung_up(end_call_id, answer.message))
        return Said(answer.message, self._events, lookup, end_call_id)

    async def note(self, text: str, context_id: str | None) -> None:
        """Keep background information that is not said aloud."""
        await self._keep(replace(self._turn("user", text), context_id=context_id or new_id("ctx")))

    async def rate(self, event_id: int, score: str | None) -> None:
        feedback = None if score is None else {"score": score, "time_in_call_secs": self._seconds()}
        await self._desk.state.rate_turn(self.conversation_id, event_id, feedback)

    async def finish(self, reason: str) -> None:
        """End it, store that it ended, and start what follows; the first reason counts.

        Who is cancelled meanwhile, as the helpers of a client that leaves are, leaves the rest to be done.
        """
        if self.ending is None:
            self.ending = reason
            self._storing = asyncio.create_task(self._store_end(reason), name="end of a talk")
        if self._storing is not None:
            await asyncio.shield(self._storing)

    async def _store_end(self, reason: str) -> None:
        await self._desk.end(self._conversation, reason, self._desk.time.unix())
        self.over.set()

    def _scripted(self, manner: Manner, text: str, looked_up: str | None) -> str:
        """What the script says; to somebody who is not known yet without any note."""
        if manner.veil is None:
            return reply(self.settings, self._turns, text, looked_up)
        aloud = [turn for turn in self._turns if turn.context_id is None]
        return f"{reply(manner.veil, aloud, text)} {manner.question}"

    def _hung_up(self, end_call_id: str, words: str) -> tuple[Turn, ...]:
        if not end_call_id:
            return ()
        call, result = end_call(end_call_id, words)
        return (
            replace(self._turn("agent", ""), tool_calls=(call,)),
            replace(self._turn("agent", ""), tool_results=(result,)),
        )

    def _used(self, lookup: Lookup) -> tuple[Turn, Turn]:
        """The turns that show a tool: its call, and what came back; its assignments take effect."""
        common: Json = {
            "request_id": lookup.request_id,
            "tool_name": lookup.tool_name,
            "tool_id": lookup.tool_id,
            "tool_has_been_called": True,
            "type": "webhook",
        }
        details: Json = {
            "type": "webhook",
            "method": lookup.method,
            "url": lookup.url,
            "headers": {},
            "path_params": {},
            "query_params": {},
            "body": lookup.body or None,
        }
        call = {**common, "params_as_json": lookup.body or "{}", "tool_details": details}
        result = {
            **common,
            "result_value": lookup.result,
            "is_error": lookup.is_error,
            "is_blocked": False,
            "tool_latency_secs": lookup.seconds,
            "error_type": None,
            "raw_error_message": lookup.result if lookup.is_error else None,
            "dynamic_variable_updates": [] if lookup.is_error else self._assign(lookup),
        }
        return (
            replace(self._turn("agent", ""), tool_calls=(call,)),
            replace(self._turn("agent", ""), tool_results=(result,)),
        )

    def _assign(self, lookup: Lookup) -> list[Json]:
        variables, updates = dict(self.settings.variables), []
        for name, value in assigned(self.settings.tools[lookup.tool_id], lookup.result):
            old = variables.get(name)
            updates.append(
                {
                    "variable_name": name,
                    "old_value": None if old is None else str(old),
                    "new_value": value,
                    "updated_at": self._desk.time.unix(),
                    "tool_name": lookup.tool_name,
                    "tool_request_id": lookup.request_id,
                }
            )
            variables[name] = value
        self.settings = replace(self.settings, variables=variables)
        return updates

    async def _keep(self, *turns: Turn) -> None:
        await self._desk.state.add_turns(self.conversation_id, turns)
        self._turns.extend(turn for turn in turns if turn.is_aloud or turn.context_id is not None)

    def _turn(self, role: str, text: str) -> Turn:
        event_id = None
        if role == "agent" and text:
            self._events += 1
            event_id = self._events
        return Turn(
            turn_id=new_id("turn"),
            role="agent" if role == "agent" else "user",
            message=text,
            time_in_call_secs=self._seconds(),
            created_at_unix_ms=int(self._desk.time.unix() * 1000),
            event_id=event_id,
            node_id=self.settings.node_id if role == "agent" else None,
        )

    def _seconds(self) -> int:
        return max(0, int(self._desk.time.unix() - self.started))
