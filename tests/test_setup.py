"""`troupe setup`: asks for Discord's token, checks it live, and writes it into `.env`."""

import re
import stat
import subprocess
from pathlib import Path

import pytest

from bot.cli.env_file import write_setting
from tests.fakes.discord import FakeDiscord, open_fake_discord
from tests.fakes.slack import open_fake_slack
from tests.program import ROOT, beside, kept_environment, run
from tests.program.terminal import answering
from tests.test_setup_slack import APP, installed

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GaBcDe.abcdefghijklmnopqrstuvwxyz0123456789AB"
OTHER = TOKEN.replace("GaBcDe", "GxYzWv")

pytestmark = pytest.mark.anyio


async def setup(
    folder: Path, discord: FakeDiscord, *arguments: str, typed: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run the program beside the fake, which answers in this process."""
    return await beside(run, folder, ["setup", "discord", *arguments], environment(discord), typed)


def environment(discord: FakeDiscord) -> dict[str, str]:
    shown = {"PYTHONPATH": str(ROOT), "DISCORD_API_URL": discord.api_url, "COLUMNS": "200"}
    return {**kept_environment(), **shown}


@pytest.mark.parametrize("url", ["https://talk.example.com", "http://127.0.0.1:8080", ""])
async def test_where_members_read_what_is_kept_is_told_for_the_portal(tmp_path, url):
    (tmp_path / ".env").write_text(f"DISCORD_TOKEN={TOKEN}\nPUBLIC_URL={url}\n")
    async with open_fake_discord(TOKEN) as discord:
        done = await setup(tmp_path, discord, "--check")
    assert done.returncode == 0, done.stderr
    said = "Privacy Policy URL, under General Information in the developer portal:\n  https://talk.example.com/privacy\n"
    assert (said in done.stdout) == url.startswith("https")
    assert ("rivacy" in done.stdout) == url.startswith("https")


async def test_a_token_is_checked_written_for_its_owner_alone_and_the_bot_can_be_invited(tmp_path):
    (tmp_path / ".env").write_text("# ours\nCOMMUNITY_NAME=The Inn\n")
    async with open_fake_discord(TOKEN) as discord:
        done = await setup(tmp_path, discord, typed=f"{TOKEN}\n")
        assert done.returncode == 0, done.stderr
        assert "This is Troupe" in done.stdout
        assert (
            f"https://discord.com/oauth2/authorize?client_id={discord.application_id}"
            "&scope=bot+applications.commands&permissions=274877959168&integration_type=0"
        ) in done.stdout
        assert "Anybody can invite this bot" in done.stdout
        assert TOKEN not in done.stdout + done.stderr
    file = tmp_path / ".env"
    assert file.read_text() == f"# ours\nCOMMUNITY_NAME=The Inn\nDISCORD_TOKEN={TOKEN}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_a_link_to_the_settings_stays_one_and_the_file_it_leads_to_is_written(tmp_path):
    file = tmp_path / "mounted" / "troupe.env"
    file.parent.mkdir()
    file.write_text("COMMUNITY_NAME=The Inn\n")
    here = tmp_path / "here"
    here.mkdir()
    (here / ".env").symlink_to(file)
    async with open_fake_discord(TOKEN) as discord:
        assert (await setup(here, discord, typed=TOKEN)).returncode == 0
    assert (here / ".env").is_symlink()
    assert file.read_text() == f"COMMUNITY_NAME=The Inn\nDISCORD_TOKEN={TOKEN}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_it_can_be_repeated_with_the_same_token_and_with_another(tmp_path):
    async with open_fake_discord(TOKEN) as discord:
        await setup(tmp_path, discord, typed=TOKEN)
        again = await setup(tmp_path, discord, typed=TOKEN)
        assert ".env has it already" in again.stdout
    async with open_fake_discord(OTHER) as discord:
        assert (await setup(tmp_path, discord, typed=OTHER)).returncode == 0
    assert (tmp_path / ".env").read_text() == f"DISCORD_TOKEN={OTHER}\n"


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        ("", 1, "No token was given, and nothing was changed."),
        ("hunter2", 2, "copy it under Bot, Reset Token"),
        (OTHER, 2, "Discord does not know this token"),
    ],
)
async def test_what_is_no_token_changes_nothing(tmp_path, typed, code, said):
    async with open_fake_discord(TOKEN) as discord:
        done = await setup(tmp_path, discord, typed=typed)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / ".env").exists()


async def test_a_token_that_is_set_can_be_checked_alone(tmp_path):
    async with open_fake_discord(TOKEN) as discord:
        none = await setup(tmp_path, discord, "--check")
        assert (none.returncode, none.stderr.strip()) == (
            2,
            "DISCORD_TOKEN is not set; troupe setup asks for it.",
        )
        await setup(tmp_path, discord, typed=TOKEN)
        discord.application["interactions_endpoint_url"] = "https://elsewhere.example"
        done = await setup(tmp_path, discord, "--check")
        assert done.returncode == 0
        assert "so no command reaches Troupe" in done.stdout


async def test_without_a_part_every_part_that_has_a_token_is_checked(tmp_path):
    async with open_fake_discord(TOKEN) as discord, open_fake_slack() as slack:
        shown = {**environment(discord), "SLACK_API_URL": slack.api_url.rstrip("/")}
        none = await beside(run, tmp_path, ["setup", "--check"], shown, "")
        said = "Nothing is set for ElevenLabs, Discord or Slack yet; troupe setup asks for it."
        assert (none.returncode, none.stderr.strip()) == (2, said)
        slack_lines = f"SLACK_BOT_TOKEN={installed(slack).bot_token}\nSLACK_APP_TOKEN={APP}\n"
        (tmp_path / ".env").write_text(f"DISCORD_TOKEN={TOKEN}\n{slack_lines}")
        both = await beside(run, tmp_path, ["setup", "--check"], shown, "")
    assert both.returncode == 0, both.stderr
    assert "Discord:\n\nThis is Troupe; it is in no server yet." in both.stdout
    assert "This is troupe in the workspace Acme." in both.stdout[both.stdout.index("Slack:") :]
    assert "ElevenLabs:" not in both.stdout


async def test_without_a_terminal_the_part_that_tokens_are_for_has_to_be_named(tmp_path):
    async with open_fake_discord(TOKEN) as discord:
        for typed in ("", "x\n", TOKEN):
            done = await beside(run, tmp_path, ["setup"], environment(discord), typed)
            assert (done.returncode, done.stdout) == (1, "")
            assert "such as troupe setup elevenlabs (or discord, or slack)" in done.stderr
    assert not (tmp_path / ".env").exists()


async def test_discord_that_cannot_be_reached_is_one_sentence(tmp_path):
    async with open_fake_discord(TOKEN) as discord:
        discord.fails("GET", r"/users/@me", 403, times=9)
        done = await setup(tmp_path, discord, typed=TOKEN)
    assert done.returncode == 2
    assert done.stderr.startswith("Discord cannot be reached (status 403")
    assert "the token may well be right. Run troupe setup discord again" in done.stderr
    assert not (tmp_path / ".env").exists()


async def test_at_a_terminal_a_discord_that_does_not_answer_is_no_reason_to_ask_again(tmp_path):
    async with open_fake_discord(TOKEN) as discord:
        discord.fails("GET", r"/users/@me", 500, times=99)
        code, seen = await at_a_terminal(tmp_path, discord, [TOKEN, TOKEN, TOKEN])
    assert code == 2
    assert len(re.findall("Bot token", seen)) == 1
    assert "Discord cannot be reached (" in seen
    assert not (tmp_path / ".env").exists()


async def test_at_a_terminal_it_asks_until_it_is_a_token_and_shows_none(tmp_path):
    async with open_fake_discord(TOKEN) as discord:
        code, seen = await at_a_terminal(tmp_path, discord, ["hunter2", OTHER, TOKEN])
    assert code == 0, seen
    assert "Discord, in three steps" in seen
    assert "That is no token" in seen
    assert "Discord does not know this token" in seen
    assert "hunter2" not in seen
    assert TOKEN not in seen
    assert (tmp_path / ".env").read_text() == f"DISCORD_TOKEN={TOKEN}\n"


async def at_a_terminal(folder: Path, discord: FakeDiscord, answers: list[str]) -> tuple[int, str]:
    """Run the program at a terminal, answer what it asks, and return its exit code and what was shown."""
    prompts = [("Bot token", answer) for answer in answers]
    return await answering(folder, ["setup", "discord"], environment(discord), prompts, may_ask_less=True)


async def test_a_folder_that_cannot_be_written_to_is_said_plainly(tmp_path, monkeypatch):
    from bot.domain.errors import SettingsError

    (tmp_path / ".env").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match=r"^\.env cannot be written: .*Nothing was changed\.$"):
        write_setting("DISCORD_TOKEN", TOKEN)
