"""What a reviewer of a character should look at twice: advice on what no honest character needs.

Guesses by the words alone, made so that honest files are left alone. What plainly pretends or cancels is
refused (``bot.domain.overruling``).
"""

import re
from collections.abc import Iterator

from bot.domain.orders import sets_rules_aside

_SENTENCE = re.compile(r"[^.!?。！？।\n]+[.!?。！？।]*")
_SECRET = re.compile(
    r"\b(?:ask|get|find out|request|demand|obtain|collect|learn|note|repeat|read out|tell you|give you"
    r"|frage?|erfrage|verlange|lass dir|sag dir|bitte)\w*\b[^.!?\n]{0,60}?"
    r"\b(?:passwords?|passphrases?|passcodes?|(?:credit|debit|bank) cards?|card numbers?|cvv|iban"
    r"|bank details|account numbers?|social security numbers?|security codes?|one-time codes?|api keys?"
    r"|seed phrases?|passwort|passwörter\w*|kennwort|kennwörter\w*|kreditkarten?\w*|kontonummern?)\b",
    re.IGNORECASE,
)
_MAY = re.compile("pass[pwc]|card|cvv|iban|details|number|code|key|phrase|kennw|kredit|kontonu")
"""In each sentence that names a secret; it is quick to find."""
_FORBIDDEN = re.compile(
    r"\b(?:never|not|no|nobody|without|refuse|nie|niemals|nicht|keine?\w*)\b|n['’]t\b", re.IGNORECASE
)
_RUN = re.compile(r"[A-Za-z0-9+/]{40,}={0,2}")
_KINDS = tuple(map(re.compile, ("[a-z]", "[A-Z]", "[0-9]")))
_ADDRESS = re.compile(r"\b(?:https?|wss?|ftp)://\S+|\bwww\.\S+")
_TOOL = re.compile(
    r"\b(?:recall_memory|end_call|voicemail_detection|language_detection|skip_turn|transfer_to_(?:agent|number)"
    r"|play_(?:dtmf|keypad_touch_tone)|tool_calls?|function_calls?)\b"
)


def advise_reviewers(text: str) -> Iterator[tuple[int, str]]:
    """Yield the offset of each thing that is worth a second look, and what to do about it."""
    for sentence in _SENTENCE.finditer(text):
        said = sentence.group(0)
        secret = _MAY.search(said.lower()) and _SECRET.search(said)
        if secret and not _FORBIDDEN.search(said):
            yield (
                sentence.start() + secret.start(),
                "no character asks for passwords, codes or cards: calls are written down; take this out",
            )
    for found, why in (
        (_blob(text), "is nothing that people read, so nobody can review it; write what it says, or nothing"),
        (_ADDRESS.search(text), "is an address, which no character opens; name the place in words instead"),
        (_TOOL.search(text), "is a tool's name, and tools are Troupe's matter; say in words what happens"),
    ):
        if found:
            yield found.start(), f"{found.group(0)[:40]!r} {why}"
    if sets_rules_aside(text):
        lines = (line for line in re.finditer(r"[^\n]+", text) if sets_rules_aside(line.group(0)))
        start = next((line.start() for line in lines), 0)
        yield (
            start,
            "this reads as if rules were to be ignored or told, which no character can; take it out",
        )


def _blob(text: str) -> re.Match[str] | None:
    """Return the first run of letters and digits that has all kinds of them, as Base64 has."""
    runs = _RUN.finditer(text)
    return next((run for run in runs if all(kind.search(run.group(0)) for kind in _KINDS)), None)
