"""`troupe agent apply` against the sandbox: the agent gets the tool once, and keeps everything else."""

import json

import pytest
from pydantic import SecretStr

from bot.app import now
from bot.elevenlabs.client import open_elevenlabs
from bot.sandbox import open_sandbox
from tests.test_check import in_a_thread

pytestmark = pytest.mark.anyio
SECRET = "the-first-secret-of-ours"
URL = "https://talk.example.com/tools/recall"


def settings_of(sandbox, **more):
    return {
        "ELEVENLABS_API_KEY": sandbox.api_key,
        "ELEVENLABS_AGENT_ID": sandbox.agent_id,
        "ELEVENLABS_API_URL": sandbox.url,
        "PUBLIC_URL": "https://talk.example.com",
        "ELEVENLABS_RECALL_SECRET": SECRET,
        **more,
    }


async def look(sandbox):
    """The agent's tools and the names of the secrets."""
    async with open_elevenlabs(
        api_url=sandbox.url, api_key=SecretStr(sandbox.api_key), agent_id=sandbox.agent_id, clock=now
    ) as elevenlabs:
        ids = (await elevenlabs.agent.fetch()).conversation_config.agent.prompt.tool_ids
        tools = [(await elevenlabs.workspace.fetch_tool(one)).tool_config for one in ids]
        return tools, await elevenlabs.workspace.list_secrets()


async def findings(tmp_path, settings):
    done = await in_a_thread(tmp_path, "check", "--json", **settings)
    return [one["what"] for one in json.loads(done.stdout)["findings"] if "recall" in one["what"].lower()]


async def test_the_agent_gets_the_tool_with_the_secret_and_the_second_time_nothing_changes(tmp_path):
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db") as sandbox:
        settings = settings_of(sandbox)
        (said,) = await findings(tmp_path, settings)
        assert said == ("The agent's tool recall_memory asks https://recall.sandbox.invalid/, not Troupe.")
        before = await look(sandbox)
        planned = await in_a_thread(tmp_path, "agent", "plan", **settings)
        assert (
            "+ make the tool recall_memory, which asks https://talk.example.com/tools/recall"
            in planned.stdout
        )
        assert await look(sandbox) == before
        done = await in_a_thread(tmp_path, "agent", "apply", "--yes", **settings)
        assert done.returncode == 0
        assert SECRET not in done.stdout + done.stderr
        tools, (secret,) = await look(sandbox)
        (tool,) = tools
        assert tool["api_schema"]["url"] == URL
        assert tool["api_schema"]["request_headers"] == {"X-Troupe-Secret": {"secret_id": secret.secret_id}}
        assert await findings(tmp_path, settings) == []
        again = json.loads((await in_a_thread(tmp_path, "agent", "apply", "--json", **settings)).stdout)
        assert (again["steps"], again["changes"], again["left"]) == ([], [], [])
        rotated = settings | {"ELEVENLABS_RECALL_SECRET": f"the-second-secret-of-ours,{SECRET}"}
        await in_a_thread(tmp_path, "agent", "apply", "--yes", **rotated)
        (tool,), secrets = await look(sandbox)
        (newer,) = set(secrets) - {secret}
        assert tool["api_schema"]["request_headers"] == {"X-Troupe-Secret": {"secret_id": newer.secret_id}}


async def test_without_a_secret_of_its_own_nothing_is_looked_up(tmp_path):
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db") as sandbox:
        without = settings_of(sandbox, ELEVENLABS_RECALL_SECRET="")
        (said,) = await findings(tmp_path, without)
        assert said == "ELEVENLABS_RECALL_SECRET is not set: characters look nothing up in mid-call."
        await in_a_thread(tmp_path, "agent", "apply", "--yes", **settings_of(sandbox))
        done = await in_a_thread(tmp_path, "check", "--json", **without)
        (severity,) = [
            one["severity"] for one in json.loads(done.stdout)["findings"] if "RECALL" in one["what"]
        ]
        assert severity == "error"
