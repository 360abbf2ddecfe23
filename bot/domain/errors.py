"""What can go wrong, sorted by who has to act.

TroupeError
├─ CallerError           the member can fix it; ``str(error)`` is fit for chat
│  ├─ UnknownPersona
│  ├─ UnknownCommand
│  ├─ LinkExpired
│  ├─ LinkTaken
│  ├─ CallNotFound
│  ├─ NotAdmitted           nobody let Troupe into this server
│  ├─ CharacterNotHere      a manager limited who may call this character, or from where
│  ├─ NumberNotAllowed
│  ├─ ImportRejected
│  ├─ CallRefused           blocked, paused, the community's money is used up, or on a call already
│  ├─ AllLinesBusy          as many calls run as are allowed at once
│  └─ AllowanceUsedUp       resets_at
├─ OperatorError         whoever runs the bot must fix it; at start: exit code 2
│  ├─ SettingsError
│  │  └─ PlatformUnreachable  Discord or Slack says neither yes nor no to a token now
│  ├─ BackupRefused      a backup cannot be made, or put back; nothing was changed
│  ├─ PersonaFileError   path, line, column, reason
│  └─ ProviderRefused    401, 402, 403, or an override that the agent does not allow
├─ ProviderError         the other side; carries operation, status and their request id
│  ├─ ProviderUnavailable   timeout, 429, 5xx: follow-up tries again, a dial never does
│  └─ ProviderChanged       an answer that we cannot read; no retry
├─ NotStored             a commit failed (disk full, locked); nothing was changed
│  └─ PerhapsStored         it broke off in the middle, and nobody can be asked
├─ NobodyThere           a front cannot reach this account now; follow-up tries again
├─ PostRefused           this account wants, or can have, no messages from us: it is not tried again
└─ WebhookRejected       bad signature or stale timestamp: 401, no reason given
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


class TroupeError(Exception):
    """Anything that Troupe raises on purpose."""


class CallerError(TroupeError):
    """The member can fix it; the text is fit for chat."""


class UnknownPersona(CallerError):
    """No character of that name is in the cast; ``meant`` is the slug of the nearest, if one is near."""

    def __init__(self, sentence: str, meant: str = "") -> None:
        super().__init__(sentence)
        self.meant = meant


class UnknownCommand(CallerError):
    """No command of that name, or its words do not fit."""


class LinkExpired(CallerError):
    """The talk link was used up, withdrawn, or is older than 15 minutes."""


class LinkTaken(CallerError):
    """The talk link was already opened in another browser."""


class CallNotFound(CallerError):
    """This person has no such call."""


class CharacterNotHere(CallerError):
    """A manager limited who may call this character, or from where."""


class NotAdmitted(CallerError):
    """Nobody calls from this server: somebody who may manage it has to let Troupe in first."""


class NumberNotAllowed(CallerError):
    """This telephone number cannot be read, or must not be rung."""


class ImportRejected(CallerError):
    """The file cannot be read as a conversation; nothing was saved."""


class CallRefused(CallerError):
    """No call for this person now: blocked, paused, no money left this month, or on a call already."""


class AllLinesBusy(CallerError):
    """As many calls run as are allowed at once."""


class AllowanceUsedUp(CallerError):
    """Nothing is left for this person, their server or everybody; ``resets_at`` is aware UTC."""

    def __init__(self, sentence: str, resets_at: datetime) -> None:
        super().__init__(sentence)
        self.resets_at = resets_at


class OperatorError(TroupeError):
    """Whoever runs the bot must fix it."""


class SettingsError(OperatorError):
    """A setting is missing or wrong."""


class BackupRefused(OperatorError):
    """A backup cannot be made, or is not one that can be put back; nothing was changed."""


class PlatformUnreachable(SettingsError):
    """A platform says neither yes nor no to a token now; ``reason`` is its word for that, or ours."""

    def __init__(self, platform: str, reason: str) -> None:
        super().__init__(f"{platform} cannot be reached ({reason}). Start again once it can.")
        self.platform = platform
        self.reason = reason


def printable(path: Path) -> str:
    """Return a path in which nothing moves a terminal's cursor, begins a line or is no text."""
    return "".join(character if character.isprintable() else "?" for character in str(path))


@dataclass(unsafe_hash=True)
class PersonaFileError(OperatorError):
    """One thing that is wrong in one persona file; line and column count from 1."""

    path: Path
    line: int
    column: int
    reason: str

    def __str__(self) -> str:
        return f"{printable(self.path)}:{self.line}:{self.column}: {self.reason}"


class ProviderError(TroupeError):
    """The other side failed.

    ``operation`` is the request in our words, ``status`` the HTTP status or None when no answer came,
    ``request_id`` theirs.
    """

    def __init__(
        self,
        operation: str,
        reason: str,
        *,
        status: int | None = None,
        code: str = "",
        request_id: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(operation, reason)
        self.provider = "ElevenLabs"
        self.operation = operation
        self.reason = reason
        self.status = status
        self.code = code
        self.request_id = request_id
        self.retry_after = retry_after

    def __str__(self) -> str:
        status = f" ({self.status})" if self.status else ""
        request = f" [request {self.request_id}]" if self.request_id else ""
        return f"{self.provider}, {self.operation}{status}: {self.reason}{request}"


class ProviderUnavailable(ProviderError):
    """Timeout, 429 or 5xx; ``retry_after`` in seconds where they said so."""


class ProviderChanged(ProviderError):
    """An answer that we cannot read, or a request that they call malformed."""


class ProviderRefused(ProviderError, OperatorError):
    """They understood and refuse: key, credit, permission, or an override that is switched off."""


class ConversationGone(ProviderError):
    """They no longer have (or never had) this conversation."""


class NotStored(TroupeError):
    """The database could not commit; nothing was changed."""


class PerhapsStored(NotStored):
    """The database broke off while it committed, and cannot be asked: something may have been changed.

    Whoever does it again does no harm: calls, conversations and events are known by their ids.
    """


class NobodyThere(TroupeError):
    """The front cannot reach this account at the moment."""


class PostRefused(TroupeError):
    """The front can never reach this account with a message that it did not ask for."""


class WebhookRejected(TroupeError):
    """The signature is wrong or the timestamp is stale."""
