"""What a typed command means: its words as arguments."""

import os.path
import re
import shlex
from collections.abc import Callable, Mapping

from bot.domain.errors import CallerError
from bot.domain.nearest import nearest

_NAMED = re.compile(r"(?:^|\s)(character|via|by|at|topic|about|continue):(?=\S)", re.IGNORECASE)
_SPOKEN = re.compile(r" (by|at|continue) ", re.IGNORECASE)
_SAME = {"by": "via", "about": "topic"}
_ENDS = {"via": re.compile(" "), "continue": re.compile(" ")} | dict.fromkeys(
    ("character", "at"), re.compile(r" (?=(?:by|about|continue) )", re.IGNORECASE)
)
"""Where a value with a colon ends, as ``via:phone about bees`` has it; a topic goes on to the end."""
_CONTINUE_AT_END = re.compile(r" continue $", re.IGNORECASE)
_WAY_AT_END = re.compile(r" by (link|chat|phone)$", re.IGNORECASE)
_WAY_AND_MORE = re.compile(r"(link|chat|phone)\s+(.+)", re.IGNORECASE | re.DOTALL)
_WAY_AND_WORD = re.compile(r"( by (?:link|chat|phone) )(\S+)(?= \S)", re.IGNORECASE)
_TIME_WORD = re.compile(
    r"[0-9][0-9.:/-]{0,9}(am|pm|h|uhr)?|am|pm|uhr|today|tomorrow|next|on|in|hours?|minutes?"
    r"|(mon|tues|wednes|thurs|fri|satur|sun)day",
    re.IGNORECASE,
)
_MOST_TIME_WORDS = 6
_MOST_PAGE_DIGITS = 4
_ABOUT_ACCOUNT = {
    "phone": "number",
    "code": "code",
    "remember": "value",
    "recaps": "value",
    "cancel": "call",
    "link": "code",
    "share": "value",
    "unlink": "who",
    "export": "file",
}
_ABOUT_FACTS = re.compile(
    r"(?P<character>.*?\S)\s+(?:(?P<add>add)|(?P<do>correct|delete|show|pin|unpin|everyone|alone|restore)"
    r"(?:\s+(?P<fact>\S+))?)"
    r"(?:\s+(?P<text>.*))?",
    re.IGNORECASE | re.DOTALL,
)


def parse_arguments(name: str, rest: str) -> dict[str, str]:
    """Return a typed command's arguments; curly quotes count as straight ones.

    Raises CallerError when a quotation mark is left open in ``/import``.
    """
    parse = _PARSERS.get(name)
    if not rest:
        return {}
    return parse(rest) if parse else {"character": rest}


def read_page(text: str) -> int:
    """Return the number of a page that is asked for; 1 for what is none."""
    return max(1, int(text)) if text.isdecimal() and len(text) <= _MOST_PAGE_DIGITS else 1


def _parse_call(rest: str) -> dict[str, str]:
    """Read ``wizard by phone about bees at 18:30`` in any order, and ``via:phone at:18:30`` as well."""
    spoken, *named = _NAMED.split(rest)
    given = {}
    for word, value in zip(named[::2], named[1::2], strict=True):
        key, said = _SAME.get(word.lower(), word.lower()), value.strip()
        given[key], *more = _ENDS[key].split(said, maxsplit=1) if key in _ENDS else [said]
        spoken = " ".join((spoken, *more))
    return {"character": "", "via": "", "topic": "", "at": ""} | _parse_spoken(spoken) | given


def _parse_spoken(text: str) -> dict[str, str]:
    """Read words that stand without colons; ``by phone tomorrow 9am`` needs no ``at``.

    What else follows a way is the topic where a time makes no sense; on the phone it stays a time, since one
    that was mistyped must not ring at once. ``continue`` without a talk's id asks which.
    """
    whom, _, topic = _partition(_with_about(f" {text} "), " about ")
    whom = _CONTINUE_AT_END.sub(" continue ? ", whom)
    character, *pairs = _SPOKEN.split(whom)
    found = {"character": character.strip(), "via": "", "topic": topic.strip(), "at": ""}
    for word, value in zip(pairs[::2], pairs[1::2], strict=True):
        key = _SAME.get(word.lower(), word.lower())
        found[key] = f"{found[key]} {word} {value}".strip() if found.get(key) else value.strip()
    if way := _WAY_AND_MORE.fullmatch(found["via"]):
        found |= {"via": way[1], **_after_way(way[1].lower(), way[2].strip(), found)}
    return found | _end_of_topic(found)


def _with_about(text: str) -> str:
    """Return a text in which a mistyped "about" right after a way is spelled as it is meant."""
    way = _WAY_AND_WORD.search(text)
    if way is None or _TIME_WORD.fullmatch(way[2]) or nearest(way[2], ("about",)) is None:
        return text
    return f"{text[: way.start(2)]}about{text[way.end(2) :]}"


def _after_way(via: str, more: str, found: Mapping[str, str]) -> dict[str, str]:
    """Return what the words after a way are: a time, the day of one, or a topic."""
    if found["at"]:
        return {"at": f"{more} at {found['at']}"}
    is_topic = via != "phone" and not found["topic"] and not more.lower().startswith("by ")
    if is_topic and not all(map(_TIME_WORD.fullmatch, more.split())):
        return {"topic": more}
    return {"at": more}


