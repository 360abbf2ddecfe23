"""What would make a character better to listen to: advice on texts that break no rule.

Lengths are in characters. A second of speech is taken as 15 of them, an estimate: a voice has its own.
"""

import math
import re
from collections.abc import Iterator

from bot.domain.denying import find_denials
from bot.domain.html import BREAK, TAG
from bot.domain.reviewing import advise_reviewers
from bot.domain.texts import MAX_SPOKEN_CHARS
from bot.domain.tokens import HOW_ESTIMATED, estimate_tokens
from bot.domain.variables import PLACEHOLDER

CHARS_PER_SECOND = 15
LONGEST_GREETING_SECONDS = 15
LONGEST_GREETING_CHARS = LONGEST_GREETING_SECONDS * CHARS_PER_SECOND
LONGEST_BODY_CHARS = 8_000

Advice = tuple[int, str]
"""An offset in the text, and a sentence that says what to do."""

_UNSPACED = re.compile(r"^#+(?P<title>[A-ZÄÖÜ][^\n#.!?]{1,30})$", re.MULTILINE)
_CODE_FENCE = re.compile(r"^[ \t]*(?:```|~~~)[^\n]*$", re.MULTILINE)
_SECTION = re.compile(r"^#+[ \t]+(?P<title>[^\n]+?)[ \t]*#*$", re.MULTILINE)
_NEEDED = {
    "Goal": ({"goal", "goals", "ziel", "ziele"}, "say what a call is about and where it leads"),
    "Guardrails": (
        {"guardrails", "boundaries", "limits", "leitplanken", "grenzen"},
        "say what the character never does, and what it does instead",
    ),
}
_STAGE_DIRECTION = re.compile(r"(?<![*\w])\*(?! )[^*\n]{2,80}(?<! )\*(?![*\w])")
_STAGED = "is a stage direction, which is read out; describe the manner under '# Tone' instead"
_NOT_SPOKEN = (
    (
        re.compile(r"\*\*[^*\n]+\*\*|__[^_\n]+__|`[^`\n]+`"),
        "is formatting, which nobody hears; write plain words",
    ),
    *((tag, "is HTML, which is read out or lost; leave it out") for tag in (BREAK, TAG)),
    (_STAGE_DIRECTION, _STAGED),
    (
        re.compile(r"\([^()\n]{2,80}\)"),
        "stands in brackets, which nobody hears; say it in words, or leave it out",
    ),
    (
        re.compile(r"[\u2600-\u27bf\u2b50\u2b55\U0001f000-\U0001faff]"),
        "is an emoji, which is read out or lost; leave it out",
    ),
    (
        re.compile(r"https?://\S+|www\.\S+"),
        "is an address, which nobody can note down while listening; name the place instead",
    ),
    (
        re.compile(r"^[ \t]*(?:[-*•]|\d+[.)])[ \t]+\S+", re.MULTILINE),
        "begins a list, which is not heard as one; write a sentence",
    ),
)
_OPENING, _CLOSING = tuple("“”„«»‘’‚"), tuple("“”«»‘’")
_ALMOST_PLACEHOLDER = re.compile(
    r"\{[a-z_ ]*\}?|\}|<(?:user|char|bot|start)>|\[(?:user|char|bot)(?:[_ ]?name)?\]|%[a-z]+_?name%",
    re.IGNORECASE,
)
_AUDIO_TAG = re.compile(r"\[[^\]\n]{2,40}\]")
_DENIAL = (
    "this has the character deny being an AI, and the house rules have it say so to whoever asks; "
    "take the sentence out"
)


def speaking_seconds(text: str) -> int:
    """Return about how long a text takes to say; a placeholder counts as a name."""
    return math.ceil(len(PLACEHOLDER.sub("Alexandra", text)) / CHARS_PER_SECOND)


