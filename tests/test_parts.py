"""`troupe run --only`, as it is typed: what a part needs is said in one sentence."""

from pathlib import Path

import pytest

from bot.cli.parts import is_asked_from_outside, wanted_roles
from bot.config import Settings
from bot.domain.process import Role
from tests.databases import keys_of
from tests.program import troupe

NOWHERE = "postgresql://troupe@/one?host=/nowhere"
SHARED = {
    "DATABASE_URL": NOWHERE,
    "SECRET_KEY": keys_of(NOWHERE)[0],
    "ELEVENLABS_API_KEY": "key",
    "ELEVENLABS_AGENT_ID": "agent_1",
}


ALONE = {name: value for name, value in SHARED.items() if not name.startswith("ELEVENLABS")}


@pytest.mark.parametrize(
    ("part", "settings", "sentence"),
    [
        ("web", {}, "a database file admits one process: leave --only out, or move the file with troupe"),
        ("web", ALONE, "needs ELEVENLABS_API_KEY: the built-in sandbox"),
        ("discord", SHARED, "--only discord needs the token that switches it on; troupe setup discord asks"),
        ("slack", SHARED, "--only slack needs the token that switches it on; troupe setup slack asks"),
        ("followup", SHARED, "cannot be reached"),
        ("phone", SHARED, "'phone' is not one of 'discord', 'slack', 'web', 'followup'"),
    ],
)
def test_what_a_part_needs_is_said(
    tmp_path: Path, part: str, settings: dict[str, str], sentence: str
) -> None:
    refused = troupe(tmp_path, "run", "--only", part, **settings)
    assert refused.returncode == 2
    assert sentence in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("roles", "slack", "stays"),
    [
        (("web",), {}, True),
        (("discord", "followup"), {"slack_signing_secret": "s" * 32}, False),
        (("slack",), {"slack_signing_secret": "s" * 32}, True),
        (("slack",), {"slack_app_token": "xapp-1234567890abcdef"}, False),
        (("slack",), {"slack_app_token": "xapp-1234567890abcdef", "slack_client_id": "1.2"}, True),
    ],
)
def test_an_address_that_others_come_to_does_not_move(
    roles: tuple[Role, ...], slack: dict[str, str], stays: bool
) -> None:
    settings = Settings(_env_file=None, **slack)  # type: ignore[call-arg, arg-type]
    assert is_asked_from_outside(settings, roles) is stays


def test_what_is_switched_on_is_wanted_of_some_process() -> None:
    installed = Settings(_env_file=None, slack_client_id="1.2", slack_client_secret="s" * 32)  # type: ignore[call-arg]
    assert wanted_roles(installed) == {"slack", "web", "followup"}
    assert wanted_roles(Settings(_env_file=None)) == {"web", "followup"}  # type: ignore[call-arg]
