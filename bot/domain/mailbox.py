"""How an account is reached by direct message."""

from dataclasses import dataclass
from datetime import datetime


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