def _end_of_topic(found: Mapping[str, str]) -> dict[str, str]:
    """Return what changes where the topic ends in a way, a time, or both.

    A time counts only for a call by phone: a talk "about lunch at 12" is about lunch at 12.
    """
    topic, via, at = f" {found['topic']}", found["via"], found["at"]
    if not via and (way := _WAY_AT_END.search(topic)):
        topic, via = topic[: way.start()], way[1]
    before, _, time = topic.rpartition(" at ")
    words = time.split()
    if (
        " at " in topic
        and not at
        and len(words) <= _MOST_TIME_WORDS
        and all(map(_TIME_WORD.fullmatch, words))
    ):
        way = None if via else _WAY_AT_END.search(before)
        if way is not None and way[1].lower() == "phone":
            topic, via, at = before[: way.start()], way[1], time
        elif via.lower() == "phone":
            topic, at = before, time
    return {"topic": topic.strip(), "via": via, "at": at}


def _partition(text: str, word: str) -> tuple[str, str, str]:
    """Do as ``str.partition`` does, whatever the case."""
    at = text.lower().find(word)
    return (text, "", "") if at < 0 else (f"{text[:at]} ", word, text[at + len(word) :])


def _parse_import(rest: str) -> dict[str, str]:
    whole = os.path.expanduser(rest)  # noqa: PTH111
    if os.path.isfile(whole):  # noqa: PTH113
        return {"file": whole, "character": ""}
    try:
        words = shlex.split(rest.translate({0x201C: '"', 0x201D: '"'}))
    except ValueError:
        raise CallerError('A quotation mark is left open. Write /import "my file.json" wizard.') from None
    file = os.path.expanduser(words[0]) if words else ""  # noqa: PTH111
    return {"file": file, "character": " ".join(words[1:])}


def _parse_history(rest: str) -> dict[str, str]:
    """Read ``wizard``, ``1a2b3c4d``, ``search silver key``."""
    word, _, more = rest.partition(" ")
    if word.casefold() in {"search", "search:"} and more.strip():
        return {"search": more.strip()}
    if rest.casefold().startswith("search:") and len(rest) > len("search:"):
        return {"search": rest[len("search:") :].strip()}
    return {"character": rest}


def _parse_memory(rest: str) -> dict[str, str]:
    """Read ``wizard``, ``wizard add I sing``, ``wizard correct 1 I sing``, ``wizard pin 1`` and the like.

    ``wizard about bees`` and ``wizard continue fresh`` are read as for a call.
    """
    asked = {key: value for key, value in _parse_call(rest).items() if value}
    if asked.keys() & {"topic", "continue"} and not _ABOUT_FACTS.fullmatch(asked.get("character", "")):
        return {key: asked[key] for key in ("character", "topic", "continue") if key in asked}
    found = _ABOUT_FACTS.fullmatch(rest)
    if found is None:
        return {"character": rest}
    do = (found["add"] or found["do"]).lower()
    do = {"correct": "change", "show": ""}.get(do, do)
    named = {"character": found["character"], "do": do, "fact": found["fact"], "text": found["text"]}
    return {key: value for key, value in named.items() if value}


def _parse_account(rest: str) -> dict[str, str]:
    do, _, more = rest.partition(" ")
    do, more = do.lower(), more.strip()
    if do == "phone" and more.lower() == "remove":
        return {"do": "remove"}
    if do == "phone" and (words := more.lower().split())[:1] == ["inbound"]:
        return {"do": "inbound", "value": " ".join(words[1:])}
    key = _ABOUT_ACCOUNT.get(do)
    return {"do": do, key: more} if key else {"do": rest}


def _parse_troupe(rest: str) -> dict[str, str]:
    do, _, more = rest.partition(" ")
    do, more = do.lower(), more.strip()
    if do == "allowance":
        return {"do": do, **_parse_allowance(more.split())}
    key = {"pause": "reason", "block": "whom", "unblock": "whom", "cost": "as"}.get(do)
    if key:
        return {"do": do, key: more}
    return {"do": rest if more else do}


def _parse_allowance(words: list[str]) -> dict[str, str]:
    """Read ``[MEMBER or here] [calls N] [minutes N]``; ``rest`` is what does not fit."""
    found: dict[str, str] = {}
    waiting = iter(words)
    for word in waiting:
        if word.lower() in {"calls", "minutes"}:
            found[word.lower()] = next(waiting, "?")
        elif "whom" in found:
            return {**found, "rest": " ".join([word, *waiting])}
        else:
            found["whom"] = word
    return found


_PARSERS: Mapping[str, Callable[[str], dict[str, str]]] = {
    "call": _parse_call,
    "import": _parse_import,
    "history": _parse_history,
    "memory": _parse_memory,
    "account": _parse_account,
    "troupe": _parse_troupe,
    "forget": lambda rest: {"what": rest},
    "whisper": lambda rest: {"text": rest},
}
