"""Which character is meant: typed by hand, completed, and limited by managers."""

import shutil
from pathlib import Path

import pytest

from tests.fakes.discord import Channel, Person, payloads
from tests.fronts.discord.reading import read
from tests.scenarios.discord.stage import LAVISH, Tavern, open_tavern
from tests.scenarios.stage import PERSONAS

pytestmark = pytest.mark.anyio


async def offered(person: Person, typed: str, where: Channel, command: str = "call") -> list[str]:
    """Return the slugs that are offered while this is typed."""
    return [value for _, value in await person.completes(command, "character", typed, where=where)]


def a_large_cast(folder: Path) -> Path:
    """Write thirty knights beside the usual cast."""
    shutil.copytree(PERSONAS, folder)
    text = (folder / "captain.md").read_text()
    for number in range(30):
        name = f"name: Knight {number:02}"
        (folder / f"knight-{number:02}.md").write_text(text.replace("name: Captain Nan Tregarth", name))
    return folder


async def test_a_character_that_is_not_there_is_answered_with_the_nearest(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        await tavern.calls(mira)
        near = await tavern.asks(mira, "call", character="wizzard", topic="my lost ring")
        assert near.is_private
        assert "wizzard" in near.text
        assert near.buttons == ["Call Merlin"]
        ready = await tavern.presses(mira, near, "Call Merlin")
        assert "Merlin is ready" in ready.text
        known = await tavern.presses(mira, ready, "What will Merlin know?")
        assert "my lost ring" in known.text, "the topic is not lost on the way"
        nobody = await tavern.asks(mira, "call", character="@everyone [x](https://evil.example)")
        assert nobody.buttons == []
        assert "there are captain, coach, detective, tutor, wizard" in nobody.text
        assert read(nobody.content).live == []
        for typed in ("Merlin", "WIZARD", "merlin"):
            assert "Merlin is ready" in (await tavern.asks(mira, "call", character=typed)).text


async def test_what_is_typed_is_completed_with_whom_one_may_call(tmp_path: Path) -> None:
    personas = a_large_cast(tmp_path / "personas")
    async with open_tavern(tmp_path, personas=personas, settings=LAVISH) as tavern:
        mira, boss = tavern.mira, tavern.boss
        everybody = await offered(mira, "", tavern.here)
        assert len(everybody) == 25
        assert await offered(mira, "wiz", tavern.here) == ["wizard"]
        assert await offered(mira, "MERL", tavern.here) == ["wizard"]
        knights = await offered(mira, "kn", tavern.here)
        assert len(knights) == 25
        assert set(knights) <= {f"knight-{number:02}" for number in range(30)}
        riddles = await mira.completes("call", "character", "riddles", where=tavern.here)
        assert riddles == [("Merlin · Court wizard with a tower full of riddles", "wizard")]
        begun = await offered(mira, "m", tavern.here)
        assert begun[:2] == ["wizard", "detective"], "Merlin begins so, Ambrose only has it in his name"
        assert await offered(mira, "nobody at all", tavern.here) == []

        off = await tavern.asks(boss, "troupe allow", character="wizard", only="nobody")
        assert "cannot be called by anybody" in off.text
        assert await offered(mira, "wiz", tavern.here) == []
        assert await offered(mira, "wiz", tavern.here, "memory") == ["wizard"], "theirs to see and erase"
        what = await mira.completes("forget", "what", "", where=tavern.here)
        assert what[0] == ("everything", "everything")
        assert len(what) == 25


async def refused_alike(tavern: Tavern, person: Person, where: Channel, words: str) -> None:
    """Check that Merlin is refused here when completed, typed, and pressed on a public card."""
    assert await offered(person, "wiz", where) == []
    typed = await tavern.asks(person, "call", where=where, character="wizard")
    assert words in typed.text
    assert typed.is_private
    card = where.posts[-1]
    assert "Press the button for a link of your own" in card.text
    pressed = await tavern.presses(person, card, "Call Merlin")
    assert pressed.text == typed.text
    assert pressed.is_private


async def allowed_alike(tavern: Tavern, person: Person, where: Channel) -> None:
    """Check that Merlin can be called here in each of these ways."""
    assert await offered(person, "wiz", where) == ["wizard"]
    assert "Merlin is ready" in (await tavern.calls(person, where=where)).text
    pressed = await tavern.presses(person, where.posts[-1], "Call Merlin")
    assert "Merlin is ready" in pressed.text


async def test_limits_hold_however_one_asks(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        inn, mira, boss, here = tavern.inn, tavern.mira, tavern.boss, tavern.here
        knight = tavern.joins("Lancelot", roles=("Knights",))
        cellar, den = inn.channels["cellar"], inn.adds_channel("den", is_nsfw=True)
        await tavern.discord.dispatches("CHANNEL_CREATE", payloads.channel(den))
        corner, alcove = inn.adds_thread("cellar", "corner"), inn.adds_thread("den", "alcove")
        for channel in (here, cellar, den, corner, alcove):
            await tavern.asks(boss, "troupe post", where=channel, character="wizard")
        await allowed_alike(tavern, mira, here)

        knights_only = await tavern.asks(boss, "troupe allow", character="wizard", role=inn.roles["Knights"])
        role = f"<@&{inn.roles['Knights'].id}>"
        assert f"Merlin can be called only by {role}." in knights_only.text
        assert knights_only.buttons == ["Leave out @Knights", "Everybody here"]
        await refused_alike(tavern, mira, here, f"Merlin can be called only by {role}.")
        await allowed_alike(tavern, knight, here)
        assert "Merlin" in (await tavern.asks(knight, "call", where=knight.dm, character="wizard")).text
        refused = await tavern.asks(mira, "call", where=mira.dm, character="wizard")
        assert refused.text == f"In The Inn, Merlin can be called only by {role}."

        both = await tavern.asks(boss, "troupe allow", character="wizard", channel=cellar)
        assert f"only by {role} in <#{cellar.id}>" in both.text
        assert both.buttons == ["Leave out @Knights", "Leave out #cellar", "Everybody here"]
        await refused_alike(tavern, knight, here, f"in <#{cellar.id}>")
        await allowed_alike(tavern, knight, cellar)
        await allowed_alike(tavern, knight, corner)
        refused = await tavern.asks(knight, "call", where=knight.dm, character="wizard")
        assert refused.text.startswith("In The Inn, Merlin can be called only by")
        assert f"<#{cellar.id}>" in refused.text

        left = await tavern.presses(boss, both, "Leave out @Knights")
        assert f"Merlin can be called only in <#{cellar.id}>." in left.text
        await allowed_alike(tavern, mira, corner)
        opened = await tavern.presses(boss, left, "Leave out #cellar")
        assert "Merlin can be called by everybody." in opened.text
        assert opened.buttons == ["Nobody here", "Age-restricted channels only"]

        adults = await tavern.presses(boss, opened, "Age-restricted channels only")
        await refused_alike(tavern, mira, here, "only in age-restricted channels")
        await allowed_alike(tavern, mira, den)
        await allowed_alike(tavern, mira, alcove)
        opened = await tavern.presses(boss, adults, "Everybody here")
        await tavern.presses(boss, opened, "Nobody here")
        await refused_alike(tavern, mira, den, "Merlin cannot be called by anybody.")
        assert "cannot be called" in (await tavern.asks(boss, "troupe post", character="wizard")).text
        gallery = await tavern.asks(mira, "characters", search="riddles")
        assert "Merlin" not in gallery.text
