"""Home tabs: one for each member of each workspace, made anew when something changed.

Source: Slack, ``views.publish``.
"""

import asyncio
import logging
from collections.abc import Callable
from weakref import WeakValueDictionary

from bot.calls.installation import Installation
from bot.domain.caller import Account
from bot.domain.errors import CallerError, NobodyThere, PostRefused
from bot.fronts.slack.blocks import Owner
from bot.fronts.slack.home import build_view
from bot.fronts.slack.people import People
from bot.fronts.slack.refusals import UNREACHABLE, refusal_of
from bot.fronts.slack.speech import Speech
from bot.fronts.slack.workspaces import Workspaces

HOME_SECONDS = 5.0
"""How long a home tab may take; the next visit asks for it again."""

log = logging.getLogger(__name__)


class Homes:
    """Shows members their home tabs."""

    def __init__(
        self,
        house: Installation,
        workspaces: Workspaces,
        people: People,
        *,
        speech: Callable[[str, str], Speech],
        owner: Callable[[Account], Owner],
        picture_of: Callable[[str], str],
    ) -> None:
        self._house = house
        self._workspaces = workspaces
        self._people = people
        self._speech = speech
        self._owner = owner
        self._picture_of = picture_of
        self._in_hand: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()
        """Held while a home tab is made, so that an older one never takes the place of a newer one."""

    async def show(self, team: str, user: str) -> None:
        """Show somebody their home tab as it is now; one that Slack does not take stays as it was."""
        try:
            async with asyncio.timeout(HOME_SECONDS):
                await self.publish(team, user)
        except (NobodyThere, PostRefused, TimeoutError) as error:
            log.warning("A home tab could not be shown: %s", str(error) or type(error).__name__)

    async def publish(self, team: str, user: str) -> None:
        """Show somebody their home tab as it is now. Raises NobodyThere, PostRefused."""
        async with self._in_hand.setdefault((team, user), asyncio.Lock()):
            try:
                caller, profile = await self._people.find(team, user, "")
            except CallerError as error:
                raise PostRefused(str(error)) from None
            speech, owner = self._speech(profile.locale, team), self._owner(caller.account)
            view = await build_view(self._house, caller, speech, owner, self._picture_of)
            client = await self._workspaces.client_of(team)
            try:
                await client.views_publish(user_id=user, view=view)
            except UNREACHABLE as error:
                raise refusal_of(error) from error
