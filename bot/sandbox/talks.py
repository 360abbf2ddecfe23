"""Running conversations, by whatever way they came in, and what follows when they end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import aiohttp

from bot.sandbox.agent import AGENT_ID
from bot.sandbox.analysis import build_analysis
from bot.sandbox.clock import Time
from bot.sandbox.collection import collect
from bot.sandbox.events import phone_call, transcription_event
from bot.sandbox.faults import Faults
from bot.sandbox.initiation import Settings, build_settings
from bot.sandbox.reading import Json
from bot.sandbox.records import Call, Conversation
from bot.sandbox.refusals import StartError
from bot.sandbox.state import State, new_id
from bot.sandbox.talk import Talk
from bot.sandbox.tasks import Tasks
from bot.sandbox.tools import Lookup, ask, is_recall
from bot.sandbox.workspace import Workspace

PROCESSING_SECONDS = 0.25
SILENCE = "Call ended due to silence"  # in our words: theirs are not documented


@dataclass(frozen=True)
class Origin:
    """Where a conversation comes from; `call` and its `result` are set when it came over the phone."""

    conversation_id: str
    source: str
    authorization: str
    source_version: str | None = None
    call: Call | None = None
    result: str | None = None
    agent_id: str = AGENT_ID


class Talks:
    """All running conversations of one sandbox."""

    def __init__(
        self,
        workspace: Workspace,
        state: State,
        time: Time,
        tasks: Tasks,
        faults: Faults,
        client: aiohttp.ClientSession,
    ) -> None:
        self.workspace = workspace
        self.state = state
        self.time = time
        self.faults = faults
        self._tasks = tasks
        self._client = client
        self._running: dict[str, Talk] = {}

    def agent(self, agent_id: str = AGENT_ID) -> Json:
        """As it is configured now. Raises RefusalError (404)."""
        return self.workspace.agent(agent_id)

    def name_of(self, agent_id: str) -> str:
        """The name of an agent; nothing where it is gone."""
        return str(self.workspace.agents.get(agent_id, {}).get("name", ""))

    def running(self) -> list[Talk]:
        """What goes on now, the oldest first."""
        return list(self._running.values())

    async def begin(self, data: Json, origin: Origin) -> Talk:
        """Store a new conversation and let it run. Raises StartError; then it is stored as failed."""
        now = self.time.unix()
        system = self._system_variables(origin, now)
        conversation = self._not_begun(origin, now)
        try:
            settings = build_settings(self.agent(origin.agent_id), data, system, self.workspace.tools)
        except StartError as refusal:
            await self.refuse(data, origin, refusal)
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

    async def refuse(self, data: Json, origin: Origin, refusal: StartError) -> None:
        """Store a conversation that could not start, and why."""
        now = self.time.unix()
        error = {"code": 1008, "reason": refusal.reason}
        failed = replace(
            self._not_begun(origin, now), ended_at=now, error=error, termination_reason=refusal.reason
        )
        if refusal.error_type != "invalid_message":
            failed = replace(failed, client_data=data, user_id=data.get("user_id"))
        await self.state.store_failed_start(failed)

    async def end(self, conversation: Conversation, reason: str, ended_at: float) -> None:
        """Store that a conversation ended, and have it analysed."""
        ended = replace(conversation, status="processing", ended_at=ended_at, termination_reason=reason)
        self._running.pop(conversation.conversation_id, None)
        await self.state.end_conversation(ended)
        self._tasks.start(self._analyse(ended))
        self.time.nudge()

    async def look_up(self, settings: Settings, text: str) -> Lookup | None:
        """Ask the recall tool that is attached, if there is one."""
        recall = [tool for tool in settings.tools.items() if is_recall(tool[1])]
        if not recall:
            return None
        fault = self.faults.take("recall")
        if fault is not None and fault.fault == "no_recall":
            return None
        tool_id, config = recall[0]
        if fault is not None:
            url = str(config["api_schema"]["url"])
            method, gone = config["api_schema"].get("method") or "GET", "The tool could not be reached."
            return Lookup(new_id("toolu"), tool_id, config["name"], method, url, "", gone, is_error=True)
        return await ask(
            self._client, tool_id, config, new_id("toolu"), text, settings.variables, self.workspace.secrets
        )

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

    def _not_begun(self, origin: Origin, now: float) -> Conversation:
        call = origin.call
        return Conversation(
            conversation_id=origin.conversation_id,
            agent_id=origin.agent_id,
            status="failed",
            started_at=now if call is None else call.placed_at,
            source=origin.source,
            source_version=origin.source_version,
            authorization=origin.authorization,
            client_data={},
            phone_call=None if call is None else phone_call(call, origin.result),
            version_id=self.agent(origin.agent_id)["version_id"],
        )

    async def _limit(self, talk: Talk) -> None:
        while not talk.over.is_set():
            bell, silent_at = self.time.bell(), talk.silent_at
            if self.time.unix() >= min(talk.deadline, silent_at):
                await talk.finish(SILENCE if silent_at < talk.deadline else "max_duration_exceeded")
                return
            await self.time.nap(bell, min(talk.deadline, silent_at))

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
        found_nothing = self.faults.take("analysis", ("no_collection",)) is not None
        says_nothing = self.faults.take("analysis", ("no_summary",)) is not None
        agent = self.workspace.agents.get(conversation.agent_id) or self.agent()
        wanted = agent["platform_settings"]["data_collection"]
        collected = collect(conversation, wanted, found_nothing=found_nothing)
        analysis = build_analysis(conversation, collected)
        if says_nothing:
            analysis |= {"transcript_summary": "", "call_summary_title": None}
        done = replace(
            conversation,
            status="done",
            analysis=analysis,
            client_data={**conversation.client_data, "dynamic_variables": variables},
        )
        now = self.time.unix()
        await self.state.complete(done, transcription_event(done, agent["name"], now), now)
        self.time.nudge()

    def _system_variables(self, origin: Origin, now: float) -> Json:
        moment = datetime.fromtimestamp(now, UTC)
        call = origin.call
        return {
            "system__agent_id": origin.agent_id,
            "system__current_agent_id": origin.agent_id,
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
