"""Who is asking: a person, their accounts, and where a call was asked for."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from bot.domain.errors import CallerError
from bot.domain.permission import Spot

PersonId = NewType("PersonId", str)
"""Random and opaque; this is what ElevenLabs gets as ``user_id``."""

DEFAULT_TENANT = "default"
"""The tenant of a platform that has only one here (the terminal)."""

_PART = re.compile(r"[A-Za-z0-9_.@+-]{1,64}")


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody's identity on one platform; the tenant is part of every key."""

    platform: str
    tenant: str
    id: str

    def __str__(self) -> str:
        middle = "" if self.tenant == DEFAULT_TENANT else f"{self.tenant}:"
        return f"{self.platform}:{middle}{self.id}"


def parse_account(text: str) -> Account:
    """Read ``alice``, ``discord:123`` or ``slack:T1:U7``.

    A bare name is an account of the terminal. Raises CallerError when it is none of these.
    """
    parts = text.strip().split(":")
    if len(parts) == 1:
        parts = ["console", DEFAULT_TENANT, *parts]
    elif len(parts) == 2:
        parts = [parts[0], DEFAULT_TENANT, parts[1]]
    if len(parts) != 3 or not all(_PART.fullmatch(part) for part in parts):
        shown = text if len(text) <= 40 else f"{text[:40]}…"
        raise CallerError(f"{shown!r} is not an account; write one such as alice or discord:123.")
    return Account(parts[0].lower(), parts[1], parts[2])


@dataclass(frozen=True, slots=True)
class Caller:
    """The account that asks, the name it goes by there, and where it asks.

    ``place`` is the server or workspace and ``channel`` where inside it, both empty in a direct message;
    ``may_manage`` whether it decides for everybody, ``manages_place`` whether it does for that place.
    ``spots`` is from where it may be looked at when somebody limited who may call whom; without any no limit
    applies, as in the terminal.
    """

    account: Account
    name: str
    place: str = ""
    may_manage: bool = False
    manages_place: bool = False
    channel: str = ""
    spots: tuple[Spot, ...] = ()


@dataclass(frozen=True, slots=True)
class Consent:
    """The answer to the first-call card: which text was shown, what was chosen, when."""

    text_version: str
    remember: bool
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """A human, whatever platform they come from."""

    id: PersonId
    name: str
    consent: Consent | None = None

    def has_answered(self, text_version: str) -> bool:
        """Whether the first-call card in its present wording was answered."""
        return self.consent is not None and self.consent.text_version == text_version

    @property
    def remembers(self) -> bool:
        """Whether this person said that characters may keep what they say."""
        return self.consent is not None and self.consent.remember

    @property
    def declined(self) -> bool:
        """Whether this person said that nothing is to be kept: then nothing is told either."""
        return self.consent is not None and not self.consent.remember
