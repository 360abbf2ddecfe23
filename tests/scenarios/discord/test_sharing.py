"""Sharing a line of a character's: picked, previewed, posted with a button that works for others."""

from pathlib import Path

import pytest

from tests.fakes.discord import Person, Shown, payloads
from tests.scenarios.discord.stage import LAVISH, Tavern, open_tavern

pytestmark = pytest.mark.anyio


async def recap_of_a_talk(tavern: Tavern, *, in_messages: bool = False) -> Shown:
    """Let Mira talk with Merlin, and return the recap."""
    mira = tavern.mira
    where = mira.dm if in_messages else tavern.here
    await tavern.talks(await tavern.calls(mira, where=where), "My *cat* is called Fig.")
    return await mira.is_told("Merlin will remember this")


async def chosen(tavern: Tavern, shown: Shown, person: Person, line: str) -> Shown:
    """Pick a line, and return how it would look."""
    which = await tavern.presses(person, shown, "Share a line")
    return await tavern.answer(await person.picks(which, line))


async def test_a_line_is_picked_previewed_and_posted_where_it_was_asked_for(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira, ben = tavern.mira, tavern.joins("Ben")
        recap = await recap_of_a_talk(tavern)
        which = await tavern.presses(mira, recap, "Share a line")
        assert "Which line of Merlin's do you want to share?" in which.text
        assert "Mind the third step, Mira, it bites." in which.options
        assert not any(option.startswith("My *cat*") for option in which.options), "hers are not offered"
        preview = await tavern.answer(await mira.picks(which, "I hear you"))
        assert f"This is what everybody in <#{tavern.here.id}> will see:" in preview.text
        assert preview.buttons == ["Post it", "Another line", "Don't post it"]
        assert tavern.here.posts == []

        other = await tavern.presses(mira, preview, "Another line")
        preview = await tavern.answer(await mira.picks(other, "Mind the third step"))
        dropped = await tavern.presses(mira, preview, "Don't post it")
        assert dropped.buttons == []
        assert tavern.here.posts == []

        preview = await chosen(tavern, recap, mira, "Mind the third step")
        posted = await tavern.presses(mira, preview, "Post it")
        assert posted.text == f"Posted in <#{tavern.here.id}>."
        (post,) = tavern.here.posts
        assert "“Mind the third step, Mira, it bites.”" in post.text
        assert "shared by Mira" in post.text
        assert post.pictures
        assert post.buttons == ["Call Merlin"]
        assert "Fig" not in post.text
        ready = await tavern.presses(ben, post, "Call Merlin")
        assert "Before your first call" in ready.text
        assert ready.message.viewer is ben


async def test_a_talk_from_direct_messages_has_no_place_to_be_shared_in(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        recap = await recap_of_a_talk(tavern, in_messages=True)
        assert "Share a line" not in recap.buttons
        assert "Share a line" not in (await tavern.presses(mira, recap, "Transcript")).buttons
        custom_id = f"b0|{mira.id}||share?call={recap.button('Transcript')['custom_id'].partition('=')[2]}"
        forged = await tavern.answer(await mira.presses(recap, custom_id=custom_id, forged=True))
        assert "there is no channel to post in" in forged.text
        history = await tavern.asks(mira, "history")
        transcript = await tavern.presses(mira, history, "Transcript")
        preview = await chosen(tavern, transcript, mira, "Mind the third step")
        await tavern.presses(mira, preview, "Post it")
        assert len(tavern.here.posts) == 1, "it was asked for in a channel at last"


async def test_who_may_not_post_there_does_not_post_through_the_bot(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira, here = tavern.mira, tavern.here
        recap = await recap_of_a_talk(tavern)
        preview = await chosen(tavern, recap, mira, "Mind the third step")
        silenced = {"id": mira.id, "type": 1, "allow": "0", "deny": str(1 << 11)}
        await tavern.discord.dispatches(
            "CHANNEL_UPDATE", payloads.channel(here) | {"permission_overwrites": [silenced]}
        )
        refused = await tavern.presses(mira, preview, "Post it")
        assert refused.text == "You may not post in that channel yourself, so I do not either."
        await tavern.discord.dispatches("CHANNEL_UPDATE", payloads.channel(here))
        tavern.inn.loses(mira)
        refused = await tavern.presses(mira, preview, "Post it")
        assert "Posted" not in refused.text
        assert here.posts == []
        tavern.inn.admits(mira)
        assert "Posted in" in (await tavern.presses(mira, preview, "Post it")).text


async def test_where_the_bot_may_not_post_it_says_what_it_needs(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH, refuses=(50001, 50013)) as tavern:
        mira, boss, here = tavern.mira, tavern.boss, tavern.here
        recap = await recap_of_a_talk(tavern)
        preview = await chosen(tavern, recap, mira, "Mind the third step")
        needs = "I may not post there. Whoever manages the server can let me: View Channel, Send Messages"
        here.refuses_bot = True
        assert (await tavern.presses(mira, preview, "Post it")).text.startswith(needs)
        here.refuses_bot, here.hides_from_bot = False, True
        assert (await tavern.asks(boss, "troupe post", character="wizard")).text.startswith(needs)
        here.hides_from_bot = False
        assert "Posted in" in (await tavern.presses(mira, preview, "Post it")).text
        assert (await tavern.asks(boss, "troupe post", character="wizard")).text == "Posted."
        assert len(here.posts) == 2


async def test_a_line_is_not_posted_twice(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        recap = await recap_of_a_talk(tavern)
        preview = await chosen(tavern, recap, mira, "Mind the third step")
        second = await chosen(tavern, recap, mira, "Mind the third step")
        await tavern.answer(await mira.presses(preview, "Post it", twice=True))
        assert (await tavern.presses(mira, second, "Post it")).text == "That was posted already."
        assert len(tavern.here.posts) == 1


async def test_a_character_who_is_switched_off_is_not_shared_any_more(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        recap = await recap_of_a_talk(tavern)
        preview = await chosen(tavern, recap, mira, "Mind the third step")
        await tavern.asks(tavern.boss, "troupe allow", character="wizard", only="nobody")
        refused = await tavern.presses(mira, preview, "Post it")
        assert "Posted" not in refused.text
        assert tavern.here.posts == []
