"""``/account export``: everything of one's own in one file; and how any file is made to fit.

Where a front has no private place for files, it is asked first, and said who may read it there.
"""

import gzip
from pathlib import Path
from tempfile import SpooledTemporaryFile

from bot.calls.exporting import export_everything
from bot.calls.installation import Installation
from bot.domain.errors import CallerError
from bot.domain.reply import Ask, Attached, Card, Choice, Download, Reply
from bot.domain.words import NEUTRAL_COLOR

_SLACK = "slack"
_IN_MEMORY_BYTES = 1_000_000
SAID = (
    "This is everything that is kept of you, and nothing of anybody else. Keep it safe: /forget cannot erase "
    "a file that you have. /import reads it again."
)
WHO_MAY_READ_IT = (
    "It comes into our direct messages as a file with all that was said. Slack keeps it there until you "
    "delete it; your workspace owners may be able to read it, and /forget does not reach it."
)


def is_asked_first(ask: Ask) -> bool:
    """Whether a file goes where others may read it, and its owner has yet to say that it shall."""
    return ask.caller.account.platform == _SLACK and ask.arguments.get("sure") != "yes"


async def export(house: Installation, ask: Ask) -> Reply:
    """Answer ``/account export``."""
    if is_asked_first(ask):
        sure = Choice("Send me the file", "account", {"do": "export", "sure": "yes"}, replaces=True)
        card = Card("Shall I send you everything?", WHO_MAY_READ_IT, NEUTRAL_COLOR)
        return Reply(cards=(card,), choices=(sure, Choice("Don't send it", "dismiss", replaces=True)))
    named = ask.arguments.get("file", "")
    name = named or f"troupe-export-{house.now():%Y-%m-%d}.json"
    return Reply(SAID, download=Download(name, lambda: export_everything(house, ask.caller), bool(named)))


async def fit(download: Download, most_bytes: int) -> Attached:
    """Return a file whole; packed where it is larger than a platform takes. Raises CallerError beyond."""
    name = Path(download.name).name
    with SpooledTemporaryFile(_IN_MEMORY_BYTES) as plain, SpooledTemporaryFile(_IN_MEMORY_BYTES) as packed:
        with gzip.GzipFile(fileobj=packed, mode="wb") as packing:
            async for piece in download.pieces():
                plain.write(piece)
                packing.write(piece)
        for file, ending in ((plain, ""), (packed, ".gz")):
            if file.tell() <= most_bytes:
                file.seek(0)
                return Attached(f"{name}{ending}", file.read())
    raise CallerError(
        "Your file is larger than can be sent here, even packed. Whoever runs Troupe can give it to you."
    )
