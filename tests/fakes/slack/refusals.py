"""How Slack says no: its error words, and the messages that point at each spot at fault."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

Words = str | None


class Refusal(Exception):
    """Slack's no to a request."""

    def __init__(self, error: str, messages: Iterable[str] = (), *, status: int = 200, **more: Any) -> None:
        self.error = error
        self.status = status
        self.body: dict[str, Any] = {"ok": False, "error": error, **more}
        if found := list(messages):
            self.body["response_metadata"] = {"messages": found}
            self.body["errors"] = [one.removeprefix("[ERROR] ") for one in found]
        super().__init__(f"{status} {self.body}")


@dataclass(frozen=True)
class Part:
    """A part of what was sent, and what is wrong with the whole of it."""

    body: Any
    path: str = ""
    complaints: list[str] = field(default_factory=list)

    def __getitem__(self, key: str | int) -> "Part":
        inner: Any = None
        if isinstance(self.body, dict):
            inner = self.body.get(key)
        elif isinstance(self.body, list) and isinstance(key, int):
            inner = self.body[key]
        return Part(inner, f"{self.path}/{key}", self.complaints)

    def __contains__(self, key: str) -> bool:
        return isinstance(self.body, dict) and self.body.get(key) is not None

    def refuse(self, message: str) -> None:
        """Note what is wrong with this part."""
        self.complaints.append(f"[ERROR] {message} [json-pointer:{self.path}]")

    def settle(self, error: str) -> None:
        """Refuse the whole if anything was wrong with it."""
        if self.complaints:
            raise Refusal(error, self.complaints)

    def is_object(self) -> bool:
        """Whether this is an object; it is refused otherwise."""
        if not isinstance(self.body, dict):
            self.refuse("must provide an object")
        return isinstance(self.body, dict)

    def knows(self, fields: str) -> None:
        """Refuse fields other than those that are named here."""
        for key in sorted(set(self.body or ()) - set(fields.split())):
            self.refuse(f"invalid additional property: {key}")

    def needs(self, key: str) -> bool:
        """Refuse this part where a field is missing."""
        if key not in self:
            self.refuse(f"missing required field: {key}")
        return key in self

    def string(self, key: str, most: int, least: int = 0, *, required: bool = False) -> Words:
        """Check a string's length and return the string."""
        if (required and not self.needs(key)) or key not in self:
            return None
        spot, value = self[key], self[key].body
        if not isinstance(value, str):
            spot.refuse("must provide a string")
            return None
        if len(value) < least:
            spot.refuse(f"must be more than {least - 1} characters")
        elif len(value) > most:
            spot.refuse(f"must be less than {most + 1} characters")
        return value

    def number(self, key: str, least: int, most: int) -> None:
        """Check that a whole number lies between bounds, where there is one."""
        value = self[key].body
        if value is None:
            return
        if isinstance(value, bool) or not isinstance(value, int):
            self[key].refuse("must provide an integer")
        elif not least <= value <= most:
            self[key].refuse(f"must be between {least} and {most}")

    def one_of(self, key: str, values: Iterable[str], *, required: bool = False) -> None:
        """Check that a value is one of these."""
        if (required and not self.needs(key)) or key not in self:
            return
        if self[key].body not in (allowed := tuple(values)):
            self[key].refuse(f"must be one of: {', '.join(allowed)}")

    def flag(self, *keys: str) -> None:
        """Check that values are booleans, where there are any."""
        for key in keys:
            if not isinstance(self[key].body, bool | None):
                self[key].refuse("must provide a boolean")

    def url(self, key: str, schemes: Iterable[str] = ("http", "https"), *, required: bool = False) -> None:
        """Check an address: its length, its scheme, and that it leads somewhere."""
        value = self.string(key, 3000, 1, required=required)
        if value is None:
            return
        try:
            parts = urlsplit(value)
        except ValueError:
            parts = urlsplit("")
        leads = parts.netloc or parts.scheme == "mailto"
        if parts.scheme not in schemes or not leads or any(letter.isspace() for letter in value):
            self[key].refuse("must be a valid URL")

    def listed(self, key: str) -> list[Any]:
        """Return a list as it was sent, or an empty one where there is none."""
        value = self[key].body
        return value if isinstance(value, list) else []

    def parts(self, key: str, most: int, least: int = 0, *, required: bool = True) -> list["Part"]:
        """Check a list's length and return its parts."""
        if (required and not self.needs(key)) or key not in self:
            return []
        spot, value = self[key], self[key].body
        if not isinstance(value, list):
            spot.refuse("must provide an array")
            return []
        if len(value) > most:
            spot.refuse(f"no more than {most} items allowed")
        elif len(value) < least:
            spot.refuse(f"no less than {least} items allowed")
        return [part for index in range(len(value)) if (part := spot[index]).is_object()]
