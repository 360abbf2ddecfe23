"""What somebody asks an operator for: all that is kept of them as a file, or that nothing is kept."""

import json
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from storage.lock import hold_lock
from tests.postgres_server import Server
from tests.program import at_a_terminal, beside, troupe
from tests.scenarios.stage import open_stage
from tests.scenarios.test_linking import DISCORD, SLACK, TOGETHER, links

KEY = "a key of the tests that is kept in no file"


@pytest.fixture(params=["file", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """An installation that knows somebody."""
    url = f"sqlite:///{tmp_path}/data/troupe.db"
    if request.param == "postgres":
        server: Server = request.getfixturevalue("server")
        url = server.new_database()
    kept = {"DATABASE_URL": url, "SECRET_KEY": KEY}
    past = tmp_path / "past.json"
    past.write_text(json.dumps([{"role": "user", "content": "Quuxlena moved to Bern."}]))
    for who in ("discord:123", "slack:T1:U7"):
        assert troupe(tmp_path, "import", "past.json", "--as", who, "--yes", **kept).returncode == 0
    return kept


def test_what_is_kept_of_somebody_is_written_to_a_private_file(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    done = troupe(tmp_path, "people", "export", "discord:123", "--json", **settings)
    told = json.loads(done.stdout)
    file = tmp_path / told["file"]
    assert told["file"].startswith("troupe-export-discord-123-")
    assert (file.stat().st_mode & 0o777, file.stat().st_size) == (0o600, told["bytes"])
    kept = json.loads(file.read_text())
    assert [one["id"] for one in kept["accounts"]] == ["123"]
    assert "Quuxlena" in file.read_text()
    again = troupe(tmp_path, "people", "export", "discord:123", typed="n\n", **settings)
    assert (again.returncode, "is there already" in again.stdout) == (1, True)
    named = troupe(tmp_path, "people", "export", "slack:T1:U7", told["file"], "--yes", **settings)
    assert "everything that is kept of slack:T1:U7" in named.stdout
    assert json.loads(file.read_text())["accounts"][0]["tenant"] == "T1"
    printed = troupe(tmp_path, "people", "export", "slack:T1:U7", "-", **settings)
    assert json.loads(printed.stdout)["conversations"] == json.loads(file.read_text())["conversations"]
    assert not list(tmp_path.glob(".*"))


def test_what_somebody_wants_gone_is_shown_and_goes_after_a_yes(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    asked = troupe(tmp_path, "people", "forget", "discord:123", **settings)
    assert "This erases everything of discord:123: 1 import, 1 turn." in asked.stdout
    assert "add --yes" in asked.stderr
    refused, seen = at_a_terminal(tmp_path, "people", "forget", "discord:123", answers=["n"], **settings)
    assert (refused, "Erase it? [y/N]" in seen) == (1, True)
    told = json.loads(
        troupe(tmp_path, "people", "forget", "discord:123", "--yes", "--json", **settings).stdout
    )
    assert told == {
        "account": "discord:123",
        "linked": [],
        "erased": {"calls": 0, "conversations": 1, "turns": 1, "facts": 0, "profile_fields": 0},
        "elevenlabs": {"count": 0, "total": 0},
    }
    gone = troupe(tmp_path, "people", "export", "discord:123", **settings)
    assert gone.returncode == 1
    assert gone.stderr == (
        "Nobody is known as discord:123: they never came from that account, or they are erased already.\n"
    )
    receipt = troupe(tmp_path, "people", "forget", "slack:T1:U7", "--yes", **settings).stdout
    assert "Erased here: 1 conversation, 1 turn." in receipt
    on_server = settings["DATABASE_URL"].startswith("postgresql")
    assert ("Database server: deleted at once; its own log holds it" in receipt) == on_server
    assert ("whichever Troupe works on this database" if on_server else "Troupe does not run.") in receipt


def test_nobody_is_made_by_being_asked_for(tmp_path: Path, settings: dict[str, str]) -> None:
    for command in ("export", "forget"):
        for account in ("discord:9", "discord:9"):
            assert troupe(tmp_path, "people", command, account, **settings).returncode == 1
        assert "is not an account" in troupe(tmp_path, "people", command, "a b", **settings).stderr
    assert json.loads(troupe(tmp_path, "backup", "x.backup", "--json", **settings).stdout)["people"] == 2


def test_beside_a_troupe_that_runs_it_is_said_that_it_does_the_rest(tmp_path: Path) -> None:
    past = tmp_path / "past.json"
    past.write_text(json.dumps([{"role": "user", "content": "Quuxlena moved to Bern."}]))
    troupe(tmp_path, "import", "past.json", "--as", "alice", "--yes")
    where = {"public_url": "http://127.0.0.1:9", "api_url": "http://127.0.0.1:9"}
    with hold_lock(f"sqlite:///{tmp_path}/data/troupe.db", where):
        done = troupe(tmp_path, "people", "forget", "alice", "--yes")
    assert "The rest is done by the Troupe that runs" in done.stdout


@pytest.mark.anyio
async def test_a_troupe_beside_erases_the_rest_and_linked_accounts_go_too(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira, there = stage.member(DISCORD), stage.member(SLACK)
        await links(mira, there, TOGETHER)
        await mira.calls("wizard")
        talk = await browser.talks(mira.link(), "My secret word is marzipan.")
        await mira.is_told("Merlin will remember this")
        for one in (mira, there):
            await one.types("/account remember on")

        def forget(*more: str) -> CompletedProcess[str]:
            kept = {"DATABASE_URL": f"sqlite:///{tmp_path}/troupe.db"}
            return troupe(tmp_path, "people", "forget", DISCORD, *more, **kept)

        asked = await beside(forget)
        assert f"and of U1 on Slack ({SLACK}), with whom memory is shared" in asked.stdout, asked.stderr
        told = json.loads((await beside(forget, "--yes", "--json")).stdout)
        assert (told["linked"], told["elevenlabs"]["total"]) == ([SLACK], 1)

        async def is_erased_there() -> bool:
            await stage.later(minutes=1)
            return await stage.is_erased_there(talk.conversation_id)

        await stage.until(is_erased_there)
        assert "marzipan" not in await there.types("/memory wizard")
