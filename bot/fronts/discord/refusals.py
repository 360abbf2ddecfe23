"""How Discord says no, or says nothing at all."""

import aiohttp
import discord

UNREACHABLE = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, TimeoutError, OSError)
"""What a request may end in: refused, limited for longer than we wait, or no answer."""


def describe(error: BaseException) -> str:
    """Return a refusal for the log: its status and code, never what was sent."""
    if isinstance(error, discord.HTTPException):
        return f"status {error.status}, code {error.code}"
    return type(error).__name__
