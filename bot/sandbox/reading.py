"""Reading what clients send, strictly: JSON, query strings and bodies."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, NoReturn

from bot.sandbox.refusals import InvalidError, Problem

Json = dict[str, Any]

TRUE = ("true", "1", "on", "yes", "t", "y")
FALSE = ("false", "0", "off", "no", "f", "n")


def parse_object(raw: bytes | str) -> Json:
    """Raises ValueError for whatever is not one JSON object in clean Unicode, however deep or odd it is.

    A number that no float can hold counts as odd: nobody could write it back as JSON.
    """
    try:
        value = json.loads(raw, parse_constant=_no_constant, parse_float=_finite)
        json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - one kind of failure for every kind of bad text
    return value


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is too large for a number")
    return number


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


class Fields:
    """Named values of a query or a body; collects every problem, because one 422 lists them all.

    Getters hand out a neutral value where something is wrong; `check` raises InvalidError then.
    """

    def __init__(self, where: str, values: Mapping[str, Any]) -> None:
        self._where = where
        self._values = values
        self.problems: list[Problem] = []

    def text(self, name: str) -> str:
        if self._values.get(name) is None:
            self._complain(name, "Field required", "missing")
            return ""
        return self.optional_text(name) or ""

    def optional_text(self, name: str) -> str | None:
        value = self._values.get(name)
        if value is None or isinstance(value, str):
            return value
        self._complain(name, "Input should be a valid string", "string_type")
        return None

    def optional_object(self, name: str) -> Json:
        value = self._values.get(name)
        if value is None:
            return {}
        if isinstance(value, dict):
            return value
        self._complain(name, "Input should be a valid dictionary", "dict_type")
        return {}

    def optional_list(self, name: str) -> list[Any]:
        value = self._values.get(name)
        if value is None or isinstance(value, list):
            return value or []
        self._complain(name, "Input should be a valid list", "list_type")
        return []

    def only(self, *names: str) -> None:
        """Complain about every value that has another name."""
        for name in self._values:
            if name not in names:
                self._complain(name, "Extra inputs are not permitted", "extra_forbidden")

    def integer(self, name: str, *, low: int | None = None, high: int | None = None) -> int | None:
        value = self._values.get(name)
        if value is None:
            return None
        if isinstance(value, str):
            digits = value.removeprefix("-")
            if not (digits.isascii() and digits.isdigit() and len(digits) < 16):
                self._complain(
                    name,
                    "Input should be a valid integer, unable to parse string as an integer",
                    "int_parsing",
                )
                return None
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            self._complain(name, "Input should be a valid integer", "int_type")
            return None
        if low is not None and value < low:
            self._complain(name, f"Input should be greater than or equal to {low}", "greater_than_equal")
        if high is not None and value > high:
            self._complain(name, f"Input should be less than or equal to {high}", "less_than_equal")
        return value

    def flag(self, name: str) -> bool | None:
        value = self._values.get(name)
        if value is None or isinstance(value, bool):
            return value
        word = str(value).lower()
        if word in TRUE or word in FALSE:
            return word in TRUE
        self._complain(name, "Input should be a valid boolean, unable to interpret input", "bool_parsing")
        return None

    def one_of(self, name: str, choices: tuple[str, ...]) -> str | None:
        value = self.optional_text(name)
        if value is not None and value not in choices:
            words = " or ".join(f"'{choice}'" for choice in choices)
            self._complain(name, f"Input should be {words}", "literal_error")
        return value

    def check(self) -> None:
        if self.problems:
            raise InvalidError(self.problems)

    def _complain(self, name: str, msg: str, kind: str) -> None:
        self.problems.append(Problem((self._where, name), msg, kind))
