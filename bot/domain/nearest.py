"""Finding what somebody probably meant."""

import difflib
from collections.abc import Iterable

_LONGEST_WORD_CHARS = 64


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice that looks most like the word, in its own spelling, or None when none is close.

    Upper and lower case count as the same; words of more than 64 characters are compared by their beginning.
    """
    spelled = {choice.casefold(): choice for choice in choices}
    close = difflib.get_close_matches(word.casefold()[:_LONGEST_WORD_CHARS], list(spelled), n=1, cutoff=0.6)
    return spelled[close[0]] if close else None
