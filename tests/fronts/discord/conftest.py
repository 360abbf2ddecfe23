"""Fixtures for what is tried with a whole Troupe on a Discord of its own."""

import pytest

from bot.fronts.discord import client


@pytest.fixture(autouse=True)
def servers_come_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait two seconds for further servers: there are none."""
    monkeypatch.setattr(client, "READY_SECONDS", 0.05)
