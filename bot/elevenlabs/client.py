"""The requests that we make to ElevenLabs, one method each; what they answer comes back in our words.

Source: ElevenLabs API reference, Agents Platform.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from urllib.parse import quote

import httpx
from pydantic import SecretStr

from bot.domain.call import CallRef
from bot.domain.conversation import RemoteConversation, SignedUrl
from bot.domain.errors import ConversationGone, ProviderChanged
from bot.domain.initiation import Initiation
from bot.elevenlabs.connection import Clock, Connection, Sleep, open_connection
from bot.elevenlabs.socket import Sign, Talk, open_talk
from bot.elevenlabs.wire import (
    PHONE_NUMBERS,
    AgentDetail,
    ConversationDetail,
    ConversationPage,
    PhoneCallAnswer,
    PhoneNumber,
    SignedUrlAnswer,
    read,
    read_json,
)

DETAILS_AT_ONCE = 4
AGENT_LIFETIME = timedelta(minutes=10)
PAGE_SIZE = 100
MOST_PAGES = 50


class ElevenLabs:
    """One agent and the account that it belongs to; satisfies ``Agents``, ``open_elevenlabs`` gives one.

    Every method raises ProviderError and its kinds. Reads are tried three times at most. Whatever changes or
    starts something, a phone call above all, is sent once: its answer may be lost after the telephone rang.
    """

    def __init__(self, connection: Connection, *, agent_id: str, clock: Clock) -> None:
        self._connection = connection
        self._agent_id = agent_id
        self._clock = clock
        self._agent: tuple[datetime, AgentDetail] | None = None
        self._agent_lock = asyncio.Lock()
        self._details = asyncio.Semaphore(DETAILS_AT_ONCE)

    async def fetch_allowed_overrides(self) -> frozenset[str]:
        """Return the override fields that the agent allows; asked once in 10 minutes."""
        async with self._agent_lock:
            if self._agent is None or self._clock() - self._agent[0] >= AGENT_LIFETIME:
                path = f"/v1/convai/agents/{_in_path(self._agent_id)}"
                self._agent = (self._clock(), await self._connection.read("get agent", path, AgentDetail))
            return self._agent[1].allowed_overrides()

    def forget_agent(self) -> None:
        """Ask for the agent anew next time: it was changed, or it refused what it seemed to allow."""
        self._agent = None

    async def sign_url(self) -> SignedUrl:
        """Return a WebSocket address that starts one conversation, once, within 15 minutes."""
        params = {"agent_id": self._agent_id, "include_conversation_id": "true"}
        path = "/v1/convai/conversation/get-signed-url"
        return (await self._connection.read("get signed URL", path, SignedUrlAnswer, params)).to_signed_url()

    async def fetch_conversation(self, conversation_id: str) -> RemoteConversation:
        """Return a conversation in full; four at once at most, because they throttle this hard.

        Raises ConversationGone when they do not have it.
        """
        operation = "get conversation"
        path = _conversation_path(conversation_id, operation)
        async with self._details:
            detail = await self._connection.read(operation, path, ConversationDetail, about_conversation=True)
        return detail.to_conversation()

    async def find_conversation_ids(self, call_ref: CallRef) -> tuple[str, ...]:
        """Return our agent's conversations that carry this reference, newest first.

        An empty reference finds none: to them it would mean every conversation that has no reference.
        """
        if not call_ref:
            return ()
        operation = "list conversations"
        params = {
            "agent_id": self._agent_id,
            "dynamic_variable_params": f"call_ref:eq:{call_ref}",
            "page_size": str(PAGE_SIZE),
        }
        found: dict[str, float] = {}
        for _ in range(MOST_PAGES):
            page = await self._connection.read(
                operation, "/v1/convai/conversations", ConversationPage, params
            )
            found |= {item.conversation_id: item.start_time_unix_secs or 0.0 for item in page.conversations}
            if not (page.has_more and page.next_cursor):
                return tuple(sorted(found, key=lambda conversation_id: -found[conversation_id]))
            params["cursor"] = page.next_cursor
        raise ProviderChanged(operation, f"more than {MOST_PAGES} pages carry one reference")

    @asynccontextmanager
    async def open_talk(self, sign: Sign, message: Mapping[str, object]) -> AsyncIterator[Talk]:
        """Start a text conversation at a URL of ``sign``; once with another where that may go better."""
        async with open_talk((await sign()).url, message, sign=sign) as talk:
            yield talk

    async def delete_conversation(self, conversation_id: str) -> None:
        """Delete transcript and audio there; one that is gone already is fine."""
        operation = "delete conversation"
        try:
            path = _conversation_path(conversation_id, operation)
            await self._connection.send(operation, "DELETE", path, about_conversation=True)
        except ConversationGone:
            return

    async def place_phone_call(
        self,
        *,
        phone_number_id: str,
        to_number: str,
        initiation: Initiation,
        ringing_timeout_seconds: int = 60,
    ) -> PhoneCallAnswer:
        """Have Twilio ring a number, in one attempt whatever happens.

        ``to_number`` is E.164. The phone certainly did not ring if the error's code is ``not_connected`` or
        its status is 400, 401, 402, 403, 404, 422 or 429; after every other error it may have.
        """
        operation = "place phone call"
        client_data = {name: value for name, value in initiation.as_message().items() if name != "type"}
        body = {
            "agent_id": self._agent_id,
            "agent_phone_number_id": phone_number_id,
            "to_number": to_number,
            "conversation_initiation_client_data": client_data,
            "telephony_call_config": {"ringing_timeout_secs": ringing_timeout_seconds},
        }
        raw = await self._connection.send(operation, "POST", "/v1/convai/twilio/outbound-call", body=body)
        return read(PhoneCallAnswer, read_json(raw, operation), operation)

    async def fetch_phone_numbers(self) -> tuple[PhoneNumber, ...]:
        """Return the numbers of the whole workspace, other agents' too."""
        return await self._connection.read("list phone numbers", "/v1/convai/phone-numbers", PHONE_NUMBERS)


def _in_path(part: str) -> str:
    return quote(part, safe="")


def _conversation_path(conversation_id: str, operation: str) -> str:
    """Raises ConversationGone for what cannot be an id, such as dots that would lead to another path."""
    if not conversation_id.replace("_", "").replace("-", "").isalnum() or not conversation_id.isascii():
        raise ConversationGone(operation, "this is not the id of a conversation")
    return f"/v1/convai/conversations/{conversation_id}"


@asynccontextmanager
async def open_elevenlabs(
    *,
    api_url: str,
    api_key: SecretStr,
    agent_id: str,
    clock: Clock,
    sleep: Sleep = asyncio.sleep,
    transport: httpx.AsyncBaseTransport | None = None,
) -> AsyncIterator[ElevenLabs]:
    """Yield the client of one agent and close its connections afterwards; asks nothing yet.

    ``clock`` gives aware UTC datetimes, ``sleep`` takes seconds, ``transport`` replaces the network. Raises
    SettingsError for an address or a key that cannot be one.
    """
    async with open_connection(
        api_url=api_url, api_key=api_key, clock=clock, sleep=sleep, transport=transport
    ) as connection:
        yield ElevenLabs(connection, agent_id=agent_id, clock=clock)
