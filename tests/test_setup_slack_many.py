"""`troupe setup slack` for many workspaces: the client's id and secret, asked of a Slack on loopback."""

from pathlib import Path

import pytest
from dotenv import dotenv_values

from bot.fronts.slack.manifest import SCOPES
from tests.fakes.slack import FakeSlack, open_fake_slack
from tests.program.terminal import answering
from tests.test_setup_slack import APP, SECRET, TALK, environment, installed, program, prompt

pytestmark = pytest.mark.anyio

ID, HIDDEN = "Client ID", "Client Secret"


def written(folder: Path) -> dict[str, str]:
    """Return what stands in `.env`, but for what is empty."""
    return {name: value for name, value in dotenv_values(folder / ".env").items() if value}


async def asked(folder: Path, slack: FakeSlack, *answers: tuple[str, str], **more: str) -> tuple[int, str]:
    """Answer what the program asks at a terminal; each answer has how its prompt begins."""
    prompts = [(prompt(beginning), answer) for beginning, answer in answers]
    return await answering(folder, ["setup", "slack"], environment(slack, **TALK, **more), prompts)


async def test_at_a_terminal_both_are_asked_for_until_slack_knows_them(tmp_path):
    async with open_fake_slack() as slack:
        bot, client, secret = (
            installed(slack).bot_token,
            slack.installs.client_id,
            slack.installs.client_secret,
        )
        code, seen = await asked(
            tmp_path, slack,
            ("Bot token", bot), ("App token", SECRET),
            (ID, "https://talk.example.com"), (ID, "9999.8888"), (ID, client),
            (HIDDEN, SECRET), (HIDDEN, secret),
        )  # fmt: skip
        assert code == 0, seen
        assert "empty: your workspace alone" in seen
        assert "This looks like a web address" in seen
        assert "Slack knows no app with this Client ID (invalid_client_id)" in seen
        assert "That is not this app's Client Secret (bad_client_secret)" in seen
        assert "Redirect URLs: https://talk.example.com/slack/oauth_redirect" in seen
        assert f"Bot Token Scopes: {', '.join(SCOPES)}" in seen
        assert "Workspaces install the app at https://talk.example.com/slack/install." in seen
        assert not any(one in seen for one in (bot, secret, SECRET))
        assert written(tmp_path) == {
            "SLACK_BOT_TOKEN": bot,
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_CLIENT_ID": client,
            "SLACK_CLIENT_SECRET": secret,
        }
        again = await asked(tmp_path, slack, ("Bot token", ""), ("App token", ""), (ID, ""), (HIDDEN, ""))
        assert ".env has it already" in again[1]
        to_a_socket = await asked(tmp_path, slack, ("Bot token", ""), ("App token", APP))
        assert "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET are" in to_a_socket[1]
        assert written(tmp_path) == {"SLACK_BOT_TOKEN": bot, "SLACK_APP_TOKEN": APP}


async def test_an_app_for_others_alone_needs_no_workspace_of_its_own(tmp_path):
    async with open_fake_slack() as slack:
        client, secret = slack.installs.client_id, slack.installs.client_secret
        code, seen = await asked(
            tmp_path, slack,
            ("Bot token", ""), ("Signing secret", APP), ("Signing secret", SECRET),
            (ID, client), (HIDDEN, secret),
        )  # fmt: skip
        assert code == 0, seen
        assert "Workspaces install the app only where Slack sends its requests to PUBLIC_URL" in seen
        names = {"SLACK_SIGNING_SECRET", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"}
        assert written(tmp_path).keys() == names
        kept = await asked(tmp_path, slack, ("Bot token", ""), ("Signing secret", ""), (ID, ""), (HIDDEN, ""))
        assert kept[0] == 0, kept[1]
    for part in ([], ["slack"]):
        async with open_fake_slack() as other:
            other.installs.client_id, other.installs.client_secret = client, secret
            done = await program(tmp_path, other, "setup", *part, "--check", **TALK)
            assert done.stdout.split("Slack:\n")[-1].strip() == (
                "Workspaces install the app at https://talk.example.com/slack/install."
            )
            other.installs.client_secret = "made anew"
            wrong = await program(tmp_path, other, "setup", *part, "--check", **TALK)
            assert wrong.returncode == 2
            assert "That is not this app's Client Secret (bad_client_secret)" in wrong.stderr


@pytest.mark.parametrize("bot", [True, False])
async def test_from_standard_input_they_are_the_third_and_fourth_line(tmp_path, bot):
    async with open_fake_slack() as slack:
        token = installed(slack).bot_token if bot else ""
        client, secret = slack.installs.client_id, slack.installs.client_secret
        typed = f"{token}\n{SECRET}\n{client}\n{secret}\n"
        done = await program(tmp_path, slack, "setup", "slack", typed=typed, **TALK)
        assert done.returncode == 0, done.stderr
        assert "Workspaces install the app at https://talk.example.com/slack/install." in done.stdout
        kept = written(tmp_path)
        assert (kept["SLACK_CLIENT_ID"], kept["SLACK_CLIENT_SECRET"]) == (client, secret)
        assert secret not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("{bot}\n{secret}\n{client}\n", "Without its Client Secret no workspace can install the app"),
        ("{bot}\n{secret}\n9999.8888\n{hidden}\n", "Slack knows no app with this Client ID"),
        ("{bot}\n{secret}\n{client}\nguessed\n", "That is not this app's Client Secret"),
        ("{bot}\nxapp-1-fake\n{client}\n{hidden}\n", "Workspaces install the app only where Slack sends"),
    ],
)
async def test_what_slack_does_not_know_changes_nothing(tmp_path, typed, said):
    async with open_fake_slack() as slack:
        installs = slack.installs
        lines = typed.format(
            bot=installed(slack).bot_token,
            secret=SECRET,
            client=installs.client_id,
            hidden=installs.client_secret,
        )
        done = await program(tmp_path, slack, "setup", "slack", typed=lines, **TALK)
    assert done.returncode in (1, 2)
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / ".env").exists()
