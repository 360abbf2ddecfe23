"""An answer as it leaves: rendered by the front of whoever asked, with what stands in its buttons."""

import json
from dataclasses import replace
from io import StringIO
from typing import Any

from rich.console import Console

from bot.calls.installation import Installation
from bot.domain.caller import Account
from bot.domain.reply import Reply
from bot.fronts import rendering
from bot.fronts.discord import buttons, limits
from bot.fronts.discord import rendering as on_discord
from bot.fronts.discord.speech import Speech as DiscordSpeech
from bot.fronts.languages.catalogue import catalogue_for
from bot.fronts.slack import blocks
from bot.fronts.slack.speech import Speech as SlackSpeech

KEPT = "0" * 32


async def as_sent(house: Installation, account: Account, reply: Reply, locale: str) -> tuple[str, list[str]]:
    """Return all that a front sends of an answer, and what stands in its buttons for the platform to keep."""
    reply = replace(reply, download=None)
    if account.platform == "discord":
        return await _on_discord(house, account, reply, locale)
    if account.platform == "slack":
        return await _on_slack(account, reply, locale)
    out = StringIO()
    rendering.render(Console(file=out, width=200), reply)
    return out.getvalue(), []


async def _keep(_: str) -> str:
    return KEPT


async def _on_discord(
    house: Installation, account: Account, reply: Reply, locale: str
) -> tuple[str, list[str]]:
    speech = DiscordSpeech(catalogue_for(locale), lambda _, number: f"#{number}", {})
    message = await on_discord.render(house, reply, speech, buttons.Owner(account.id, _keep))
    assert len(message.content) <= limits.CONTENT
    items = [item.to_component_dict() for row in message.rows for item in row]
    texts = [data.decode("utf-8", "replace") for data in message.files.values()]
    sent = [message.content, [embed.to_dict() for embed in message.embeds], items, texts]
    return json.dumps(sent), [*_values(items, "custom_id"), *_values(items, "value")]


async def _on_slack(account: Account, reply: Reply, locale: str) -> tuple[str, list[str]]:
    speech = SlackSpeech(catalogue_for(locale), "/ring", lambda _, name: f"#{name}")
    message = await blocks.render(reply, speech, blocks.Owner(account.id, _keep), lambda _: "")
    actions = [block for block in message.blocks if block["type"] == "actions"]
    ids = [*_values(actions, "value"), *_values(actions, "action_id")]
    return json.dumps([message.text, message.blocks, message.whole]), ids


def _values(part: Any, name: str) -> list[str]:
    """Return every text that stands under a name, however deep."""
    if isinstance(part, dict):
        own = [part[name]] if isinstance(part.get(name), str) else []
        return [*own, *(value for one in part.values() for value in _values(one, name))]
    if isinstance(part, list):
        return [value for one in part for value in _values(one, name)]
    return []
