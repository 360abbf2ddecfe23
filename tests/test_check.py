"""`troupe check` against the sandbox: what it says of an agent as it comes, and of one that is broken."""

import asyncio
import json
from pathlib import Path

import pytest

from bot.sandbox import open_sandbox
from tests.test_program import troupe

pytestmark = pytest.mark.anyio


async def test_check_names_what_the_agent_lacks_and_the_exit_code_says_how_bad_it_is(tmp_path: Path):
    lacking = {
        "platform_settings": {
            "overrides": {"conversation_config_override": {"tts": {"voice_id": False}}},
            "privacy": {"record_voice": True},
        },
        "conversation_config": {
            "agent": {"prompt": {"prompt": "You need {{unheard_of}} and {{profile_level}}."}}
        },
    }
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db", agent=lacking) as sandbox:
        settings = {
            "ELEVENLABS_API_KEY": sandbox.api_key,
            "ELEVENLABS_AGENT_ID": sandbox.agent_id,
            "ELEVENLABS_API_URL": sandbox.url,
            "ELEVENLABS_PHONE_NUMBER_ID": "phnum_of_nobody",
            "PUBLIC_URL": "https://talk.example.com",
        }
        done = await in_a_thread(tmp_path, "check", "--json", **settings)
        said = " ".join(f"{one['severity']}: {one['what']}" for one in json.loads(done.stdout))
        assert done.returncode == 2
        assert "does not allow the override of tts.voice_id" in said
        assert "warning: No call sends the variable unheard_of, which the agent has in its prompt" in said
        (partly,) = [one for one in said.split("warning: ") if "variable profile_level" in one]
        assert partly.startswith("Calls with captain, coach")
        assert "tutor" not in partly.split(":")[0]
        assert "error: There is no phone number phnum_of_nobody" in said
        assert "records voices" in said
        assert "No post-call webhook is set" in said
        plain = await in_a_thread(tmp_path, "check", **settings)
        assert "Switch it on under Security" in plain.stdout
        wrong = await in_a_thread(
            tmp_path, "check", **{**settings, "ELEVENLABS_API_KEY": "sk_of_somebody_else"}
        )
        assert wrong.returncode == 2
        assert "Look at ELEVENLABS_API_KEY" in wrong.stdout
        assert "sk_of_somebody_else" not in wrong.stdout + wrong.stderr


async def in_a_thread(folder: Path, *arguments: str, **settings: str):
    """Run the program while the sandbox goes on in this loop."""
    return await asyncio.to_thread(troupe, folder, *arguments, **settings)


def test_check_without_a_key_says_that_the_sandbox_plays_elevenlabs(tmp_path):
    done = troupe(tmp_path, "check")
    assert done.returncode == 0
    assert "built-in sandbox" in done.stdout


def test_check_reports_a_broken_character(tmp_path):
    (tmp_path / "cast").mkdir()
    (tmp_path / "cast" / "imp.md").write_text("no front matter")
    done = troupe(tmp_path, "check", PERSONAS_DIR="cast")
    assert done.returncode == 2
    assert "cast/imp.md:1:1" in done.stdout


def test_check_cannot_reach_elevenlabs_and_says_so(tmp_path):
    settings = {
        "ELEVENLABS_API_KEY": "sk",
        "ELEVENLABS_AGENT_ID": "a",
        "ELEVENLABS_API_URL": "http://127.0.0.1:9",
    }
    done = troupe(tmp_path, "check", **settings)
    assert done.returncode == 2
    assert "ELEVENLABS_API_URL" in done.stdout
