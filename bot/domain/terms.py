"""Text to terms: what is stored of a turn so that it can be found, and what a query asks for."""

from dataclasses import dataclass

from bot.domain.conversation import Role

INDEX_VERSION = 1
"""Goes up with every change after which turns must be indexed anew."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """What an index keeps of a turn: its different terms, and one integer of features below 2**31."""

    terms: tuple[str, ...]
    marks: int


def index_turn(role: Role, text: str) -> Indexed:
    """Return what to store with a turn."""
    words = tuple(dict.fromkeys(word for word in text.lower().split() if word.isalnum()))
    return Indexed(words, min(len(words), 255) << 16 | (role == "agent"))
