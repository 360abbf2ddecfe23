"""Who asks on Slack: their account, what they are called, what they may, and in which groups they are.

Source: Slack, ``users.info``, ``usergroups.users.list``; a user id is one of its team, so the team is part of
every key. What was asked is remembered for ten minutes.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.calls.installation import Installation
from bot.calls.mailboxes import see_mailbox
from bot.calls.places import limiting_roles
from bot.domain.caller import DEFAULT_TENANT, Account, Caller
from bot.domain.errors import CallerError, NobodyThere, PostRefused
from bot.domain.permission import Spot
from bot.fronts.slack.naming import PLATFORM, channel_of, id_in, place_of
from bot.fronts.slack.refusals import UNREACHABLE, code_of
from bot.fronts.slack.workspaces import Workspaces

KNOWN_FOR_SECONDS = 600.0
MOST_KNOWN = 20_000
MOST_SECONDS = 1.0
"""How long a modal waits for its reader's language; Slack opens none after three."""
ENGLISH = "en-US"
ELSEWHERE = "Only members of the workspace that Troupe is installed in can use it. Ask for it in your own."
UNKNOWN = frozenset({"user_not_found", "user_not_visible", "team_not_found"})
"""Slack's words for somebody who is not of that workspace."""
_NAME_CHARS = 64


@dataclass(frozen=True, slots=True)
class Profile:
    """What Slack says of somebody: their name, whether they manage the workspace, and their language."""

    name: str
    manages: bool
    locale: str
    asked_at: float
    is_member: bool = True
    """Whether they are of the workspace; in channels that it shares others press buttons too."""


class People:
    """Makes a Caller of whoever asks."""

    def __init__(self, workspaces: Workspaces, house: Installation) -> None:
        self._workspaces = workspaces
        self._house = house
        self._profiles: dict[Account, Profile] = {}
        self._groups: dict[tuple[str, str], tuple[float, frozenset[str]]] = {}

    async def find(self, team: str, user: str, channel: str) -> tuple[Caller, Profile]:
        """Return who asks, and what Slack says of them; ``channel`` is empty in direct messages.

        Raises CallerError for whoever is of another workspace. Where any may install the app, managers decide
        for their own; for everybody only those of the settings' own workspace, and the operator.
        """
        account = Account(PLATFORM, team, user)
        home = self._workspaces.team
        if team == DEFAULT_TENANT:
            raise CallerError(ELSEWHERE)
        if team != home:
            try:
                await self._workspaces.client_of(team)
            except (NobodyThere, PostRefused):
                raise CallerError(ELSEWHERE) from None
        profile = await self._profile(account)
        if not profile.is_member:
            raise CallerError(ELSEWHERE)
        is_direct = not channel or channel.startswith("D")
        place = place_of(team)
        where = frozenset() if is_direct else frozenset({channel_of(channel)})
        spot = Spot(place, await self._groups_of(team, user), where)
        operator = self._house.terms.operator
        is_operator = account == operator
        manages = profile.manages or is_operator
        everywhere = profile.manages and (team == home or not self._workspaces.is_shared)
        caller = Caller(
            account,
            profile.name,
            place=place,
            may_manage=everywhere or is_operator,
            manages_place=manages,
            channel="" if is_direct else channel_of(channel),
            spots=(spot,),
        )
        return caller, profile

    async def locale_of(self, team: str, user: str) -> str:
        """Return somebody's language, as it was when they last asked; Slack is asked within a second."""
        account = Account(PLATFORM, team, user)
        if known := self._profiles.get(account):
            return known.locale
        if kept := await self._kept_locale(account):
            return kept
        try:
            async with asyncio.timeout(MOST_SECONDS):
                return (await self._profile(account)).locale
        except TimeoutError:
            return ENGLISH

    async def operators_locale(self) -> str:
        """Return the language of what is posted for everybody by nobody's wish: the operator's, if known."""
        operator = self._house.terms.operator
        if operator is None or operator.platform != PLATFORM:
            return ENGLISH
        is_named = operator.tenant != DEFAULT_TENANT
        return await self.locale_of(operator.tenant if is_named else self._workspaces.team, operator.id)

    async def _profile(self, account: Account) -> Profile:
        now = time.monotonic()
        known = self._profiles.get(account)
        if known is not None and now - known.asked_at < KNOWN_FOR_SECONDS:
            return known
        try:
            client = await self._workspaces.client_of(account.tenant)
            answer = await client.users_info(user=account.id, include_locale=True)
            user = answer["user"]
        except (*UNREACHABLE, NobodyThere, PostRefused) as error:
            if code_of(error) in UNKNOWN:
                raise CallerError(ELSEWHERE) from None
            locale = await self._kept_locale(account) or ENGLISH
            return known or Profile("", manages=False, locale=locale, asked_at=now)
        shown = user.get("profile", {}).get("display_name") or user.get("real_name") or user.get("name") or ""
        manages = bool(user.get("is_admin") or user.get("is_owner"))
        locale = str(user.get("locale") or ENGLISH)
        is_member = _is_of(account.tenant, user)
        profile = Profile(str(shown)[:_NAME_CHARS], manages and is_member, locale, now, is_member)
        if len(self._profiles) >= MOST_KNOWN:
            self._profiles.clear()
        self._profiles[account] = profile
        return profile

    async def _kept_locale(self, account: Account) -> str:
        return (await see_mailbox(self._house, account)).locale

    async def _groups_of(self, team: str, user: str) -> frozenset[str]:
        """Return the groups of somebody, as far as any rule names them."""
        found = set()
        for role in limiting_roles(self._house, place_of(team)):
            if role.startswith(f"{PLATFORM}-group:") and user in await self._members(team, id_in(role)):
                found.add(role)
        return frozenset(found)

    async def _members(self, team: str, group: str) -> frozenset[str]:
        now = time.monotonic()
        known = self._groups.get((team, group))
        if known is not None and now - known[0] < KNOWN_FOR_SECONDS:
            return known[1]
        try:
            client = await self._workspaces.client_of(team)
            answer = await client.usergroups_users_list(usergroup=group)
        except (*UNREACHABLE, NobodyThere, PostRefused):
            return known[1] if known else frozenset()
        members = frozenset(str(one) for one in answer["users"])
        self._groups[team, group] = (now, members)
        return members


def _is_of(team: str, user: Mapping[str, Any]) -> bool:
    """Whether a user object is of a workspace: its own, or one of those that a grid let them into."""
    if user.get("is_stranger"):
        return False
    own = user.get("team_id") or team
    return own == team or team in (user.get("enterprise_user") or {}).get("teams", ())
