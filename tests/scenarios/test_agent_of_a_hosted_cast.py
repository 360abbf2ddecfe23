"""An agent made from nothing for a cast over hosted links: it plays everybody, and follows the cast."""

import json
import shutil
from pathlib import Path

import pytest

from bot.cast import read_cast
from tests.program import beside, troupe
from tests.scenarios.stage import PERSONAS, Browser, Stage, Talk, open_stage
from tests.scenarios.test_hosted_links import talk_over

pytestmark = pytest.mark.anyio

FOREIGN = {
    "n_theirs": {
        "type": "override_agent",
        "label": "theirs",
        "position": {"x": 9.0, "y": 9.0},
        "edge_order": [],
    }
}
WHOM = {"type": "llm", "condition": "They ask for a human."}


class Operator:
    """Whoever sets the agent up, with a cast of their own."""

    def __init__(self, stage: Stage, folder: Path, cast: Path) -> None:
        self._stage, self._folder, self.cast = stage, folder, cast
        self.agent_id = ""

    async def types(self, *words: str, **settings: str) -> tuple[int, dict]:
        known = {
            "ELEVENLABS_API_KEY": self._stage.sandbox.api_key,
            "ELEVENLABS_API_URL": self._stage.sandbox.url,
            "ELEVENLABS_AGENT_ID": self.agent_id,
            "PERSONAS_DIR": str(self.cast),
        }

        def run(_: object) -> object:
            return troupe(self._folder, "agent", *words, "--json", **(known | settings))

        done = await beside(run, None)
        told = json.loads(done.stdout)
        assert "error" not in told, told
        return done.returncode, told

    async def ask(self, browser: Browser, method: str, path: str, **more) -> dict:
        url, headers = f"{self._stage.sandbox.url}{path}", {"xi-api-key": self._stage.sandbox.api_key}
        async with browser.http.request(method, url, headers=headers, **more) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def agent(self, browser: Browser) -> dict:
        return await self.ask(browser, "GET", f"/v1/convai/agents/{self.agent_id}")

    async def patch(self, browser: Browser, **changes) -> None:
        await self.ask(browser, "PATCH", f"/v1/convai/agents/{self.agent_id}", json=changes)

    async def played(self, browser: Browser, talk: Talk) -> dict:
        """What goes on now, and as whom."""
        (one,) = (await self.ask(browser, "GET", "/sandbox/talks"))["talks"]
        return one


