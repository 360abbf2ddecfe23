"""What is heard in a running text conversation."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of an answer while it is being written; ``text`` is empty at start and stop."""

    kind: Literal["start", "delta", "stop"]
    text: str
    event_id: int


@dataclass(frozen=True, slots=True)
class Said:
    """What the character said, in full; it repeats the parts of the same ``event_id``."""

    text: str
    event_id: int


@dataclass(frozen=True, slots=True)
class Corrected:
    """What the character really got to say of an answer, after it was interrupted."""

    text: str
    original: str
    event_id: int


@dataclass(frozen=True, slots=True)
class Ended:
    """The conversation is over as it should be; ``reason`` is theirs and may be empty."""

    reason: str = ""
    by_us: bool = False


TalkEvent = Part | Said | Corrected | Ended
