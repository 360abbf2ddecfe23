"""What the sandbox says when it refuses, in the body shapes that ElevenLabs documents (Errors)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class RefusalError(Exception):
    """A request is refused with the structured body: `{"detail": {type, code, message, status, …}}`."""

    def __init__(self, status: int, kind: str, code: str, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.code = code
        self.message = message
        self.param = param

    def body(self, request_id: str) -> dict[str, Any]:
        """`detail.status` is the older alias of `detail.code`; both are sent."""
        detail = {
            "type": self.kind,
            "code": self.code,
            "message": self.message,
            "status": self.code,
            "request_id": request_id,
        }
        if self.param is not None:
            detail["param"] = self.param
        return {"detail": detail}


@dataclass(frozen=True)
class Problem:
    """One entry of a 422: where it is, what is wrong, and the kind in pydantic's words."""

    loc: tuple[str | int, ...]
    msg: str
    type: str

    def under(self, *prefix: str | int) -> Problem:
        return Problem((*prefix, *self.loc), self.msg, self.type)


class InvalidError(Exception):
    """A request breaks the schema: 422 with every problem in an array."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(problem.msg for problem in problems))
        self.problems = problems

    def body(self) -> dict[str, Any]:
        return {"detail": [{"type": p.type, "loc": list(p.loc), "msg": p.msg} for p in self.problems]}


class StartError(Exception):
    """A conversation cannot start with what the client sent; a WebSocket closes with 1008.

    `error_type` is one of the documented names: invalid_message, override_error, missing_dynamic_variable.
    """

    def __init__(self, error_type: str, reason: str) -> None:
        super().__init__(reason)
        self.error_type = error_type
        self.reason = reason


def not_found(what: str, param: str, value: str) -> RefusalError:
    """`what` is agent, conversation or phone_number; the code is `<what>_not_found`."""
    words = what.replace("_", " ").capitalize()
    return RefusalError(404, "not_found", f"{what}_not_found", f"{words} with id {value} not found.", param)
