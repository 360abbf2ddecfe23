"""What `troupe check` says of what is set elsewhere: Discord's application, the agent's guardrails."""

import asyncio
import json
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.domain.workspace import Installed
from bot.sandbox import open_sandbox
from storage import open_store
from tests.fakes.discord import open_fake_discord
from tests.fakes.slack import open_fake_slack
from tests.program import PERSONAS, troupe

pytestmark = pytest.mark.anyio

MORE = "Discord: The bot may see more than Troupe ever asks for"
SELF_HARM = "The agent's guardrail self_harm"


async def test_check_names_what_is_wrong_with_the_discord_application(tmp_path: Path):
    token = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GaBcDe.abcdefghijklmnopqrstuvwxyz0123456789AB"
    async with open_fake_discord(token) as discord:
        settings = {"DISCORD_TOKEN": token, "DISCORD_API_URL": discord.api_url}

        async def said(**changed: str) -> dict[str, str]:
            done = await asyncio.to_thread(troupe, tmp_path, "check", "--json", **settings | changed)
            return {one["what"]: one["fix"] for one in json.loads(done.stdout)["findings"]}

        fine = await said(DISCORD_USER_INSTALL="true")
        intents = (1 << 18) | (1 << 15)
        discord.application |= {"bot_require_code_grant": True, "flags": intents}
        discord.application["integration_types_config"] = {"0": {}}
        broken = await said(DISCORD_USER_INSTALL="true")
        assert {what: broken[what] for what in broken if what not in fine} == {
            "Discord: The bot requires an OAuth2 code grant, so its invitation leads nowhere.": (
                "Switch off Requires OAuth2 Code Grant under Bot."
            ),
            "Discord: DISCORD_USER_INSTALL is set, but nobody can install the bot for themselves.": (
                "Switch on User Install under Installation, or take the setting away."
            ),
            f"{MORE}: Message Content, Server Members Intent.": (
                "Switch it off under Bot, Privileged Gateway Intents."
            ),
        }
        assert not [what for what in await said() if "DISCORD_USER_INSTALL" in what]
        discord.application["integration_types_config"] = {"1": {}}
        assert "Discord: The bot cannot be installed in servers." in await said()
        links = {"ours": 274877959168, "none": 2048, "all": 8}
        told = {}
        for name, permissions in links.items():
            params = {"scopes": ["bot"], "permissions": str(permissions)}
            discord.application["integration_types_config"] = {"0": {"oauth2_install_params": params}}
            told[name] = [what for what in await said() if "Install Link" in what and "Anybody" not in what]
        lacking = "View Channels, Embed Links, Attach Files, Send Messages In Threads"
        assert told == {
            "ours": [],
            "none": [f"Discord: The Install Link lets the bot post no cards: it lacks {lacking}."],
            "all": ["Discord: The Install Link gives the bot more than Troupe ever uses: Administrator."],
        }


async def test_check_names_channels_for_alerts_that_the_bot_does_not_see(tmp_path: Path):
    token = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GaBcDe.abcdefghijklmnopqrstuvwxyz0123456789AB"
    async with open_fake_discord(token) as discord:
        channel = discord.adds_server("The Inn", channels=("cellar",)).channels["cellar"]
        boards = f"discord:{channel.id},discord:999999999999999999,slack:T0123ABCD/C0123ABCD"
        settings = {"DISCORD_TOKEN": token, "DISCORD_API_URL": discord.api_url, "ALERTS": boards}
        done = await asyncio.to_thread(troupe, tmp_path, "check", "--json", **settings)
        told = [one["what"] for one in json.loads(done.stdout)["findings"] if "ALERTS" in one["what"]]
    assert told == [
        "ALERTS names slack:T0123ABCD/C0123ABCD, but Slack is off: nothing is posted there.",
        "Nothing can be posted at discord:999999999999999999 (ALERTS): the bot does not see it.",
    ]


