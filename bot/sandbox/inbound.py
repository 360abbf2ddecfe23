"""Calls that come in: a webhook is asked what they start with (ElevenLabs: Twilio personalization).

How long it is waited for is not documented; a few seconds are our guess. Without a webhook, or where the
agent does not take what one says, a call starts with nothing, which is enough for an agent without variables.
"""

from __future__ import annotations

import aiohttp

from bot.sandbox.clock import Time
from bot.sandbox.events import phone_call
from bot.sandbox.numbers import NUMBERS, Number
from bot.sandbox.phone import Line, Phone
from bot.sandbox.reading import Json, parse_object
from bot.sandbox.records import Call, Conversation
from bot.sandbox.refusals import StartError
from bot.sandbox.state import State, new_id
from bot.sandbox.talks import Origin, Talks
from bot.sandbox.tools import fill_headers

PATIENCE_SECONDS = 3.0
TYPE = "conversation_initiation_client_data"


class Inbound:
    def __init__(
        self, talks: Talks, state: State, time: Time, phone: Phone, client: aiohttp.ClientSession
    ) -> None:
        self._talks = talks
        self._state = state
        self._time = time
        self._phone = phone
        self._client = client

    async def ring(self, from_number: str, number: Number = NUMBERS[0]) -> tuple[Call, Line]:
        """Take a call; `from_number` is whatever shows, as it can be forged. The line is dead if it fails."""
        now, agent = self._time.unix(), self._talks.agent()
        call = Call(
            call_sid=new_id("SCL") if number.provider == "sip_trunk" else new_id("CA").replace("_", ""),
            conversation_id=new_id("conv"),
            phone_number_id=number.phone_number_id,
            from_number=from_number,
            provider=number.provider,
            to_number=number.phone_number,
            state="in-progress",
            placed_at=now,
            ring_until=now,
            answered_at=now,
            direction="inbound",
        )
        origin = Origin(
            call.conversation_id, call.provider, "authorization_header", call=call, result="answered"
        )
        conversation = Conversation(
            conversation_id=call.conversation_id,
            agent_id=agent["agent_id"],
            status="initiated",
            started_at=now,
            source=number.provider,
            authorization="authorization_header",
            client_data={},
            phone_call=phone_call(call, None),
            version_id=agent["version_id"],
        )
        await self._state.place_call(call, conversation)
        line = await self._begin(call, origin)
        self._phone.put_line(call.call_sid, line)
        return call, line

    async def _begin(self, call: Call, origin: Origin) -> Line:
        try:
            data = await self._ask(call)
        except StartError as refusal:
            await self._talks.refuse({}, origin, refusal)
            return Line(None, [], refusal.reason)
        try:
            talk = await self._talks.begin(data, origin)
        except StartError as refusal:
            return Line(None, [], refusal.reason)
        greeting = await talk.greet()
        return Line(talk, [] if greeting is None else [greeting.text])

    async def _ask(self, call: Call) -> Json:
        """What the conversation starts with. Raises StartError where the answer is none."""
        webhook = self._talks.workspace.inbound_webhook()
        if webhook is None:
            return {}
        asked = {
            "caller_id": call.from_number,
            "called_number": call.to_number,
            "agent_id": self._talks.agent()["agent_id"],
            "call_sid": call.call_sid,
            "conversation_id": call.conversation_id,
        }
        secrets, wanted = self._talks.workspace.secrets, webhook.get("request_headers") or {}
        try:
            headers = fill_headers(wanted, {}, secrets)
            timeout = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
            async with self._client.post(
                webhook["url"], json=asked, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                if answer.status != 200:
                    raise _failed(f"it answered with status {answer.status}")
                raw = await answer.read()
        except TimeoutError:
            raise _failed("it timed out") from None
        except KeyError:
            raise _failed("a header of it names what does not exist") from None
        except aiohttp.ClientError:
            raise _failed("it could not be reached") from None
        try:
            data = parse_object(raw)
        except ValueError as error:
            raise _failed(f"its answer is {error}") from error
        if data.get("type") != TYPE:
            raise _failed(f"its answer needs the type {TYPE}")
        return {name: value for name, value in data.items() if name != "type"}


def _failed(why: str) -> StartError:
    """In our words: theirs are not documented."""
    return StartError("http_exception", f"The conversation initiation webhook failed: {why}.")
