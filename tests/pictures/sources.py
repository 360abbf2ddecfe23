"""What the pictures of the talk page were taken of, as a hash that stands beside them."""

import hashlib
from pathlib import Path

from bot.cast import read_cast
from bot.cast.pictures import read_picture
from bot.web.page_files import FILES
from tests.pictures import talk_page
from tests.scenarios.stage import PERSONAS

NAME = "talk-page.sha256"
_TEMPLATE = Path(__file__).parents[2] / "bot" / "web" / "templates" / "talk.html"


def of_the_page() -> str:
    """Return a hash of the page, of what it shows of the cast, and of how the pictures are taken."""
    parts = [*FILES.values(), _TEMPLATE.read_bytes(), Path(talk_page.__file__).read_bytes()]
    for _, one in sorted(read_cast(PERSONAS).personas.items()):
        parts.append(f"{one.name}\n{one.tagline}\n{one.author}\n{one.color}\n{one.greeting}".encode())
        parts.append(read_picture(PERSONAS, one.picture or ""))
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
