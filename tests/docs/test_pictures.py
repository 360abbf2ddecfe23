"""The pictures show Troupe as it is now."""

import struct

import pytest

from tests.docs.pages import ROOT
from tests.pictures import overview, sources, terminal
from tests.pictures.talk_page import SIZES

PICTURES = ROOT / "docs" / "pictures"


def test_make_pictures_makes_every_picture_that_is_there():
    assert {one.name for one in PICTURES.iterdir()} == {
        "overview.svg", "terminal.svg", sources.NAME, *SIZES,
    }  # fmt: skip


def test_the_overview_is_the_one_that_is_drawn():
    assert (PICTURES / "overview.svg").read_text("utf-8") == overview.draw()


@pytest.mark.anyio
async def test_the_terminal_shows_what_is_seen_there(tmp_path):
    drawn = (PICTURES / "terminal.svg").read_text("utf-8")
    seen = (await terminal.play(tmp_path)).export_text()
    assert terminal.steady(terminal.described(drawn)) == terminal.steady(seen)
    assert "http" not in drawn.replace("http://www.w3.org/2000/svg", ""), "it fetches something"


@pytest.mark.parametrize("name", SIZES)
def test_a_picture_of_the_page_is_one_of_the_size_that_is_taken(name: str):
    head = (PICTURES / name).read_bytes()[:24]
    assert head.startswith(b"\x89PNG\r\n")
    assert struct.unpack(">II", head[16:]) == tuple(SIZES[name].values())


def test_the_pictures_of_the_page_were_taken_of_the_page_as_it_is():
    taken_of = (PICTURES / sources.NAME).read_text().strip()
    assert taken_of == sources.of_the_page(), "the talk page or the cast changed since: make pictures"
