"""The home tab: the gallery, the last calls, and everything about oneself, one press away.

Source: Slack, ``app_home_opened`` and ``views.publish``: one view for each person, which Slack keeps, of 100
blocks at most.
"""

from collections.abc import Callable
from typing import Any

from bot.calls.installation import Installation, character_names
from bot.calls.last_calls import see_last_calls
from bot.domain.caller import Caller
from bot.domain.reply import Ask, Choice, Reply
from bot.fronts.commands import answer
from bot.fronts.lines import talk_line
from bot.fronts.slack import limits
from bot.fronts.slack.blocks import Owner, render
from bot.fronts.slack.speech import Speech

HOME = "home"
"""What a home tab is called among the posts of the calls in it: it is made anew once one is erased."""
LAST_CALLS = 5
ABOUT_YOU = (
    Choice("Past calls", "history"),
    Choice("Memory", "memory"),
    Choice("Account", "account"),
    Choice("Forget", "forget", is_danger=True),
    Choice("Help", "help"),
)


async def build_view(
    house: Installation, caller: Caller, speech: Speech, owner: Owner, picture_of: Callable[[str], str]
) -> dict[str, Any]:
    """Return somebody's home tab as it is now; it makes nobody known who was not."""
    gallery = await answer(house, Ask(caller, "characters", {"page": "1"}))
    parts = (gallery, await _last_calls(house, caller), Reply("About you:", choices=ABOUT_YOU))
    blocks = []
    for number, reply in enumerate(parts):
        message = await render(reply, speech, owner, picture_of, limits.VIEW_BLOCKS // len(parts))
        for at, block in enumerate(message.blocks):
            blocks.append({**block, "block_id": f"home{number}-{at}"})
            for part in block.get("elements", []):
                if "action_id" in part:
                    kind, _, rest = part["action_id"].partition("|")
                    part["action_id"] = f"{kind}|{number}{rest}"
    return {"type": "home", "blocks": blocks}


async def _last_calls(house: Installation, caller: Caller) -> Reply:
    talks = await see_last_calls(house, caller.account, LAST_CALLS, shown_as=HOME)
    lines = [talk_line(house, talk, character_names(house)) for talk in talks]
    return Reply("\n".join(["Your last calls:", *lines]) if lines else "There are no calls yet.")
