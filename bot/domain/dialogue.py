"""A conversation as people read it: one line for each utterance, and nobody speaks in another's name."""

from collections.abc import Iterable, Iterator

from bot.domain.conversation import Turn
from bot.domain.variables import strip_control

_GOES_ON = "\n    "


def dialogue(turns: Iterable[Turn], own: str, character: str) -> Iterator[str]:
    """Yield each utterance as lines of text: ``[1:05] Merlin: Hello.``

    ``own`` and ``character`` are the two names. The time is counted from the beginning, and stands nowhere
    where nobody knows it. What goes on in another line is indented, so that it begins like no utterance.
    """
    turns = tuple(turns)
    is_timed = any(turn.seconds for turn in turns)
    for turn in turns:
        name = own if turn.role == "user" else character
        lines = [strip_control(line) for line in turn.text.splitlines()]
        at = f"[{_clock(turn.seconds)}] " if is_timed else ""
        yield f"{at}{name}: {_GOES_ON.join(lines)}\n"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
