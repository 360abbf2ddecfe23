"""`troupe import` for many people, from ElevenLabs, and `troupe people set`, as they are typed."""

import contextlib
import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.calls.installation import find_person
from bot.calls.moving import bring_from_elevenlabs
from bot.cli.whereabouts import sandbox_provider
from bot.config import Settings
from bot.domain.caller import Caller, parse_account
from bot.domain.export import MARK, VERSION
from bot.domain.record import Reading
from bot.house import open_cast, open_installation
from tests.program import ROOT, troupe
from tests.scenarios.stage import open_stage
from tests.scenarios.test_facts import cast_with

pytestmark = pytest.mark.anyio
NOT_RUNNING = (
    "The built-in sandbox plays ElevenLabs, and it does not run at the moment: start Troupe first (make run)."
)


def line(account, text, **more):
    return json.dumps(
        {
            "account": account,
            "conversation": [{"role": "user", "content": text}, {"role": "tool", "content": "x"}],
        }
        | more
    )


def write_map(path: Path, *rows: tuple[str, ...]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("theirs", "account", "character", "name"), *rows])
    return path


def history(folder: Path, account: str) -> str:
    return troupe(folder, "console", "--as", account, typed="/history\n").stdout


def test_lines_of_many_people_are_kept_each_for_their_own_and_bad_ones_are_told(tmp_path):
    lines = tmp_path / "all.jsonl"
    lines.write_text(
        "\n".join(
            [
                line("alice", "I like bees.", character="wizard"),
                "not json",
                line("bo b", "x"),
                line("ben", "I like stars.", profile={"guild_rank": "captain"}),
                line("alice", "I like rings.", character="wizard"),
                '{"account": "alice"}',
                line("alice", "x", character="nobody"),
            ]
        )
    )
    done = troupe(tmp_path, "import", "all.jsonl")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "console:alice: Saved 2 conversations. 2 lines in all. Left out: 2 tool lines.",
        "console:ben: Saved 1 conversation and 1 profile field. 1 line in all. Left out: 1 tool line.",
    ]
    errors = done.stderr.splitlines()
    assert errors[0].startswith("all.jsonl, line 2: is not valid JSON")
    assert errors[1].startswith("all.jsonl, line 3: 'bo b' is not an account")
    assert errors[2] == (
        "all.jsonl, line 6: has neither a conversation nor a profile: there is nothing to keep."
    )
    assert errors[3].startswith("all.jsonl, line 7: There is no character")
    assert errors[4] == "4 entries could not be read; see above."
    again = troupe(tmp_path, "import", "all.jsonl", "--json")
    found = json.loads(again.stdout)
    assert {name: (one["new"], one["known"]) for name, one in found["people"].items()} == {
        "console:alice": (0, 2),
        "console:ben": (0, 1),
    }
    assert found["bad"][0]["where"] == "all.jsonl, line 2"


def test_a_dry_run_counts_what_is_new_what_grew_and_what_is_there(tmp_path):
    file = tmp_path / "all.jsonl"

    def talk(*words: str) -> str:
        said = [{"role": "user", "content": text, "timestamp": "2024-03-01T10:00:00Z"} for text in words]
        return json.dumps({"account": "alice", "character": "wizard", "conversation": said})

    file.write_text("\n".join([talk("I like bees.", "A lot."), talk("I like stars.")]))
    dry = troupe(tmp_path, "import", "all.jsonl", "--dry-run")
    assert dry.stdout.startswith("console:alice: Would save 2 conversations. 3 lines in all.")
    assert troupe(tmp_path, "import", "all.jsonl").returncode == 0
    file.write_text("\n".join([talk("I like bees.", "A lot.", "Yes."), talk("I like stars."), talk("Oh.")]))
    for options in (["--dry-run"], []):
        done = json.loads(troupe(tmp_path, "import", "all.jsonl", "--json", *options).stdout)
        found = done["people"]["console:alice"]
        counted = [found[name] for name in ("new", "grown", "new_lines", "known")]
        assert counted == [1, 1, 1, 1]


def test_a_profile_is_kept_beside_a_conversation_of_which_nothing_may_be(tmp_path):
    cast = cast_with(tmp_path / "cast", "wizard", memory="none")
    talk = {"id": "a", "character": "wizard", "reach": "own", "turns": [{"role": "user", "text": "Bees."}]}
    record = {"account": "alice", "conversation": {MARK: VERSION, "conversations": [talk]}}
    rows = [record, record | {"profile": {"guild_rank": "captain"}}]
    (tmp_path / "all.jsonl").write_text("\n".join(map(json.dumps, rows)))
    done = troupe(tmp_path, "import", "all.jsonl", PERSONAS_DIR=str(cast))
    assert done.returncode == 1
    assert "line 1: Merlin keeps nothing in memory; choose another character.\n" in done.stderr
    assert done.stdout.startswith("console:alice: Saved 1 profile field. 0 lines in all.")


