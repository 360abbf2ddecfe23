"""How an account is reached by direct message."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.caller import Account

FULL, BRIEF, NONE = "full", "brief", "none"
"""How much of a call that went well is told after it: with what was said, who and how long, or nothing."""
RECAPS = (FULL, BRIEF, NONE)
_UNASKED = {"slack": BRIEF}


@dataclass(frozen=True, slots=True)
class Mailbox:
    """The direct messages of one account, as far as they were ever used.

    ``channel_id`` is the platform's, empty where none was opened yet. ``wants_links`` is whether talk links
    may go there. ``refused_at`` is when a message was last refused, None since one got through. ``locale`` is
    the platform's name for the language that its owner's client was last seen with. ``recaps`` is ``full``,
    ``brief`` or ``none``, empty where its owner never said.
    """

    channel_id: str = ""
    wants_links: bool = True
    refused_at: datetime | None = None
    locale: str = ""
    recaps: str = ""


def recaps_for(account: Account, mailbox: Mailbox) -> str:
    """Return how much an account reads after a call: as its owner chose, else as its platform is used.

    A workspace's owners may be able to export direct messages, so what was said does not go there unasked.
    """
    return mailbox.recaps or _UNASKED.get(account.platform, FULL)
