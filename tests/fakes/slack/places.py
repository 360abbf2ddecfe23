"""The methods that tell of workspaces, people, channels and user groups."""

from typing import Any

from tests.fakes.slack import payloads
from tests.fakes.slack.methods import Call, Method
from tests.fakes.slack.refusals import Refusal
from tests.fakes.slack.scopes import check_scope, check_sees
from tests.fakes.slack.state import GROUP_IM, Account, Channel
from tests.fakes.slack.world import World

MOST_IN_GROUP = 8
MOST_PER_PAGE = 1000


class Places:
    """Tells of who is where."""

    def __init__(self, world: World) -> None:
        self._world = world

    @property
    def table(self) -> dict[str, Method]:
        """The methods by their names."""
        return {
            "auth.test": self._auth,
            "team.info": self._team,
            "users.info": self._user,
            "users.list": self._users,
            "usergroups.list": self._groups,
            "usergroups.users.list": self._group,
            "conversations.open": self._open,
            "conversations.info": self._channel,
            "conversations.members": self._members,
        }

    def _auth(self, call: Call) -> dict[str, Any]:
        team = call.team
        return {
            "url": f"https://{team.domain}.slack.com/",
            "team": team.name,
            "team_id": team.id,
            "user": team.bot.username,
            "user_id": team.bot.id,
            "bot_id": team.bot_id,
            **({"enterprise_id": team.enterprise.id} if team.enterprise else {}),
            "is_enterprise_install": team.is_org_wide,
        }

    def _team(self, call: Call) -> dict[str, Any]:
        team = call.team
        return {"team": {"id": team.id, "name": team.name, "domain": team.domain, "email_domain": ""}}

    def _user(self, call: Call) -> dict[str, Any]:
        (user_id,) = call.needs("user")
        return {"user": self._told(call, self._world.person(call.team, user_id))}

    def _users(self, call: Call) -> dict[str, Any]:
        everybody = [*call.team.people.values(), call.team.bot]
        page, more = page_of(call, everybody)
        return {"members": [self._told(call, one) for one in page], **more}

    def _told(self, call: Call, person: Account) -> dict[str, Any]:
        told = payloads.user(person, call.team.scopes)
        return told | {"locale": person.locale} if call.flag("include_locale") else told

    def _groups(self, call: Call) -> dict[str, Any]:
        every = [one for one in call.team.groups.values()
                 if not one.is_disabled or call.flag("include_disabled")]  # fmt: skip
        with_users = call.flag("include_users")
        return {"usergroups": [payloads.group(one, call.team.id, with_users=with_users) for one in every]}

    def _group(self, call: Call) -> dict[str, Any]:
        (group_id,) = call.needs("usergroup")
        for group in call.team.groups.values():
            if group.id == group_id:
                return {"users": [person.id for person in group.users]}
        raise Refusal("no_such_subteam")

    def _open(self, call: Call) -> dict[str, Any]:
        if call["channel"]:
            channel = self._world.channel(call.team, call["channel"])
            return {"channel": payloads.channel(channel), "no_op": True, "already_open": True}
        (names,) = call.needs("users")
        ids = names.split(",") if isinstance(names, str) else names
        people = [self._world.person(call.team, one.strip()) for one in ids]
        for person in people:
            self._world.check_dm(person)
        if len(people) == 1:
            return {"channel": {"id": self._world.dm_of(people[0]).id}}
        check_scope(call.team, "mpim:write")
        if len(people) > MOST_IN_GROUP:
            raise Refusal("too_many_users")
        return {"channel": {"id": self._group_channel(call, people).id}}

    def _group_channel(self, call: Call, people: list[Account]) -> Channel:
        members = [*people, call.team.bot]
        for channel in self._world.channels.values():
            if channel.kind == GROUP_IM and set(channel.members) == set(members):
                return channel
        name = "mpdm-" + "--".join(one.username for one in members)
        channel = Channel(self._world.new_id("G"), name, call.team, GROUP_IM, members)
        self._world.channels[channel.id] = channel
        return channel

    def _channel(self, call: Call) -> dict[str, Any]:
        return {"channel": payloads.channel(self._seen(call))}

    def _members(self, call: Call) -> dict[str, Any]:
        page, more = page_of(call, self._seen(call).members)
        return {"members": [one.id for one in page], **more}

    def _seen(self, call: Call) -> Channel:
        (channel_id,) = call.needs("channel")
        channel = self._world.channel(call.team, channel_id)
        check_sees(call.team, channel)
        return channel


def page_of(call: Call, everything: list[Any], usual: int = 0) -> tuple[list[Any], dict[str, Any]]:
    """Return the part that is asked for by limit and cursor, and where the next one begins."""
    try:
        start, limit = int(call["cursor"] or 0), int(call["limit"] or usual)
    except ValueError:
        raise Refusal("invalid_cursor") from None
    if not 0 <= limit <= MOST_PER_PAGE:
        raise Refusal("invalid_limit")
    end = start + limit if limit else len(everything)
    following = str(end) if end < len(everything) else ""
    return everything[start:end], {"response_metadata": {"next_cursor": following}}