def test_a_folder_is_brought_by_its_map(tmp_path):
    folder = tmp_path / "exports"
    (folder / "mira").mkdir(parents=True)
    for name in ("mira/one.json", "mira/two.json", "ben.json", "nobody.json"):
        (folder / name).write_text(
            json.dumps(
                [
                    {"role": "user", "name": "Ana", "content": name},
                    {"role": "user", "name": "Bob", "content": "b"},
                ]
            )
        )
    write_map(
        tmp_path / "accounts.csv",
        ("mira", "mira", "wizard", "Ana"),
        ("ben", "ben", "", "Bob"),
        ("ben", "eve"),
        ("bent", "ben"),
    )
    dry = troupe(tmp_path, "import", "exports", "--map", "accounts.csv", "--dry-run")
    assert (
        "mira: Would save 2 conversations. 2 lines in all. Left out: 2 lines by other people." in dry.stdout
    )
    assert "Nothing" in history(tmp_path, "mira") or "no calls yet" in history(tmp_path, "mira")
    done = troupe(tmp_path, "import", "exports", "--map", "accounts.csv")
    assert done.returncode == 1
    assert "accounts.csv, line 4: tells once more whose “ben” is; the first one counts." in done.stderr
    unfitted = "accounts.csv, line 5: names “bent”, and nothing here is called so: check how it is written.\n"
    assert unfitted in done.stderr
    assert "nobody.json: is in no line of the map, so nobody knows whose it is." in done.stderr
    assert "mira: Saved 2 conversations." in done.stdout
    assert "ben: Saved 1 conversation." in done.stdout
    assert history(tmp_path, "mira").count("Transcript") == 2


@pytest.mark.parametrize("source", ["exports", "all.jsonl"])
def test_a_line_of_the_map_that_fits_nothing_is_told_and_is_all_that_fails(tmp_path, source):
    folder = tmp_path / "exports" / "mira"
    folder.mkdir(parents=True)
    (folder / "one.json").write_text(json.dumps([{"role": "user", "content": "I like bees."}]))
    (tmp_path / "all.jsonl").write_text("\n".join([line("mira", "Bees."), line("mira/one.json", "Stars.")]))
    write_map(tmp_path / "m.csv", ("mira", "mira"), ("mira/one.json", "mira"), ("mria", "ben"))
    done = troupe(tmp_path, "import", source, "--map", "m.csv", "--json")
    assert done.returncode == 1
    why = "names “mria”, and nothing here is called so: check how it is written."
    assert json.loads(done.stdout)["bad"] == [{"where": "m.csv, line 4", "why": why}]
    write_map(tmp_path / "m.csv", ("mira", "mira"), ("mira/one.json", "mira"))
    assert troupe(tmp_path, "import", source, "--map", "m.csv").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("import",), "Name the file: troupe import past.json --as discord:123."),
        (("import", "nowhere"), "nowhere does not exist: check the path."),
        (("import", "."), "Say whose files these are: --map accounts.csv, with theirs,account in it."),
        (
            ("import", "x.json", "--as", "a", "--map", "m.csv"),
            "Either --as for one person, or --map for many.",
        ),
        (
            ("import", ".", "--map", "x.csv"),
            "x.csv cannot be read as CSV in UTF-8: No such file or directory.",
        ),
        (
            ("import", "--from-elevenlabs", "--as", "a"),
            "Write troupe import --from-elevenlabs --user-id THEIRS --as discord:123.",
        ),
        (
            ("import", "--from-elevenlabs", "--as", "a", "--user-id", "u"),
            NOT_RUNNING,
        ),
        (
            ("people", "set", "telegram:12", "rank=captain"),
            (
                "Nobody can be 'telegram:12': write discord: and the number that Discord copies as ID, "
                "slack: and the member ID that Slack copies, or a name of the terminal."
            ),
        ),
        (
            ("people", "set", "alice", "rank"),
            "'rank' sets nothing: write FIELD=VALUE, such as guild_rank=captain.",
        ),
    ],
)
def test_what_is_missing_is_said_in_one_sentence(tmp_path, arguments, sentence):
    done = troupe(tmp_path, *arguments)
    assert done.returncode in {1, 2}
    assert done.stderr.strip() == sentence


@pytest.mark.parametrize("account", ["telegram:12", "discord:mira", "slack:mira", "Discord:@mira"])
def test_nothing_is_kept_for_an_account_that_can_be_nobodys(tmp_path, account):
    lines = tmp_path / "all.jsonl"
    lines.write_text(f"{line(account, 'I like bees.')}\n{line('discord:12', 'I like stars.')}\n")
    done = troupe(tmp_path, "import", "all.jsonl")
    assert done.returncode == 1
    assert "all.jsonl, line 1: " in done.stderr
    assert "Nobody can be " in done.stderr
    assert done.stdout == "discord:12: Saved 1 conversation. 1 line in all. Left out: 1 tool line.\n"


