"""Phone numbers, and outbound calls by each provider."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from bot.sandbox.faults import Faults
from bot.sandbox.initiation import initiation_problems
from bot.sandbox.listing import page_of
from bot.sandbox.numbers import NUMBERS, Number, find_number, show_number
from bot.sandbox.phone import Phone
from bot.sandbox.reading import Fields, Json
from bot.sandbox.records import Provider, Who
from bot.sandbox.refusals import Problem, RefusalError, not_found
from bot.sandbox.rest.answering import answer, call_fault, read_body
from bot.sandbox.workspace import Workspace

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
PROVIDERS = ("twilio", "sip_trunk", "exotel")
CALL_ID: Mapping[Provider, str] = {"twilio": "callSid", "sip_trunk": "sip_call_id", "exotel": "callSid"}
CALL_FIELDS = (
    "agent_id",
    "agent_phone_number_id",
    "to_number",
    "conversation_initiation_client_data",
    "telephony_call_config",
)
CONFIG_FIELDS = ("ringing_timeout_secs", "twilio_call_recording_enabled", "twilio_machine_detection")
LONGEST_RINGING_SECONDS = 600
VERDICTS = (
    "human",
    "fax",
    "unknown",
    "machine_start",
    "machine_end_beep",
    "machine_end_silence",
    "machine_end_other",
)


@dataclass(frozen=True)
class CallConfig:
    """How long it may ring, None: as long as usual; and after whom machine detection ends the call."""

    seconds: int | None
    hangs_up_on: tuple[Who, ...]


@dataclass(frozen=True)
class Telephone:
    workspace: Workspace
    phone: Phone
    faults: Faults

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/v1/convai/phone-numbers", self.list_all, name="list_phone_numbers"),
            web.get("/v1/convai/v2/phone-numbers", self.list_pages, name="list_phone_numbers_v2"),
            web.get("/v1/convai/phone-numbers/{phone_number_id}", self.get, name="get_phone_number"),
            web.post("/v1/convai/twilio/outbound-call", self.call("twilio"), name="twilio_outbound_call"),
            web.post(
                "/v1/convai/sip-trunk/outbound-call", self.call("sip_trunk"), name="sip_trunk_outbound_call"
            ),
            web.post("/v1/convai/exotel/outbound-call", self.call("exotel"), name="exotel_outbound_call"),
        ]

    async def list_all(self, request: web.Request) -> web.Response:
        return answer(self._find(Fields("query", request.query)))

    async def list_pages(self, request: web.Request) -> web.Response:
        page, more = page_of(self._find(Fields("query", request.query)), request.query)
        return answer({"phone_numbers": page, **more})

    async def get(self, request: web.Request) -> web.Response:
        number_id = request.match_info["phone_number_id"]
        number = find_number(number_id)
        if number is None:
            raise not_found("phone_number", "phone_number_id", number_id)
        return answer(show_number(number, self.workspace.agent()))

    def call(self, provider: Provider) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def place(request: web.Request) -> web.Response:
            body = await read_body(request)
            number, to_number, config, data = self._read_call(provider, body)
            fault = call_fault(self.faults, f"{provider}_outbound_call")
            if fault == "unsuccessful":
                failed = {
                    "success": False,
                    "message": "The provider refused the call.",
                    "conversation_id": None,
                }
                return answer({**failed, CALL_ID[provider]: None})
            agent_id = str(body["agent_id"])
            call = await self.phone.place(
                number, to_number, config.seconds, data, config.hangs_up_on, agent_id
            )
            told = None if fault == "null_id" else call.conversation_id
            placed = {"success": True, "message": "Success", "conversation_id": told}
            return answer({**placed, CALL_ID[provider]: call.call_sid})

        return place

    def _read_call(self, provider: Provider, body: Json) -> tuple[Number, str, CallConfig, Json]:
        fields = Fields("body", body)
        agent_id, number_id = fields.text("agent_id"), fields.text("agent_phone_number_id")
        to_number = fields.text("to_number")
        data = fields.optional_object("conversation_initiation_client_data")
        if provider == "twilio":
            fields.flag("call_recording_enabled")
        config = _read_config(fields, provider)
        fields.only(*CALL_FIELDS, *(("call_recording_enabled",) if provider == "twilio" else ()))
        fields.problems += [
            problem.under("body", "conversation_initiation_client_data")
            for problem in initiation_problems(data)
        ]
        fields.check()
        self.workspace.agent(agent_id)
        number = find_number(number_id)
        if number is None:
            raise not_found("phone_number", "agent_phone_number_id", number_id)
        if number.provider != provider:
            message = f"The phone number is one of {number.provider}; it cannot be called from by {provider}."
            raise RefusalError(
                400, "validation_error", "invalid_parameters", message, "agent_phone_number_id"
            )
        if not E164.fullmatch(to_number):
            message = "The phone number must be in E.164 format, for example +4915112345678."
            raise RefusalError(400, "validation_error", "invalid_parameters", message, "to_number")
        return number, to_number, config, {name: value for name, value in data.items() if name != "type"}

    def _find(self, fields: Fields) -> list[Json]:
        provider, agent_id = fields.one_of("provider", PROVIDERS), fields.optional_text("agent_id")
        wanted = {name: fields.optional_text(name) for name in ("phone_number", "label", "search")}
        outbound = fields.flag("supports_outbound")
        fields.check()
        agent = self.workspace.agent()
        search = (wanted["search"] or "").casefold()
        return [
            show_number(number, agent)
            for number in NUMBERS
            if provider in (None, number.provider)
            and agent_id in (None, agent["agent_id"])
            and outbound in (None, True)
            and wanted["phone_number"] in (None, number.phone_number)
            and wanted["label"] in (None, number.label)
            and search in f"{number.label} {number.phone_number}".casefold()
        ]


def _read_config(body: Fields, provider: Provider) -> CallConfig:
    """What `telephony_call_config` says; machine detection is Twilio's, others check it and ignore it."""
    config = Fields("telephony_call_config", body.optional_object("telephony_call_config"))
    seconds = config.integer("ringing_timeout_secs", low=1, high=LONGEST_RINGING_SECONDS)
    config.flag("twilio_call_recording_enabled")
    config.only(*CONFIG_FIELDS)
    detection = Fields("twilio_machine_detection", config.optional_object("twilio_machine_detection"))
    mode = detection.one_of("mode", ("enable", "detect_message_end"))
    detection.only("mode", "actions")
    actions = detection.optional_list("actions")
    if len(actions) > 1 or not all(map(_is_action, actions)):
        words = "An action is hang_up, with the verdicts in answered_by, and each stands there once"
        detection.problems.append(Problem(("twilio_machine_detection", "actions"), words, "value_error"))
    config.problems += [problem.under("telephony_call_config") for problem in detection.problems]
    body.problems += [problem.under("body") for problem in config.problems]
    if body.problems or provider != "twilio":
        return CallConfig(seconds, ())
    rules = [verdict for action in actions for verdict in action["answered_by"]]
    machine = "machine_end_beep" if mode == "detect_message_end" else "machine_start"
    whom: tuple[tuple[Who, str], ...] = (("human", "human"), ("machine", machine))
    return CallConfig(seconds, tuple(who for who, verdict in whom if verdict in rules))


def _is_action(action: object) -> bool:
    if not isinstance(action, dict) or action.get("action", "hang_up") != "hang_up":
        return False
    verdicts = action.get("answered_by")
    known = isinstance(verdicts, list) and all(verdict in VERDICTS for verdict in verdicts)
    return known and bool(verdicts) and set(action) <= {"action", "answered_by"}
