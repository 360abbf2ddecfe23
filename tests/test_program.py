"""`troupe` as it is typed: output, errors in one sentence, exit codes."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from storage.lock import hold_lock
from tests.program import PERSONAS, ROOT, at_a_terminal, kept_environment, troupe


@pytest.fixture
def past(tmp_path: Path) -> Path:
    file = tmp_path / "past.json"
    turns = [
        {"role": "user", "content": "My sister Lena moved to Bern."},
        {"role": "assistant", "content": "Oh!"},
    ]
    file.write_text(json.dumps(turns))
    return file


def test_plain_lines_from_a_pipe_are_answered_and_end_with_success(tmp_path):
    done = troupe(tmp_path, "console", "--as", "alice", typed="/call wizard\n")
    assert done.returncode == 0, done.stderr
    assert "> /call wizard" in done.stdout
    assert "Call and remember" in done.stdout
    assert "http" not in done.stdout


def fresh(folder: Path, command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the program from a shell, in a process whose streams are opened as these settings say."""
    defaults = {"PERSONAS_DIR": str(PERSONAS), "LISTEN": "127.0.0.1:0", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        ["sh", "-c", f'exec "{sys.executable}" -m bot {command}'],
        cwd=folder,
        env={**kept_environment(), **defaults, **settings},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="latin-1",
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
@pytest.mark.parametrize("command", ["personas show tutor", "personas try tutor --sandbox"])
def test_letters_that_a_terminal_lacks_end_nothing(tmp_path, command, encoding):
    done = fresh(tmp_path, command, PYTHONIOENCODING=f"{encoding}:strict")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert "\\u201c" in done.stdout


def test_names_of_files_that_are_no_text_are_told_wherever_they_are_printed(tmp_path):
    folder = tmp_path / "cast"
    folder.mkdir()
    (folder / os.fsdecode(b"\xff\x1b]0;x.md")).write_text("---")
    git = "git -c user.name=M -c user.email=m@x"
    subprocess.run(
        ["sh", "-c", f"git init -q && {git} commit -q --allow-empty -m x"],
        cwd=folder,
        env=kept_environment(),
        check=True,
    )
    settings = {"PERSONAS_DIR": str(folder), "PYTHONIOENCODING": "utf-8:strict"}
    for command in ("lint", "lint --format github", "lint --json", "diff HEAD"):
        done = fresh(folder, f"personas {command}", **settings)
        assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
        assert "\x1b" not in done.stdout or command == "lint --format github"
    checked = fresh(folder, "check", COLUMNS="1000", **settings)
    assert "??]0;x.md" in checked.stdout
    assert "\x1b" not in checked.stdout


@pytest.mark.parametrize("command", ["console", "personas try tutor --sandbox", "personas show tutor"])
def test_a_full_disk_is_one_sentence(tmp_path, command):
    done = fresh(tmp_path, f"{command} >/dev/full")
    assert (done.returncode, done.stderr) == (
        2,
        "There is no room left on the disk, or in your share of it: make some, then run this again.\n",
    )


@pytest.mark.parametrize("command", ["console", "personas try tutor --sandbox", "setup"])
def test_a_closed_input_is_an_empty_one(tmp_path, command):
    done = fresh(tmp_path, f"{command} <&-")
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 1), done.stderr


