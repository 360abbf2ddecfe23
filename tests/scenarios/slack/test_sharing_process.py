"""`troupe run` for many workspaces as a process of its own: what its own token has to do with theirs."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.workspace import Installed
from bot.fronts.slack.manifest import SCOPES
from storage import open_store
from tests.fakes.slack import FakeSlack
from tests.ports import quiet_port
from tests.scenarios.discord.process import BotProcess
from tests.scenarios.slack.process import running_bot
from tests.scenarios.slack.stage import open_slack

pytestmark = pytest.mark.anyio

DEAD = "xoxb-of-nobody"


def said(bot: BotProcess) -> list[str]:
    """Return what the bot said beside what is as it should be."""
    return [line for line in bot.seen.splitlines() if not line.startswith("INFO:")]


def shared(slack: FakeSlack) -> dict[str, str]:
    """Return the settings with which any workspace may install the app."""
    return {
        "SLACK_CLIENT_ID": slack.installs.client_id,
        "SLACK_CLIENT_SECRET": slack.installs.client_secret,
        "PUBLIC_URL": "https://talk.example.com",
    }


async def test_a_bot_token_that_is_none_keeps_no_other_workspace_out(tmp_path: Path) -> None:
    port = quiet_port()
    async with open_slack() as slack:
        more = {**shared(slack), "SLACK_BOT_TOKEN": DEAD}
        async with running_bot(tmp_path, slack, by_http=True, port=port, **more) as bot:
            assert await bot.ends() == 2
        assert "Slack does not take SLACK_BOT_TOKEN (invalid_auth)" in bot.seen
        assert "served all the same" not in bot.seen

        guest = slack.adds_workspace("Guest", scopes=SCOPES)
        mira = guest.adds_person("Mira")
        async with open_store(f"sqlite:///{tmp_path}/troupe.db") as store:
            at = datetime(2026, 11, 28, tzinfo=UTC)
            await store.keep_workspace(
                Installed(guest.id, "Guest", guest.bot_token, guest.bot.id, guest.bot_id, frozenset(), at)
            )
        async with running_bot(tmp_path, slack, by_http=True, port=port, **more) as bot:
            await bot.shows("Slack is connected; its command is /ring.")
            await slack.is_connected()
            shown = await (await mira.types("/ring wizard")).answer()
            assert "Merlin" in shown.text
            [line] = [one for one in said(bot) if "SLACK_BOT_TOKEN" in one]
            assert line.startswith("ERROR: Slack does not take SLACK_BOT_TOKEN (invalid_auth): copy it anew")
            assert line.endswith("The workspaces that installed the app are served all the same.")
        assert DEAD not in bot.seen
        assert "Traceback" not in bot.seen


@pytest.mark.parametrize("is_shared", [False, True], ids=["alone", "shared"])
async def test_the_libraries_take_none_of_our_settings_for_theirs(tmp_path: Path, is_shared: bool) -> None:
    async with open_slack() as slack:
        more = shared(slack) if is_shared else {}
        async with running_bot(tmp_path, slack, by_http=is_shared, port=quiet_port(), **more) as bot:
            await bot.shows("Slack is connected; its command is /ring.")
            assert await bot.is_told_to_stop() == 0
        assert "token` will be unused" not in bot.seen
        assert "OAuth" not in bot.seen
