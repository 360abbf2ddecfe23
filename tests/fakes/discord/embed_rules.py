"""What Discord lets into a message beside components: text, embeds, mentions, files."""

from collections.abc import Collection
from datetime import datetime

from tests.fakes.discord.refusals import Form

WEB = ("http", "https")
EMBED = "type title description url timestamp color footer image thumbnail author fields provider video flags"
WHOLE_EMBEDS = 6000


def check_embeds(form: Form, attached: Collection[str]) -> None:
    """Check the embeds of a message whose files have these names."""
    embeds = form.parts("embeds", 10)
    for embed in embeds:
        _check_embed(embed, attached)
    if sum(_length(embed) for embed in embeds) > WHOLE_EMBEDS:
        form["embeds"].refuse("MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {WHOLE_EMBEDS}")


def _check_embed(embed: Form, attached: Collection[str]) -> None:
    embed.knows(EMBED)
    embed.one_of("type", ["rich"], required=False)
    embed.text("title", 256)
    embed.text("description", 4096)
    embed.url("url", WEB)
    embed.number("color", 0, 0xFFFFFF)
    for key, name, most in (("footer", "text", 2048), ("author", "name", 256)):
        if key in embed and embed[key].is_object():
            embed[key].text(name, most, 1, required=True)
            _check_picture(embed[key], "icon_url", attached)
    if "author" in embed:
        embed["author"].url("url", WEB)
    for key in ("image", "thumbnail"):
        if key in embed and embed[key].is_object():
            _check_picture(embed[key], "url", attached, required=True)
    for field in embed.parts("fields", 25):
        field.knows("name value inline")
        field.text("name", 256, 1, required=True)
        field.text("value", 1024, 1, required=True)
        field.flag("inline")
    if "timestamp" in embed:
        try:
            datetime.fromisoformat(embed["timestamp"].body)
        except (TypeError, ValueError):
            embed["timestamp"].refuse("DATE_TIME_TYPE_PARSE", "Could not parse. Should be ISO8601.")
    shown = ("title", "description", "fields", "footer", "author", "image", "thumbnail")
    if not any(embed.body.get(key) for key in shown):
        embed["description"].refuse("BASE_TYPE_REQUIRED", "This field is required")


def _check_picture(form: Form, key: str, attached: Collection[str], *, required: bool = False) -> None:
    form.url(key, (*WEB, "attachment"), required=required)
    address = form[key].body
    if isinstance(address, str) and address.startswith("attachment://"):
        name = address.removeprefix("attachment://")
        if name not in attached:
            form[key].refuse("URL_TYPE_INVALID_URL", f"No file {name!r} is attached to this message.")


def _length(embed: Form) -> int:
    texts = [embed["title"].body, embed["description"].body]
    texts += [embed["footer"]["text"].body, embed["author"]["name"].body]
    for field in embed["fields"].body or ():
        texts += [field.get("name"), field.get("value")] if isinstance(field, dict) else []
    return sum(len(text) for text in texts if isinstance(text, str))


def check_mentions(form: Form) -> None:
    """Check who may be pinged."""
    if "allowed_mentions" not in form or not (mentions := form["allowed_mentions"]).is_object():
        return
    mentions.knows("parse users roles replied_user")
    parse = mentions["parse"].body or []
    for kind in set(parse) - {"roles", "users", "everyone"}:
        mentions["parse"].refuse("BASE_TYPE_CHOICES", f"{kind!r} cannot be parsed for mentions.")
    for kind in ("users", "roles"):
        named = mentions[kind].body or []
        if len(named) > 100:
            mentions[kind].refuse("BASE_TYPE_MAX_LENGTH", "Must be 100 or fewer in length.")
        if named and kind in parse:
            mentions.refuse(
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", f'parse:["{kind}"] and {kind}:[ids...] exclude.'
            )
    mentions.flag("replied_user")