@pytest.mark.parametrize(
    "heading",
    [
        "theirs,account",
        "\ufefftheirs;account",
        "Theirs\tAccount",
        "theirs, account , character",
        "account;theirs",
    ],
)
def test_a_map_is_read_as_spreadsheets_write_it(tmp_path, heading):
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "bob.json").write_text('[{"role": "user", "content": "I like bees."}]')
    mark = next(mark for mark in ";\t," if mark in heading)
    row = ["discord:11", "bob"] if heading.startswith("account") else ["bob", "discord:11"]
    (tmp_path / "map.csv").write_text(f"{heading}\r\n{mark.join(row)}\r\n", newline="")
    done = troupe(tmp_path, "import", "exports", "--map", "map.csv")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "discord:11: Saved 1 conversation. 1 line in all.\n"


def test_profile_fields_are_set_and_erased(tmp_path):
    done = troupe(
        tmp_path, "people", "set", "discord:123", "guild_rank=captain", "level=7", 'pets=["Fig"]', "note=a=b"
    )
    assert done.stdout == 'discord:123: guild_rank = captain, level = 7, note = a=b, pets = ["Fig"].\n'
    done = troupe(tmp_path, "people", "set", "discord:123", "note=", "pets=", "nothing=", "--json")
    assert json.loads(done.stdout) == {"guild_rank": "captain", "level": 7}
    assert done.returncode == 0


def count_turns(folder: Path) -> list[int]:
    with sqlite3.connect(f"file:{folder}/data/troupe.db?mode=ro", uri=True) as read:
        return [row[0] for row in read.execute("SELECT count(*) FROM turns GROUP BY conversation")]


def has_some(folder: Path) -> bool:
    with contextlib.suppress(sqlite3.Error):
        return len(count_turns(folder)) > 3
    return False


def test_an_interrupted_import_leaves_no_half_conversation_and_goes_on_where_it_was(tmp_path):
    lines, per_talk = tmp_path / "all.jsonl", 200
    talks = [[{"role": "user", "content": f"{n}.{m}"} for m in range(per_talk)] for n in range(200)]
    lines.write_text("\n".join(json.dumps({"account": "alice", "conversation": one}) for one in talks))
    running = subprocess.Popen(
        [sys.executable, "-m", "bot", "import", "all.jsonl", "--json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PERSONAS_DIR": str(ROOT / "personas")},
        stdout=subprocess.PIPE,
        # Whoever is started in the background ignores Ctrl-C, and so would this.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  one call, no locks
    )
    while not has_some(tmp_path):  # it works only while we wait, so that we see its beginning
        running.send_signal(signal.SIGCONT)
        time.sleep(0.01)
        running.send_signal(signal.SIGSTOP)
    running.send_signal(signal.SIGINT)
    running.send_signal(signal.SIGCONT)
    told = json.loads(running.communicate(timeout=60)[0])
    assert running.returncode == 130
    kept = count_turns(tmp_path)
    assert set(kept) == {per_talk}
    assert len(kept) < len(talks)
    assert len(kept) - 1 <= told["people"]["console:alice"]["new"] <= len(kept)
    rest = json.loads(troupe(tmp_path, "import", "all.jsonl", "--json").stdout)
    assert rest["people"]["console:alice"]["new"] == len(talks) - len(kept)
    assert count_turns(tmp_path) == [per_talk] * len(talks)


async def test_what_elevenlabs_has_from_before_comes_home_once(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await mira.calls("wizard")
        async with stage.browser() as browser:
            await browser.talks(mira.link(), "My cat is called Fig.")
        await mira.is_told("Your call with Merlin")
        theirs = (await find_person(stage.app.house, Caller(parse_account("mira"), ""))).id
        account = parse_account("discord:app:123")

        async def comes(house, user_id=theirs):
            found = bring_from_elevenlabs(house, account, user_id, "wizard", is_dry=False)
            return [(one.new, one.known) async for one in found]

        assert await comes(stage.app.house) == [(0, 1)], "a call here had it"
        settings = Settings(_env_file=None, database_url=f"sqlite:///{tmp_path}/new.db")
        provider = sandbox_provider(stage.sandbox.url, stage.sandbox.webhook_secret)
        async with open_installation(settings, provider, await open_cast(settings), "http://x") as house:
            assert await comes(house) == [(1, 0)]
            assert await comes(house) == [(0, 1)]
            assert await comes(house, "somebody else") == []
            person = await find_person(house, Caller(account, ""))
            record = await house.store.fetch_record(person.id, Reading("wizard", "own"))
            assert any("Fig" in turn.text for turn in record.conversations[0].last_turns)
