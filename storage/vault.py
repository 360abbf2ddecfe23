"""What the database must not show to whoever copies it: sealed texts, and keyed hashes to look them up by."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.domain.errors import SettingsError


class Vault:
    """Seals with the newest key, opens with any of them, and makes fingerprints with the oldest.

    So a new key that is put before the others changes no fingerprint. ``keys`` are the operator's texts,
    newest first; what is really used is derived from them, apart for every purpose (RFC 5869).
    """

    __slots__ = ("_checks", "_fernet", "_fingerprint_keys", "_oldest")

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise ValueError("A vault needs a key.")
        self._oldest = keys[-1]
        self._fingerprint_keys: dict[str, bytes] = {}
        self._fernet = MultiFernet([Fernet(urlsafe_b64encode(_derive(key, "seal"))) for key in keys])
        self._checks = tuple(_derive(key, "check").hex() for key in reversed(keys))

    def __repr__(self) -> str:
        return f"<Vault of {len(self._checks)} keys>"

    @property
    def checks(self) -> tuple[str, ...]:
        """Values that tell the keys apart and give nothing of them away, oldest first."""
        return self._checks

    def seal(self, text: str) -> bytes:
        """Encrypt a text; the same text looks different every time."""
        return self._fernet.encrypt(text.encode())

    def open(self, sealed: bytes) -> str:
        """Return what was sealed with any of the keys; raises SettingsError."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            raise SettingsError(
                "Something in the database was sealed with another key, or is damaged; "
                "put the SECRET_KEY back that it was written with."
            ) from None

    def fingerprint(self, purpose: str, text: str) -> str:
        """Return a keyed hash of a text as 64 hex digits, another one for each purpose.

        It always stays the same and cannot be turned back, so it may outlive the person it is about.
        """
        key = self._fingerprint_keys.get(purpose)
        if key is None:
            # There are a handful of purposes, and deriving takes longer than the hash itself.
            key = self._fingerprint_keys[purpose] = _derive(self._oldest, f"fingerprint {purpose}")
        return hmac.digest(key, text.encode(), sha256).hex()


def _derive(key: str, purpose: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=f"troupe {purpose}".encode()).derive(key.encode())
