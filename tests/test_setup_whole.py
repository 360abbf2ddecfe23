"""`troupe setup`, whole, at a terminal: against the sandbox, and stand-ins of Discord and Slack."""

import re
import signal
import stat
from pathlib import Path

import pytest

from bot.cli.asking import clean, refuse_other
from bot.domain.errors import SettingsError
from bot.sandbox import Sandbox, open_sandbox
from tests.fakes.discord import open_fake_discord
from tests.fakes.slack import open_fake_slack
from tests.program import PERSONAS, ROOT, beside, kept_environment, run
from tests.program.terminal import answering
from tests.test_setup_slack import APP, installed

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GaBcDe.abcdefghijklmnopqrstuvwxyz0123456789AB"

pytestmark = pytest.mark.anyio


def environment(sandbox: Sandbox, **settings: str) -> dict[str, str]:
    shown = {"PYTHONPATH": str(ROOT), "ELEVENLABS_API_URL": sandbox.url, "TERM": "dumb"}
    return {**kept_environment(), **shown, "PERSONAS_DIR": str(PERSONAS), "COLUMNS": "200", **settings}


def written(folder: Path) -> dict[str, str]:
    lines = (folder / ".env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


async def test_everything_is_asked_for_checked_written_and_tried_out(tmp_path):
    async with (
        open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db") as sandbox,
        open_fake_discord(TOKEN) as discord,
        open_fake_slack() as slack,
    ):
        bot = installed(slack).bot_token
        settings = environment(
            sandbox, DISCORD_API_URL=discord.api_url, SLACK_API_URL=slack.api_url.rstrip("/")
        )
        code, seen = await answering(
            tmp_path,
            ["setup"],
            settings,
            [
                ("ElevenLabs key", APP),
                ("ElevenLabs key", "sk_of_nobody"),
                ("ElevenLabs key", f'  ELEVENLABS_API_KEY="{sandbox.api_key}" '),
                ("Its address", "http://talk.example.com"),
                ("Its address", "https://talk.example.com/"),
                (r"Which \(", "1"),
                ("Its name", "Our cast"),
                (r"Which \(", "7"),
                (r"Which \(", "1"),
                ("Regions that may be rung", "DE,AT"),
                (r"Do this\?", "y"),
                (r"secret into \.env\?", "y"),
                ("Bot token", bot),
                ("Bot token", TOKEN),
                ("Bot token", f"“{bot}”"),
                ("signing secret", TOKEN),
                ("signing secret", APP),
                (r"Have it now\?", "y"),
                ("You", "Hello, who are you?"),
            ],
        )
    assert "This looks like a Slack app token; it belongs where SLACK_APP_TOKEN is asked for." in seen
    assert "This looks like a Slack bot token; it belongs where SLACK_BOT_TOKEN is asked for." in seen
    assert "This looks like a Discord bot token; it belongs where DISCORD_TOKEN is asked for." in seen
    assert "ElevenLabs does not know this key" in seen
    assert "copy it anew, or make a key that may read and write agents." in seen
    assert "Begin with https://: http:// is for this machine alone" in seen
    assert "Write a number from 1 to" in seen
    assert "The agent is as it should be." in seen
    assert "This is Troupe; it is in no server yet." in seen
    assert "This is troupe in the workspace Acme." in seen
    talk = seen[seen.index("Have it now?") :]
    assert len(re.findall("Captain Nan Tregarth: .{10,}", talk)) == 2, talk
    assert re.search(r"That cost [\d,]+ credits; it was erased at ElevenLabs\.", talk), talk
    assert "What is missing still, as troupe check says it:" in seen
    assert "a failure of the post-call webhook below may be that, and goes once Troupe runs." in seen
    assert code == 1, seen
    for secret in ("sk_of_nobody", TOKEN, bot, APP):
        assert secret not in seen
    kept = written(tmp_path)
    assert (kept["ELEVENLABS_API_KEY"], kept["PUBLIC_URL"]) == (sandbox.api_key, "https://talk.example.com")
    assert kept["ELEVENLABS_AGENT_ID"] not in {"", sandbox.agent_id}
    assert kept["ELEVENLABS_PHONE_NUMBER_ID"].startswith("phnum_")
    assert kept["PHONE_COUNTRIES"] == "DE,AT"
    assert len(kept["ELEVENLABS_RECALL_SECRET"]) >= 32
    assert kept["ELEVENLABS_WEBHOOK_SECRET"].startswith("wsec_")
    assert (kept["DISCORD_TOKEN"], kept["SLACK_BOT_TOKEN"], kept["SLACK_APP_TOKEN"]) == (TOKEN, bot, APP)
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600


async def test_five_answers_that_are_no_regions_keep_no_agent_from_being_set_up(tmp_path):
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db") as sandbox:
        asked = [
            ("ElevenLabs key", sandbox.api_key),
            ("Its address", ""),
            (r"Which \(", sandbox.agent_id),
            (r"Which \(", "1"),
            *[("Regions that may be rung", "nowhere")] * 5,
            (r"Do this\?", "y"),
        ]
        code, seen = await answering(tmp_path, ["setup", "elevenlabs"], environment(sandbox), asked)
    assert code == 0, seen
    assert "PHONE_COUNTRIES is as it was" in seen
    assert "Phone calls stay as they were." in seen
    assert "The agent is as it should be." in seen


async def test_ctrl_c_loses_nothing_and_running_it_again_offers_what_is_there(tmp_path):
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db") as sandbox:
        settings, key = environment(sandbox), sandbox.api_key
        asked = [("ElevenLabs key", key), ("Its address", ""), (r"Which \(", "")]
        code, seen = await answering(tmp_path, ["setup"], settings, asked, then=signal.SIGINT)
        assert code != 0
        assert "Traceback" not in seen
        assert written(tmp_path)["ELEVENLABS_API_KEY"] == key
        again = [
            (r"ElevenLabs key \(empty: keep the one that is set\)", ""),
            ("Its address", ""),
            (r"Which \(", sandbox.agent_id),
            (r"Which \(", ""),
            (r"Do this\?", "n"),
        ]
        code, seen = await answering(tmp_path, ["setup", "elevenlabs"], settings, again)
    assert code == 0, seen
    assert "ELEVENLABS_API_KEY stands in .env already." in seen
    assert "Nothing was changed. troupe agent apply does it later." in seen
    assert written(tmp_path)["ELEVENLABS_AGENT_ID"] == sandbox.agent_id
    assert "ELEVENLABS_PHONE_NUMBER_ID" not in written(tmp_path)


async def test_ctrl_c_ends_the_test_call_at_once(tmp_path):
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db") as sandbox:
        asked = [
            ("ElevenLabs key", sandbox.api_key),
            ("Its address", ""),
            (r"Which \(", sandbox.agent_id),
            (r"Which \(", ""),
            (r"Do this\?", "n"),
            ("Bot token", ""),
            ("Bot token", ""),
            (r"Have it now\?", ""),
            (r"You \[Hello! Who are you\?\]", ""),
        ]
        code, seen = await answering(tmp_path, ["setup"], environment(sandbox), asked, then=signal.SIGINT)
    assert code != 0
    assert "Captain Nan Tregarth: " in seen
    assert "Traceback" not in seen
    assert written(tmp_path)["ELEVENLABS_AGENT_ID"] == sandbox.agent_id


async def test_without_any_answer_the_sandbox_plays_and_nothing_is_written(tmp_path):
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db") as sandbox:
        asked = [("ElevenLabs key", ""), ("Bot token", ""), ("Bot token", "")]
        code, seen = await answering(tmp_path, ["setup"], environment(sandbox), asked)
    assert code == 0, seen
    assert "Without a key the built-in sandbox plays ElevenLabs" in seen
    assert "Discord stays off; troupe setup discord switches it on." in seen
    assert "Slack stays off; troupe setup slack switches it on." in seen
    assert "make run opens a terminal" in seen
    assert not (tmp_path / ".env").exists()


async def test_where_no_cast_is_nothing_is_set_up_and_it_is_said_where_to_go(tmp_path):
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db") as sandbox:
        settings = environment(sandbox) | {"PERSONAS_DIR": "personas"}
        code, seen = await answering(tmp_path, ["setup"], settings, [])
    assert code == 2
    assert f"There is no folder personas in {tmp_path}." in seen
    assert f"cd {ROOT}" in seen
    assert not (tmp_path / ".env").exists()


async def test_elevenlabs_that_cannot_be_reached_stops_no_other_part(tmp_path):
    async with (
        open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db") as sandbox,
        open_fake_discord(TOKEN) as discord,
    ):
        settings = environment(
            sandbox, ELEVENLABS_API_URL="http://127.0.0.1:9", DISCORD_API_URL=discord.api_url
        )
        asked = [("ElevenLabs key", "sk_right_perhaps"), ("Bot token", TOKEN), ("Bot token", "")]
        _, seen = await answering(tmp_path, ["setup"], settings, asked)
    assert "ElevenLabs cannot be reached (" in seen
    assert "run troupe setup elevenlabs again" in seen
    assert "Traceback" not in seen
    assert written(tmp_path) == {"DISCORD_TOKEN": TOKEN}


async def test_without_a_terminal_key_and_agent_are_read_from_standard_input(tmp_path):
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db") as sandbox:
        settings = environment(sandbox)
        wrong = await beside(run, tmp_path, ["setup", "elevenlabs"], settings, f"{TOKEN}\n")
        assert wrong.returncode == 2
        assert "This looks like a Discord bot token" in wrong.stderr
        nobody = f"{sandbox.api_key}\nagent_of_nobody\n"
        other = await beside(run, tmp_path, ["setup", "elevenlabs"], settings, nobody)
        assert (other.returncode, "no agent of this account" in other.stderr) == (2, True)
        assert not (tmp_path / ".env").exists()
        alone = await beside(run, tmp_path, ["setup", "elevenlabs"], settings, sandbox.api_key)
        assert (alone.returncode, "! ELEVENLABS_AGENT_ID is missing still" in alone.stdout) == (0, True)
        typed = f"\n'{sandbox.api_key}'\n{sandbox.agent_id}\n"
        done = await beside(run, tmp_path, ["setup", "elevenlabs"], settings, typed)
        looked = await beside(run, tmp_path, ["setup", "elevenlabs", "--check"], settings, "")
        assert (looked.returncode, "The key is good; it sees" in looked.stdout) == (0, True)
    assert done.returncode == 0, done.stderr
    assert "missing still" not in done.stdout
    assert written(tmp_path) == {
        "ELEVENLABS_API_KEY": sandbox.api_key,
        "ELEVENLABS_AGENT_ID": sandbox.agent_id,
    }


@pytest.mark.parametrize(
    "pasted",
    ["xapp-1-fake", " xapp-1-fake\n", '"xapp-1-fake"', "xapp-1-\n  fake", "SLACK_APP_TOKEN='xapp-1-fake'",
     "export SLACK_APP_TOKEN=xapp-1-fake", "Bearer xapp-1-fake", "\u200bxapp-1-fake\u200b", "“xapp-1-fake”"],
)  # fmt: skip
def test_a_paste_is_made_clean(pasted):
    assert clean(pasted) == "xapp-1-fake"


@pytest.mark.parametrize(
    ("pasted", "looks_like"),
    [
        ("xoxb-1-2-abc", "a Slack bot token; it belongs where SLACK_BOT_TOKEN"),
        ("xoxp-1-2-abc", "a Slack user token; Troupe needs the bot token"),
        ("sk_0123456789abcdef0123", "an ElevenLabs key; it belongs where ELEVENLABS_API_KEY"),
        ("wsec_abc", "the secret of an ElevenLabs webhook"),
        ("agent_01abc", "the id of an ElevenLabs agent"),
        ("phnum_01abc", "the id of an ElevenLabs phone number"),
        ("123456789012345678", "the id of something at Discord; the token stands under Bot"),
        ("https://talk.example.com", "a web address; it belongs where PUBLIC_URL"),
    ],
)
def test_what_belongs_elsewhere_is_recognised(pasted, looks_like):
    with pytest.raises(SettingsError, match=f"This looks like {looks_like}"):
        refuse_other(pasted, "DISCORD_TOKEN")
