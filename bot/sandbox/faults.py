"""Faults on demand: what goes wrong next, and how often.

`POST /sandbox/faults` takes one fault:

    {"operation": "twilio_outbound_call", "fault": "drop", "when": "after", "times": 1, "skip": 0}

`operation` is the name of a route as `GET /sandbox/faults` lists them (`*` stands for any letters: so
`*_outbound_call` means all three providers and `*` every route of ElevenLabs), a route itself
(`POST /v1/convai/twilio/outbound-call`), or an inner one: `webhook`, `call`, `voicemail`, `recall`,
`analysis`, `socket`.
`times` (1; null: until deleted) and `skip` (0: how many pass first) count. Of several faults for one
operation the oldest goes first.

| operation | fault | further fields | what the other side sees |
| --- | --- | --- | --- |
| a route | `delay` | `seconds`, `when` | waits by the sandbox's clock, before or after the effect |
| a route | `status` | `status`, `retry_after`, `code`, `when` | that status, in the documented body |
| a route | `drop` | `when` | the connection breaks, before or after the effect |
| a route | `garbage` | | it happened, and the answer cannot be read |
| an outbound call | `unsuccessful` | | 200 with `success: false`; nobody is rung |
| an outbound call | `null_id` | | `conversation_id` is null; it rings |
| `webhook` | `lose` | | the event never comes |
| `webhook` | `twice` | | the same event comes two times |
| `webhook` | `late` | `seconds` | it comes that much later |
| `webhook` | `out_of_order` | | it comes after the next one |
| `call` | `voicemail`, `busy`, `no_answer` | | who is rung next: a machine, a decline, nobody |
| `voicemail` | `undetected` | | nobody notices that it is a machine: it is greeted, and says nothing |
| `recall` | `no_recall`, `failure` | | the recall tool is not asked, or cannot be reached |
| `analysis` | `no_collection` | | data collection finds nothing |
| `analysis` | `no_summary` | | there is neither a title nor a summary |
| `socket` | `close` | `status` (1011), `reason` | closed with that code after the next user message |
| `socket` | `silence` | | the same with 1002, as after 60 s in which nobody said anything |
| `socket` | `correction`, `interruption` | | the next answer is followed by that event |
| `socket` | `tool_call` | | the next answer waits for the result of a tool of the client's |

`when` is `before` (the default) or `after` the effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase

from bot.sandbox.reading import Json

INNER = {
    "webhook": ("lose", "twice", "late", "out_of_order"),
    "call": ("voicemail", "busy", "no_answer"),
    "voicemail": ("undetected",),
    "recall": ("no_recall", "failure"),
    "analysis": ("no_collection", "no_summary"),
    "socket": ("close", "silence", "correction", "interruption", "tool_call"),
}
OUTER = ("delay", "status", "drop", "garbage")
CALLS = ("unsuccessful", "null_id")
FIELDS = ("operation", "fault", "times", "skip", "seconds", "status", "retry_after", "code", "when", "reason")
CLOSE_CODES = (1000, 1001, 1002, 1008, 1011, 4300)


class FaultError(ValueError):
    """A fault makes no sense; its text is one sentence for who asked for it."""


@dataclass
class Fault:
    operation: str
    fault: str
    times: int | None = 1
    skip: int = 0
    seconds: float = 0.0
    status: int = 0
    retry_after: int | None = None
    code: str | None = None
    when: str = "before"
    reason: str = ""
    happened: int = 0

    def fits(self, name: str, route: str) -> bool:
        return route == self.operation or fnmatchcase(name, self.operation)


class Faults:
    """`operations` maps the names of routes to their method and path."""

    def __init__(self) -> None:
        self.operations: dict[str, str] = {}
        self._faults: list[Fault] = []

    def add(self, body: Json) -> Fault:
        """Raises FaultError."""
        fault = read_fault(body, self.operations)
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        self._faults.clear()

    def listed(self) -> list[Json]:
        return [asdict(fault) for fault in self._faults]

    def take(self, name: str, kinds: Sequence[str] | None = None) -> Fault | None:
        """The fault that happens to `name` now, and count it."""
        for fault in self._faults:
            if not fault.fits(name, self.operations.get(name, "")):
                continue
            if (kinds is not None and fault.fault not in kinds) or fault.times == 0:
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.times = None if fault.times is None else fault.times - 1
            fault.happened += 1
            return fault
        return None


def read_fault(body: Json, operations: dict[str, str]) -> Fault:
    unknown = sorted(set(body) - set(FIELDS))
    if unknown:
        raise FaultError(f"There is no field '{unknown[0]}'; the fields are {', '.join(FIELDS)}.")
    for name in ("operation", "fault"):
        if not isinstance(body.get(name), str):
            raise FaultError(f"'{name}' is needed, as text.")
    fault = Fault(operation=body["operation"], fault=body["fault"])
    kinds = _kinds(fault.operation, operations)
    if fault.fault not in kinds:
        raise FaultError(f"'{fault.operation}' can have {', '.join(kinds)}, but not '{fault.fault}'.")
    fault.times = None if "times" in body and body["times"] is None else _count(body, "times", 1, 1)
    fault.skip = _count(body, "skip", 0, 0)
    fault.seconds = _seconds(body, needed=fault.fault in ("delay", "late"))
    fault.retry_after = _count(body, "retry_after", 0, 0) if "retry_after" in body else None
    fault.status = _status(body, fault.fault)
    for name in ("code", "reason", "when"):
        if not isinstance(body.get(name, ""), str):
            raise FaultError(f"'{name}' must be text.")
    fault.code, fault.reason = body.get("code"), body.get("reason", "")
    fault.when = body.get("when", "before")
    if fault.when not in ("before", "after"):
        raise FaultError("'when' is 'before' or 'after' the effect.")
    return fault


def _kinds(operation: str, operations: dict[str, str]) -> tuple[str, ...]:
    if operation in INNER:
        return INNER[operation]
    meant = [name for name, route in operations.items() if route == operation or fnmatchcase(name, operation)]
    if not meant:
        known = ", ".join((*INNER, *sorted(operations)))
        raise FaultError(f"There is no operation '{operation}'; there are {known}.")
    return OUTER + CALLS if all(name.endswith("_outbound_call") for name in meant) else OUTER


def _count(body: Json, name: str, default: int, low: int) -> int:
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < low:
        raise FaultError(f"'{name}' must be a whole number from {low}.")
    return value


def _seconds(body: Json, *, needed: bool) -> float:
    value = body.get("seconds", None if needed else 0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 10**9:
        raise FaultError("'seconds' must be a number from 0.")
    return float(value)


def _status(body: Json, fault: str) -> int:
    value = body.get("status", 1011 if fault == "close" else None)
    if fault == "close" and value not in CLOSE_CODES:
        raise FaultError(f"'status' must be a close code: {', '.join(map(str, CLOSE_CODES))}.")
    if fault == "status" and (
        isinstance(value, bool) or not isinstance(value, int) or not 400 <= value <= 599
    ):
        raise FaultError("'status' must be a status from 400 to 599.")
    return value if isinstance(value, int) else 0
