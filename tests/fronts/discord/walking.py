"""Walks through everything that Discord shows of us: commands with their options, buttons, menus, modals."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count, cycle
from typing import Any

from bot.calls import messaging
from bot.domain.errors import CallerError
from bot.fronts import presses
from bot.fronts.discord import tags
from bot.fronts.languages.catalogue import catalogue_for
from bot.fronts.presses import Wanted
from tests.fakes.discord import Asked, Channel, Modal, Person, Shown
from tests.fakes.discord import command_rules as kinds
from tests.fakes.discord.shown import components_of
from tests.fronts.discord.extremes import VARIANTS
from tests.scenarios.discord.stage import Tavern

TELLING = {"do", "sure", "remember", "value", "via", "only", "switch", "as"}
"""Arguments that make another kind of button of it."""
LATER = (
    (1, lambda one: one.arguments.get("via") == "chat"),
    (2, lambda one: one.command == "answer" and one.arguments.get("remember") != "yes"),
    (2, lambda one: one.arguments.get("do") == "remember" and one.arguments.get("value") == "off"),
    (3, lambda one: one.arguments.get("do") in {"block", "pause", "remove", "unlink"}),
    (4, lambda one: one.arguments.get("do") == "here" and one.arguments.get("value") == "off"),
    (5, lambda one: one.arguments.get("sure") == "yes" and one.command == "forget"),
    (6, lambda one: one.command == "dismiss"),
    (7, lambda one: one.arguments.get("what") == "everything" and "sure" in one.arguments),
)
"""What takes something away comes after what needs it."""

APOLOGY = "in the log as"
"""What is said where our own code failed."""

Act = Callable[[], Any]


def rank(wanted: Wanted) -> int:
    """Return how late something is to be done."""
    return max((late for late, is_meant in LATER if is_meant(wanted)), default=0)


def kind_of(wanted: Wanted, how: str) -> tuple[Any, ...]:
    """Return what makes two buttons the same kind."""
    given = {name: value for name, value in wanted.arguments.items() if value}
    given |= {"sure": "yes"} if "sure" in given else {}
    told = frozenset((name, value if name in TELLING else "") for name, value in given.items())
    return (wanted.command, told, how)


@dataclass(frozen=True)
class Spot:
    """A button, or an option of a menu, on a message."""

    shown: Shown
    custom_id: str
    value: str


def asks_which(wanted: presses.Wanted) -> bool:
    """Whether what is asked for is a question with several answers, of which one can be given each time."""
    if wanted.command == "share":
        return "sure" not in wanted.arguments
    return wanted.arguments.get("do") == "recaps" and "value" not in wanted.arguments


@dataclass
class Walk:
    """One member's walk; ``where`` is the channel that they are in."""

    tavern: Tavern
    person: Person
    where: Channel
    files: dict[str, bytes]
    known: dict[str, list[str]] = field(default_factory=dict)
    kinds: dict[tuple[Any, ...], list["Spot"]] = field(default_factory=dict)
    pressed: set[tuple[Any, ...]] = field(default_factory=set)
    spots: set["Spot"] = field(default_factory=set)
    used: set[tuple[str, str]] = field(default_factory=set)
    forms: set[tuple[str, str]] = field(default_factory=set)
    _waiting: list[tuple[int, int, Act]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)
    _variants: Iterator[str] = field(default_factory=lambda: cycle(VARIANTS))

    async def goes(self) -> int:
        """Type every command with every option, then follow all that comes of it; return how many acts."""
        for line, options in leaves(self.tavern.discord.commands, 0 if self.where.server else 1):
            self.used |= {(line, option["name"]) for option in options} | {(line, "")}
            for given in self._ways(line, options):
                self._later(_rank_of(line, given), lambda line=line, given=given: self.types(line, **given))
        done = 0
        while self._waiting:
            await heapq.heappop(self._waiting)[2]()
            done += 1
        return done

    async def types(self, line: str, **given: Any) -> Asked:
        """Type a command."""
        asked = await self.person.types(line, where=self.where, **given)
        await self.follows(asked)
        return asked

    async def presses(self, shown: Shown, label: str) -> Asked:
        """Press a button by its English label."""
        label = catalogue_for(self.person.locale).say(label)
        await self.sees(shown)
        custom_id = shown.button(label)["custom_id"]
        self.pressed |= {kind for kind, spots in self.kinds.items() if Spot(shown, custom_id, "") in spots}
        asked = await self.person.presses(shown, label)
        await self.follows(asked)
        return asked

    async def sees(self, shown: Shown) -> None:
        """Note what can be pressed on a message; of each kind one will be."""
        for part in components_of(shown.message.components):
            if "custom_id" in part:
                tag = tags.read_tag(part["custom_id"])
                assert tag is not None
                if tag.belongs_to(int(self.person.id)):
                    for value in [one["value"] for one in part.get("options", ())] or [""]:
                        await self._notes(tag, Spot(shown, part["custom_id"], value))

    async def _notes(self, tag: tags.Tag, spot: "Spot") -> None:
        account, house = self.tavern.caller(self.person).account, self.tavern.stage.app.house
        what = spot.value or tag.what
        try:
            wanted = await presses.unpack(what, lambda press: messaging.fetch_press(house, account, press))
        except CallerError:  # gone with something that was erased
            return
        kind = kind_of(wanted, "in place" if tag.replaces else "private")
        if kind not in self.kinds:
            self.kinds[kind] = []
            again = asks_which(wanted)
            for _ in range(3 if again else 1):
                self._later(rank(wanted), lambda: self._tries(kind, again=again))
        if spot not in self.kinds[kind]:
            self.kinds[kind].append(spot)

    async def _tries(self, kind: tuple[Any, ...], *, again: bool) -> None:
        """Press the first that still stands there; ``again`` if it was pressed already."""
        for spot in self.kinds[kind]:
            if spot in self.spots and not again:
                continue
            found = spot.shown.component(spot.custom_id)
            values = [option["value"] for option in (found or {}).get("options", ())]
            if found is not None and not spot.shown.is_deleted and (not values or spot.value in values):
                data = {"custom_id": spot.custom_id, "component_type": found["type"], "id": found["id"]}
                data |= {"values": [spot.value]} if values else {}
                act = self.person._client.component(self.person, spot.shown.message, data)
                self.spots.add(spot)
                self.pressed.add(kind)
                await self.follows(await self.person._does(act))
                return

    async def follows(self, asked: Asked) -> None:
        """Check how something was answered, and look at what it shows."""
        if asked.acknowledged == "modal":
            await self._fills(asked.modal)
            return
        assert asked.acknowledged in {"deferred privately", "deferred update"}, asked.story()
        await asked.answer()
        await self.tavern.settles()
        for shown in asked.answers:
            assert APOLOGY not in shown.text, asked.story()
            assert shown.is_private or shown.message.channel is self.person.dm, asked.story()
            await self.sees(shown)
        for shown in (*self.person.dms, *self.where.posts):
            await self.sees(shown)

    async def _fills(self, modal: Modal) -> None:
        """Write something hostile, something that is right, and nothing where that may be."""
        (part,) = modal.inputs
        tag = tags.read_tag(modal.custom_id)
        assert tag is not None
        wanted = presses.read_written(presses.seen_of(tag.what))
        self.forms.add((wanted.command, wanted.arguments["do"]))
        most = part.get("max_length", 4_000)
        values = [next(self._variants)[:most], *self.known.get(part["custom_id"], ())]
        values += [] if part.get("required", True) else [""]
        for value in values:
            await self.follows(await self.person.submits(modal, {part["custom_id"]: value}))

    def _later(self, late: int, act: Act) -> None:
        heapq.heappush(self._waiting, (late, next(self._numbers), act))

    def _ways(self, line: str, options: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Yield the ways to use a command: bare, and once more, with each option, and with all of them."""
        offered = {one["name"]: list(self._values(line, one)) for one in options}
        needed = {one["name"]: offered[one["name"]][0] for one in options if one.get("required")}
        yield needed
        yield needed
        for name, values in offered.items():
            for value in values:
                yield {**needed, name: value}
        if len(options) > 1:
            yield {name: values[-1] for name, values in offered.items()}

    def _values(self, line: str, option: dict[str, Any]) -> Iterator[Any]:
        kind, name, inn = option["type"], option["name"], self.tavern.inn
        if option.get("choices"):
            yield from (choice["value"] for choice in option["choices"])
        elif kind == kinds.STRING:
            yield from self.known.get(f"{line} {name}", self.known.get(name, ()))
            for _ in range(2):
                yield next(self._variants)[: option.get("max_length", 6_000)]
        elif kind == kinds.INTEGER:
            yield from (option.get("min_value", 0), option.get("max_value", 2**53), 5)
        elif kind == kinds.BOOLEAN:
            yield from (True, False)
        elif kind == kinds.A_USER:
            yield from (self.tavern.mira, self.tavern.boss)
        elif kind == kinds.CHANNEL:
            yield from inn.channels.values()
        elif kind == kinds.ROLE:
            yield from inn.roles.values()
        else:
            assert kind == kinds.ATTACHMENT, option
            for file, data in self.files.items():
                yield self.tavern.discord.uploads(file, data, "application/json")


def leaves(commands: list[dict[str, Any]], context: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield each command that can be typed in a context, as Discord has it, with its options."""
    for command in commands:
        options = command.get("options", [])
        inner = [one for one in options if one["type"] in (kinds.SUB_COMMAND, kinds.GROUP)]
        if context not in command.get("contexts", [context]):
            continue
        if not inner:
            yield command["name"], options
        for line, deeper in leaves(inner, context):
            yield f"{command['name']} {line}", deeper


def _rank_of(line: str, given: dict[str, Any]) -> int:
    command, _, do = line.partition(" ")
    arguments = {name: str(value) for name, value in given.items()}
    if do:
        arguments |= {"do": do, "value": arguments.get("switch", "")}
    if "remember" in arguments and command == "account":
        arguments = {"do": "remember", "value": arguments["remember"]}
    return rank(Wanted(command, arguments))
