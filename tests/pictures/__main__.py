"""Draw and take all pictures anew: ``make pictures``; needs Chromium, and ``make browser-packages`` once."""

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.browser.packages import not_run
from tests.pictures import overview, sources, talk_page, terminal

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"


async def take_all() -> None:
    """Write every picture into ``docs/pictures``."""
    if lacking := not_run():
        sys.exit(f"The talk page cannot be shown: {next(iter(lacking.values()))}.")
    (FOLDER / "overview.svg").write_text(overview.draw(), "utf-8")
    for take in (take_terminal, talk_page.take):
        with tempfile.TemporaryDirectory() as folder:
            await take(Path(folder))
    (FOLDER / sources.NAME).write_text(sources.of_the_page() + "\n")
    for picture in sorted(FOLDER.iterdir()):
        print(f"{picture.stat().st_size:>8,} bytes  docs/pictures/{picture.name}")


async def take_terminal(folder: Path) -> None:
    """Write the terminal, with what stands in it as its description."""
    (FOLDER / "terminal.svg").write_text(terminal.draw(await terminal.play(folder)), "utf-8")


if __name__ == "__main__":
    asyncio.run(take_all())
