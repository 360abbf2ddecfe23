"""The requests that we make to ElevenLabs, one method each; what they answer comes back in our words.

Source: ElevenLabs API reference, Agents Platform.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

import httpx
from pydantic import SecretStr

from bot.domain.agent import Webhook
from bot.domain.alert import Credit
from bot.domain.call import CallRef
from bot.domain.conversation import Listed, RemoteConversation, RoomToken, SignedUrl
from bot.domain.dialing import Dialed
from bot.domain.errors import ConversationGone, ProviderChanged, ProviderError, ProviderRefused
from bot.domain.initiation import Initiation
from bot.elevenlabs import calls
from bot.elevenlabs.agents import AgentDesk
from bot.elevenlabs.caching import Cached
from bot.elevenlabs.calls import (
    PATHS,
    PHONE_NUMBERS,
    PhoneCallAnswer,
    PhoneNumber,
    build_call,
    choose_provider,
    not_sent,
)
from bot.elevenlabs.connection import Clock, Connection, Sleep, open_connection
from bot.elevenlabs.listing import ConversationPage, can_be_asked, list_query
from bot.elevenlabs.socket import Sign, Talk, open_talk
from bot.elevenlabs.subscription import SUBSCRIPTION_PATH, Subscription
from bot.elevenlabs.voices import VoiceDesk
from bot.elevenlabs.wire import ConversationDetail, ConversationToken, SignedUrlAnswer
from bot.elevenlabs.workspace import Workspace

DETAILS_AT_ONCE = 4
MOST_PAGES = 50


class ElevenLabs:
    """One agent and the account that it belongs to; satisfies ``Agents``, ``open_elevenlabs`` gives one.

    What calls need stands here, ``agent``, ``workspace`` and ``voices`` are for whoever sets the account up.
    Every method raises ProviderError and its kinds. Reads are tried three times at most. Whatever changes or
    starts something, a phone call above all, is sent once: its answer may be lost after the telephone rang.
    """

    def __init__(self, connection: Connection, *, agent_id: str, clock: Clock) -> None:
        self._connection = connection
        self._agent_id = agent_id
        self._details = asyncio.Semaphore(DETAILS_AT_ONCE)
        self._numbers = Cached(self.fetch_phone_numbers, clock)
        self.agent = AgentDesk(connection, agent_id=agent_id, clock=clock)
        self.workspace = Workspace(connection)
        self.voices = VoiceDesk(connection)

    async def fetch_allowed_overrides(self) -> frozenset[str]:
        """Return the override fields that the agent allows; asked once in 10 minutes."""
        return await self.agent.fetch_allowed_overrides()

    def get_allowed_overrides(self) -> frozenset[str]:
        """Return the override fields that the agent allowed when it was asked last; none if it never was."""
        return self.agent.get_allowed_overrides()

    def forget_agent(self) -> None:
        """Ask for the agent anew next time: it was changed, or it refused what it seemed to allow."""
        self.agent.forget()

    async def fetch_credit(self) -> Credit:
        """Return what is left of the account's plan."""
        path = SUBSCRIPTION_PATH
        return (await self._connection.read("get subscription", path, Subscription)).to_credit()

    async def fetch_webhooks(self) -> tuple[Webhook, ...]:
        """Return the workspace's webhooks, in our words."""
        return tuple(one.in_our_words() for one in await self.workspace.list_webhooks())

    async def sign_url(self) -> SignedUrl:
        """Return a WebSocket address that starts one conversation, once, within 15 minutes."""
        params = {"agent_id": self._agent_id, "include_conversation_id": "true"}
        path = "/v1/convai/conversation/get-signed-url"
        return (await self._connection.read("get signed URL", path, SignedUrlAnswer, params)).to_signed_url()

    async def fetch_token(self) -> RoomToken:
        """Return what lets a browser into one conversation over WebRTC; ask when it is wanted, not before."""
        params = {"agent_id": self._agent_id}
        path = "/v1/convai/conversation/token"
        answer = await self._connection.read("get conversation token", path, ConversationToken, params)
        return answer.to_room_token()

    async def fetch_conversation(self, conversation_id: str) -> RemoteConversation:
        """Return a conversation in full; four at once at most, because they throttle this hard.

        Raises ConversationGone when they do not have it.
        """
        operation = "get conversation"
        path = _conversation_path(conversation_id, operation)
        async with self._details:
            detail = await self._connection.read(operation, path, ConversationDetail, about_conversation=True)
        return detail.to_conversation()

    async def list_conversations(
        self,
        *,
        user_id: str | None = None,
        variables: Mapping[str, str] | None = None,
        started_after: datetime | None = None,
        started_before: datetime | None = None,
    ) -> tuple[Listed, ...]:
        """Return our agent's conversations that fit, newest first; all pages are read.

        An empty user id or value finds none: to them it would mean every conversation that has none. Nor does
        one with half a character in it, which cannot be asked for.
        """
        wanted = [*(variables or {}).values(), *([] if user_id is None else [user_id])]
        if not all(can_be_asked(value) for value in wanted):
            return ()
        operation = "list conversations"
        params = list_query(self._agent_id, user_id, variables or {}, started_after, started_before)
        found: dict[str, Listed] = {}
        cursors: set[str] = set()
        for _ in range(MOST_PAGES):
            page = await self._connection.read(
                operation, "/v1/convai/conversations", ConversationPage, params
            )
            found |= {item.conversation_id: item.to_listed() for item in page.conversations}
            if not page.cursor:
                return tuple(sorted(found.values(), key=_newest_first))
            if page.cursor in cursors:
                raise ProviderChanged(operation, "the pages go round in a circle")
            cursors.add(page.cursor)
            params["cursor"] = page.cursor
        raise ProviderChanged(operation, f"there are more than {MOST_PAGES} pages")

    async def find_conversation_ids(self, call_ref: CallRef) -> tuple[str, ...]:
        """Return our agent's conversations that carry this reference, newest first; of an empty one none."""
        listed = await self.list_conversations(variables={"call_ref": call_ref})
        return tuple(conversation.conversation_id for conversation in listed)

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

    async def rate_conversation(self, conversation_id: str, *, liked: bool) -> None:
        """Say whether a conversation was good. Raises ConversationGone when they do not have it."""
        operation = "rate conversation"
        path = f"{_conversation_path(conversation_id, operation)}/feedback"
        body = {"feedback": "like" if liked else "dislike"}
        await self._connection.send(operation, "POST", path, body=body, about_conversation=True)

    async def place_phone_call(
        self,
        *,
        phone_number_id: str,
        to_number: str,
        initiation: Initiation,
        ringing_timeout_seconds: int = 45,
        before: datetime | None = None,
    ) -> Dialed:
        """Have the number's own provider ring somebody, in one attempt, ``before`` a moment or not at all.

        ``to_number`` is E.164. A number of Twilio's hangs up by itself on a machine or a fax. Whether the
        phone can have rung after an error, ``certainly_did_not_ring`` says.
        """
        provider = await self._choose_provider(phone_number_id)
        body = build_call(
            provider=provider,
            agent_id=self._agent_id,
            phone_number_id=phone_number_id,
            to_number=to_number,
            initiation=initiation,
            ringing_timeout_seconds=ringing_timeout_seconds,
        )
        path = PATHS[provider]
        answer = await self._connection.change(
            calls.OPERATION, "POST", path, PhoneCallAnswer, body, before=before
        )
        return answer.to_dialed()

    async def fetch_phone_numbers(self) -> tuple[PhoneNumber, ...]:
        """Return the numbers of the whole workspace, other agents' too."""
        return await self._connection.read("list phone numbers", "/v1/convai/phone-numbers", PHONE_NUMBERS)

    async def _choose_provider(self, phone_number_id: str) -> str:
        """Return whom to ask; the numbers are read once in 10 minutes, and anew for one that is missing."""
        failure: ProviderError
        try:
            numbers = await self._numbers.get()
            if all(number.phone_number_id != phone_number_id for number in numbers):
                self._numbers.forget()
                numbers = await self._numbers.get()
        except ProviderRefused:
            raise
        except ProviderError as error:
            failure = not_sent(error)
        else:
            return choose_provider(numbers, phone_number_id)
        raise failure


def _newest_first(listed: Listed) -> float:
    return -listed.started_at.timestamp() if listed.started_at else 0.0


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
