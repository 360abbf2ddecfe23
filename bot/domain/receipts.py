"""What a member reads after erasing something: what is gone, what is not ours to erase, and what stays."""

from datetime import datetime

from bot.domain.context import day
from bot.domain.record import Confirmed, Receipt
from bot.domain.reply import Card, Reply
from bot.domain.words import NEUTRAL_COLOR, plural, receipt_text

_TYPED_THERE = {"discord": "what you typed into Discord", "slack": "what you typed into Slack"}
_STAYS_OF_ALL = "what you used of this month's allowance, and which numbers are never to be called"
_STAYS = "what it used of this month's allowance"
_IN_LOG = "deleted at once; its own log holds it until that is written over"


def receipt_reply(
    receipt: Receipt,
    confirmed: Confirmed,
    *,
    backups_until: datetime | None,
    platform: str,
    is_on_server: bool = False,
    is_everything: bool = False,
) -> Reply:
    """Return the receipt of an erasure; ``backups_until`` is None where no backups are kept.

    ``is_on_server``: a database server has it in its own log (of Postgres, "Write-Ahead Log") for a while.
    """
    if receipt == Receipt(profile_fields=receipt.profile_fields) and not receipt.profile_fields:
        return Reply(receipt_text(receipt))
    fields = [("At ElevenLabs", _there(receipt, confirmed))] if receipt.calls or confirmed.total else []
    if backups_until is not None:
        fields.append(("Backups", f"gone by {day(backups_until)}"))
    if is_on_server:
        fields.append(("Database server", _IN_LOG))
    not_ours = ["files that you downloaded"]
    if receipt.calls:
        not_ours.append("what telephone companies keep of calls")
    if typed := _TYPED_THERE.get(platform):
        not_ours.append(typed)
    fields.append(("Not ours to erase", "\n".join(not_ours)))
    if receipt.calls or is_everything:
        fields.append(("Kept, under no name", _STAYS_OF_ALL if is_everything else _STAYS))
    return Reply(receipt_text(receipt), (Card("Receipt", color=NEUTRAL_COLOR, fields=tuple(fields)),))


def confirmed_reply(confirmed: Confirmed) -> Reply:
    """Return what is told once the rest of an erasure is confirmed as well."""
    many = plural(confirmed.total, "conversation")
    return Reply(
        f"ElevenLabs has confirmed it: what you erased is gone there as well, {confirmed.count} of {many}."
    )


def _there(receipt: Receipt, confirmed: Confirmed) -> str:
    lines = ["Nothing was there."]
    if confirmed.total:
        lines = [f"{confirmed.count} of {plural(confirmed.total, 'conversation')} confirmed."]
    if confirmed.count < confirmed.total:
        lines.append("The rest is tried again, and you will be told.")
    if receipt.unknown:
        lines.append("What may yet turn up there of it is looked for, for a day.")
    return "\n".join(lines)
