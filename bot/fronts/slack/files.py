"""Files that members share: looked at before they are fetched, with our token to Slack's own hosts only.

Source: Slack, "File object"; without the right Slack answers 200 with its login page.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.domain.context import one_line
from bot.domain.errors import ImportRejected
from bot.domain.reply import Attached
from bot.fronts.slack.addresses import is_slacks

MOST_BYTES = 25 * 1024 * 1024
PATIENCE_SECONDS = 60.0
PART_BYTES = 64 * 1024
ENDINGS = (".json", ".jsonl", ".ndjson", ".txt", ".json.gz")
_NAME_CHARS = 90


@dataclass(frozen=True, slots=True)
class Files:
    """Fetches files; ``hosts`` are those that get a workspace's token, each with all below it."""

    token: str
    hosts: frozenset[str]

    def check(self, file: Mapping[str, Any]) -> str:
        """Return where a shared file lies. Raises ImportRejected for its size, its type or its host."""
        name = one_line(str(file.get("name") or ""), _NAME_CHARS) or "This file"
        size, kind = int(file.get("size") or 0), str(file.get("mimetype") or "")
        if size > MOST_BYTES:
            raise ImportRejected(f"{name} is too large: send 25 MB at most, in several files.")
        if not kind.startswith(("application/json", "text/")) and not name.lower().endswith(ENDINGS):
            raise ImportRejected(f"{name} is no JSON file: export the conversation as JSON and share that.")
        url = str(file.get("url_private") or "")
        self._check_host(url, name)
        return url

    async def fetch(self, url: str) -> Attached:
        """Return the bytes of a file. Raises ImportRejected where Slack does not give them."""
        name = one_line(url.partition("?")[0].rpartition("/")[2], _NAME_CHARS) or "The file"
        self._check_host(url, name)
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Encoding": "identity"}
        try:
            async with (
                asyncio.timeout(PATIENCE_SECONDS),
                aiohttp.ClientSession(headers=headers, auto_decompress=False) as http,
                http.get(url, allow_redirects=False) as answer,
            ):
                if answer.status != 200 or answer.content_type == "text/html":
                    raise ImportRejected(
                        f"Slack does not let me read {name}. Nothing was saved; share it with me again."
                    )
                data = bytearray()
                async for part in answer.content.iter_chunked(PART_BYTES):
                    data += part
                    if len(data) > MOST_BYTES:
                        raise ImportRejected(f"{name} is larger than Slack said. Nothing was saved.")
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise ImportRejected(
                f"{name} could not be fetched from Slack. Nothing was saved; share it again."
            ) from None
        return Attached(name, bytes(data))

    def _check_host(self, url: str, name: str) -> None:
        if not is_slacks(url, self.hosts):
            raise ImportRejected(f"{name} does not lie at Slack: share the file itself.")