def test_ctrl_c_while_the_program_is_loaded_ends_it_without_a_word(tmp_path):
    (tmp_path / "click.py").write_text("print('loading', flush=True)\ninput()\n")
    loading = subprocess.Popen(
        [sys.executable, "-m", "bot", "--help"],
        cwd=tmp_path,
        env={**kept_environment(), "PYTHONPATH": f"{tmp_path}:{ROOT}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with loading:
        assert loading.stdout is not None
        assert loading.stdout.readline() == "loading\n"
        loading.send_signal(signal.SIGINT)
        _, said = loading.communicate(timeout=60)
    assert (loading.returncode, said) == (-signal.SIGINT, "")


def test_bytes_that_are_no_text_are_answered_too(tmp_path):
    settings = {"PERSONAS_DIR": str(PERSONAS), "LISTEN": "127.0.0.1:0", "PYTHONIOENCODING": "utf-8:strict"}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "console", "--as", "alice"],
        cwd=tmp_path,
        env={**kept_environment(), **settings, "PYTHONPATH": str(ROOT)},
        input=b"/help\n\xff\n\xc2\xb2\n",
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr


def test_a_link_that_dies_with_the_pipe_is_said_to(tmp_path):
    done = troupe(tmp_path, "console", "--as", "alice", "--yes", typed="/call wizard\n")
    assert "opens only while it runs" in done.stdout


def test_the_agent_is_rung_from_the_terminal(tmp_path):
    typed = "/sandbox-ring\n/sandbox-ring +49 151 12345678\n/say Who are you?\n/hangup\n"
    done = troupe(tmp_path, "console", "--as", "alice", typed=typed, INBOUND_CHARACTER="wizard")
    assert "Which number shall show?" in done.stdout
    assert "Merlin here, an AI character from this community" in done.stdout
    assert "You hung up." in done.stdout


def test_yes_answers_the_first_call_card(tmp_path):
    done = troupe(tmp_path, "console", "--as", "alice", "--yes", typed="/call wizard\n")
    assert done.returncode == 0, done.stderr
    assert "http://127.0.0.1" in done.stdout


def test_what_is_kept_is_readable_by_its_owner_only(tmp_path):
    troupe(tmp_path, "console", "--as", "alice", "--yes", typed="/call wizard\n")
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    for file in (tmp_path / "data").iterdir():
        assert file.stat().st_mode & 0o777 == 0o600, file


def test_a_link_is_one_line_that_carries_the_context(tmp_path, past):
    done = troupe(
        tmp_path, "link", "wizard", "--as", "discord:123", "--context", str(past), "--json", "--yes"
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["url"].startswith("http://127.0.0.1")
    assert "Lena" in told["context"]
    assert told["initiation"]["dynamic_variables"]["context"] == told["context"]
    assert told["initiation"]["dynamic_variables"]["platform"] == "discord"
    assert told["first_call_card"] is True
    assert "does not run at the moment" in done.stderr
    plain = troupe(tmp_path, "link", "wizard", "--as", "discord:123")
    assert plain.stdout.count("\n") == 1
    assert plain.stdout.startswith("http://127.0.0.1")


def test_a_link_keeps_nothing_of_a_context_before_somebody_agreed(tmp_path, past):
    line = ("link", "wizard", "--as", "alice", "--context", str(past))
    asked = troupe(tmp_path, *line)
    assert (asked.returncode, asked.stdout) == (1, "")
    assert "2 lines: 1 of yours" in asked.stderr
    assert "add --yes to save it" in asked.stderr
    assert "Lena" not in troupe(tmp_path, "console", "--as", "alice", typed="/memory wizard\n").stdout
    refused, seen = at_a_terminal(tmp_path, *line, answers=["n"])
    assert "Save this for Merlin? [y/N]" in seen
    assert "Nothing was saved, and no link was made." in seen
    assert refused == 1
    agreed, seen = at_a_terminal(tmp_path, *line, answers=["y"])
    assert agreed == 0
    assert "http://127.0.0.1" in seen
    assert "Lena" in troupe(tmp_path, "console", "--as", "alice", typed="/memory wizard\n").stdout


@pytest.mark.parametrize(
    ("arguments", "settings", "code", "said"),
    [
        (["link", "wizzard", "--as", "x"], {}, 1, "did you mean wizard?"),
        (["link", "wizard", "--as", "x"], {"MIN_AGE": "x"}, 2, "MIN_AGE cannot be used"),
        (["link", "wizard"], {}, 2, "Missing option '--as'"),
        (["import", "none.json", "--as", "x"], {}, 1, "none.json"),
        (["import", "none.json", "--as", "x"], {"LISTEN": "nonsense"}, 2, "LISTEN cannot be used"),
        (["import", "none"], {}, 1, "none does not exist"),
        (["people", "set", "alice", "rank"], {}, 1, "sets nothing"),
        (["people", "export", "alice"], {}, 1, "Nobody is known as alice"),
        (["people", "forget", "alice"], {}, 1, "Nobody is known as alice"),
        (["stats"], {}, 2, "There is nothing to count yet"),
        (["backup"], {}, 2, "There is nothing to back up yet"),
        (["restore", "none.backup"], {}, 2, "none.backup cannot be read"),
        (["sync"], {}, 2, "start Troupe first"),
        (["sync", "--days", "0"], {}, 2, "--days"),
        (["personas", "lint"], {"MIN_AGE": "x"}, 2, "MIN_AGE cannot be used"),
        (["reindex"], {"MIN_AGE": "x"}, 2, "MIN_AGE cannot be used"),
        (["migrate-to", "sqlite:///other.db"], {}, 1, "Name a database on a server"),
        (["slack", "manifest", "--http", "http://x"], {}, 1, "public https address"),
        (["talk-client", "fetch"], {"MIN_AGE": "x"}, 2, "MIN_AGE cannot be used"),
        (["agent", "plan"], {"MIN_AGE": "x"}, 2, "MIN_AGE cannot be used"),
        (["agent", "apply"], {"MIN_AGE": "x"}, 2, "MIN_AGE cannot be used"),
        (["agent", "create", "Troupe"], {"MIN_AGE": "x"}, 2, "MIN_AGE cannot be used"),
        (["personas", "show", "wizzard"], {}, 1, "did you mean wizard?"),
        (["personas", "diff", "HEAD"], {"MIN_AGE": "x"}, 2, "MIN_AGE cannot be used"),
        (["personas", "versions", "wizard"], {"MIN_AGE": "x"}, 2, "MIN_AGE cannot be used"),
        (["personas", "new", "wizard", "--yes"], {}, 1, "wizard.md is there already"),
        (["personas", "import-card", "none.png"], {}, 1, "none.png"),
        (["personas", "export-card", "wizzard"], {}, 1, "did you mean wizard?"),
    ],
)
def test_with_json_what_is_wrong_is_one_object_too(tmp_path, arguments, settings, code, said):
    done = troupe(tmp_path, *arguments, "--json", **settings)
    assert done.returncode == code
    assert said in json.loads(done.stdout)["error"]
    assert done.stderr == ""


def test_every_command_that_prints_json_is_tried_with_what_is_wrong():
    import click

    from bot.cli import troupe as program

    program.load()

    def walk(group: click.Group, *names: str):
        for name, command in group.commands.items():
            if isinstance(command, click.Group):
                yield from walk(command, *names, name)
            elif any("--json" in option.opts for option in command.params):
                yield (*names, name)

    mark = test_with_json_what_is_wrong_is_one_object_too.pytestmark[0]
    tried = {tuple(one for one in row[0] if one[0].isalpha())[:2] for row in mark.args[1]}
    for names in set(walk(program)) - {("check",)}:
        assert any(row[: len(names)] == names for row in tried), names


def test_a_hosted_installation_prints_a_hosted_link(tmp_path):
    settings = {"ELEVENLABS_API_KEY": "sk", "ELEVENLABS_AGENT_ID": "agent_1"}
    done = troupe(tmp_path, "link", "wizard", "--as", "discord:123", **settings)
    assert done.stdout.startswith("https://elevenlabs.io/app/talk-to?agent_id=agent_1&vars=")
    assert len(done.stdout) <= 1_801


def test_an_import_is_shown_first_and_saved_on_yes_only(tmp_path, past):
    asked = troupe(tmp_path, "import", str(past), "--as", "alice")
    assert asked.returncode == 1
    assert "2 lines: 1 of yours" in asked.stdout
    assert "Nothing was saved" in asked.stderr
    saved = troupe(tmp_path, "import", str(past), "--as", "alice", "--character", "wizard", "--yes")
    assert "Saved 1 conversation." in saved.stdout
    again = troupe(tmp_path, "import", str(past), "--as", "alice", "--character", "wizard", "--yes", "--json")
    saved_again = {"new": 0, "known": 1, "grown": 0, "new_lines": 0, "profile_fields": 0}
    assert json.loads(again.stdout) == {"saved": saved_again}
    assert "Lena" in troupe(tmp_path, "console", "--as", "alice", typed="/memory wizard\n").stdout
    assert "Lena" not in troupe(tmp_path, "console", "--as", "alice", typed="/memory coach\n").stdout


def test_lint_prints_every_problem_with_its_place_and_fails(tmp_path):
    folder = tmp_path / "cast"
    folder.mkdir()
    for file in PERSONAS.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    assert troupe(tmp_path, "personas", "lint", str(folder)).returncode == 0
    wizard = folder / "wizard.md"
    wizard.write_text(
        wizard.read_text().replace("greeting:", "greting:", 1).replace("{{user_name}}", "{{usr_name}}")
    )
    (folder / "coach.md").write_text("no front matter")
    done = troupe(tmp_path, "personas", "lint", str(folder))
    assert done.returncode == 1
    assert f"{folder}/coach.md:1:1: " in done.stdout
    assert "greting" in done.stdout
    assert "did you mean" in done.stdout
    problems = json.loads(troupe(tmp_path, "personas", "lint", str(folder), "--json").stdout)["problems"]
    assert len(problems) == len(done.stdout.splitlines())


@pytest.mark.parametrize(
    ("arguments", "settings", "code", "sentence"),
    [
        (["console"], {"LISTEN": "nonsense"}, 2, "LISTEN cannot be used: write host:port"),
        (["console"], {"MIN_AGE": "3"}, 2, "MIN_AGE cannot be used"),
        (
            ["console"],
            {"ELEVENLABS_RETENTION_DAYS": "6"},
            2,
            "ELEVENLABS_RETENTION_DAYS cannot be used: write a number from 7 to 36500.",
        ),
        (["console"], {"RETENTION_DAYS": "-1"}, 2, "RETENTION_DAYS cannot be used"),
        (["console"], {"MIN_AGE": "x"}, 2, "MIN_AGE cannot be used: write a whole number"),
        (["console"], {"LOG_LEVEL": "loud"}, 2, "LOG_LEVEL cannot be used"),
        (["console"], {"TIMEZONE": "Europe/Berlim"}, 2, "did you mean Europe/Berlin?\n"),
        (
            ["console"],
            {"PUBLIC_URL": "talk.example.com"},
            2,
            "PUBLIC_URL cannot be used: begin with https://",
        ),
        (["console"], {"ELEVENLABS_API_KEY": "sk"}, 2, "ELEVENLABS_AGENT_ID is needed too"),
        (["console"], {"ELEVENLABS_AGENT_ID": "a"}, 2, "ELEVENLABS_API_KEY is missing"),
        (["console"], {"ELEVENLABS_INBOUND_SECRET": "a" * 16}, 2, "ELEVENLABS_API_KEY is missing"),
        (
            ["console"],
            {"INBOUND_CHARACTER": "wizzard"},
            0,
            "not in the cast, so strangers get the first; did you",
        ),
        (["console"], {"DATABASE_URL": "mysql://x"}, 2, "sqlite:///"),
        (["console"], {"DATABASE_URL": "sqlite:////proc/troupe.db"}, 2, "/proc/troupe.db"),
        (["console"], {"PERSONAS_DIR": "nowhere"}, 2, "nowhere"),
        (["console", "--as", "a b"], {}, 1, "is not an account"),
        (["link", "wizzard", "--as", "x"], {}, 1, "did you mean wizard?"),
        (["link", "wizard", "--as", ":"], {}, 1, "is not an account"),
        (["link", "wizard", "--as", "x", "--context", "none.json"], {}, 1, "none.json"),
        (["import", "none.json", "--as", "x"], {}, 1, "none.json"),
        (["import"], {}, 1, "Name the file"),
        (["personas", "lint", "nowhere"], {}, 1, ""),
        (["import", "none"], {}, 1, "none does not exist"),
        (["people", "set", "alice", "rank"], {}, 1, "sets nothing"),
        (["sync"], {}, 2, "start Troupe first"),
        (["sync", "--days", "0"], {}, 2, "--days"),
        (["sync"], {"ELEVENLABS_API_KEY": "sk"}, 2, "ELEVENLABS_AGENT_ID is needed too"),
        (["nonsense"], {}, 2, "No such command 'nonsense'"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence_and_the_exit_code(tmp_path, arguments, settings, code, sentence):
    done = troupe(tmp_path, *arguments, **settings)
    assert done.returncode == code, done.stderr
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 5


def test_a_line_of_the_env_file_that_is_no_setting_is_not_silent(tmp_path):
    (tmp_path / ".env").write_text("MIN_AGE=18\njust text\n")
    done = troupe(tmp_path, "console")
    assert done.returncode == 2
    assert ".env:2: write NAME=value" in done.stderr


def test_lint_looks_at_the_cast_that_the_settings_name(tmp_path):
    assert troupe(tmp_path, "personas", "lint", PERSONAS_DIR="nowhere").returncode == 1


def test_a_mistyped_name_in_the_env_file_is_not_silent(tmp_path):
    (tmp_path / ".env").write_text("COMUNITY_NAME=Owls\n")
    done = troupe(tmp_path, "console")
    assert done.returncode == 2
    assert "there is no setting COMUNITY_NAME; did you mean COMMUNITY_NAME?" in done.stderr


@pytest.mark.parametrize("line", ["xoxb-123-secret", "MTIz.GhIjKl.abcd=", "wsecabcdef", "sk1234567890abcd="])
def test_a_token_that_stands_alone_in_the_env_file_is_never_shown(tmp_path, line):
    (tmp_path / ".env").write_text(f"# mine\n{line}\n")
    done = troupe(tmp_path, "console")
    assert done.returncode == 2
    assert ".env:2: write NAME=value, or begin with # to comment." in done.stderr
    assert line.rstrip("=") not in done.stderr


def test_a_second_bot_on_the_same_database_is_refused(tmp_path):
    (tmp_path / "data").mkdir()
    with hold_lock(f"sqlite:///{tmp_path}/data/troupe.db", {"public_url": "http://x"}):
        done = troupe(tmp_path, "console")
    assert done.returncode == 2
    assert "already running here" in done.stderr


def test_every_command_explains_itself(tmp_path):
    named = ("console", "run", "link", "import", "personas", "check", "sync", "sandbox")
    for arguments in ([], *([name] for name in named), ["personas", "lint"]):
        done = troupe(tmp_path, *arguments, "--help")
        assert done.returncode == 0
        assert done.stdout.startswith("Usage: ")
