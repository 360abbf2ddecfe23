"""With ``LOG_LEVEL=INFO`` a call is followed by its id, from its beginning until it is erased."""

import io
import json
import logging
import re

import pytest

from bot.logs import JsonLines, TextLines
from tests.paper import writing
from tests.scenarios.stage import open_stage
from tests.scenarios.telephone import MIRAS, open_exchange

pytestmark = pytest.mark.anyio
each_format = pytest.mark.parametrize("format_", [TextLines(), JsonLines("run")], ids=["text", "json"])
_LINE = re.compile(r"^INFO: (?P<message>.+) \[(?:job \w+, )?call (?P<call>\w+)\]$")


def steps(paper: io.StringIO, call_id: str) -> list[str]:
    """Return what the log says of a call, found by its id alone; what libraries write is left out."""
    found = []
    for line in paper.getvalue().splitlines():
        matched = _LINE.match(line)
        told = json.loads(line) if line.startswith("{") else matched.groupdict() if matched else {}
        if told.get("call") == call_id[:8]:
            found.append(told["message"])
    return [one for one in found if not one.startswith("HTTP Request")]


@each_format
async def test_a_call_by_link_is_followed_by_its_id(format_, tmp_path):
    with writing(format_, logging.INFO) as paper:
        async with open_stage(tmp_path) as stage, stage.browser() as browser:
            mira = stage.member("mira")
            await mira.calls("wizard about the lost ring")
            await browser.talks(mira.link(), "My cat is called Fig.")
            await mira.is_told("Merlin will remember this")
            await stage.rests()
            (call_id,) = set(re.findall(r"\b[0-9a-f]{8}\b", await mira.types("/history")))
            await mira.types(f"/forget {call_id}")
            assert "erased" in (await mira.types("1")).lower()
    assert steps(paper, call_id) == [
        "asked for: page, asked",
        "start: bound",
        "told by ElevenLabs: it is over",
        "transcript home: kept",
        "over: done",
        "recap: told",
        "erased",
    ]
    for word in ("Mira", "mira", "Fig", "ring", "Merlin", "wizard"):
        assert re.search(rf"\b{word}\b", paper.getvalue()) is None, word


@each_format
async def test_a_phone_call_is_followed_by_its_id(format_, tmp_path):
    with writing(format_, logging.INFO) as paper:
        async with open_exchange(tmp_path) as stage:
            mira = await stage.newcomer("mira", MIRAS)
            placed = await stage.asks(mira)
            await (await stage.ringing()).declines()
            await mira.is_told("The call with Merlin failed: the line was busy.")
            await stage.rests()
    told = steps(paper, placed.call.id)
    assert told[:3] == ["asked for: phone, asked", "dialing", "dialed: handed_over"]
    assert {"over: failed", "recap: told"} <= set(told)
    assert MIRAS[3:] not in paper.getvalue()


async def test_an_ordinary_call_is_no_line_of_the_log_where_only_warnings_are_written(tmp_path):
    with writing(TextLines(), logging.WARNING) as paper:
        async with open_stage(tmp_path) as stage:
            await stage.member("mira").calls("wizard")
    assert paper.getvalue() == ""
