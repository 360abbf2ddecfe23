"""``troupe personas lint`` with a key: what ElevenLabs has is asked of ElevenLabs."""

import json

import httpx
import pytest

from bot.sandbox import open_sandbox
from tests.personas.lint_samples import GOOD, make_folder
from tests.program import PERSONAS, beside, troupe

pytestmark = pytest.mark.anyio
ASKED = "Voices and models were looked up at ElevenLabs.\n"


@pytest.fixture
async def sandbox(tmp_path):
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db") as sandbox:
        yield sandbox


async def lint(tmp_path, sandbox, *arguments, **more):
    settings = {
        "ELEVENLABS_API_KEY": sandbox.api_key,
        "ELEVENLABS_AGENT_ID": sandbox.agent_id,
        "ELEVENLABS_API_URL": sandbox.url,
        **more,
    }

    def run():
        return troupe(tmp_path, "personas", "lint", *arguments, **settings)

    return await beside(run)


async def go_wrong(sandbox, **fault):
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(f"{sandbox.url}/sandbox/faults", json=fault)
        assert answer.status_code == 201, answer.text


async def test_the_shipped_voices_are_there_and_speak_their_languages(tmp_path, sandbox):
    done = await lint(tmp_path, sandbox, "--strict", str(PERSONAS))
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.endswith(ASKED)


async def test_what_the_account_lacks_is_said_where_it_is_named(tmp_path, sandbox):
    folder = make_folder(tmp_path / "cast", GOOD.replace("voice: old", "llm: gpt-4-1\nvoice: old"))
    voices = (folder / "voices.yaml").read_text()
    (folder / "voices.yaml").write_text(
        voices.replace("JBFqnCBsd6RMkjVDRZzb\n", "AAAAAAAAAAAAAAAAAAAA\n").replace("[de, es", "[ja, es", 1)
    )
    done = await lint(tmp_path, sandbox, "cast")
    lines = voices.splitlines()
    of_id = lines.index("  voice_id: JBFqnCBsd6RMkjVDRZzb") + 1
    of_languages = lines.index("  languages: [de, es, fr, it, nl, pl, pt, sv]") + 1
    assert done.stdout.splitlines() == [
        "cast/ada.md:5:6: ElevenLabs has no language model 'gpt-4-1'; did you mean gpt-4.1?",
        (
            f"cast/voices.yaml:{of_id}:13: your ElevenLabs account has no voice with this id; add the voice "
            "there, or copy its id anew (Voices, 'Copy voice ID')"
        ),
        (
            f"cast/voices.yaml:{of_languages}:14: advice: ElevenLabs knows this voice in de, en, es, fr, "
            "it, nl, no, pl, pt, sv, not in 'ja'; listen to it first, or choose another"
        ),
    ]
    assert done.returncode == 1
    offline = await lint(tmp_path, sandbox, "cast", "--offline")
    assert (offline.returncode, offline.stdout) == (0, "")
    assert "not looked up at ElevenLabs, as you wished (--offline).\n" in offline.stderr


@pytest.mark.parametrize("operation", ["get_voice", "list_models", "list_llms"])
async def test_an_answer_that_does_not_come_is_said_and_fails_nobody(tmp_path, sandbox, operation):
    make_folder(tmp_path / "cast")
    await go_wrong(sandbox, operation=operation, fault="status", status=403, times=9)
    done = await lint(tmp_path, sandbox, "cast", "--online")
    assert (done.returncode, done.stdout) == (0, "")
    assert "Voices and models were not looked up at ElevenLabs, because that failed: " in done.stderr
    told = json.loads((await lint(tmp_path, sandbox, "cast", "--json")).stdout)
    assert "because that failed: " in told["note"]


async def test_a_key_that_is_wrong_is_said_without_the_key(tmp_path, sandbox):
    make_folder(tmp_path / "cast")
    done = await lint(tmp_path, sandbox, "cast", ELEVENLABS_API_KEY="sk_0123456789abcdef")
    assert done.returncode == 0
    assert "because that failed: ElevenLabs, list models (401): Invalid API key." in done.stderr
    assert "sk_0123456789abcdef" not in done.stderr


async def test_without_a_key_nobody_is_asked_unless_that_is_wanted(tmp_path):
    make_folder(tmp_path / "cast")
    done = troupe(tmp_path, "personas", "lint", "cast")
    assert done.returncode == 0
    assert "not looked up at ElevenLabs, because no ELEVENLABS_API_KEY is set.\n" in done.stderr
    done = troupe(tmp_path, "personas", "lint", "cast", "--online")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == ("Set ELEVENLABS_API_KEY and ELEVENLABS_AGENT_ID first, or leave --online out.\n")


async def test_settings_that_cannot_be_used_matter_only_to_whoever_needs_them(tmp_path):
    make_folder(tmp_path / "cast")
    done = troupe(tmp_path, "personas", "lint", "cast", ELEVENLABS_API_KEY="sk_0123456789abcdef")
    assert done.returncode == 0
    assert "because the settings cannot be used: ELEVENLABS_API_KEY is set, so" in done.stderr
    done = troupe(tmp_path, "personas", "lint", "cast", "--online", MIN_AGE="x")
    assert (done.returncode, "MIN_AGE cannot be used" in done.stderr) == (2, True)
