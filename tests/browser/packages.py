"""What the browser tests need beyond Python: Chromium, and packages of npm's with pinned files.

``python -m tests.browser.packages`` has npm fetch them; ``python -m tests.browser.packages missing`` says in
one line what was not run for want of them, and fails where nothing may be missing (``CI=1``).
"""

import os
import shutil
import sys
from pathlib import Path

from bot.cli.npm import fetch_files, missing
from bot.domain.errors import TroupeError
from bot.web.talk_client import SERVED, PinnedFile

FOLDER = Path(__file__).parents[2] / "build" / "browser"
AXE = PinnedFile(
    "axe-core@4.14.1",
    "axe.min.js",
    "axe.min.js",
    "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c",
)


def find_chromium() -> str | None:
    """Return Debian's Chromium, or whatever goes by one of its names on PATH."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def is_ci() -> bool:
    """Whether nothing may be left out."""
    return os.environ.get("CI", "").lower() in {"1", "true"}


def not_run() -> dict[str, str]:
    """Return the modules here that cannot run, and why."""
    here = Path(__file__).parent
    if find_chromium() is None:
        names = [path.name for path in here.glob("test_*.py")]
        return dict.fromkeys(sorted(names), "no chromium on PATH (Debian: apt-get install chromium)")
    reason = "make browser-packages has not been run"
    needs = {
        "test_talking_aloud.py": SERVED,
        "test_from_elsewhere.py": SERVED,
        "test_refusals_aloud.py": SERVED,
        "test_accessibility.py": (*SERVED, AXE),
    }
    return {name: reason for name, files in needs.items() if missing(files, FOLDER)}


def main() -> None:
    """Fetch what is missing, or say what is."""
    if sys.argv[1:] != ["missing"]:
        try:
            lacking = missing((*SERVED, AXE), FOLDER)
            size = fetch_files(lacking, FOLDER) if lacking else 0
        except TroupeError as error:
            sys.exit(str(error))
        print(f"{len(lacking)} files fetched, {size} bytes, into {FOLDER}")
        return
    if left := not_run():
        sentence = f"Not run in tests/browser: {', '.join(left)}: {'; '.join(sorted(set(left.values())))}."
        if is_ci():
            sys.exit(sentence)
        print(sentence)


if __name__ == "__main__":
    main()
