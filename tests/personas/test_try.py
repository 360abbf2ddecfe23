"""`troupe personas try`: a talk in the terminal of which nothing is left, as it is typed."""

import json
import os
import pty
import signal
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from bot.sandbox import open_sandbox
from tests.program import PERSONAS, ROOT, beside, kept_environment, shown, troupe


def try_(tmp_path, *arguments, typed="", **settings):
    return troupe(tmp_path, "personas", "try", *arguments, typed=typed, **settings)


def test_lines_from_a_pipe_are_answered_and_their_end_hangs_up(tmp_path):
    done = try_(tmp_path, "wizard", typed="I like bees.\n/whisper I am sad\n/bogus\n")
    assert (done.returncode, done.stderr) == (0, "")
    for words in (
        "played by the built-in stand-in, which talks by simple rules. You are Robin, with a made-up past.",
        "Robin! The stairs told me it was you, they creak politely.",
        "Last time we spoke about “The bench by the river”.",
        "> I like bees.",
        "Merlin knows.",
        "Here are /whisper TEXT and /hangup",
        "You hung up.",
    ):
        assert words in done.stdout, words
    assert done.stdout.count("\nMerlin: ") >= 2


def test_nothing_of_it_is_left(tmp_path):
    try_(tmp_path, "wizard", typed="I like bees.\n")
    assert list(tmp_path.iterdir()) == []


def test_the_real_database_is_neither_read_nor_changed(tmp_path):
    typed = "/call wizard by chat\nMy cat is called Fig.\n/hangup\n"
    troupe(tmp_path, "console", "--as", "alice", "--yes", typed=typed)
    before = kept_in(tmp_path)
    limits = {"CALLS_PER_DAY": "1"}
    for _ in range(2):
        done = try_(tmp_path, "wizard", "--as", "Alice", typed="What do you know of my cat?\n", **limits)
        assert done.returncode == 0
        assert "Fig" not in done.stdout
    assert kept_in(tmp_path) == before


