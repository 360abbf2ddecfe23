"""How Discord says no: its codes, and the tree that names each field at fault."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

CODES = {
    10002: (404, "Unknown Application"),
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10013: (404, "Unknown User"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    20009: (403, "Explicit content cannot be sent to the desired recipient(s)"),
    20012: (403, "You are not authorized to perform this action on this application"),
    40003: (403, "You are opening direct messages too fast"),
    40005: (413, "Request entity too large"),
    40060: (400, "Interaction has already been acknowledged."),
    40094: (400, "This interaction has reached its maximum number of follow-up messages"),
    50001: (403, "Missing Access"),
    50003: (403, "Cannot execute action on a DM channel"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50013: (403, "Missing Permissions"),
    50024: (403, "Cannot execute action on this channel type"),
    50027: (401, "Invalid Webhook Token"),
    50033: (400, "Invalid Recipient(s)"),
    50035: (400, "Invalid Form Body"),
    50109: (400, "The request body contains invalid JSON."),
    50278: (403, "Cannot send messages to this user due to having no mutual guilds"),
}


class Refusal(Exception):
    """Discord's no to a request."""

    def __init__(self, code: int, errors: dict[str, Any] | None = None, *, status: int = 0) -> None:
        self.code = code
        self.status, message = CODES.get(code, (status, f"{status}"))
        self.body: dict[str, Any] = {"message": message, "code": code}
        if errors:
            self.body["errors"] = errors
        super().__init__(f"{self.status} {self.body}")


@dataclass(frozen=True)
class Form:
    """A part of a body, and what is wrong with the whole of it."""

    body: Any
    errors: dict[str, Any] = field(default_factory=dict)
    path: tuple[str, ...] = ()

    def __getitem__(self, key: str | int) -> "Form":
        inner: Any = None
        if isinstance(self.body, dict):
            inner = self.body.get(key)
        elif isinstance(self.body, list) and isinstance(key, int):
            inner = self.body[key]
        return Form(inner, self.errors, (*self.path, str(key)))

    def __contains__(self, key: str) -> bool:
        return isinstance(self.body, dict) and self.body.get(key) is not None

    def refuse(self, code: str, message: str) -> None:
        """Note what is wrong with this part."""
        spot = self.errors
        for step in self.path:
            spot = spot.setdefault(step, {})
        spot.setdefault("_errors", []).append({"code": code, "message": message})

    def settle(self) -> None:
        """Refuse the body if anything was wrong with it."""
        if self.errors:
            raise Refusal(50035, self.errors)

    def is_object(self) -> bool:
        """Whether this is an object; it is refused otherwise."""
        if not isinstance(self.body, dict):
            self.refuse("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        return isinstance(self.body, dict)

    def knows(self, fields: str) -> None:
        """Refuse fields other than those that are named here."""
        for key in set(self.body or ()) - set(fields.split()):
            self[key].refuse("UNKNOWN_FIELD", f"There is no field {key!r} here.")

    def text(self, key: str, most: int, least: int = 0, *, required: bool = False) -> None:
        """Check a string's length; one that must have letters must have them beside blanks."""
        spot, value = self[key], self[key].body
        if value is None:
            if required:
                spot.refuse("BASE_TYPE_REQUIRED", "This field is required")
        elif not isinstance(value, str):
            spot.refuse("STRING_TYPE_CONVERT", f"Could not interpret {value!r} as string.")
        elif required and least and not value.strip():
            spot.refuse("BASE_TYPE_REQUIRED", "This field is required")
        elif least and not least <= len(value) <= most:
            spot.refuse("BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
        elif len(value) > most:
            spot.refuse("BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")

    def number(self, key: str, least: float, most: float, *, whole: bool = True) -> None:
        """Check that a number lies between bounds, where there is one."""
        spot, value = self[key], self[key].body
        if value is None:
            return
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            spot.refuse("NUMBER_TYPE_COERCE", f"Value {value!r} is not a number.")
        elif value < least:
            spot.refuse("NUMBER_TYPE_MIN", f"int value should be greater than or equal to {least}.")
        elif value > most:
            spot.refuse("NUMBER_TYPE_MAX", f"int value should be less than or equal to {most}.")

    def one_of(self, key: str, values: Iterable[Any], *, required: bool = True) -> None:
        """Check that a value is one of these."""
        value = self[key].body
        if (required or value is not None) and value not in (allowed := tuple(values)):
            self[key].refuse("BASE_TYPE_CHOICES", f"Value must be one of {allowed}.")

    def flag(self, key: str) -> None:
        """Check that a value is a boolean, where there is one."""
        if not isinstance(self[key].body, bool | None):
            self[key].refuse("BOOLEAN_TYPE_CONVERT", "Must be either true or false.")

    def url(self, key: str, schemes: Iterable[str], most: int = 2048, *, required: bool = False) -> None:
        """Check an address: its length, its scheme, and that it leads somewhere."""
        spot, value = self[key], self[key].body
        self.text(key, most, 1, required=required)
        if not isinstance(value, str) or not value:
            return
        parts = urlsplit(value)
        if parts.scheme not in (allowed := tuple(schemes)):
            spot.refuse(
                "URL_TYPE_INVALID_SCHEME",
                f"Scheme {parts.scheme!r} is not supported. Scheme must be one of {allowed}.",
            )
        elif not parts.netloc or any(letter.isspace() for letter in value):
            spot.refuse("URL_TYPE_INVALID_URL", "Not a well formed URL.")

    def parts(self, key: str, most: int, least: int = 0) -> list["Form"]:
        """Check a list's length and return its parts."""
        spot, value = self[key], self[key].body
        if value is None:
            value = []
        if not isinstance(value, list):
            spot.refuse("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        if not least <= len(value) <= most:
            spot.refuse("BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
        return [part for index in range(len(value)) if (part := spot[index]).is_object()]
