"""What the fake Discord takes as application commands, and what it refuses."""

from typing import Any

import pytest

from tests.fakes.discord import FakeDiscord, Inn, Person
from tests.fakes.wire import Wire

pytestmark = pytest.mark.anyio

Part = dict[str, Any]


def command(name: str = "call", **parts: Any) -> Part:
    return {"name": name, "description": "Call somebody", "type": 1, **parts}


def option(name: str = "character", kind: int = 3, **parts: Any) -> Part:
    return {"name": name, "description": "Who it is", "type": kind, **parts}


def with_option(**parts: Any) -> list[Part]:
    return [command(options=[option(**parts)])]


def choices(count: int) -> list[Part]:
    return [{"name": f"Nr. {number}", "value": str(number)} for number in range(count)]


def of_size(letters: int) -> list[Part]:
    """A command that counts so many letters."""
    inner = [
        option(f"o{number:02}", choices=[{"name": f"{n}", "value": "x"} for n in range(10)])
        for number in range(25)
    ]
    missing = letters - sum(len(one["name"]) + 9 + 20 for one in inner) - len("call") - len("Call somebody")
    for one in inner:
        for choice in one["choices"]:
            added = min(99, missing)
            choice["value"] += "x" * added
            missing -= added
    assert not missing
    return [command(options=inner)]


TAKEN = {
    "a name of 32": [command("x" * 32)],
    "a name in another script": [command("ruf'-_än")],
    "a description of 100": [command(description="x" * 100)],
    "25 options": [command(options=[option(f"o{number}") for number in range(25)])],
    "25 choices": with_option(choices=choices(25)),
    "a choice of 100s": with_option(choices=[{"name": "x" * 100, "value": "x" * 100}]),
    "numbers to choose": with_option(kind=4, choices=[{"name": "one", "value": 1}], name="days"),
    "required ones first": [command(options=[option("a", required=True), option("b")])],
    "sub commands in a group": [
        command(options=[option("g", 2, options=[option("s", 1, options=[option()])])])
    ],
    "lengths up to 6000": with_option(min_length=6000, max_length=6000),
    "8000 letters": of_size(8000),
    "words in other languages": [
        command(name_localizations={"de": "anrufen"}, description_localizations={"de": "x" * 100})
    ],
    "100 commands": [command(f"c{number}") for number in range(100)],
    "15 context menus of each kind": [
        {"type": kind, "name": f"c{number}"} for kind in (2, 3) for number in range(15)
    ],
    "a context menu": [{"type": 2, "name": "Call This One"}, {"type": 3, "name": "Read Aloud"}],
}

REFUSED = {
    "a name of 33": ([command("x" * 33)], "0.name"),
    "no name": ([command("")], "0.name"),
    "a capital": ([command("Call")], "0.name"),
    "a blank": ([command("call me")], "0.name"),
    "no description": ([command(description="")], "0.description"),
    "a description of 101": ([command(description="x" * 101)], "0.description"),
    "a field nobody knows": ([command(cooldown=5)], "0.cooldown"),
    "a type nobody knows": ([command(type=9)], "0.type"),
    "26 options": ([command(options=[option(f"o{number}") for number in range(26)])], "0.options"),
    "an option twice": ([command(options=[option(), option()])], "0.options.1.name"),
    "an option's capital": (with_option(name="Who"), "0.options.0.name"),
    "an option's description of 101": (with_option(description="x" * 101), "0.options.0.description"),
    "an option's type nobody knows": (with_option(kind=12), "0.options.0.type"),
    "required ones last": ([command(options=[option("a"), option("b", required=True)])], "0.options"),
    "26 choices": (with_option(choices=choices(26)), "0.options.0.choices"),
    "a choice's name of 101": (
        with_option(choices=[{"name": "x" * 101, "value": "x"}]),
        "0.options.0.choices.0.name",
    ),
    "a choice's value of 101": (
        with_option(choices=[{"name": "x", "value": "x" * 101}]),
        "0.options.0.choices.0.value",
    ),
    "a choice twice": (with_option(choices=choices(1) * 2), "0.options.0.choices"),
    "words where a number is chosen": (
        with_option(kind=4, choices=[{"name": "x", "value": "x"}]),
        "0.options.0.choices.0.value",
    ),
    "choices that are completed too": (
        with_option(choices=choices(1), autocomplete=True),
        "0.options.0.autocomplete",
    ),
    "bounds of words": (with_option(min_value=1), "0.options.0.min_value"),
    "a length of 6001": (with_option(max_length=6001), "0.options.0.max_length"),
    "channel types of a role": (with_option(kind=8, channel_types=[0]), "0.options.0.channel_types"),
    "a group in a group": (
        [command(options=[option("g", 2, options=[option("h", 2)])])],
        "0.options.0.options.0.type",
    ),
    "a sub command beside an option": ([command(options=[option("s", 1), option()])], "0.options"),
    "8001 letters": (of_size(8001), "0"),
    "a language Discord has not": ([command(name_localizations={"xx": "x"})], "0.name_localizations.xx"),
    "a capital in another language": (
        [command(name_localizations={"de": "Anrufen"})],
        "0.name_localizations.de",
    ),
    "101 letters in another language": (
        [command(description_localizations={"de": "x" * 101})],
        "0.description_localizations.de",
    ),
    "a name twice": ([command(), command()], "1.name"),
    "101 commands": ([command(f"c{number}") for number in range(101)], ""),
    "contexts nobody knows": ([command(contexts=[3])], "0.contexts"),
    "16 context menus": ([{"type": 2, "name": f"c{number}"} for number in range(16)], ""),
    "16 context menus for messages": ([{"type": 3, "name": f"c{number}"} for number in range(16)], ""),
    "a context menu's name of 33": ([{"type": 2, "name": "x" * 33}], "0.name"),
    "a number beyond all": (with_option(kind=4, max_value=2**53 + 1), "0.options.0.max_value"),
    "at least 6001 letters": (with_option(min_length=6001), "0.options.0.min_length"),
    "a choice's name of 101 in another language": (
        with_option(choices=[{"name": "x", "value": "x", "name_localizations": {"de": "x" * 101}}]),
        "0.options.0.choices.0.name_localizations.de",
    ),
    "a context menu that is described": ([{"type": 2, "name": "x", "description": "x"}], "0.description"),
}


