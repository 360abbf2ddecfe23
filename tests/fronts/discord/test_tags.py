"""What stands in the id of a button: short, somebody's own, and never their words."""

import asyncio
from contextlib import suppress
from urllib.parse import quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.errors import CallerError
from bot.fronts import presses
from bot.fronts.commands import DOORS
from bot.fronts.discord import tags
from bot.fronts.discord.limits import CUSTOM_ID, OPTION_TEXT
from bot.fronts.presses import Wanted
from tests.fronts.discord.hostile import texts

NAMES = st.sampled_from([*presses.SHORT, "from", *sorted(presses.PRIVATE)])
VALUES = texts().map(lambda text: text.encode("utf-8", "ignore").decode())
WANTED = st.builds(Wanted, st.sampled_from(sorted(DOORS)), st.dictionaries(NAMES, VALUES, max_size=5))
OWNERS = st.integers(1, 2**64 - 1).map(str)


class Drawer:
    """Keeps what does not fit into an id."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    async def keep(self, text: str) -> str:
        key = f"{len(self.kept):032x}"
        self.kept[key] = text
        return key

    async def fetch(self, key: str) -> str | None:
        return self.kept.get(key)


@given(WANTED, OWNERS, st.booleans())
def test_what_a_button_asks_for_comes_back_whole(wanted: Wanted, owner: str, replaces: bool) -> None:
    drawer = Drawer()

    async def there_and_back() -> Wanted:
        what = await presses.pack(wanted, drawer.keep, tags.room_in_tag(owner))
        custom_id = tags.Tag(owner, what, replaces).write("b", 24)
        assert len(custom_id) <= CUSTOM_ID
        tag = tags.read_tag(custom_id)
        assert tag == tags.Tag(owner, what, replaces)
        return await presses.unpack(tag.what, drawer.fetch)

    back = asyncio.run(there_and_back())
    given_ones = {name: value for name, value in wanted.arguments.items() if value}
    assert (back.command, back.arguments) == (wanted.command, given_ones)


@given(WANTED)
def test_somebodys_own_words_never_travel(wanted: Wanted) -> None:
    drawer = Drawer()
    private = {name for name, value in wanted.arguments.items() if value} & presses.PRIVATE
    what = asyncio.run(presses.pack(wanted, drawer.keep))
    assert len(what) <= OPTION_TEXT
    assert bool(drawer.kept) >= bool(private)
    if private:
        assert what == f"+{next(iter(drawer.kept))}"


@pytest.mark.parametrize("name", sorted(presses.PRIVATE))
def test_each_argument_that_holds_words_is_kept_here(name: str) -> None:
    drawer, secret = Drawer(), "I am ill"
    what = asyncio.run(presses.pack(Wanted("call", {name: secret}), drawer.keep))
    assert secret not in what
    assert quote_plus(secret) not in what


@given(texts())
@example("\ud800")
def test_half_a_character_is_packed_all_the_same(text: str) -> None:
    drawer = Drawer()
    what = asyncio.run(presses.pack(Wanted("call", {"topic": text}), drawer.keep))
    back = asyncio.run(presses.unpack(what, drawer.fetch))
    assert back.command == "call"


def test_a_button_for_everybody_keeps_nothing() -> None:
    assert asyncio.run(presses.pack(Wanted("call", {"character": "wizard"}), None)).startswith("call?")
    with pytest.raises(ValueError, match="call cannot be asked for by everybody"):
        asyncio.run(presses.pack(Wanted("call", {"topic": "bees"}), None))
    with pytest.raises(ValueError, match="by everybody"):
        asyncio.run(presses.pack(Wanted("call", {"character": "x" * 101}), None))


def test_only_its_owner_may_press_it() -> None:
    mine = tags.read_tag("b0|42|r|help")
    assert mine is not None
    assert mine.belongs_to(42)
    assert not mine.belongs_to(4)
    assert mine.replaces
    everybodys = tags.read_tag("b0|*||call?c=wizard")
    assert everybodys is not None
    assert everybodys.belongs_to(4)
    assert not everybodys.replaces


@given(texts() | st.from_regex(tags.PATTERN, fullmatch=True) | st.text(max_size=120))
def test_any_id_is_read_or_left_alone(custom_id: str) -> None:
    tag = tags.read_tag(custom_id)
    if tag is not None:
        assert tag.belongs_to(7) == (tag.owner in {tags.ANYBODY, "7"})
        with suppress(CallerError):
            assert isinstance(asyncio.run(presses.unpack(tag.what, Drawer().fetch)), Wanted)


def test_what_is_kept_no_more_is_too_old() -> None:
    with pytest.raises(CallerError, match="too old"):
        asyncio.run(presses.unpack("+" + "0" * 32, Drawer().fetch))
