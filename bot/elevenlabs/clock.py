"""What time it is elsewhere, as any web server says with its answers.

Source: RFC 9110, the header ``Date``; a refusal has it too, so no key is needed.
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

PATIENCE_SECONDS = 5.0


async def fetch_time(address: str) -> datetime | None:
    """Return the time by a server's clock, to the second; None where it does not answer or does not say."""
    try:
        async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as http:
            answer = await http.head(address)
        told = parsedate_to_datetime(answer.headers.get("Date", ""))
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)
