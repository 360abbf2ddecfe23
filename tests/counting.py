"""Numbers that are typed after an option of a long test."""

import argparse


def count(text: str) -> int:
    """Read how many; argparse says the rest of the sentence where that is none."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:12]) <= 1_000_000:
        raise argparse.ArgumentTypeError("write a whole number from 1 to 1000000")
    return int(text)