async def test_alerts_can_be_posted_in_workspaces_that_installed_the_slack_app_and_in_no_others(
    tmp_path: Path,
):
    async with open_fake_slack() as slack:
        group = slack.adds_enterprise("Group")
        group.bot_token = "xoxb-of-the-group"
        acme, gone = slack.adds_workspace("Acme"), slack.adds_workspace("Gone")
        labs, closed = (
            slack.adds_workspace(name, is_installed=False, enterprise=group) for name in ("Labs", "Closed")
        )
        closed.is_closed = True
        stranger = slack.adds_workspace("Stranger", is_installed=False)
        kept = f"sqlite:///{tmp_path}/troupe.db"
        async with open_store(kept) as store:
            at = datetime(2026, 11, 28, tzinfo=UTC)
            for one in (acme, gone):
                what = Installed(one.id, one.name, one.bot_token, "U1", "B1", frozenset(), at)
                await store.keep_workspace(what)
            await store.keep_workspace(replace(what, id=group.id, token=group.bot_token, enterprise=group.id))
            over = replace(what, id="T0OVER", refresh_token="x", expires_at=at)
            await store.keep_workspace(over)
        slack.world.removes(gone, tells=False)
        teams = [one.id for one in (acme, gone, labs, closed, stranger)] + ["T0OVER"]
        settings = {
            "ALERTS": ",".join(f"slack:{team}/C0123ABCD" for team in teams),
            "SLACK_CLIENT_ID": "1.2",
            "SLACK_CLIENT_SECRET": "3f2a",
            "SLACK_SIGNING_SECRET": "4b5c",
            "SLACK_API_URL": slack.api_url.rstrip("/"),
            "PUBLIC_URL": "https://troupe.example",
            "DATABASE_URL": kept,
        }
        done = await asyncio.to_thread(troupe, tmp_path, "check", "--json", **settings)
    found = {one["what"]: one["fix"] for one in json.loads(done.stdout)["findings"]}
    told = [what for what in found if "ALERTS" in what]
    assert told == [
        f"Nothing can be posted at slack:{one.id}/C0123ABCD (ALERTS): the app is not installed in that "
        "workspace."
        for one in (gone, closed, stranger)
    ]
    fix = "Let it be installed there at https://troupe.example/slack/install, or leave it out of ALERTS."
    assert {found[what] for what in told} == {fix}
    assert "SLACK_CLIENT" not in json.dumps(found), "the settings are whole"


async def test_check_names_guardrails_of_the_agent_that_stand_against_the_house_rules(tmp_path: Path):
    def own(name: str, **more: object) -> dict[str, object]:
        return {"name": name, "prompt": "Nothing of that.", "is_enabled": True, **more}

    guardrails = {
        "version": "1",
        "focus": {"is_enabled": True},
        "prompt_injection": {"is_enabled": False},
        "content": {
            "config": {"self_harm": {"is_enabled": True}, "violence": {"is_enabled": False}, "sexual": None},
            "trigger_action": {"type": "retry"},
        },
        "custom": {
            "config": {
                "configs": [
                    own("No politics", trigger_action={"type": "end_call"}),
                    own("No dragons", trigger_action={"type": "retry", "feedback": "Other animals."}),
                    own("Off", is_enabled=False, trigger_action={"type": "end_call"}),
                ]
            }
        },
    }
    agent = {"platform_settings": {"guardrails": guardrails}}
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db", agent=agent) as sandbox:
        settings = {
            "ELEVENLABS_API_KEY": sandbox.api_key,
            "ELEVENLABS_AGENT_ID": sandbox.agent_id,
            "ELEVENLABS_API_URL": sandbox.url,
            "PUBLIC_URL": "https://talk.example.com",
        }

        async def said() -> set[str]:
            done = await asyncio.to_thread(troupe, tmp_path, "check", "--json", **settings)
            found = json.loads(done.stdout)["findings"]
            return {f"{one['severity']}: {one['what']}" for one in found if "guardrail" in one["what"]}

        assert await said() == {
            f"warning: {SELF_HARM} may keep a character from naming the crisis line, as the house rules ask.",
            "warning: The agent's guardrail “No politics” hangs up in the middle of a call.",
            "note: Beside the house rules the agent has guardrails of its own: focus, “No dragons”.",
        }
        guardrails["content"]["trigger_action"] = {"type": "end_call"}  # type: ignore[index]
        async with (
            ClientSession(headers={"xi-api-key": sandbox.api_key}) as http,
            http.patch(f"{sandbox.url}/v1/convai/agents/{sandbox.agent_id}", json=agent) as done,
        ):
            assert done.status == 200, await done.text()
        hangs_up = "hangs up where the house rules have a character leave the role and name the crisis line."
        assert f"warning: {SELF_HARM} {hangs_up}" in await said()
        assert not [one for one in await said() if "violence" in one or "Off" in one]


async def test_check_names_a_character_whose_hosted_link_would_be_too_long(tmp_path: Path):
    cast = shutil.copytree(PERSONAS, tmp_path / "cast")
    declared = "".join(
        f"  {'v' * 58}{number:02}: {{type: number, default: 0, description: Nothing}}\n"
        for number in range(32)
    )
    file = cast / "wizard.md"
    text = re.sub(r"^variables:\n(?:  .*\n)*", "", file.read_text(), flags=re.MULTILINE)
    file.write_text(text.replace("\n---\n", f"\nvariables:\n{declared}---\n", 1))
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db", public_agent=True) as sandbox:
        settings = {
            "ELEVENLABS_API_KEY": sandbox.api_key,
            "ELEVENLABS_AGENT_ID": sandbox.agent_id,
            "ELEVENLABS_API_URL": sandbox.url,
            "PERSONAS_DIR": "cast",
        }

        async def said(**changed: str) -> str:
            return (await asyncio.to_thread(troupe, tmp_path, "check", **settings | changed)).stdout

        too_long = "A link to wizard would be too long; give it fewer or shorter variables."
        assert f"error: {too_long}" in await said()
        assert "would be too long" not in await said(PUBLIC_URL="https://talk.example.com")
        assert "would be too long" not in await said(PERSONAS_DIR=str(PERSONAS))
