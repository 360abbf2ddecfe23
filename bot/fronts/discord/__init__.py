"""The Discord front: the commands natively, answers in private, direct messages, chats and posts.

Loaded only when ``DISCORD_TOKEN`` is set.
"""

from bot.fronts.discord.connection import open_discord

__all__ = ["open_discord"]
