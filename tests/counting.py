"""Numbers that are typed after an option of a long test."""

import argparse
from collections.abc import Callable

MOST = 1_000_000


def count_from(least: int) -> Callable[[str], int]:
    """Return what reads how many; argparse says the rest of the sentence where that is none."""

    def count(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text[:12]) <= MOST:
            raise argparse.ArgumentTypeError(f"write a whole number from {least} to {MOST}")
        return int(text)

    return count
