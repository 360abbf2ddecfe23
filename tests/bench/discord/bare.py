"""A bare bot on discord.py, to be run as a file: it defers in private and edits a constant into its answer.

Told ``buttons`` as the topic, it answers with what a character's card shows, an embed and buttons; told
``picture``, with a picture as well. The client is made as Troupe's is, with the same intents, and its one
command has the same options.
"""

import asyncio
import io
import os
import signal
import sys
from pathlib import Path

import discord
import yarl
from discord import app_commands, ui
from discord.app_commands import Choice, Range

It = discord.Interaction
PICTURE = Path(os.environ["BARE_PICTURE"]).read_bytes()


class BareBot(discord.AutoShardedClient):
    """Syncs its command and says when it is ready."""

    def __init__(self) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True, dm_messages=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
        )
        self.tree = app_commands.CommandTree(self)

    async def setup_hook(self) -> None:
        await self.tree.sync()


bot = BareBot()


@bot.tree.command(name="call", description="Talk with a character: by link, phone or chat")
@app_commands.choices(via=[Choice(name=way, value=way) for way in ("link", "phone", "chat")])
async def call(
    it: It,
    character: Range[str, 1, 100],
    via: Choice[str] | None = None,
    topic: Range[str, 1, 300] | None = None,
    at: Range[str, 1, 60] | None = None,
) -> None:
    await it.response.defer(ephemeral=True, thinking=True)
    if topic in {"buttons", "picture"}:
        await it.edit_original_response(**card(with_picture=topic == "picture"))
    else:
        await it.edit_original_response(content="Merlin is ready.")


def card(*, with_picture: bool) -> dict:
    embed = discord.Embed(title="Merlin is ready", description="Court wizard with a tower full of riddles")
    embed.set_author(name="by @troupe").set_footer(text="Only for you.\n3 calls left.")
    files = []
    if with_picture:
        embed.set_thumbnail(url="attachment://wizard.png")
        files = [discord.File(io.BytesIO(PICTURE), "wizard.png")]
    view = ui.View(timeout=None)
    view.add_item(ui.Button(label="Talk with Merlin", url="http://127.0.0.1:8080/t/abcdefghijklmnopqrstuvw"))
    for name in ("What will Merlin know?", "New link"):
        view.add_item(ui.Button(label=name, custom_id=name))
    view.stop()  # nobody waits for its buttons
    return {"embeds": [embed], "view": view, "attachments": files}


@call.autocomplete("character")
async def complete(it: It, current: str) -> list[Choice[str]]:
    return [Choice(name=name.title(), value=name) for name in ("captain", "coach", "detective", "wizard")]


async def main() -> None:
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    discord.http.Route.BASE = os.environ["DISCORD_API_URL"]
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY_URL"])
    async with bot:
        running = asyncio.create_task(bot.start(os.environ["DISCORD_TOKEN"]))
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
        await asyncio.wait([running])


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
