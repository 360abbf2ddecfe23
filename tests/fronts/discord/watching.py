"""What leaves for Discord is looked at: nothing reaches anybody, nothing is live, and nothing is lost."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from discord import app_commands

from bot.domain.reply import Ask, Reply
from bot.domain.variables import strip_control
from bot.fronts.commands import answer
from bot.fronts.discord import desk, rendering, service, slash
from bot.fronts.discord.rendering import WHOLE, Message
from bot.fronts.discord.speech import Speech
from bot.fronts.languages.catalogue import catalogue_for
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord.server import Request
from tests.fronts.discord.hostile import NOWHERE, PIECES, SNOWFLAKE
from tests.fronts.discord.reading import Read, read

MESSAGES = re.compile(r"/channels/[0-9]+/messages(/[0-9]+)?|/webhooks/[0-9]+/[^/]+(/messages/[^/]+)?")
CALLBACK = re.compile(r"/interactions/[0-9]+/[^/]+/callback")
_TOKENS = re.compile(
    r"discord-(role|channel):[0-9]+|discord:[0-9]+:[0-9]+|<[@#]&?[0-9]+>|[@#]deleted-(role|channel)|[0-9]{15,}"
)
_COMMAND = re.compile(r"</[a-z ]+:[0-9]+>")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")

HOSTILE = frozenset(
    word
    for piece in PIECES
    for word in piece.split()
    if len(word) > 3 and not word.isalnum() and word != "/call"
)


class Watch:
    """Notes every Ask that came through the door, and every Reply with the message that was made of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asks: list[Ask] = []
        self.made: list[tuple[Reply, Message]] = []
        monkeypatch.setattr(desk, "answer_ask", self._answers)
        monkeypatch.setattr(desk, "render", self._renders)
        monkeypatch.setattr(service, "render", self._renders)

    async def _answers(self, house: Any, ask: Ask) -> Reply:
        self.asks.append(ask)
        return await answer(house, ask)

    async def _renders(self, house: Any, reply: Reply, *how: Any) -> Message:
        message = await rendering.render(house, reply, *how)
        self.made.append((reply, message))
        return message

    def has_said(self, words: str) -> bool:
        """Whether a reply said these words, which are English here whatever its reader's language is."""
        return any(words in text for reply, _ in self.made for text, _ in _words_of(reply))

    @property
    def walked(self) -> set[tuple[str, str]]:
        """Each command that was asked for, with its ``do``."""
        return {(ask.command, ask.arguments.get("do", "")) for ask in self.asks}


def check_requests(discord: FakeDiscord, *, refuses: tuple[int, ...] = (), links: str = "") -> Counter[str]:
    """Fail for what reaches somebody or shows something live; return what live things there were.

    ``links`` is how the address of a hosted link begins, where there may be some.
    """
    broken = [str(one) for one in discord.refused if (one.answer or {}).get("code") not in refuses]
    assert broken == [], "\n".join(broken)
    ids = {str(one["id"]): one["name"] for one in discord.commands}
    known = {one for inn in discord.world.servers.values() for one in _ids_in(inn)}
    live: Counter[str] = Counter()
    for request, body in _messages(discord.requests):
        assert body.get("allowed_mentions") == {"parse": []}, request
        for text in _formatted(body):
            seen = read(text)
            for kind, what in seen.live:
                is_link = kind == "link" and links and what.startswith(links)
                may = is_link or _may_live(kind, what, seen, text, ids, known)
                assert may, (kind, what, text, str(request))
                live[kind] += 1
        for text in _plain(body):
            assert not _UNSEEN.search(text), text
    return live


def _ids_in(inn: Any) -> Iterator[str]:
    yield inn.id
    yield from (one.id for one in (*inn.roles.values(), *inn.channels.values()))
    yield from inn.members


