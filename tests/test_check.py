"""`troupe check` against the sandbox: what it says of an agent as it comes, and of one that is broken."""

import asyncio
import json
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.sandbox import open_sandbox
from storage.lock import hold_lock
from tests.fakes.discord import open_fake_discord
from tests.program import troupe

pytestmark = pytest.mark.anyio


async def test_check_names_what_the_agent_lacks_and_the_exit_code_says_how_bad_it_is(tmp_path: Path):
    lacking = {
        "platform_settings": {
            "overrides": {"conversation_config_override": {"tts": {"voice_id": False}}},
            "privacy": {"record_voice": True},
            "data_collection": None,
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
            "ELEVENLABS_INBOUND_SECRET": "ours-and-of-nobody-else",
            "PHONE_COUNTRIES": "DE",
            "PUBLIC_URL": "https://talk.example.com",
        }
        done = await in_a_thread(tmp_path, "check", "--json", **settings)
        said = " ".join(f"{one['severity']}: {one['what']}" for one in json.loads(done.stdout)["findings"])
        assert done.returncode == 2
        assert "does not allow the override of tts.voice_id" in said
        assert "warning: No call sends the variable unheard_of, which the agent has in its prompt" in said
        (partly,) = [one for one in said.split("warning: ") if "variable profile_level" in one]
        assert partly.startswith("Calls with captain, coach")
        assert "tutor" not in partly.split(":")[0]
        assert "error: There is no phone number phnum_of_nobody" in said
        assert "error: The agent does not collect do_not_call" in said
        assert "does not ask what inbound calls start with" in said
        assert "records voices" in said
        assert "No post-call webhook is set" in said
        plain = await in_a_thread(tmp_path, "check", **settings | {"PHONE_COUNTRIES": ""})
        assert "PHONE_COUNTRIES is empty, so phone calls are off." in plain.stdout
        assert "do_not_call" not in plain.stdout
        assert "Run troupe agent apply." in plain.stdout
        wrong = await in_a_thread(
            tmp_path, "check", **{**settings, "ELEVENLABS_API_KEY": "sk_of_somebody_else"}
        )
        assert wrong.returncode == 2
        assert "Look at ELEVENLABS_API_KEY" in wrong.stdout
        assert "sk_of_somebody_else" not in wrong.stdout + wrong.stderr


BROKEN_FOR_PHONES = {
    "error: The agent collects do_not_call as string, not as boolean: it would not be understood when "
    "somebody says to stop calling.": {
        "platform_settings": {"data_collection": {"do_not_call": {"type": "string", "description": "Stop."}}}
    },
    "warning: The agent lacks the tool end_call: it cannot hang up, not even on a wrong number.": {
        "conversation_config": {"agent": {"prompt": {"built_in_tools": {"end_call": None}}}}
    },
    "warning: The agent lacks the tool voicemail_detection: it may talk to a voicemail box.": {
        "conversation_config": {"agent": {"prompt": {"built_in_tools": {"voicemail_detection": None}}}}
    },
    "warning: The agent never ends a call in which nobody speaks: a silent line costs until its longest "
    "end.": {"conversation_config": {"turn": {"silence_end_call_timeout": -1}}},
    "error: The agent does not allow the override of agent.first_message: it is left out of calls, and on "
    "the telephone the first sentence has to be Troupe's.": {
        "platform_settings": {
            "overrides": {"conversation_config_override": {"agent": {"first_message": False}}}
        }
    },
    "warning: CALLS_AT_ONCE is 3, but the agent's concurrency limit is 2: what is beyond it is refused.": {
        "platform_settings": {"call_limits": {"agent_concurrency_limit": 2}}
    },
}
"""What is said once the agent was changed like this."""
NO_FAILURE_EVENT = (
    "note: The post-call webhook does not send call_initiation_failure: a busy line and one that nobody "
    "answers are found by asking, a few seconds later."
)
NO_OPERATOR = "note: OPERATOR is empty, so the log alone tells how much of COST_PER_MONTH is used."


async def test_check_names_what_a_telephone_call_would_miss(tmp_path: Path):
    whole = {
        "conversation_config": {"turn": {"silence_end_call_timeout": 90}},
        "platform_settings": {"call_limits": {"agent_concurrency_limit": 3}},
    }
    async with (
        open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db", agent=whole) as sandbox,
        ClientSession(headers={"xi-api-key": sandbox.api_key}) as http,
    ):
        await sandbox.configure_webhook("https://talk.example.com/hooks/elevenlabs")
        settings = {
            "ELEVENLABS_API_KEY": sandbox.api_key,
            "ELEVENLABS_AGENT_ID": sandbox.agent_id,
            "ELEVENLABS_API_URL": sandbox.url,
            "ELEVENLABS_PHONE_NUMBER_ID": sandbox.phone_number_id,
            "ELEVENLABS_WEBHOOK_SECRET": sandbox.webhook_secret,
            "PHONE_COUNTRIES": "DE,AT",
            "COST_PER_MONTH": "50000",
            "OPERATOR": "discord:123",
            "PUBLIC_URL": "https://talk.example.com",
            "ELEVENLABS_RECALL_SECRET": "ours-and-of-nobody-else",
        }
        await in_a_thread(tmp_path, "agent", "apply", "--yes", **settings)

        async def patch(path: str, changes: object) -> None:
            async with http.patch(f"{sandbox.url}/v1/convai/{path}", json=changes) as done:
                assert done.status == 200, await done.text()

        async def said(**changed: str) -> set[str]:
            done = await in_a_thread(tmp_path, "check", "--json", **settings | changed)
            return {f"{one['severity']}: {one['what']}" for one in json.loads(done.stdout)["findings"]}

        fine = await said()
        notes = ("note: ElevenLabs does not tell", "note: Members write on the talk page")
        assert all(one.startswith(notes) for one in fine), fine
        for changes in BROKEN_FOR_PHONES.values():
            await patch(f"agents/{sandbox.agent_id}", changes)
        async with http.get(f"{sandbox.url}/v1/convai/settings") as done:
            webhooks = (await done.json())["webhooks"]
        await patch("settings", {"webhooks": webhooks | {"events": ["transcript"]}})
        broken = await said(ELEVENLABS_PHONE_NUMBER_ID=f"{sandbox.phone_number_id}_sip", OPERATOR="")
        assert broken - fine == {*BROKEN_FOR_PHONES, NO_FAILURE_EVENT, NO_OPERATOR}

        unnumbered = await said(ELEVENLABS_PHONE_NUMBER_ID="", COST_PER_MONTH="0")
        assert "error: PHONE_COUNTRIES is set, but there is no number to call from" in " ".join(unnumbered)
        assert "note: COST_PER_MONTH is 0, so the bill has no ceiling." in unnumbered
        assert "do_not_call" not in " ".join(unnumbered)


async def test_the_sandbox_of_a_running_bot_has_a_number_that_is_wanted_once_regions_are_set(tmp_path: Path):
    (tmp_path / "data").mkdir()
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db") as sandbox:
        running = {"api_url": sandbox.url, "public_url": "http://127.0.0.1:9"}
        with hold_lock(f"sqlite:///{tmp_path}/data/troupe.db", running):
            off = await in_a_thread(tmp_path, "check")
            on = await in_a_thread(tmp_path, "check", PHONE_COUNTRIES="DE")
    assert (off.returncode, on.returncode) == (0, 1)
    assert "PHONE_COUNTRIES" not in off.stdout
    assert "COST_PER_MONTH" not in on.stdout
    assert "your plan" not in on.stdout
    assert "The agent never ends a call in which nobody speaks" in on.stdout


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


def test_check_names_a_character_for_strangers_who_is_not_in_the_cast(tmp_path):
    done = troupe(tmp_path, "check", INBOUND_CHARACTER="wizzard")
    assert done.returncode == 1
    assert "INBOUND_CHARACTER is 'wizzard'" in done.stdout


def test_check_cannot_reach_elevenlabs_and_says_so(tmp_path):
    settings = {
        "ELEVENLABS_API_KEY": "sk",
        "ELEVENLABS_AGENT_ID": "a",
        "ELEVENLABS_API_URL": "http://127.0.0.1:9",
    }
    done = troupe(tmp_path, "check", **settings)
    assert done.returncode == 2
    assert "ELEVENLABS_API_URL" in done.stdout


async def test_check_asks_discord_about_the_bot_and_where_its_links_lead(tmp_path: Path):
    token = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GaBcDe.abcdefghijklmnopqrstuvwxyz0123456789AB"
    async with open_fake_discord(token) as discord:
        settings = {"DISCORD_TOKEN": token, "DISCORD_API_URL": discord.api_url, "LISTEN": "127.0.0.1:8089"}
        done = await in_a_thread(tmp_path, "check", "--json", **settings)
        findings = {one["what"]: one for one in json.loads(done.stdout)["findings"]}
        assert done.returncode == 1
        assert "Public Bot" in findings["Discord: Anybody can invite this bot to a server of theirs."]["fix"]
        assert str(discord.application_id) in findings["The Discord bot is in no server."]["fix"]
        local = "Links in Discord lead to http://127.0.0.1:8089, which opens on this machine alone."
        assert "PUBLIC_URL" in findings[local]["fix"]
        wrong = await in_a_thread(tmp_path, "check", **settings | {"DISCORD_TOKEN": token[:-1] + "x"})
        assert wrong.returncode == 2
        assert "Discord does not know this token" in wrong.stdout
        assert token[-20:-1] not in wrong.stdout + wrong.stderr


async def test_check_tells_a_discord_that_does_not_answer_from_a_token_that_is_wrong(tmp_path: Path):
    token = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GaBcDe.abcdefghijklmnopqrstuvwxyz0123456789AB"
    settings = {"DISCORD_TOKEN": token, "DISCORD_API_URL": "http://127.0.0.1:9"}
    done = await in_a_thread(tmp_path, "check", "--json", **settings)
    (gone,) = [one for one in json.loads(done.stdout)["findings"] if "Discord" in one["what"]]
    assert done.returncode == 2
    assert gone["what"].startswith("Discord cannot be reached (")
    assert gone["fix"] == "Look at the network and at DISCORD_API_URL, if that is set, then try again."


def test_check_says_as_json_which_settings_are_wrong(tmp_path):
    done = troupe(tmp_path, "check", "--json", MIN_AGE="3", LOG_LEVEL="loud")
    assert done.returncode == 2
    assert done.stderr == ""
    found = json.loads(done.stdout)["findings"]
    assert [one["what"].split()[0] for one in found] == ["MIN_AGE", "LOG_LEVEL"]
    assert {one["severity"] for one in found} == {"error"}
