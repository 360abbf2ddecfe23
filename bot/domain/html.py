"""Tags of HTML in texts that are spoken: nobody hears them, or a voice reads them out."""

import re

BREAK = re.compile(r"</?(?:br|p|div|hr|li)\b[^<>\n]{0,300}>", re.IGNORECASE)
"""Tags that part one line from the next."""
TAG = re.compile(
    r"</?(?:a|b|i|u|s|em|strong|small|big|span|font|center|ul|ol|img|h[1-6])\b[^<>\n]{0,300}>", re.IGNORECASE
)
"""All other tags that people write; what stands between them is text."""


def without_tags(text: str) -> str:
    """Return a text without tags; where one parts lines, a line ends."""
    return TAG.sub("", BREAK.sub("\n", text))
