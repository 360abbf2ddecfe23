"""How much of a language model's time a text costs, as an estimate."""

import math

CHARS_PER_TOKEN = 4
"""A language model has its own way of counting; German and other languages need some more."""

HOW_ESTIMATED = f"estimated as characters / {CHARS_PER_TOKEN}"


def estimate_tokens(text: str) -> int:
    """Return about how many tokens a language model reads for a text: a quarter of its characters."""
    return math.ceil(len(text) / CHARS_PER_TOKEN)
