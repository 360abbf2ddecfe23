"""The official browser client and its audio worklets: which files, checked by hash, and how they are served.

They are not ours and not in this repository; ``troupe talk-client fetch`` fills the folder. Source: package
``@elevenlabs/client``, README, "Self-hosting AudioWorklets under a strict CSP".
"""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from bot.web.kept_files import pack, serve_kept

_CLIENT, _SAMPLERATE = "@elevenlabs/client@1.25.0", "@alexanderolsen/libsamplerate-js@2.1.2"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PinnedFile:
    """One file of a package of npm's: ``path`` in it, its name with us, the SHA-256 that it must have."""

    package: str
    path: str
    name: str
    sha256: str

    @property
    def address(self) -> str:
        """Where it is served; another file would have another address."""
        return f"/client/{self.sha256[:16]}/{self.name}"


LIBRARY = PinnedFile(
    _CLIENT,
    "dist/lib.iife.js",
    "client.js",
    "8a0da9052069d745b4194f45f2b7d9b0583537bb21afa010772160a3ea922348",
)
MICROPHONE = PinnedFile(
    _CLIENT,
    "worklets/rawAudioProcessor.js",
    "raw-audio.js",
    "6731b766e9e6176d56b9c6964975dd7dd045db88ce3b2b0b787f5fbeb9f1325d",
)
PLAYER = PinnedFile(
    _CLIENT,
    "worklets/audioConcatProcessor.js",
    "audio-concat.js",
    "e352f9c0e6e540baed2c16247015b997aa9f46767b3c6b0fc41afd3a5053870b",
)
SAMPLERATE = PinnedFile(
    _SAMPLERATE,
    "dist/libsamplerate.worklet.js",
    "samplerate.js",
    "ca6e162f194d3ee5a2d2cd3c3b49641d31e56845aeae507feca1cdf8aa8116cb",
)
"""Only for browsers that cannot choose a sample rate, such as Firefox."""
SERVED = (LIBRARY, MICROPHONE, PLAYER, SAMPLERATE)
LICENCES = (
    PinnedFile(
        _CLIENT,
        "LICENSE",
        "LICENSE.client.txt",
        "0bfed2a2aa8d106bdb144f55416e193450fbc1e1b3257e3852bc64418069de5a",
    ),
    PinnedFile(
        _SAMPLERATE,
        "LICENSE.md",
        "LICENSE.samplerate.txt",
        "69f1609423518937e0c70baade7a15e4eaaaee7109a8b0e793733b0f89ec6f72",
    ),
)
"""Kept beside the files, and not served."""


@dataclass(frozen=True, slots=True)
class TalkClient:
    """The files by address, each as it is and packed; without any the page talks in text."""

    files: Mapping[str, tuple[bytes, bytes]]

    @property
    def addresses(self) -> Mapping[str, str]:
        """What the page is told, by what each file is for; nothing where there are no files."""
        parts = {"library": LIBRARY, "microphone": MICROPHONE, "player": PLAYER, "samplerate": SAMPLERATE}
        return {use: file.address for use, file in parts.items()} if self.files else {}

    def routes(self) -> list[web.RouteDef]:
        """Return a route for each file; it may be kept for ever, since its address names its content."""
        return [
            web.get(address, serve_kept(*both, "text/javascript")) for address, both in self.files.items()
        ]


NO_TALK_CLIENT = TalkClient({})


def read_talk_client(folder: Path) -> TalkClient:
    """Read the folder; where a file is missing or is another one, there is no client, and the log says so."""
    found: dict[str, tuple[bytes, bytes]] = {}
    for file in SERVED:
        path = folder / file.name
        try:
            data = path.read_bytes()
        except OSError as error:
            if folder.is_dir() and any(folder.iterdir()):
                log.warning("%s cannot be read (%s): members write. %s", path, error.strerror, _FETCH)
            return NO_TALK_CLIENT
        if not fits(file, data):
            log.warning("%s is not the file that it should be: members write. %s", path, _FETCH)
            return NO_TALK_CLIENT
        found[file.address] = (data, pack(data))
    return TalkClient(found)


def fits(file: PinnedFile, data: bytes) -> bool:
    """Whether these bytes are that file."""
    return hashlib.sha256(data).hexdigest() == file.sha256


_FETCH = "Run: troupe talk-client fetch"