def _may_live(kind: str, what: str, seen: Read, text: str, ids: dict[str, str], known: set[str]) -> bool:
    """Whether something live is one of ours: a command, a place, a chat's name, or small print before it."""
    if kind == "angle" and what.startswith("/"):
        name, _, command_id = what[1:].partition(":")
        return ids.get(command_id, "").split(" ")[0] == name.split(" ")[0]
    if kind == "angle":
        name = what.lstrip("@&#")
        return name in known or (what.startswith(("@&", "#")) and name.startswith(SNOWFLAKE[:15]))
    if kind == "style":
        names = re.match(r"\*\*(?:[^*\n\\]|\\.)*:\*\* ", text)
        return (
            what == "*"
            and names is not None
            and [one for one in seen.live if one[0] == "style"] == [("style", "*")] * 4
        )
    return kind == "line" and what == "-#" and text.startswith("-# ")


def _messages(requests: list[Request]) -> Iterator[tuple[Request, dict[str, Any]]]:
    for request in requests:
        if request.method not in {"POST", "PATCH"} or not isinstance(request.body, dict):
            continue
        if CALLBACK.fullmatch(request.path) and request.body.get("type") in (4, 7):
            yield request, request.body["data"]
        elif MESSAGES.fullmatch(request.path):
            yield request, request.body


def _formatted(body: dict[str, Any]) -> Iterator[str]:
    yield body.get("content") or ""
    for embed in body.get("embeds") or ():
        yield embed.get("title") or ""
        yield embed.get("description") or ""
        for field in embed.get("fields", ()):
            yield field["name"]
            yield field["value"]


def _plain(body: dict[str, Any]) -> Iterator[str]:
    for embed in body.get("embeds") or ():
        yield embed.get("author", {}).get("name", "")
        yield embed.get("footer", {}).get("text", "")
    for row in body.get("components") or ():
        for part in row["components"]:
            yield part.get("label") or part.get("placeholder") or ""
            yield from (option["label"] for option in part.get("options", ()))


def check_whole(reply: Reply, message: Message, locale: str) -> None:
    """Fail where words of a reply are neither seen nor stand in the file beside it."""
    say = Speech(catalogue_for(locale), lambda *_: "", dict.fromkeys(_commands(), 1))
    body = _as_body(message)
    shown = _bare("\n".join([*(read(text).shown for text in _formatted(body)), *_plain(body)]))
    whole = _bare(message.files.get(WHOLE, b"").decode())
    for text, is_verbatim in _words_of(reply):
        ways = [strip_control(text)]
        if not is_verbatim:
            ways = [say.plain(text), read(say.markdown(text)).shown]
        assert any(_bare(one) in whole or _bare(one) in shown for one in ways), (text, shown)
        for word in HOSTILE.intersection(strip_control(text).split()):
            assert _bare(word) in whole + shown, (word, text, shown)
    labels = [_bare(label).removesuffix("…") for label in _labels(message)]
    for choice in reply.choices:
        label = strip_control(choice.label) if choice.is_verbatim else say.plain(choice.label)
        bare = _bare(label if not _TOKENS.search(choice.label) else "")
        is_masked = any(("link", choice.url) in read(text).live for text in _formatted(body))
        assert is_masked or any(one.startswith(bare[:8]) for one in labels), (choice.label, labels)


def _commands() -> Iterator[str]:
    for command in slash.COMMANDS:
        inner = command.walk_commands() if isinstance(command, app_commands.Group) else [command]
        yield from (one.qualified_name for one in inner)


def _labels(message: Message) -> Iterator[str]:
    for part in (part for row in message.rows for part in row):
        item: Any = getattr(part, "item", part)
        yield from [option.label for option in item.options] if hasattr(item, "options") else [item.label]


def _as_body(message: Message) -> dict[str, Any]:
    return {"content": message.content, "embeds": [embed.to_dict() for embed in message.embeds]}


def _words_of(reply: Reply) -> Iterator[tuple[str, bool]]:
    """Yield what a reply says, each with whether it is shown to the letter."""
    if not reply.is_data:
        yield reply.text, False
    for card in reply.cards:
        yield card.title, card.has_verbatim_title
        yield from ((text, False) for text in (card.footer, card.byline))
        yield card.text, card.is_verbatim
        if not any(name.startswith("/") for name, _ in card.fields):
            for name, value in card.fields:
                yield name, False
                yield value, card.is_verbatim or card.has_verbatim_fields


def _bare(text: str) -> str:
    text = _COMMAND.sub("", text)
    return "".join(_TOKENS.sub("", text).replace(NOWHERE, "").split())
