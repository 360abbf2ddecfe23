"""What Slack lets be posted, edited, or answered through a response address."""

from typing import Any

from tests.fakes.slack.block_rules import MESSAGE, check_blocks, check_length
from tests.fakes.slack.refusals import Part, Refusal

SAYS = "text blocks attachments mrkdwn parse link_names metadata unfurl_links unfurl_media username icon_url"
POST = f"channel thread_ts reply_broadcast icon_emoji {SAYS}"
EPHEMERAL = f"channel user thread_ts icon_emoji {SAYS}"
UPDATE = f"channel ts as_user file_ids reply_broadcast {SAYS}"
RESPONSE = f"response_type replace_original delete_original thread_ts {SAYS}"
POST_LETTERS, UPDATE_LETTERS = 40_000, 4_000


def check_message(body: dict[str, Any], fields: str, most: int = POST_LETTERS) -> None:
    """Refuse a message that Slack would refuse."""
    form = Part(body)
    form.knows(fields)
    form.flag("unfurl_links", "unfurl_media", "replace_original", "delete_original", "reply_broadcast")
    if not isinstance(body.get("text"), str | None):
        form["text"].refuse("must provide a string")
    takes_metadata_away = fields == UPDATE and body.get("metadata") == {}
    if "metadata" in form and form["metadata"].is_object() and not takes_metadata_away:
        form["metadata"].string("event_type", 255, 1, required=True)
        form["metadata"].needs("event_payload")
    form.settle("invalid_arguments")
    if body.get("attachments"):
        raise Refusal("invalid_arguments", ["[ERROR] attachments are not taken here: use blocks"])
    blocks = Part({"blocks": body["blocks"]}) if body.get("blocks") is not None else None
    if blocks is not None:
        if not isinstance(body["blocks"], list):
            raise Refusal("invalid_blocks_format")
        sheet = check_blocks(blocks, MESSAGE)
        blocks.settle("invalid_blocks")
        check_length(sheet)
    if not (body.get("text") or "").strip():
        raise Refusal("no_text")
    if len(body["text"]) > most:
        raise Refusal("msg_too_long")


def texts_of(body: Any, *, plain: bool = False) -> list[str]:
    """Return every text that Slack reads for mentions and links."""
    if isinstance(body, list):
        return [text for inner in body for text in texts_of(inner, plain=plain)]
    if not isinstance(body, dict):
        return []
    plain = body.get("type") == "plain_text" or plain
    found = [body["text"]] if isinstance(body.get("text"), str) and not plain else []
    inner = [body[key] for key in ("blocks", "text", "fields", "elements", "accessory", "initial_comment")
             if key in body and not isinstance(body[key], str)]  # fmt: skip
    return found + texts_of(inner)
