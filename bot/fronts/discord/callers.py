"""Who presses or types, and where: the account, the server, its roles and channels, and whether it is let in.

In a server the interaction says it all. In direct messages it says nothing of servers, so their members are
asked for; whoever left every server that was let in cannot call any more.
"""

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

import discord

from bot.calls.installation import Installation
from bot.calls.permitting import NOT_ADMITTED, admitted_places, decides_for_everybody, is_admitted
from bot.domain.caller import DEFAULT_TENANT, Account, Caller
from bot.domain.errors import CallerError, NobodyThere, NotAdmitted
from bot.domain.permission import Spot
from bot.fronts.discord.refusals import UNREACHABLE

PLATFORM = "discord"
KNOWN_FOR_SECONDS = 600.0
GONE_FOR_SECONDS = 60.0
"""How long somebody who is in no server of ours is taken to be so: they are told to join one."""
MOST_KNOWN = 50_000
NOWHERE = Spot("")
"""Where somebody stands who is in no server of ours."""
NO_SERVER = (
    "You are in no server that uses Troupe. Ask whoever showed you this bot which server to join, then call "
    "from there or here."
)
MISSING_ACCESS = 50001
"""What Discord answers of a server that the bot was removed from."""
_LONGEST_NAME = 64
_TOKEN = re.compile(r"discord(-\w+)?:", re.IGNORECASE)
"""Our own way to name roles, channels and accounts: no member is called so."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody's roles in a server when they were asked for; None where they are not in it."""

    roles: frozenset[str] | None
    asked_at: float


def place_of(guild_id: int) -> str:
    """Return a server's name among all places."""
    return f"{PLATFORM}:{guild_id}"


def role_of(role_id: int) -> str:
    """Return a role's name among all roles."""
    return f"{PLATFORM}-role:{role_id}"


def channel_of(channel_id: int) -> str:
    """Return a channel's name among all channels."""
    return f"{PLATFORM}-channel:{channel_id}"


def id_in(name: str) -> int:
    """Return the id that stands in such a name."""
    return int(name.rpartition(":")[2])


