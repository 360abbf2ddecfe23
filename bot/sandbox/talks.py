"""Running conversations, by whatever way they came in, and what follows when they end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.sandbox.analysis import build_analysis
from bot.sandbox.clock import Time
from bot.sandbox.initiation import Settings, build_settings
from bot.sandbox.reading import Json
from bot.sandbox.records import Call, Conversation, Turn, transcription_event
from bot.sandbox.refusals import StartError
from bot.sandbox.state import State, new_id
from bot.sandbox.talker import reply
from bot.sandbox.tasks import Tasks

PROCESSING_SECONDS = 0.25


@dataclass(frozen=True)
class Origin:
    """Where a conversation comes from; `call` is set when it came over the phone."""

    conversation_id: str
    source: str
    authorization: str
    source_version: str | None = None
    call: Call | None = None


class Talk:
    """One running conversation. `over` is set once its end is stored; `ending` says why."""

    def __init__(self, desk: Talks, conversation: Conversation, settings: Settings) -> None:
        self._desk = desk
        self._conversation = conversation
        self._turns: list[Turn] = []
        self._events = 0
        self.settings = settings
        self.ending: str | None = None
        self.over = asyncio.Event()

    @property
    def conversation_id(self) -> str:
        return self._conversation.conversation_id

    @property
    def started(self) -> float:
        return self._conversation.accepted_at or self._conversation.started_at

    async def greet(self) -> tuple[str, int] | None:
        """The first message and its event id; None when the agent waits for the caller."""
        if not self.settings.first_message:
            return None
        turn = self._turn("agent", self.settings.first_message)
        await self._keep(turn)
        return turn.message, self._events

    async def hear(self, text: str) -> tuple[str, int] | None:
        """The answer and its event id, once both sides of the exchange are stored; None after the end."""
        if self.ending is not None:
            return None
        heard = self._turn("user", text)
        answer = self._turn("agent", reply(self.settings, self._turns, text))
        await self._keep(heard, answer)
        return answer.message, self._events

    async def note(self, text: str, context_id: str | None) -> None:
        """Keep background information that is not said aloud."""
        await self._keep(replace(self._turn("user", text), context_id=context_id or new_id("ctx")))

    async def rate(self, event_id: int, score: str | None) -> None:
        feedback = None if score is None else {"score": score, "time_in_call_secs": self._seconds()}
        await self._desk.state.rate_turn(self.conversation_id, event_id, feedback)

    async def finish(self, reason: str) -> None:
        """End it, store that it ended, and start what follows. Does nothing when it is ending already."""
        if self.ending is None:
            self.ending = reason
            await self._desk.end(self._conversation, reason, self._desk.time.unix())
            self.over.set()

    async def _keep(self, *turns: Turn) -> None:
        await self._desk.state.add_turns(self.conversation_id, turns)
        self._turns.extend(turns)

    def _turn(self, role: str, text: str) -> Turn:
        event_id = None
        if role == "agent":
            self._events += 1
            event_id = self._events
        return Turn(
            turn_id=new_id("turn"),
            role="agent" if role == "agent" else "user",
            message=text,
            time_in_call_secs=self._seconds(),
            created_at_unix_ms=int(self._desk.time.unix() * 1000),
            event_id=event_id,
        )

    def _seconds(self) -> int:
        return max(0, int(self._desk.time.unix() - self.started))


class Talks:
    """All running conversations of one sandbox."""

    def __init__(self, agent: Json, state: State, time: Time, tasks: Tasks) -> None:
        self.agent = agent
        self.state = state
        self.time = time
        self._tasks = tasks
        self._running: dict[str, Talk] = {}

    async def begin(self, data: Json, origin: Origin) -> Talk:
        """Store a new conversation and let it run. Raises StartError; then it is stored as failed."""
        now = self.time.unix()
        call = origin.call
        system = self._system_variables(origin, now)
        conversation = Conversation(
            conversation_id=origin.conversation_id,
            agent_id=self.agent["agent_id"],
            status="failed",
            started_at=now if call is None else call.placed_at,
            source=origin.source,
            source_version=origin.source_version,
            authorization=origin.authorization,
            client_data={},
            phone_call=None if call is None else phone_call(call, "answered"),
        )
        try:
            settings = build_settings(self.agent, data, system)
        except StartError as refusal:
            error = {"code": 1008, "reason": refusal.reason}
            failed = replace(conversation, ended_at=now, error=error, termination_reason=refusal.reason)
            if refusal.error_type != "invalid_message":
                failed = replace(failed, client_data=data, user_id=data.get("user_id"))
            await self.state.store_failed_start(failed)
            raise
        variables = {**settings.variables, "system__is_text_only": settings.text_only}
        conversation = replace(
            conversation,
            status="in-progress",
            user_id=data.get("user_id"),
            client_data={**data, "dynamic_variables": variables},
            language=settings.language,
            text_only=settings.text_only,
            accepted_at=now,
        )
        await self.state.put_conversation(conversation)
        talk = Talk(self, conversation, settings)
        self._running[talk.conversation_id] = talk
        self._tasks.start(self._limit(talk))
        return talk

    async def end(self, conversation: Conversation, reason: str, ended_at: float) -> None:
        """Store that a conversation ended, and have it analysed."""
        ended = replace(conversation, status="processing", ended_at=ended_at, termination_reason=reason)
        self._running.pop(conversation.conversation_id, None)
        await self.state.end_conversation(ended)
        self._tasks.start(self._analyse(ended))
        self.time.nudge()

    async def resume(self) -> None:
        """Go on after a restart: what was running when the process died ended with its last stored word."""
        for conversation in await self.state.conversations(status="in-progress"):
            begun = conversation.accepted_at or conversation.started_at
            last = max((turn.created_at_unix_ms / 1000 for turn in conversation.turns), default=begun)
            await self.end(conversation, "Client disconnected: 1006", max(begun, last))
        for conversation in await self.state.conversations(status="processing"):
            self._tasks.start(self._analyse(conversation))

    async def delete(self, conversation_id: str) -> bool:
        deleted = await self.state.delete_conversation(conversation_id)
        talk = self._running.get(conversation_id)
        if talk is not None:
            await talk.finish("The conversation was deleted")
        return deleted

    async def close(self) -> None:
        for talk in list(self._running.values()):
            await talk.finish("The sandbox was stopped")

    async def _limit(self, talk: Talk) -> None:
        deadline = talk.started + talk.settings.max_duration_seconds
        while not talk.over.is_set():
            bell = self.time.bell()
            if self.time.unix() >= deadline:
                await talk.finish("max_duration_exceeded")
                return
            await self.time.nap(bell, deadline)

    async def _analyse(self, ended: Conversation) -> None:
        await self.time.sleep_until((ended.ended_at or 0.0) + PROCESSING_SECONDS)
        conversation = await self.state.conversation(ended.conversation_id)
        if conversation is None:
            return
        variables = {
            **(conversation.client_data.get("dynamic_variables") or {}),
            "system__call_duration_secs": conversation.duration_secs,
            "system__agent_turns": sum(turn.role == "agent" for turn in conversation.turns),
        }
        done = replace(
            conversation,
            status="done",
            analysis=build_analysis(conversation),
            client_data={**conversation.client_data, "dynamic_variables": variables},
        )
        now = self.time.unix()
        await self.state.complete(done, transcription_event(done, self.agent["name"], now), now)
        self.time.nudge()

    def _system_variables(self, origin: Origin, now: float) -> Json:
        moment = datetime.fromtimestamp(now, UTC)
        call = origin.call
        return {
            "system__agent_id": self.agent["agent_id"],
            "system__current_agent_id": self.agent["agent_id"],
            "system__conversation_id": origin.conversation_id,
            "system__caller_id": None if call is None else call.from_number,
            "system__called_number": None if call is None else call.to_number,
            "system__call_sid": None if call is None else call.call_sid,
            "system__call_duration_secs": 0,
            "system__time_utc": moment.isoformat(),
            "system__time": moment.strftime("%A, %H:%M %d %B %Y"),
            "system__timezone": "UTC",
            "system__agent_turns": 0,
            "system__current_agent_turns": 0,
            "system__is_text_only": False,
            "system__conversation_history": "",
        }


def phone_call(call: Call, result: str | None) -> Json:
    """The `metadata.phone_call` of a Twilio call."""
    return {
        "type": "twilio",
        "direction": "outbound",
        "phone_number_id": call.phone_number_id,
        "agent_number": call.from_number,
        "external_number": call.to_number,
        "call_result": result,
        "stream_sid": "",
        "call_sid": call.call_sid,
    }