async def test_an_agent_made_from_nothing_plays_each_character_and_follows_the_cast(tmp_path):
    folder = tmp_path / "cast"
    shutil.copytree(PERSONAS, folder)
    async with open_stage(tmp_path, hosted=True) as stage, stage.browser() as browser:
        operator = Operator(stage, tmp_path, folder)
        code, made = await operator.types("create", "Characters", "--yes")
        operator.agent_id = made["agent_id"]
        assert f"ELEVENLABS_AGENT_ID={operator.agent_id}\n" in (tmp_path / ".env").read_text()
        assert (await operator.agent(browser))["platform_settings"]["auth"]["enable_auth"]

        code, planned = await operator.types("plan")
        assert code == 1
        assert planned["public"].startswith("This agent is public: anyone with its id can spend up to 100 ")
        code, applied = await operator.types("apply", "--yes")
        assert (code, applied["left"]) == (0, [])
        assert applied["changes"] == planned["changes"]
        assert await operator.types("plan") == (0, planned | {"changes": []})

        mira = stage.member("mira")
        await mira.calls("wizard")
        link = mira.link().replace(stage.sandbox.agent_id, operator.agent_id)
        talk = await talk_over(stage, browser, link)
        played = await operator.played(browser, talk)
        cast = read_cast(folder)
        wizard = cast.personas["wizard"]
        assert played["workflow_node_id"] == "troupe_cast_wizard"
        rules = cast.house_rules.strip().replace("{{crisis_line}}", "your local emergency number")
        assert played["prompt"].startswith(rules)
        assert "You are Merlin" in played["prompt"].removeprefix(rules)
        assert played["voice"]["voice_id"] == wizard.voice.voice_id
        assert played["voice"]["speed"] == wizard.voice_choice.speed
        await talk.socket.close()

        await foreign_things_are_added(operator, browser)
        assert (await operator.types("plan"))[0] == 0
        file = folder / "wizard.md"
        file.write_text(file.read_text().replace("speed: 0.95", "speed: 1.1"))
        _, planned = await operator.types("plan")
        assert planned["changes"] == [
            {
                "path": "workflow.nodes.troupe_cast_wizard.conversation_config.tts.speed",
                "old": 0.95,
                "new": 1.1,
            }
        ]
        await operator.types("apply", "--yes")
        (folder / "wizard.md").unlink()
        code, applied = await operator.types("apply", "--yes")
        assert code == 0
        gone = [change["path"] for change in applied["changes"] if change["new"] is None]
        edges = ("workflow.edges.e_wizard", "workflow.edges.troupe_to_cast_wizard")
        assert gone == ["workflow.nodes.troupe_cast_wizard", *edges]
        agent = await operator.agent(browser)
        assert "troupe_cast_wizard" not in agent["workflow"]["nodes"]
        assert "troupe_cast_captain" in agent["workflow"]["nodes"]
        foreign_things_are_there(agent)

        page = {"PUBLIC_URL": "https://talk.example.com"}
        assert (await operator.types("apply", "--yes", **page))[0] == 0
        agent = await operator.agent(browser)
        assert set(agent["workflow"]["nodes"]) == {"start_node", *FOREIGN}
        foreign_things_are_there(agent)
        assert agent["platform_settings"]["auth"]["enable_auth"]


async def foreign_things_are_added(operator: Operator, browser: Browser) -> None:
    """What an operator would set up in the dashboard beside what is Troupe's."""
    agent = await operator.agent(browser)
    workflow = agent["workflow"]
    workflow["nodes"] |= FOREIGN
    workflow["nodes"]["troupe_cast_wizard"]["position"] = {"x": 700.0, "y": 1.0}
    workflow["edges"]["e_theirs"] = {
        "source": "troupe_cast_captain",
        "target": "n_theirs",
        "forward_condition": WHOM,
    }
    workflow["edges"]["e_wizard"] = {"source": "troupe_cast_wizard", "target": "n_theirs"}
    collected = agent["platform_settings"]["data_collection"]
    collected["mood"] = {"type": "string", "description": "The mood."}
    tool = {"type": "webhook", "name": "weather", "description": "x"}
    tool["api_schema"] = {"url": "https://weather.example.com", "method": "GET"}
    made = await operator.ask(browser, "POST", "/v1/convai/tools", json={"tool_config": tool})
    prompt = {"temperature": 0.3, "tool_ids": [made["id"]]}
    await operator.patch(
        browser,
        name="Theirs",
        workflow=workflow,
        conversation_config={"agent": {"prompt": prompt}, "turn": {"turn_timeout": 9}},
        platform_settings={"data_collection": collected, "evaluation": {"criteria": [{"id": "kind"}]}},
    )


def foreign_things_are_there(agent: dict) -> None:
    prompt, platform = agent["conversation_config"]["agent"]["prompt"], agent["platform_settings"]
    assert agent["name"] == "Theirs"
    assert agent["workflow"]["nodes"]["n_theirs"] == FOREIGN["n_theirs"]
    assert ("e_theirs" in agent["workflow"]["edges"]) == ("troupe_cast_captain" in agent["workflow"]["nodes"])
    assert "e_wizard" not in agent["workflow"]["edges"]
    assert (prompt["temperature"], len(prompt["tool_ids"])) == (0.3, 1)
    assert agent["conversation_config"]["turn"]["turn_timeout"] == 9
    assert platform["data_collection"]["mood"] == {"type": "string", "description": "The mood."}
    assert platform["evaluation"]["criteria"] == [{"id": "kind"}]