class Callers:
    """Makes a Caller of an interaction; ``user_install`` lets in who installed the bot for themselves.

    ``hears_all`` tells whether this process knows every server that the bot is in. What Discord said of
    members' roles each process knows for itself, for ten minutes at the most.
    """

    def __init__(
        self,
        client: discord.Client,
        house: Installation,
        *,
        user_install: bool,
        hears_all: Callable[[], bool] = lambda: True,
    ) -> None:
        self._client = client
        self._house = house
        self._hears_all = hears_all
        self._user_install = user_install
        self._members: dict[tuple[int, int], Member] = {}
        self._asking: WeakValueDictionary[tuple[int, int], asyncio.Lock] = WeakValueDictionary()

    def account(self, user_id: int) -> Account:
        """Return somebody's account: the same in every server and in direct messages."""
        return Account(PLATFORM, str(self._client.application_id), str(user_id))

    async def find(self, it: discord.Interaction[Any], *, needs_admission: bool = True) -> Caller:
        """Return who asks. Raises CallerError where nobody may call from, unless that does not matter."""
        if it.guild_id is not None:
            place = place_of(it.guild_id)
            caller = self._in_server(it)
            if caller is None and needs_admission:
                raise NotAdmitted(NOT_ADMITTED)
            return caller or self._caller(it, place, (_spot(it, place),))
        if needs_admission:
            return await self._in_messages(it.user)
        return self._caller(it, "", tuple(self._known_spots(it.user.id)) or (NOWHERE,))

    async def _in_messages(self, user: discord.abc.User) -> Caller:
        """Return who writes in direct messages. Raises CallerError for whoever is in no server of ours."""
        spots = await self._spots(user.id)
        if not spots and not self._user_install:
            raise CallerError(NO_SERVER)
        may_manage = self._is_operator(user.id)
        return Caller(self.account(user.id), _name_of(user), may_manage=may_manage, spots=spots or (NOWHERE,))

    def get(self, it: discord.Interaction[Any]) -> Caller | None:
        """Return who asks, from memory alone; None where nobody may call from."""
        if it.guild_id is not None:
            return self._in_server(it)
        return self._caller(it, "", tuple(self._known_spots(it.user.id)) or (NOWHERE,))

    def _in_server(self, it: discord.Interaction[Any]) -> Caller | None:
        place = place_of(it.guild_id or 0)
        if not is_admitted(self._house, place):
            if self._user_install and it.is_user_integration():
                return self._caller(it, "", (_spot(it, ""),))
            return None
        spot = _spot(it, place)
        self._remember((it.guild_id or 0, it.user.id), spot.roles)
        return self._caller(it, place, (spot,))

    def _caller(self, it: discord.Interaction[Any], place: str, spots: tuple[Spot, ...]) -> Caller:
        may = isinstance(it.user, discord.Member) and it.permissions.manage_guild
        everywhere = may and bool(place) and decides_for_everybody(self._house, place)
        return Caller(
            self.account(it.user.id),
            _name_of(it.user),
            place=place,
            may_manage=everywhere or self._is_operator(it.user.id),
            manages_place=may and bool(place),
            channel=channel_of(it.channel_id) if place and it.channel_id else "",
            spots=spots,
        )

    def _is_operator(self, user_id: int) -> bool:
        operator = self._house.terms.operator
        return (
            operator is not None
            and (operator.platform, operator.id) == (PLATFORM, str(user_id))
            and operator.tenant in {DEFAULT_TENANT, str(self._client.application_id)}
        )

    def _servers(self) -> list[int]:
        """Return the ids of the servers that were let in, also of those that another process hears of."""
        places = (place_of(guild.id) for guild in self._client.guilds)
        known = places if self._hears_all() else admitted_places(self._house, PLATFORM)
        return [id_in(place) for place in known if is_admitted(self._house, place)]

    def _known_spots(self, user_id: int) -> Iterator[Spot]:
        for guild_id in self._servers():
            member = self._members.get((guild_id, user_id))
            if member is not None and member.roles is not None:
                yield Spot(place_of(guild_id), member.roles)

    async def _spots(self, user_id: int) -> tuple[Spot, ...]:
        """Return the servers that somebody is in, asked at once. Raises NobodyThere if none can be asked."""
        servers = self._servers()
        asked = await asyncio.gather(
            *(self._roles_in(guild_id, user_id) for guild_id in servers), return_exceptions=True
        )
        failed = [one for one in asked if isinstance(one, BaseException)]
        found = tuple(
            Spot(place_of(guild_id), roles)
            for guild_id, roles in zip(servers, asked, strict=True)
            if isinstance(roles, frozenset)
        )
        if failed and not found:
            raise failed[0]
        return found

    async def _roles_in(self, guild_id: int, user_id: int) -> frozenset[str] | None:
        """Return somebody's roles in a server, asked for every ten minutes; None if they are not in it."""
        key = (guild_id, user_id)
        async with self._asking.setdefault(key, asyncio.Lock()):
            return await self._ask_for_roles(guild_id, user_id)

    async def _ask_for_roles(self, guild_id: int, user_id: int) -> frozenset[str] | None:
        key, now = (guild_id, user_id), time.monotonic()
        known = self._members.get(key)
        if known is not None and now - known.asked_at < _known_for(known):
            return known.roles
        try:
            member = await self._client.http.get_member(guild_id, user_id)
            roles = frozenset(role_of(int(one)) for one in (guild_id, *member["roles"]))
        except UNREACHABLE as error:
            is_gone = isinstance(error, discord.HTTPException) and error.code == MISSING_ACCESS
            if isinstance(error, discord.NotFound) or (is_gone and not self._hears_all()):
                self._remember(key, None)
                return None
            if known is not None:
                return known.roles
            raise NobodyThere("members of a server could not be asked for") from error
        self._remember(key, roles)
        return roles

    def _remember(self, key: tuple[int, int], roles: frozenset[str] | None) -> None:
        if len(self._members) >= MOST_KNOWN:
            self._members.clear()
        self._members[key] = Member(roles, time.monotonic())


def _known_for(member: Member) -> float:
    return GONE_FOR_SECONDS if member.roles is None else KNOWN_FOR_SECONDS


def spot_in(channel: discord.abc.GuildChannel | discord.Thread) -> Spot:
    """Return where a channel is, as somebody without any role stands in it."""
    ids = {channel.id, *([channel.parent_id] if isinstance(channel, discord.Thread) else [])}
    is_nsfw = getattr(channel, "is_nsfw", None)
    return Spot(
        place_of(channel.guild.id),
        channels=frozenset(channel_of(one) for one in ids),
        is_age_restricted=bool(is_nsfw and is_nsfw()),
    )


def _spot(it: discord.Interaction[Any], place: str) -> Spot:
    channel = it.channel
    parent_id = getattr(channel, "parent_id", None)
    ids = {one for one in (it.channel_id, parent_id) if one}
    roles = it.user.roles if isinstance(it.user, discord.Member) else []
    is_nsfw = getattr(channel, "is_nsfw", None)
    return Spot(
        place,
        frozenset(role_of(role.id) for role in roles),
        frozenset(channel_of(one) for one in ids),
        is_age_restricted=bool(is_nsfw and is_nsfw()),
    )


def _name_of(user: discord.abc.User) -> str:
    return _TOKEN.sub("", user.display_name)[:_LONGEST_NAME].encode(errors="replace").decode()