@pytest.mark.parametrize("commands", TAKEN.values(), ids=TAKEN)
async def test_commands_are_registered(wire: Wire, discord: FakeDiscord, commands: list[Part]) -> None:
    answer = await wire.registers(*commands)
    assert answer.status == 200, answer.body
    assert discord.syncs == 1
    assert [one["name"] for one in discord.commands] == [one["name"] for one in commands]


@pytest.mark.parametrize(("commands", "field"), REFUSED.values(), ids=REFUSED)
async def test_commands_are_refused_and_the_field_is_named(
    wire: Wire, discord: FakeDiscord, commands: list[Part], field: str
) -> None:
    answer = await wire.registers(*commands)
    assert (answer.status, answer.code, answer.faults) == (400, 50035, [field])
    assert discord.syncs == 0


async def test_a_command_keeps_its_id_when_it_is_registered_anew(wire: Wire, discord: FakeDiscord) -> None:
    (before,) = (await wire.registers(command())).body
    (after, _) = (await wire.registers(command(description="Call"), command("account"))).body
    assert after["id"] == before["id"]
    assert after["version"] != before["version"]
    path = f"/applications/{discord.application_id}/commands"
    assert (await wire.asks("GET", path)).body == discord.commands
    assert (await wire.asks("PUT", "/applications/1/commands", [])).code == 20012


async def test_a_server_has_commands_of_its_own(wire: Wire, inn: Inn, mira: Person) -> None:
    path = f"/applications/{wire.discord.application_id}/guilds/{inn.id}/commands"
    assert (await wire.asks("PUT", path, [command("secret")])).status == 200
    await mira.types("secret", where=inn.channels["tavern"])
    with pytest.raises(AssertionError, match="there is no /secret"):
        await mira.types("secret")


TYPED = [
    option("who", required=True, min_length=2, max_length=4),
    option("via", choices=[{"name": "By link", "value": "link"}]),
    option("days", 4, min_value=1, max_value=7),
    option("loud", 5),
    option("room", 7, channel_types=[0]),
    option("of", 8),
]

UNTYPABLE = {
    "nothing": {},
    "an option that is not there": {"who": "Ada", "whom": "x"},
    "too little": {"who": "A"},
    "too much": {"who": "Merlin"},
    "no words": {"who": 5},
    "something that is no choice": {"who": "Ada", "via": "horse"},
    "too few days": {"who": "Ada", "days": 0},
    "too many days": {"who": "Ada", "days": 8},
    "half days": {"who": "Ada", "days": 1.5},
    "a word for a switch": {"who": "Ada", "loud": "yes"},
    "a word for a room": {"who": "Ada", "room": "tavern"},
}


@pytest.mark.parametrize("options", UNTYPABLE.values(), ids=UNTYPABLE)
async def test_nobody_can_type(wire: Wire, mira: Person, options: Part) -> None:
    await wire.registers(command(options=TYPED))
    with pytest.raises(AssertionError):
        await mira.types("call", **options)


async def test_a_command_goes_out_as_it_was_typed(wire: Wire, inn: Inn, mira: Person) -> None:
    await wire.registers(command(options=TYPED))
    tavern, knights = inn.channels["tavern"], inn.roles["Knights"]
    asked = await mira.types(
        "call",
        where=tavern,
        who="Ada",
        via="By link",
        days=7,
        loud=False,
        room=tavern,
        of=knights,
    )
    data = asked.interaction.payload["data"]
    assert {one["name"]: one["value"] for one in data["options"]} == {
        "who": "Ada", "via": "link", "days": 7, "loud": False, "room": tavern.id, "of": knights.id
    }  # fmt: skip
    assert data["resolved"]["channels"][tavern.id]["name"] == "tavern"


@pytest.mark.parametrize(
    "parts", [{"contexts": [0]}, {"dm_permission": False}, {"integration_types": [1]}], ids=str
)
async def test_a_command_is_not_shown_in_a_dm(wire: Wire, inn: Inn, mira: Person, parts: Part) -> None:
    await wire.registers(command(**parts))
    with pytest.raises(AssertionError, match="/call"):
        await mira.types("call")


async def test_a_command_is_shown_to_those_who_may_use_it(
    wire: Wire, discord: FakeDiscord, inn: Inn, mira: Person
) -> None:
    await wire.registers(command(default_member_permissions="32"), command("night", nsfw=True))
    ben, tavern = discord.adds_person("Ben"), inn.channels["tavern"]
    inn.admits(ben, manages=True)
    with pytest.raises(AssertionError, match="may not use /call"):
        await mira.types("call", where=tavern)
    await ben.types("call", where=tavern)
    with pytest.raises(AssertionError, match="age-restricted"):
        await ben.types("night", where=tavern)
    tavern.is_nsfw = True
    await ben.types("night", where=tavern)
    with pytest.raises(AssertionError, match="is not in The Inn"):
        await discord.adds_person("Eve").types("call", where=tavern)
    with pytest.raises(AssertionError, match="the bot is not here for Zoe"):
        await discord.adds_person("Zoe").types("call")
