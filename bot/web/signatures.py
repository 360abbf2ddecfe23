"""Checks a webhook's signature while its body comes in, so that a body without one is never read.

Source: ElevenLabs, "Webhooks: authentication".
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime

from bot.domain.errors import WebhookRejected
from bot.elevenlabs.webhook import EARLIEST_SECONDS, LONGEST_HEADER_CHARS, OLDEST_SECONDS

_PARTS = re.compile(r"[ \t]*(t|v0)=([0-9a-f]{1,64})[ \t]*")


class Signature:
    """One request's signature; feed it the body, piece by piece, then ask.

    Raises WebhookRejected for a header that none of our secrets can have made, or not lately.
    """

    def __init__(self, header: str | None, secrets: Sequence[str], now: datetime) -> None:
        parts = [_PARTS.fullmatch(part) for part in (header or "")[: LONGEST_HEADER_CHARS + 1].split(",")]
        times = [part[2] for part in parts if part and part[1] == "t"]
        self._signatures = [part[2] for part in parts if part and part[1] == "v0" and len(part[2]) == 64]
        if len(header or "") > LONGEST_HEADER_CHARS or len(times) != 1 or not self._signatures:
            raise WebhookRejected("the signature header is missing or cannot be read")
        if not re.fullmatch(r"[0-9]{1,12}", times[0]):
            raise WebhookRejected("the signature's timestamp cannot be read")
        if not -EARLIEST_SECONDS <= now.timestamp() - int(times[0]) <= OLDEST_SECONDS:
            raise WebhookRejected("the timestamp is stale, or lies in the future")
        start = times[0].encode() + b"."
        keys = [secret.encode("utf-8", "surrogatepass") for secret in secrets if secret]
        self._digests = [hmac.new(key, start, hashlib.sha256) for key in keys]

    def feed(self, chunk: bytes) -> None:
        """Take in the next bytes of the body."""
        for digest in self._digests:
            digest.update(chunk)

    def check(self) -> None:
        """Raise WebhookRejected unless one of the secrets signed all that was fed."""
        genuine = False
        for digest in self._digests:
            for signature in self._signatures:
                genuine |= hmac.compare_digest(digest.hexdigest(), signature)
        if not genuine:
            raise WebhookRejected("no secret of ours made this signature")
