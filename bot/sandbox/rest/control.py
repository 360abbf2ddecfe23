"""Not ElevenLabs: the carrier's own truth, telephones answered by programs, faults, and the clock.

These routes need no key. Whatever is wrong with a request is one sentence in `error`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass

from aiohttp import web

from bot.sandbox.clock import Time
from bot.sandbox.faults import FaultError, Faults
from bot.sandbox.inbound import Inbound
from bot.sandbox.numbers import find_number
from bot.sandbox.phone import Line, NotRingingError, Phone, Ring
from bot.sandbox.reading import Json, parse_object
from bot.sandbox.rest.answering import Handler, answer
from bot.sandbox.state import CLOCK_OFFSET, State
from bot.sandbox.talk import Talk
from bot.sandbox.talks import Talks

LONGEST_NUMBER_CHARS = 200
LONGEST_ADVANCE_SECONDS = 10 * 365 * 86_400
Deed = Callable[[web.Request], Awaitable[web.Response]]


class ControlError(Exception):
    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Control:
    state: State
    time: Time
    phone: Phone
    inbound: Inbound
    faults: Faults
    talks: Talks

    def routes(self) -> list[web.RouteDef]:
        call = "/sandbox/calls/{call_sid}"
        return [
            web.get("/sandbox/calls", _worded(self.list_calls)),
            web.post("/sandbox/inbound", _worded(self.ring_agent)),
            web.post(f"{call}/answer", _worded(self.answer)),
            web.post(f"{call}/decline", _worded(self.decline)),
            web.post(f"{call}/voicemail", _worded(self.voicemail)),
            web.post(f"{call}/say", _worded(self.say)),
            web.post(f"{call}/hang-up", _worded(self.hang_up)),
            web.get("/sandbox/talks", self.list_talks),
            web.get("/sandbox/faults", self.list_faults),
            web.post("/sandbox/faults", _worded(self.add_fault)),
            web.delete("/sandbox/faults", self.clear_faults),
            web.get("/sandbox/clock", self.get_clock),
            web.post("/sandbox/clock", _worded(self.move_clock)),
        ]

    async def list_calls(self, request: web.Request) -> web.Response:
        """Who was rung, in the order in which it happened, and how often; all of it, or what is asked for."""
        query = request.query
        unknown = sorted(set(query) - {"to_number", "call_ref", "after", "limit"})
        if unknown:
            raise ControlError(400, f"There is no '{unknown[0]}': ask by to_number, call_ref, after, limit.")
        log = await self.state.log(
            to_number=query.get("to_number"),
            call_ref=query.get("call_ref"),
            after=_number(query, "after", 0) or 0,
            limit=_number(query, "limit", 1),
        )
        return answer({"calls": log.calls, "rung": log.rung, "after": log.after})

    async def ring_agent(self, request: web.Request) -> web.Response:
        """Somebody rings a number of the workspace; they talk on like on a call that was answered."""
        body = await _read(request)
        from_number, number = body.get("from_number"), find_number(str(body.get("number")))
        if not isinstance(from_number, str) or len(from_number) > LONGEST_NUMBER_CHARS or number is None:
            raise ControlError(400, 'Send {"from_number": "+49…", "number": "phnum_sandbox"}.')
        call, line = await self.inbound.ring(from_number, number)
        return answer(
            {
                "call_sid": call.call_sid,
                "conversation_id": call.conversation_id,
                "words": line.first_words,
                "open": line.open,
                "failure": line.failure,
            }
        )

    async def answer(self, request: web.Request) -> web.Response:
        ring = await self._ring(request)
        line = await ring.answer()
        return answer({"words": line.first_words, "open": line.open, "failure": line.failure})

    async def decline(self, request: web.Request) -> web.Response:
        await (await self._ring(request)).decline()
        return answer({})

    async def voicemail(self, request: web.Request) -> web.Response:
        await (await self._ring(request)).answer_by_machine()
        return answer({})

    async def say(self, request: web.Request) -> web.Response:
        body = await _read(request)
        text = body.get("text")
        if not isinstance(text, str) or set(body) != {"text"}:
            raise ControlError(400, 'Send {"text": "…"} with what you say.')
        line = await self._line(request)
        return answer({"words": await line.say(text), "open": line.open})

    async def hang_up(self, request: web.Request) -> web.Response:
        await (await self._line(request)).hang_up()
        return answer({})

    async def list_talks(self, _request: web.Request) -> web.Response:
        """What goes on now, and as whom: prompt, voice and the node of the workflow, as they are played."""
        return answer({"talks": [_shown_talk(talk) for talk in self.talks.running()]})

    async def list_faults(self, _request: web.Request) -> web.Response:
        return answer({"faults": self.faults.listed(), "operations": self.faults.operations})

    async def add_fault(self, request: web.Request) -> web.Response:
        return answer(asdict(self.faults.add(await _read(request))), 201)

    async def clear_faults(self, _request: web.Request) -> web.Response:
        self.faults.clear()
        return answer({})

    async def get_clock(self, _request: web.Request) -> web.Response:
        return answer({"now_unix_secs": self.time.unix(), "offset_seconds": self.time.offset_seconds})

    async def move_clock(self, request: web.Request) -> web.Response:
        body = await _read(request)
        seconds = body.get("advance_seconds")
        number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
        if seconds is None or not number or not 0 <= seconds <= LONGEST_ADVANCE_SECONDS or len(body) != 1:
            raise ControlError(400, 'Send {"advance_seconds": N} with a number from 0 to ten years.')
        await self.state.put_setting(CLOCK_OFFSET, str(self.time.offset_seconds + seconds))
        self.time.advance(seconds)
        return await self.get_clock(request)

    async def _ring(self, request: web.Request) -> Ring:
        call_sid = request.match_info["call_sid"]
        ring = self.phone.ring_of(call_sid)
        if ring is None:
            known = await self.state.call(call_sid) is not None
            sentence = "It does not ring any more." if known else f"There is no call {call_sid}."
            raise ControlError(409 if known else 404, sentence)
        return ring

    async def _line(self, request: web.Request) -> Line:
        call_sid = request.match_info["call_sid"]
        line = self.phone.line_of(call_sid)
        if line is None or not line.open:
            known = await self.state.call(call_sid) is not None
            sentence = "Nobody is on this line." if known else f"There is no call {call_sid}."
            raise ControlError(409 if known else 404, sentence)
        return line


def _shown_talk(talk: Talk) -> Json:
    settings = talk.settings
    return {
        "conversation_id": talk.conversation_id,
        "agent_id": talk.agent_id,
        "workflow_node_id": settings.node_id,
        "prompt": settings.prompt,
        "first_message": settings.first_message,
        "language": settings.language,
        "llm": settings.llm,
        "voice": dict(settings.voice),
        "text_only": settings.text_only,
        "max_duration_seconds": settings.max_duration_seconds,
    }


def _number(query: Mapping[str, str], name: str, low: int) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 9 or int(text) < low:
        raise ControlError(400, f"'{name}' is a whole number from {low}.")
    return int(text)


def _worded(deed: Deed) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        try:
            return await deed(request)
        except ControlError as error:
            return answer({"error": str(error)}, error.status)
        except NotRingingError:
            return answer({"error": "It does not ring any more."}, 409)
        except FaultError as error:
            return answer({"error": str(error)}, 400)

    return handle


async def _read(request: web.Request) -> Json:
    try:
        return parse_object(await request.read())
    except ValueError as error:
        raise ControlError(400, "Send one JSON object.") from error


def operations(routes: list[web.RouteDef]) -> dict[str, str]:
    """Every named route, with its method and path."""
    return {route.kwargs["name"]: f"{route.method} {route.path}" for route in routes}
