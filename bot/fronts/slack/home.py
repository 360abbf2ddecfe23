"""The home tab: the gallery, the last calls, and everything about oneself, one press away.

Source: Slack, ``app_home_opened`` and ``views.publish``: one view for each person, 100 blocks.
"""

import logging

from bot.calls import remembering
from bot.domain.caller import Account
from bot.domain.reply import Ask, Choice, Reply
from bot.fronts.commands import answer
from bot.fronts.lines import talk_line
from bot.fronts.slack import limits
from bot.fronts.slack.blocks import render
from bot.fronts.slack.desk import Desk
from bot.fronts.slack.refusals import UNREACHABLE, code_of

LAST_CALLS = 5
ABOUT_YOU = (
    Choice("Past calls", "history"),
    Choice("Memory", "memory"),
    Choice("Account", "account"),
    Choice("Forget", "forget", is_danger=True),
    Choice("Help", "help"),
)

log = logging.getLogger(__name__)


async def publish(desk: Desk, team: str, user: str) -> None:
    """Show somebody their home tab as it is now."""
    caller, profile = await desk.people.find(team, user, "")
    speech = desk.service.speech(profile.locale)
    gallery = await answer(desk.house, Ask(caller, "characters", {"page": "1"}))
    past = await remembering.see_history(desk.house, caller, limit=LAST_CALLS)
    lines = [talk_line(desk.house, talk, past.names) for talk in past.talks]
    last = Reply("\n".join(["Your last calls:", *lines]) if lines else "There are no calls yet.")
    account = Account("slack", team, user)
    owner = desk.service.owner(account)
    blocks = []
    for number, reply in enumerate((gallery, last, Reply("About you:", choices=ABOUT_YOU))):
        message = await render(reply, speech, owner, desk.service.picture_of, limits.VIEW_BLOCKS // 3)
        for at, block in enumerate(message.blocks):
            blocks.append({**block, "block_id": f"home{number}-{at}"})
            for part in block.get("elements", []):
                if "action_id" in part:
                    kind, _, rest = part["action_id"].partition("|")
                    part["action_id"] = f"{kind}|{number}{rest}"
    try:
        await desk.service.client.views_publish(user_id=user, view={"type": "home", "blocks": blocks})
    except UNREACHABLE as error:
        log.warning("A home tab could not be shown: %s", code_of(error))
