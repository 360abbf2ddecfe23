"""`troupe agent apply` against the sandbox: the agent gets the tool once, and keeps everything else."""

import fcntl
import json
import os
import re
import shutil

import pytest
from aiohttp import ClientSession, web
from pydantic import SecretStr

from bot.elevenlabs.client import open_elevenlabs
from bot.elevenlabs.recall_tool import recall_tool
from bot.house import now
from bot.sandbox import open_sandbox
from storage.lock import hold_lock
from tests.program import PERSONAS, ROOT, kept_environment
from tests.program.terminal import answering
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


HOOK = "https://talk.example.com/hooks/elevenlabs"


async def webhooks_of(sandbox):
    url, headers = f"{sandbox.url}/v1/workspace/webhooks", {"xi-api-key": sandbox.api_key}
    async with ClientSession(headers=headers) as http, http.get(url) as answer:
        return (await answer.json())["webhooks"]


async def test_a_new_webhook_is_made_once_and_its_secret_is_in_the_file_and_nowhere_else(tmp_path):
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db") as sandbox:
        settings = settings_of(sandbox)
        done = await in_a_thread(tmp_path, "agent", "apply", "--yes", **settings)
        assert done.returncode == 0
        name, _, secret = (tmp_path / ".env").read_text().strip().partition("=")
        assert (name, secret.startswith("wsec_")) == ("ELEVENLABS_WEBHOOK_SECRET", True)
        assert secret not in done.stdout + done.stderr
        assert "secret is in .env as ELEVENLABS_WEBHOOK_SECRET" in done.stdout
        (hook,) = await webhooks_of(sandbox)
        assert (hook["webhook_url"], hook["usage"]) == (HOOK, None)
        assert sandbox._workspace.webhooks[hook["webhook_id"]]["retry_enabled"]
        again = await in_a_thread(tmp_path, "agent", "plan", "--json", **settings)
        assert (again.returncode, json.loads(again.stdout)["steps"]) == (0, [])


@pytest.mark.parametrize("form", [(), ("--json",)])
async def test_where_the_file_cannot_be_written_the_secret_is_shown_once(tmp_path, form):
    (tmp_path / ".env").symlink_to(tmp_path / "nowhere" / "env")
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db") as sandbox:
        settings = settings_of(sandbox, ELEVENLABS_WEBHOOK_SECRET="wsec_of_another_address")
        done = await in_a_thread(tmp_path, "agent", "apply", "--yes", *form, **settings)
        assert done.returncode == 0, done.stderr
        if form:
            shown = json.loads(done.stdout)["webhook_secret"]
        else:
            (shown,) = re.findall(r"^ELEVENLABS_WEBHOOK_SECRET=(.*)$", done.stdout, re.MULTILINE)
        assert shown.count("wsec_") == 2
        assert shown.endswith(",wsec_of_another_address")
        assert shown.partition(",")[0] not in done.stderr


async def test_an_error_after_a_secret_was_made_does_not_lose_it(tmp_path):
    (tmp_path / ".env").symlink_to(tmp_path / "nowhere" / "env")
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db") as sandbox:
        await fail_once(sandbox, "update_agent")
        done = await in_a_thread(tmp_path, "agent", "apply", "--yes", "--json", **settings_of(sandbox))
        assert "for the rest" in json.loads(done.stdout)["error"]
        assert "\nELEVENLABS_WEBHOOK_SECRET=wsec_" in done.stderr


async def fail_once(sandbox, operation):
    fault = {"operation": operation, "fault": "status", "status": 503}
    async with ClientSession() as http, http.post(f"{sandbox.url}/sandbox/faults", json=fault) as laid:
        assert laid.status == 201


async def test_a_webhook_that_is_off_is_switched_on_again(tmp_path):
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db") as sandbox:
        await sandbox.configure_webhook(HOOK)
        (hook,) = await webhooks_of(sandbox)
        settings = settings_of(sandbox, ELEVENLABS_WEBHOOK_SECRET=sandbox.webhook_secret)
        await in_a_thread(tmp_path, "agent", "apply", "--yes", **settings)
        document = sandbox._workspace.webhooks[hook["webhook_id"]]
        await sandbox._workspace.put("webhook", hook["webhook_id"], {**document, "is_disabled": True})
        planned = json.loads((await in_a_thread(tmp_path, "agent", "plan", "--json", **settings)).stdout)
        assert f"switch the post-call webhook sandbox ({hook['webhook_id']}) on again" in planned["steps"]
        await in_a_thread(tmp_path, "agent", "apply", "--yes", **settings)
        (after,) = await webhooks_of(sandbox)
        assert not after["is_disabled"]
        assert (await in_a_thread(tmp_path, "agent", "plan", **settings)).returncode == 0


