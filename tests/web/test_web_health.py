"""What whoever watches over Troupe is told: the store, ElevenLabs, the fronts."""

import json
from typing import Any

import pytest
from web_house import House, open_agents

pytestmark = pytest.mark.anyio


async def health(house: House, url: str = "") -> tuple[int, dict[str, Any]]:
    async with house.browser.get(f"{url or house.url}/healthz") as answer:
        return answer.status, await answer.json()


async def test_all_is_well_when_everything_answers(house: House) -> None:
    url = await house.serve(fronts=lambda: {"discord": True})
    assert await health(house, url) == (
        200,
        {
            "status": "ok",
            "roles": ["discord", "slack", "web", "followup"],
            "store": "ok",
            "elevenlabs": "ok",
            "followup": "ok",
            "fronts": {"discord": "ok"},
        },
    )


async def test_a_store_that_cannot_be_written_to_is_an_alarm(house: House) -> None:
    await house.stop_storing()
    status, told = await health(house)
    assert (status, told["status"], told["store"]) == (503, "down", "cannot be written to")
    await house.stop_storing(until_now=True)
    assert (await health(house))[0] == 200


async def test_what_a_process_does_not_do_is_not_looked_at(house: House) -> None:
    url = await house.serve(roles=["web"], gets_on=lambda: False)
    _, told = await health(house, url)
    assert told == {"status": "ok", "roles": ["web"], "store": "ok", "elevenlabs": "ok", "fronts": {}}


async def test_follow_up_that_does_not_get_on_is_named(house: House) -> None:
    url = await house.serve(roles=["followup"], gets_on=lambda: False)
    status, told = await health(house, url)
    assert (status, told["status"], told["followup"]) == (200, "degraded", "does not get on")


async def test_a_front_that_is_away_is_named_and_comes_back(house: House) -> None:
    is_in = {"discord": True, "slack": False}
    url = await house.serve(fronts=lambda: is_in)
    status, told = await health(house, url)
    assert (status, told["status"]) == (200, "degraded")
    assert told["fronts"] == {"discord": "ok", "slack": "not connected"}
    is_in["slack"] = True
    assert (await health(house, url))[1]["status"] == "ok"


async def test_an_elevenlabs_that_does_not_answer_is_named(house: House) -> None:
    async with open_agents("http://127.0.0.1:9", "key", "agent_sandbox", house.clock) as nobody:
        url = await house.serve(agents=nobody)
        for _ in range(3):
            status, told = await health(house, url)
            assert (status, told["status"], told["elevenlabs"]) == (200, "degraded", "does not answer")
    assert "key" not in json.dumps(told)
