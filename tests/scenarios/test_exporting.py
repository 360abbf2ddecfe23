"""Taking everything along at a terminal: a file for its owner alone, in the place of no other."""

import json
import re
import stat
from pathlib import Path

import pytest

from tests.scenarios.stage import open_stage

pytestmark = pytest.mark.anyio


def path_in(shown: str) -> Path:
    found = re.search(r"^/.*\.json$", shown, re.MULTILINE)
    assert found, shown
    return Path(found[0])


async def test_a_file_is_written_whose_path_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await mira.calls("wizard")
        await mira.types("/memory wizard add I am allergic to nuts")
        shown = await mira.types("/account export")
        assert "nothing of anybody else" in shown
        first = path_in(shown)
        assert first.parent == tmp_path
        assert stat.S_IMODE(first.stat().st_mode) == 0o600
        assert json.loads(first.read_text())["facts"][0]["text"] == "I am allergic to nuts"
        second = path_in(await mira.types("/account export"))
        assert second.name == f"{first.stem}-2.json"


async def test_a_file_that_is_there_already_is_left_as_it_is(tmp_path: Path) -> None:
    taken = tmp_path / "mine.json"
    taken.write_text("precious")
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        assert "is there already, so it was left as it is." in await mira.types(f"/account export {taken}")
        assert taken.read_text() == "precious"
        other = tmp_path / "other.json"
        assert path_in(await mira.types(f"/account export {other}")) == other
        nowhere = await mira.types(f"/account export {tmp_path}/no/where.json")
        assert "cannot be written (No such file or directory): name another file." in nowhere