async def test_without_a_terminal_and_a_yes_nothing_is_changed(tmp_path):
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db") as sandbox:
        before = await look(sandbox)
        done = await in_a_thread(tmp_path, "agent", "apply", **settings_of(sandbox))
        assert done.returncode == 1
        assert done.stderr == "Nothing was changed: there is no terminal to ask at. Add --yes to do it.\n"
        as_json = await in_a_thread(tmp_path, "agent", "apply", "--json", **settings_of(sandbox))
        assert json.loads(as_json.stdout)["error"].startswith("Nothing was changed")
        assert await look(sandbox) == before
        assert await webhooks_of(sandbox) == []


async def test_two_at_once_do_not_make_a_webhook_each(tmp_path):
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db") as sandbox:
        settings = settings_of(sandbox)
        before = await look(sandbox)
        somebody = os.open(tmp_path, os.O_RDONLY)
        fcntl.flock(somebody, fcntl.LOCK_EX)
        for words in (
            ["agent", "apply", "--yes"],
            ["agent", "apply", "--json", "--yes"],
            ["setup", "discord"],
        ):
            late = await in_a_thread(tmp_path, *words, **settings)
            assert late.returncode == 2
            assert "Somebody is setting Troupe up in this folder" in late.stdout + late.stderr
        assert await look(sandbox) == before
        assert (await in_a_thread(tmp_path, "agent", "plan", **settings)).returncode == 1
        os.close(somebody)
        assert (await in_a_thread(tmp_path, "agent", "apply", "--yes", **settings)).returncode == 0
        assert len(await webhooks_of(sandbox)) == 1


async def test_an_error_half_way_says_what_was_done_and_the_next_run_does_the_rest(tmp_path):
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db") as sandbox:
        settings = settings_of(sandbox)
        await fail_once(sandbox, "update_agent")
        broken = await in_a_thread(tmp_path, "agent", "apply", "--yes", **settings)
        assert broken.returncode == 2
        assert "Done: make the tool recall_memory" in broken.stdout
        assert "secret is in .env" in broken.stdout
        assert broken.stderr.endswith(" 4 steps done: run troupe agent apply again for the rest.\n")
        done = await in_a_thread(tmp_path, "agent", "apply", "--yes", **settings)
        assert (done.returncode, "make the" in done.stdout) == (0, False)
        assert len(await webhooks_of(sandbox)) == 1
        assert (await in_a_thread(tmp_path, "agent", "plan", **settings)).returncode == 0


async def test_calls_that_come_in_are_asked_about_with_the_secret(tmp_path):
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db") as sandbox:
        settings = settings_of(sandbox, ELEVENLABS_INBOUND_SECRET="inbound-secret-of-ours")
        await in_a_thread(tmp_path, "agent", "apply", "--yes", **settings)
        webhook = sandbox._workspace.inbound_webhook()
        assert webhook["url"] == "https://talk.example.com/hooks/elevenlabs/initiation"
        secret_id = webhook["request_headers"]["X-Troupe-Secret"]["secret_id"]
        assert sandbox._workspace.secrets[secret_id]["value"] == "inbound-secret-of-ours"


async def test_a_character_that_cannot_be_read_is_said_and_without_house_rules_nothing_is_set_up(tmp_path):
    cast = tmp_path / "cast"
    shutil.copytree(PERSONAS, cast)
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db") as sandbox:
        hosted = settings_of(sandbox, PERSONAS_DIR=str(cast), PUBLIC_URL="", ELEVENLABS_RECALL_SECRET="")
        assert (await in_a_thread(tmp_path, "agent", "apply", "--yes", **hosted)).returncode == 0
        wizard = (cast / "wizard.md").read_text()
        (cast / "wizard.md").write_text(wizard.replace("speed: 0.95", "speed: 1.1"))
        (cast / "coach.md").unlink()
        said = json.loads((await in_a_thread(tmp_path, "check", "--json", **hosted)).stdout)["findings"]
        (behind,) = [one for one in said if one["severity"] == "warning"]
        assert behind == {
            "severity": "warning",
            "what": "The agent's workflow does not play these as the cast has them now: coach, wizard.",
            "fix": "Run troupe agent apply.",
        }
        assert (await in_a_thread(tmp_path, "agent", "apply", "--yes", **hosted)).returncode == 0
        (cast / "wizard.md").write_text("no front matter")
        planned = await in_a_thread(tmp_path, "agent", "plan", **hosted)
        assert planned.returncode == 0
        assert "wizard.md:1:1" in planned.stderr
        (cast / "house-rules.md").unlink()
        refused = await in_a_thread(tmp_path, "agent", "apply", "--yes", **hosted)
        assert refused.returncode == 2
        assert "Without house rules no agent is set up: mend house-rules.md first." in refused.stderr