def advise_on_greeting(text: str, *, takes_audio_tags: bool = False) -> Iterator[Advice]:
    """Yield what is amiss with a first sentence; ``[laughs]`` is fine where the voice's model plays it."""
    seconds = speaking_seconds(text)
    if seconds > LONGEST_GREETING_SECONDS and len(text) <= MAX_SPOKEN_CHARS:  # longer is refused anyway
        most = LONGEST_GREETING_SECONDS
        yield 0, f"this takes about {seconds} seconds to say, and nobody waits that long; {_shorten(most)}"
    for unspoken, why in _NOT_SPOKEN:
        found = unspoken.search(text)
        if found:
            yield found.start(), f"{found.group(0).strip()[:40]!r} {why}"
    tag = _AUDIO_TAG.search(text)
    if tag and not takes_audio_tags:
        yield tag.start(), f"{tag.group(0)!r} is read out by this voice's model; say it in words"
    for offset in find_denials(text):
        yield offset, _DENIAL


def advise_on_body(text: str) -> Iterator[Advice]:
    """Yield what is amiss with a character's part of the prompt; nothing where there is none."""
    if not text:
        return
    if len(text) > LONGEST_BODY_CHARS:
        tokens = f"{estimate_tokens(text):,} tokens ({HOW_ESTIMATED})"
        advice = f"shorten it to {LONGEST_BODY_CHARS:,} characters, or move what is seldom needed to 'lore'"
        yield 0, f"this prompt adds about {tokens} to the cost and the delay of every turn; {advice}"
    yield from _missing_sections(text)
    fences = list(_CODE_FENCE.finditer(text))
    if len(fences) % 2:
        mark = fences[-1][0].strip()[:20]
        yield (
            fences[-1].start(),
            f"this line {mark} is a part of the prompt, and has no counterpart; take it out",
        )
    yield from advise_on_marks(text)
    staged = _STAGE_DIRECTION.search(text)
    if staged:
        yield staged.start(), f"{staged.group(0)[:40]!r} {_STAGED}"
    for offset in find_denials(text):
        yield offset, _DENIAL
    yield from advise_reviewers(text)


def advise_on_marks(text: str) -> Iterator[Advice]:
    """Yield what was meant to be a sign to the program and has become a part of a text."""
    stripped = text.strip()
    if stripped[:1] in _OPENING and stripped[-1:] in _CLOSING:
        yield 0, f'{stripped[0]} and {stripped[-1]} are part of this text; to quote it, type the straight "'
    elif stripped.count('"') % 2 and (stripped.startswith('"') or stripped.endswith('"')):
        yield 0, "a quotation mark without its counterpart is part of this text; put one at both ends"
    plain = PLACEHOLDER.sub(lambda match: "." * len(match.group(0)), text)
    found = _ALMOST_PLACEHOLDER.search(plain)
    if found:
        yield found.start(), f"{found.group(0)} is said as it stands; a placeholder is {{{{user_name}}}}"


def advise_on_lore(text: str) -> Iterator[Advice]:
    """Yield what is amiss with something that the character knows."""
    for offset in find_denials(text):
        yield offset, _DENIAL
    yield from advise_reviewers(text)


def _shorten(seconds: int) -> str:
    return f"shorten it to {seconds} seconds, about {seconds * CHARS_PER_SECOND} characters"


def _missing_sections(text: str) -> Iterator[Advice]:
    sections = list(_SECTION.finditer(text))
    unspaced = list(_UNSPACED.finditer(text))
    titles = {section["title"].strip().casefold() for section in [*sections, *unspaced]}
    for title, (names, what) in _NEEDED.items():
        if not titles & names:
            yield 0, f"there is no section '# {title}'; add it, and {what}"
    for section in unspaced:
        yield section.start(), f"{section[0].strip()!r} is no heading yet; write a space after the #"
    for number, section in enumerate(sections):
        following = sections[number + 1].start() if number + 1 < len(sections) else len(text)
        if not text[section.end() : following].strip():
            name = section["title"]
            needed = next((what for names, what in _NEEDED.values() if name.casefold() in names), "")
            what = needed or "write it, or take the heading out"
            yield section.start(), f"the section '# {name[:40]}' is empty; {what}"
