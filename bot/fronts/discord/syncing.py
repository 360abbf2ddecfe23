"""Telling Discord our commands: only if they changed, and one process for all that start at once.

Source: Discord, "Application commands": a bulk overwrite of the global ones.
"""

import asyncio
import hashlib
import json
import logging
from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands

from bot.calls.installation import Installation
from bot.calls.messaging import fetch_synced, keep_synced
from bot.calls.sharding import claimed
from bot.fronts.discord.callers import PLATFORM
from bot.fronts.discord.mentions import mentions_of

LOOK_AGAIN_SECONDS = 0.5

log = logging.getLogger(__name__)


async def sync(house: Installation, tree: app_commands.CommandTree[Any]) -> Mapping[str, int]:
    """Sync the commands if they changed since the last time; return the ids of all by their whole names."""
    payloads = [await one.get_translated_payload(tree, _translator(tree)) for one in tree.get_commands()]
    ordered = sorted(payloads, key=lambda payload: (payload.get("type", 1), payload["name"]))
    digest = hashlib.sha256(json.dumps(ordered, sort_keys=True, default=str).encode()).hexdigest()
    return mentions_of(await _sync_once(house, tree, digest))


async def _sync_once(house: Installation, tree: app_commands.CommandTree[Any], digest: str) -> dict[str, int]:
    """Return the ids of the commands, synced by this process or by another one just now."""
    while not (ids := await _fetch_ids(house, tree, digest)):
        async with claimed(house, f"{PLATFORM} commands") as is_ours:
            if is_ours:
                return await _fetch_ids(house, tree, digest) or await _sync_now(house, tree, digest)
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
    return ids


async def _sync_now(house: Installation, tree: app_commands.CommandTree[Any], digest: str) -> dict[str, int]:
    try:
        synced = await tree.sync()
    except (discord.HTTPException, app_commands.CommandSyncFailure) as error:
        log.error("Discord did not take our commands, the old ones stay: %s", error)  # noqa: TRY400
        return await _fetch_ids(house, tree)
    ids = {one.name: one.id for one in synced}
    note = {"digest": digest, "application": tree.client.application_id, "ids": ids}
    await keep_synced(house, PLATFORM, note)
    return ids


async def _fetch_ids(
    house: Installation, tree: app_commands.CommandTree[Any], digest: str = ""
) -> dict[str, int]:
    """Return the ids of the commands that Discord knows; none where those are others than ``digest``."""
    known = await fetch_synced(house, PLATFORM) or {}
    if known.get("application") != tree.client.application_id or digest not in ("", known.get("digest")):
        return {}
    return {str(name): int(one) for name, one in known["ids"].items()}


def _translator(tree: app_commands.CommandTree[Any]) -> app_commands.Translator:
    translator = tree.translator
    if translator is None:
        raise RuntimeError("the tree has a translator before it is synced")
    return translator