async def test_a_plan_says_which_settings_are_troupes_and_what_a_public_agent_is(tmp_path):
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db") as sandbox:
        hosted = settings_of(
            sandbox, PUBLIC_URL="", ELEVENLABS_RECALL_SECRET="", ELEVENLABS_DAILY_LIMIT="1200"
        )
        done = await in_a_thread(tmp_path, "agent", "plan", **hosted)
        assert done.returncode == 1
        assert done.stdout.startswith(
            "This agent is public: anyone with its id can spend up to 1,200 conversations a day.\n"
        )
        assert "platform_settings.call_limits.daily_limit: 100000 → 1200\n" in done.stdout
        assert "  platform_settings.privacy: record_voice, retention_days, delete_tr" in done.stdout
        assert "\n  +# House rules\n" in done.stdout
        assert (await in_a_thread(tmp_path, "agent", "apply", "--yes", **hosted)).returncode == 0
        said = json.loads((await in_a_thread(tmp_path, "check", "--json", **hosted)).stdout)["findings"]
        assert "can spend up to 1,200 conversations a day." in " ".join(one["what"] for one in said)
        assert [one["what"] for one in said if one["severity"] != "note"] == []


async def test_a_plan_begins_with_a_sentence_and_many_new_values_are_one_line(tmp_path):
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db") as sandbox:
        await forget_placeholders(sandbox)
        done = await in_a_thread(tmp_path, "agent", "plan", **settings_of(sandbox))
        whole = await in_a_thread(tmp_path, "agent", "plan", "--json", **settings_of(sandbox))
    changes = json.loads(whole.stdout)["changes"]
    first = done.stdout.splitlines()[0]
    assert first.startswith(f"{len(changes)} changes to the settings of ")
    assert first.endswith(f" ({sandbox.agent_id}); nothing that is not Troupe's is touched.")
    new = [one["path"] for one in changes if ".dynamic_variable_placeholders." in one["path"]]
    (line,) = [one for one in done.stdout.splitlines() if "dynamic_variable_placeholders" in one][:1]
    assert len(new) > 9
    assert f"dynamic_variable_placeholders: {len(new)} added (" in line
    assert "cast_as" in line
    assert 'post_call_webhook_id: nothing → "(made by this run)"' in done.stdout


async def forget_placeholders(sandbox):
    nothing = {"conversation_config": {"agent": {"dynamic_variables": {"dynamic_variable_placeholders": {}}}}}
    path = f"{sandbox.url}/v1/convai/agents/{sandbox.agent_id}"
    headers = {"xi-api-key": sandbox.api_key}
    async with ClientSession(headers=headers) as http, http.patch(path, json=nothing) as done:
        assert done.status == 200


async def test_what_did_not_take_is_said(tmp_path):
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db") as sandbox:

        async def pass_on(request):
            body = await request.json() if request.can_read_body else None
            if request.method == "PATCH" and "platform_settings" in body:
                body["platform_settings"].get("call_limits", {}).pop("bursting_enabled", None)
            url, headers = f"{sandbox.url}{request.path_qs}", {"xi-api-key": sandbox.api_key}
            async with http.request(request.method, url, json=body, headers=headers) as answer:
                return web.json_response(await answer.json(), status=answer.status)

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", pass_on)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        forgetful = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with ClientSession() as http:
            burst = {"platform_settings": {"call_limits": {"bursting_enabled": True}}}
            path = f"{sandbox.url}/v1/convai/agents/{sandbox.agent_id}"
            async with http.patch(path, json=burst, headers={"xi-api-key": sandbox.api_key}) as done:
                assert done.status == 200
            settings = settings_of(sandbox, ELEVENLABS_API_URL=forgetful)
            done = await in_a_thread(tmp_path, "agent", "apply", "--yes", **settings)
        await runner.cleanup()
        assert done.returncode == 1
        left = done.stdout.partition("This did not take:\n")[2]
        assert left.startswith("platform_settings.call_limits.bursting_enabled: true → false\n")


