"""A file is sent as it is where it fits, packed where it does not, and else refused in words."""

import gzip
import random

import pytest

from bot.domain.errors import CallerError
from bot.domain.reply import Download
from bot.fronts.taking import fit

pytestmark = pytest.mark.anyio


def download(*pieces: bytes) -> Download:
    async def made():
        for piece in pieces:
            yield piece

    return Download("mine.json", made)


async def test_what_fits_is_sent_as_it_is():
    found = await fit(download(b"[1,", b"2]"), 5)
    assert (found.name, found.data) == ("mine.json", b"[1,2]")


async def test_what_is_too_large_is_packed():
    found = await fit(download(b"[" + b" " * 10_000, b"]"), 5_000)
    assert found.name == "mine.json.gz"
    assert gzip.decompress(found.data) == b"[" + b" " * 10_000 + b"]"


async def test_what_is_too_large_even_packed_is_refused():
    with pytest.raises(CallerError, match="larger than can be sent here"):
        await fit(download(random.Random(1).randbytes(10_000)), 5_000)