def kept_in(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_no_allowance_ends_a_talk_that_is_counted_for_nobody(tmp_path):
    nothing = {"CALLS_PER_DAY": "0", "MINUTES_PER_MONTH": "0", "MINUTES_PER_MONTH_TOTAL": "0"}
    done = try_(tmp_path, "wizard", typed="I like bees.\n", **nothing)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Merlin: " in done.stdout


def test_hanging_up_ends_it_before_the_lines_do(tmp_path):
    done = try_(tmp_path, "wizard", typed="/hangup\nI like bees.\n")
    assert done.returncode == 0
    assert "You hung up." in done.stdout
    assert "bees" not in done.stdout


def test_a_past_of_ones_own_or_none_is_what_the_character_knows(tmp_path):
    past = tmp_path / "past.json"
    past.write_text(
        json.dumps({"name": "Ada", "messages": [{"role": "user", "content": "I sail a red boat."}]})
    )
    typed = "What do you remember of me?\n"
    own = try_(tmp_path, "wizard", "--memory", str(past), "--as", "Ada", typed=typed)
    assert "red boat" in own.stdout
    assert "You are Ada, with the past of that file." in own.stdout
    nameless = try_(tmp_path, "wizard", "--memory", str(past), typed="Who am I?\n")
    assert "You have no name here (--as NAME gives you one), with the past of that file." in nameless.stdout
    assert "0 times" not in nameless.stdout
    none = try_(tmp_path, "wizard", "--memory", "none", "--as", "Ada", typed=typed)
    assert "Mind the third step, Ada, it bites." in none.stdout
    missing = try_(tmp_path, "wizard", "--memory", "gone.json", "--as", "Ada")
    assert missing.returncode == 1
    assert "gone.json" in missing.stderr
    assert "Traceback" not in missing.stderr


def test_a_character_that_remembers_nothing_knows_nothing(tmp_path, cast):
    cast.change("wizard.md", "memory: own", "memory: none")
    done = try_(tmp_path, "wizard", "--dir", str(cast.folder), typed="hello\n")
    assert "with no past, since this character remembers nothing" in done.stdout
    assert "Merlin: Well met, Robin!" in done.stdout


def test_a_broken_character_is_what_lint_says_of_it(tmp_path, cast):
    cast.change("wizard.md", "memory: own", "memory: maybe")
    done = try_(tmp_path, "wizard", "--dir", str(cast.folder), typed="hello\n")
    assert done.returncode == 1
    assert "wizard.md:8:9" in done.stdout


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_told_to_stop_it_hangs_up_and_ends(tmp_path, sign):
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "personas", "try", "wizard"],
        cwd=tmp_path,
        env={
            **kept_environment(),
            "PERSONAS_DIR": str(PERSONAS),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        seen = ""
        while "Merlin: " not in seen:
            seen += process.stdout.readline()
        process.send_signal(sign)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert "You hung up." in out


@pytest.mark.parametrize("key", ["\x04", "\x03", ""], ids=["Ctrl-D", "Ctrl-C", "SIGTERM"])
def test_at_a_terminal_a_key_hangs_up(tmp_path, key):
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "personas", "try", "wizard"],
        cwd=tmp_path,
        env={**kept_environment(), "PERSONAS_DIR": str(PERSONAS), "PYTHONPATH": str(ROOT), "TERM": "xterm"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        try:
            seen, is_asked = "", False
            while part := shown(ours):
                seen += part.decode(errors="replace")
                if "to Merlin>" in seen and not is_asked:
                    is_asked = True
                    if key:
                        os.write(ours, key.encode())
                    else:
                        process.terminate()
            code = process.wait()
        finally:
            process.kill()
            os.close(ours)
    assert code == 0, seen
    assert "You hung up." in seen
    assert "Traceback" not in seen


@asynccontextmanager
async def real_agent(tmp_path):
    """Settings that take the sandbox for ElevenLabs itself, and what it still has of conversations."""
    async with open_sandbox(file=tmp_path / "elevenlabs.db") as elevenlabs, httpx.AsyncClient() as client:

        async def conversations() -> list[dict]:
            headers = {"xi-api-key": elevenlabs.api_key}
            answer = await client.get(f"{elevenlabs.url}/v1/convai/conversations", headers=headers)
            return answer.json()["conversations"]

        settings = {
            "ELEVENLABS_API_URL": elevenlabs.url,
            "ELEVENLABS_API_KEY": elevenlabs.api_key,
            "ELEVENLABS_AGENT_ID": elevenlabs.agent_id,
            "DATABASE_URL": f"sqlite:///{tmp_path}/data/troupe.db",
        }
        yield settings, conversations


@pytest.mark.anyio
async def test_with_a_key_the_cost_is_said_and_agreed_to_first(tmp_path):
    async with real_agent(tmp_path) as (settings, conversations):
        line = lambda *more: try_(tmp_path, "wizard", *more, typed="I like bees.\n", **settings)  # noqa: E731
        asked = await beside(line)
        assert asked.returncode == 1
        assert "is billed to your account as your plan says." in asked.stderr
        assert "read the prompt again, about 1," in asked.stderr
        assert "Nothing was begun: add --yes" in asked.stderr
        agreed = await beside(line, "--yes")
        assert (agreed.returncode, agreed.stderr) == (0, "")
        assert "played by your ElevenLabs agent" in agreed.stdout
        assert "bees" in agreed.stdout
        assert await conversations() == []
        apart = await beside(line, "--sandbox")
        assert apart.returncode == 0
        assert "built-in stand-in" in apart.stdout
        assert not (tmp_path / "data").exists()


@pytest.mark.anyio
async def test_a_key_that_is_wrong_is_said_and_ends_with_1(tmp_path):
    async with real_agent(tmp_path) as (settings, _):
        settings["ELEVENLABS_API_KEY"] = "wrong"
        done = await beside(lambda: try_(tmp_path, "wizard", "--yes", typed="hello\n", **settings))
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert "wrong" not in done.stdout + done.stderr
