"""Fixtures for the dialogues on Discord."""

import pytest

from bot.fronts.discord import client


@pytest.fixture(autouse=True)
def servers_come_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait two seconds for further servers: there are none."""
    monkeypatch.setattr(client, "READY_SECONDS", 0.05)
