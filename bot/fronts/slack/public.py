"""What is posted for everybody in a channel: cards that a manager posts, and characters that are new.

Source: Slack, ``chat.postMessage``.
"""

from collections.abc import Callable
from dataclasses import replace

from bot.domain.board import Board
from bot.domain.caller import Caller
from bot.domain.errors import CallerError, NobodyThere, PostRefused
from bot.domain.permission import Spot
from bot.domain.reply import Notice, Reply
from bot.fronts.slack.blocks import ANYBODY, Owner, render
from bot.fronts.slack.naming import channel_of, id_in, place_of
from bot.fronts.slack.people import People
from bot.fronts.slack.refusals import UNREACHABLE, code_of, refusal_of
from bot.fronts.slack.speech import Speech
from bot.fronts.slack.surfaces import QUIET
from bot.fronts.slack.workspaces import Workspaces

INVITE = "I am not in that channel: invite me there first, then it can be posted."
NOT_MEMBER = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action"})


class Public:
    """Posts for everybody, with the token of the workspace that the channel is in."""

    def __init__(
        self,
        workspaces: Workspaces,
        people: People,
        *,
        speech: Callable[[str, str], Speech],
        picture_of: Callable[[str], str],
    ) -> None:
        self._workspaces = workspaces
        self._people = people
        self._speech = speech
        self._picture_of = picture_of

    async def publish(self, caller: Caller, reply: Reply, speech: Speech) -> Reply:
        """Post for everybody what a reply wants posted, in the language of whoever posts it.

        Raises CallerError where that may not be.
        """
        notice = reply.notice
        if notice is None:
            return reply
        channel = notice.channel or caller.channel
        if not channel:
            raise CallerError("There is no channel here to post in. Ask for it in a channel.")
        try:
            await self._post(caller.account.tenant, id_in(channel), notice, speech)
        except UNREACHABLE as error:
            if code_of(error) in NOT_MEMBER:
                raise CallerError(INVITE) from None
            raise
        return replace(reply, notice=None)

    async def find_spot(self, board: Board) -> Spot:
        """Return where a channel is, as everybody stands in it. Raises NobodyThere, PostRefused."""
        is_ours = board.tenant == self._workspaces.team
        if not is_ours and not self._workspaces.is_shared:
            if not self._workspaces.team:
                raise NobodyThere("Slack is not connected")
            raise PostRefused(f"I am in the workspace {self._workspaces.team}")
        await self._workspaces.client_of(board.tenant)
        return Spot(place_of(board.tenant), channels=frozenset({channel_of(board.channel_id)}))

    async def announce(self, board: Board, notice: Notice) -> None:
        """Post in a channel for everybody, in the operator's language. Raises NobodyThere, PostRefused."""
        speech = self._speech(await self._people.operators_locale(), board.tenant)
        try:
            await self._post(board.tenant, board.channel_id, notice, speech)
        except UNREACHABLE as error:
            if code_of(error) in NOT_MEMBER:
                raise PostRefused("I am not in that channel, so invite me there") from None
            raise refusal_of(error) from error

    async def _post(self, tenant: str, channel_id: str, notice: Notice, speech: Speech) -> None:
        whole = Reply(cards=(notice.card,), choices=notice.choices)
        message = await render(whole, speech, Owner(ANYBODY, None), self._picture_of)
        said = {"text": message.text, "blocks": message.blocks, **QUIET}
        client = await self._workspaces.client_of(tenant)
        await client.chat_postMessage(channel=channel_id, **said)
