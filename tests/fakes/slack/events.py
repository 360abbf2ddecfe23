"""Telling the app of what happened: again when it does not acknowledge, up to three times."""

from dataclasses import dataclass, field
from typing import Any

from tests.fakes.slack.delivery import EVENTS, Courier, Delivery, Tasks
from tests.fakes.slack.state import Team
from tests.fakes.slack.world import World

PAUSES = (0, 60, 300)


@dataclass(eq=False)
class Event:
    """Something that happened, and how often the app was told."""

    id: str
    name: str
    payload: dict[str, Any]
    tries: list[Delivery] = field(default_factory=list)

    @property
    def is_acked(self) -> bool:
        return any(one.is_acked for one in self.tries)


class Events:
    """Tells those events that the app subscribed to and has the right to hear."""

    def __init__(self, world: World, courier: Courier, tasks: Tasks) -> None:
        self._world = world
        self._courier = courier
        self._tasks = tasks
        self.told: list[Event] = []

    def announce(
        self,
        team: Team,
        event: dict[str, Any],
        name: str,
        scope: str = "",
        *,
        twice: bool = False,
        org_wide: bool | None = None,
        of_team: bool = True,
    ) -> None:
        """Tell of something, if the app may hear of it."""
        if name not in self._world.settings.bot_events or (scope and scope not in team.granted):
            return
        if team.token_error and name not in ("app_uninstalled", "tokens_revoked"):
            return
        org_wide = team.is_org_wide if org_wide is None else org_wide
        enterprise = {"enterprise_id": team.enterprise.id} if team.enterprise else {}
        event_id = self._world.new_id("Ev")
        payload = {
            "token": "unused",
            "team_id": team.id if of_team else None,
            **enterprise,
            "api_app_id": self._world.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": event_id,
            "event_time": int(self._world.clock().timestamp()),
            "is_ext_shared_channel": False,
            "authorizations": [
                {
                    "enterprise_id": team.enterprise.id if team.enterprise else None,
                    "team_id": None if org_wide else team.id,
                    "user_id": team.bot.id,
                    "is_bot": True,
                    "is_enterprise_install": org_wide,
                }
            ],
        }
        told = Event(event_id, name, payload)
        self.told.append(told)
        for _ in range(2 if twice else 1):
            self.deliver(told)

    def deliver(self, event: Event) -> None:
        """Tell of something, now for the first time or once more."""
        first = self._courier.sends(EVENTS, event.payload)
        event.tries.append(first)
        self._tasks.start(self._insist(event, first))

    async def _insist(self, event: Event, delivery: Delivery) -> None:
        for retry, pause in enumerate(PAUSES, start=1):
            if await self._courier.settles(delivery) or delivery.is_final:
                return
            await self._world.passes(pause, since=delivery.failed_at)
            delivery = self._courier.sends(EVENTS, event.payload, retry=retry, reason=delivery.failure)
            event.tries.append(delivery)
            self._world.bell.ring()
        await self._courier.settles(delivery)
