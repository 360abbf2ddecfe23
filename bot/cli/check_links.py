"""What ``troupe check`` says of the links that a front hands out."""

from urllib.parse import urlsplit

from bot.domain.agent import Finding

LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})


def check_links(front: str, public_url: str) -> list[Finding]:
    """Return a warning where links, which lead to ``public_url``, open on this machine alone."""
    if urlsplit(public_url).hostname not in LOCAL:
        return []
    return [
        Finding(
            "warning",
            f"Links in {front} lead to {public_url}, which opens on this machine alone.",
            "Set PUBLIC_URL to an address that members can reach.",
        )
    ]