async def at_a_terminal(folder, settings, answers, *words):
    """Run the program at a terminal and answer its questions; return its exit code and what was shown."""
    shown = {
        "PYTHONPATH": str(ROOT),
        "PERSONAS_DIR": str(PERSONAS),
        "TERM": "xterm-256color",
        "COLUMNS": "200",
    }
    environment = {**kept_environment(), **shown, **settings}
    prompts = [(r"\[[yY]/[nN]\]: ", answer) for answer in answers]
    return await answering(folder, ["agent", *words], environment, prompts)


async def test_at_a_terminal_it_asks_first_and_shows_a_secret_that_is_not_to_be_written(tmp_path):
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db") as sandbox:
        settings = settings_of(sandbox)
        before = await look(sandbox)
        code, seen = await at_a_terminal(tmp_path, settings, ["n"], "apply")
        assert (code, "Nothing was changed." in seen) == (1, True)
        assert "\x1b[31m600\x1b[0m → \x1b[32m1500\x1b[0m" in seen
        assert await look(sandbox) == before
        code, seen = await at_a_terminal(tmp_path, settings, ["y", "n"], "apply")
        assert code == 0, seen
        assert len(re.findall(r"ELEVENLABS_WEBHOOK_SECRET=wsec_\w+\r\n", seen)) == 1
        assert not (tmp_path / ".env").exists()
        assert "The agent is as it should be." in seen


async def test_at_a_terminal_a_new_agent_is_written_down_where_that_is_wanted(tmp_path):
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db") as sandbox:
        settings = settings_of(sandbox)
        code, seen = await at_a_terminal(tmp_path, settings, ["y"], "create", "Characters")
        assert code == 0
        assert f"instead of {sandbox.agent_id}? [y/N]" in seen
        (agent_id,) = re.findall(r"\nELEVENLABS_AGENT_ID=(agent_\w+)\r", seen)
        assert (tmp_path / ".env").read_text() == f"ELEVENLABS_AGENT_ID={agent_id}\n"
        made = await in_a_thread(tmp_path, "agent", "create", "Others", "--json", **settings)
        assert json.loads(made.stdout)["written"] == []
        assert (tmp_path / ".env").read_text() == f"ELEVENLABS_AGENT_ID={agent_id}\n"


async def test_the_sandbox_of_a_running_bot_is_planned_for_like_any_agent(tmp_path):
    (tmp_path / "data").mkdir()
    off = await in_a_thread(tmp_path, "agent", "plan")
    assert off.returncode == 2
    assert off.stderr.startswith("The built-in sandbox plays ElevenLabs, and it does not run")
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db") as sandbox:
        running = {"api_url": sandbox.url, "public_url": "http://127.0.0.1:9"}
        with hold_lock(f"sqlite:///{tmp_path}/data/troupe.db", running):
            planned = await in_a_thread(tmp_path, "agent", "plan")
            assert planned.returncode == 1
            assert planned.stdout.startswith("The built-in sandbox plays ElevenLabs and needs none of this; ")
            assert (await in_a_thread(tmp_path, "agent", "apply", "--yes")).returncode == 0
            assert (await in_a_thread(tmp_path, "agent", "plan")).returncode == 0
        assert await webhooks_of(sandbox) == []


async def test_a_tool_that_the_operator_gave_the_agent_stays(tmp_path):
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db") as sandbox:
        settings = settings_of(sandbox)
        async with open_elevenlabs(
            api_url=sandbox.url, api_key=SecretStr(sandbox.api_key), agent_id=sandbox.agent_id, clock=now
        ) as elevenlabs:
            config = {**recall_tool("https://weather.example/now", {}), "name": "weather"}
            made = await elevenlabs.workspace.create_tool(config)
            tools = {"conversation_config": {"agent": {"prompt": {"tool_ids": [made.id]}}}}
            await elevenlabs.agent.patch(tools)
        await in_a_thread(tmp_path, "agent", "apply", "--yes", **settings)
        names = {tool["name"] for tool in (await look(sandbox))[0]}
        assert names == {"weather", "recall_memory"}
