"""Files that members attach: looked at before they are fetched, and fetched from Discord's own hosts only.

Source: Discord, "Attachment object" and "Signed attachment CDN URLs"; the content type is the client's claim.
"""

import asyncio
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import aiohttp
import discord

from bot.domain.context import one_line
from bot.domain.errors import ImportRejected
from bot.domain.reply import Attached

HOSTS = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
TYPES = ("application/json", "application/x-ndjson", "application/jsonl", "application/octet-stream", "text/")
ENDINGS = (".json", ".jsonl", ".ndjson", ".txt", ".json.gz")
MOST_BYTES = 25 * 1024 * 1024
PATIENCE_SECONDS = 60.0
PART_BYTES = 64 * 1024
_NAME_CHARS = 90


@dataclass(frozen=True, slots=True)
class Source:
    """Where a member's file lies at Discord."""

    url: str
    name: str


def check_attachment(file: discord.Attachment, hosts: frozenset[str]) -> Source:
    """Return where an attachment lies. Raises ImportRejected for its size, its type or its host."""
    name = one_line(file.filename, _NAME_CHARS) or "This file"
    if file.size > MOST_BYTES:
        megabytes = MOST_BYTES // (1024 * 1024)
        raise ImportRejected(
            f"{name} is {file.size / (1024 * 1024):.0f} MB: send {megabytes} MB at most, in several files."
        )
    if not file.size:
        raise ImportRejected(f"{name} is empty: choose the file that holds the conversation.")
    kind = (file.content_type or "").lower()
    if not kind.startswith(TYPES) and not file.filename.lower().endswith(ENDINGS):
        raise ImportRejected(f"{name} is no JSON file: export the conversation as JSON and attach that.")
    _check_host(file.url, name, hosts)
    return Source(file.url, name)


def source_of(url: str, hosts: frozenset[str]) -> Source:
    """Return a file that was attached earlier. Raises ImportRejected for another host's."""
    name = one_line(unquote(url.partition("?")[0].rpartition("/")[2]), _NAME_CHARS) or "The file"
    _check_host(url, name, hosts)
    return Source(url, name)


async def fetch_file(source: Source) -> Attached:
    """Return the bytes of a file; no other address is followed, and no more is read than a file may have.

    Raises ImportRejected where Discord has it no more, or does not answer.
    """
    try:
        async with (
            asyncio.timeout(PATIENCE_SECONDS),
            aiohttp.ClientSession(headers={"Accept-Encoding": "identity"}, auto_decompress=False) as http,
            http.get(source.url, allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                raise ImportRejected(
                    f"{source.name} is not at Discord any more. Nothing was saved; /import it again."
                )
            data = bytearray()
            async for part in answer.content.iter_chunked(PART_BYTES):
                data += part
                if len(data) > MOST_BYTES:
                    raise ImportRejected(f"{source.name} is larger than Discord said. Nothing was saved.")
    except (aiohttp.ClientError, TimeoutError, OSError):
        raise ImportRejected(
            f"{source.name} could not be fetched from Discord. Nothing was saved; /import it again."
        ) from None
    return Attached(source.name, bytes(data))


def _check_host(url: str, name: str, hosts: frozenset[str]) -> None:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ImportRejected(f"{name} has no address: attach the file to the command itself.") from None
    if parts.netloc not in hosts or parts.scheme not in {"https", "http"}:
        raise ImportRejected(f"{name} does not lie at Discord: attach the file to the command itself.")
    if parts.scheme == "http" and parts.netloc in HOSTS:
        raise ImportRejected(f"{name} has no safe address: attach the file to the command itself.")
