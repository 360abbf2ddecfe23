"""The telephone network of the sandbox: outbound calls ring in a terminal and are answered there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from heapq import heappop, heappush
from typing import Literal

from bot.sandbox.agent import AGENT_ID, get_path
from bot.sandbox.clock import Time
from bot.sandbox.events import initiation_failure_event, phone_call
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.initiation import as_words
from bot.sandbox.manners import ENDED
from bot.sandbox.numbers import NUMBERS, Number
from bot.sandbox.reading import Json
from bot.sandbox.records import Call, Conversation, Who
from bot.sandbox.refusals import StartError
from bot.sandbox.state import State, new_id
from bot.sandbox.talk import Talk
from bot.sandbox.talks import Origin, Talks
from bot.sandbox.tasks import Tasks

PHONE_NUMBER_ID = NUMBERS[0].phone_number_id
RINGING_SECONDS = 60
HUNG_UP_BY_CARRIER = "Call ended by answering machine detection"  # in our words: theirs are not documented


class NotRingingError(RuntimeError):
    """Somebody else answered, or it stopped ringing."""


class Line:
    """An answered call. `first_words` is what the agent said first; nothing if it waits, or could not start.

    `failure` says why the conversation could not start; the line is dead then.
    """

    def __init__(self, talk: Talk | None, first_words: list[str], failure: str | None = None) -> None:
        self._talk = talk
        self.first_words = first_words
        self.failure = failure

    @property
    def open(self) -> bool:
        return self._talk is not None and self._talk.ending is None

    async def say(self, text: str) -> list[str]:
        """What the agent answers; nothing when the line is dead."""
        if self._talk is None:
            return []
        answer = await self._talk.hear(text)
        if answer is None:
            return []
        if answer.ends:
            await self._talk.finish(ENDED)
        return [answer.text]

    async def hang_up(self) -> None:
        if self._talk is not None:
            await self._talk.finish("Call ended by remote party")


class Ring:
    """A telephone that rings until it is answered, declined, or its time is up."""

    def __init__(self, phone: Phone, call: Call) -> None:
        self._phone = phone
        self.call = call

    @property
    def number(self) -> str:
        return self.call.to_number

    @property
    def call_sid(self) -> str:
        return self.call.call_sid

    @property
    def conversation_id(self) -> str:
        return self.call.conversation_id

    async def answer(self) -> Line:
        """Raises NotRingingError when it does not ring any more."""
        return await self._phone.answer(self)

    async def answer_by_machine(self) -> None:
        """A voicemail box takes the call: it ends without a word where the agent detects that.

        Raises NotRingingError like `answer`.
        """
        await self._phone.answer_by_machine(self)

    async def decline(self) -> None:
        """Raises NotRingingError when it does not ring any more."""
        if not await self._phone.miss(self, "busy"):
            raise NotRingingError(f"{self.number} does not ring any more")


class Phone:
    def __init__(self, talks: Talks, state: State, time: Time, tasks: Tasks, faults: Faults) -> None:
        self._talks = talks
        self._state = state
        self._time = time
        self._tasks = tasks
        self._faults = faults
        self._ringing: dict[str, Ring] = {}
        self._ring_until: list[tuple[float, str]] = []
        self._lines: dict[str, Line] = {}
        self._listeners: list[asyncio.Queue[Ring]] = []

    async def ringing(self) -> AsyncIterator[Ring]:
        """Every telephone that rings, those that ring already first. Never ends by itself."""
        queue: asyncio.Queue[Ring] = asyncio.Queue()
        for ring in self._ringing.values():
            queue.put_nowait(ring)
        self._listeners.append(queue)
        try:
            while True:
                ring = await queue.get()
                if ring.call_sid in self._ringing:
                    yield ring
        finally:
            self._listeners.remove(queue)

    def ring_of(self, call_sid: str) -> Ring | None:
        return self._ringing.get(call_sid)

    def line_of(self, call_sid: str) -> Line | None:
        """The line of an answered call, whoever answered it here."""
        return self._lines.get(call_sid)

    def put_line(self, call_sid: str, line: Line) -> None:
        self._lines = {sid: other for sid, other in self._lines.items() if other.open}
        self._lines[call_sid] = line

    async def place(
        self,
        number: Number,
        to_number: str,
        seconds: int | None,
        client_data: Json,
        hangs_up_on: tuple[Who, ...] = (),
        agent_id: str = AGENT_ID,
    ) -> Call:
        """Store a call and let it ring, unless a fault decides what happens to it."""
        now = self._time.unix()
        call = Call(
            call_sid=new_id("SCL") if number.provider == "sip_trunk" else new_id("CA").replace("_", ""),
            conversation_id=new_id("conv"),
            phone_number_id=number.phone_number_id,
            from_number=number.phone_number,
            provider=number.provider,
            to_number=to_number,
            state="ringing",
            placed_at=now,
            ring_until=now + (RINGING_SECONDS if seconds is None else seconds),
            call_ref=as_words((client_data.get("dynamic_variables") or {}).get("call_ref")) or None,
            hangs_up_on=hangs_up_on,
        )
        conversation = Conversation(
            conversation_id=call.conversation_id,
            agent_id=agent_id,
            status="initiated",
            started_at=now,
            source=number.provider,
            authorization="authorization_header",
            client_data=client_data,
            user_id=client_data.get("user_id"),
            phone_call=phone_call(call, None),
            version_id=self._talks.agent(agent_id)["version_id"],
        )
        await self._state.place_call(call, conversation)
        fault = self._faults.take("call")
        if fault is None:
            self._ring(call)
        else:
            self._tasks.start(self._decide(Ring(self, call), fault))
        return call

    async def resume(self) -> None:
        """Go on after a restart: what rang then rings on, if its time is not up."""
        for call in await self._state.ringing_calls():
            self._ring(call)

    async def run(self) -> None:
        """Stop every telephone whose time is up. Never ends by itself."""
        while True:
            bell, now = self._time.bell(), self._time.unix()
            while self._ring_until and self._ring_until[0][0] <= now:
                ring = self._ringing.get(heappop(self._ring_until)[1])
                if ring is not None:
                    await self.miss(ring, "no-answer")
            await self._time.nap(bell, self._ring_until[0][0] if self._ring_until else None)

    async def answer(self, ring: Ring) -> Line:
        try:
            talk = await self._pick_up(ring, "human", "answered")
        except StartError as refusal:
            return Line(None, [], refusal.reason)
        greeting = await talk.greet()
        line = Line(talk, [] if greeting is None else [greeting.text])
        if "human" in ring.call.hangs_up_on:
            await talk.finish(HUNG_UP_BY_CARRIER)
        self.put_line(ring.call_sid, line)
        return line

    async def answer_by_machine(self, ring: Ring) -> None:
        missed = self._faults.take("voicemail") is not None
        agent = self._talks.agent(await self._agent_of(ring.call))
        built_in = get_path(agent, "conversation_config.agent.prompt.built_in_tools") or {}
        detected = ""
        if not missed and "machine" in ring.call.hangs_up_on:
            detected = HUNG_UP_BY_CARRIER
        elif not missed and built_in.get("voicemail_detection"):
            detected = "voicemail_detection tool was called."
        try:
            talk = await self._pick_up(ring, "machine", "voicemail" if detected else "answered")
        except StartError:
            return  # stored as a failed conversation, like a person's
        if not detected:
            await talk.greet()
        await talk.finish(detected or "Call ended by remote party")

    async def _pick_up(self, ring: Ring, who: Who, result: str) -> Talk:
        """Raises NotRingingError, StartError."""
        call = await self._state.answer_call(ring.call_sid, self._time.unix(), who)
        self._ringing.pop(ring.call_sid, None)
        if call is None:
            raise NotRingingError(f"{ring.number} does not ring any more")
        conversation = await self._state.conversation(call.conversation_id)
        data = {} if conversation is None else conversation.client_data
        origin = Origin(
            call.conversation_id,
            call.provider,
            "authorization_header",
            call=call,
            result=result,
            agent_id=AGENT_ID if conversation is None else conversation.agent_id,
        )
        return await self._talks.begin(data, origin)

    async def _decide(self, ring: Ring, fault: Fault) -> None:
        if fault.fault == "voicemail":
            await self.answer_by_machine(ring)
        else:
            await self.miss(ring, "busy" if fault.fault == "busy" else "no-answer")

    async def miss(self, ring: Ring, how: Literal["busy", "no-answer"]) -> bool:
        """Write that nobody took the call; false when it was not ringing any more."""
        now = self._time.unix()
        self._ringing.pop(ring.call_sid, None)
        missed = replace(ring.call, state=how, ended_at=now)
        conversation = await self._state.conversation(missed.conversation_id)
        reason = "The call was declined" if how == "busy" else "The call was not answered"
        failed = conversation and replace(
            conversation,
            status="failed",
            ended_at=now,
            termination_reason=reason,
            phone_call=phone_call(missed, how.replace("-", "_")),
        )
        event = initiation_failure_event(missed, await self._agent_of(missed), how, now)
        written = await self._state.miss_call(missed, failed, event)
        self._time.nudge()
        return written

    async def _agent_of(self, call: Call) -> str:
        """Who calls; the first agent where the conversation was deleted meanwhile."""
        conversation = await self._state.conversation(call.conversation_id)
        return AGENT_ID if conversation is None else conversation.agent_id

    def _ring(self, call: Call) -> None:
        ring = self._ringing[call.call_sid] = Ring(self, call)
        for queue in self._listeners:
            queue.put_nowait(ring)
        heappush(self._ring_until, (call.ring_until, call.call_sid))
        if self._ring_until[0][1] == call.call_sid:
            self._time.nudge()
