"""How the fake Discord lets choices be offered while somebody types."""

import pytest

from tests.fakes.discord import Asked, Person
from tests.fakes.wire import Ear, Wire

pytestmark = pytest.mark.anyio

SAYS, DEFERS, DEFERS_UPDATE, UPDATES, OFFERS, OPENS_MODAL = 4, 5, 6, 7, 8, 9


async def asks_for_choices(mira: Person) -> Asked:
    act = mira._client.command(mira, mira.dm, "call", {"who": "A"}, focused="who")
    mira._client.send(act)
    return Asked(act, mira._world, mira._requests)


@pytest.mark.parametrize("kind", [SAYS, DEFERS, DEFERS_UPDATE, UPDATES, OPENS_MODAL])
async def test_autocomplete_is_answered_with_choices_only(
    wire: Wire, ear: Ear, mira: Person, kind: int
) -> None:
    asked = await asks_for_choices(mira)
    assert (await wire.calls_back(asked, kind, {})).faults == ["type"]
    assert (await wire.calls_back(asked, OFFERS, {"choices": []})).status == 200
    assert asked.acknowledged == "choices"
    assert (await wire.follows_up(asked, {"content": "x"})).code == 10015


def choice(**parts: str) -> dict[str, str]:
    return {"name": "Ada", "value": "ada", **parts}


@pytest.mark.parametrize(
    "choices", [[], [choice()] * 25, [choice(name="x" * 100, value="x" * 100)]], ids=["none", "25", "100s"]
)
async def test_choices_are_taken(wire: Wire, ear: Ear, mira: Person, choices: list[dict[str, str]]) -> None:
    asked = await asks_for_choices(mira)
    assert (await wire.calls_back(asked, OFFERS, {"choices": choices})).status == 200


@pytest.mark.parametrize(
    ("choices", "field"),
    [
        ([choice()] * 26, "choices"),
        ([choice(name="x" * 101)], "choices.0.name"),
        ([choice(name="")], "choices.0.name"),
        ([choice(value="x" * 101)], "choices.0.value"),
        ([choice(value="")], "choices.0.value"),
        ([choice(description="x")], "choices.0.description"),
    ],
)
async def test_choices_are_refused(
    wire: Wire, ear: Ear, mira: Person, choices: list[dict[str, str]], field: str
) -> None:
    asked = await asks_for_choices(mira)
    answer = await wire.calls_back(asked, OFFERS, {"choices": choices})
    assert (answer.code, answer.faults) == (50035, [f"data.{field}"])
