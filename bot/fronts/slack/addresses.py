"""Response URLs: each takes five answers within half an hour, which we count ourselves.

Counted by the process that the URL came to, and nowhere else: what was asked there is answered there, and
Slack itself turns a sixth answer away.

Source: Slack, "Handling user interaction": "up to 5 times within 30 minutes of receiving the payload".
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

HOSTS = frozenset({"slack.com", "slack-files.com"})
_HOST = re.compile(r"[a-z0-9.-]+(?::[0-9]+)?")
"""Nothing that programs read in different ways, such as a backslash."""

MOST_USES = 5
GOOD_FOR = timedelta(minutes=30)
KNOWN_FOR = timedelta(days=1)
"""How long a window may lie open before we forget when its address came."""


def hosts_at(api_url: str) -> frozenset[str]:
    """Return the hosts that are Slack's where its API is at this address."""
    return HOSTS | {urlsplit(api_url).netloc}


def is_slacks(url: str, hosts: frozenset[str]) -> bool:
    """Whether an address lies at one of these hosts or below; without TLS only at the very host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    netloc = parts.netloc
    is_there = any(netloc == host or netloc.endswith(f".{host}") for host in hosts)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and netloc in hosts)
    return bool(_HOST.fullmatch(netloc)) and is_there and is_safe


class Addresses:
    """When each came, and how often it was used since; one that is not at Slack's ``hosts`` is never used."""

    def __init__(self, now: Callable[[], datetime], hosts: frozenset[str]) -> None:
        self._now = now
        self._hosts = hosts
        self._used: dict[str, tuple[datetime, int]] = {}

    def see(self, url: str) -> None:
        """Note that an address came; one that is known already stays as old as it is."""
        now = self._now()
        while self._used and now - next(iter(self._used.values()))[0] > KNOWN_FOR:
            del self._used[next(iter(self._used))]
        self._used.setdefault(url, (now, 0))

    def use(self, url: str) -> bool:
        """Use an address once more; False where Slack would not take it."""
        if not is_slacks(url, self._hosts):
            return False
        self.see(url)
        seen_at, uses = self._used[url]
        if uses >= MOST_USES or self._now() - seen_at >= GOOD_FOR:
            return False
        self._used[url] = (seen_at, uses + 1)
        return True
