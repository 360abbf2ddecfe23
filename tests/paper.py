"""The log on paper, as whoever runs Troupe would have it."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def writing(formatter: logging.Formatter, level: int = logging.DEBUG) -> Iterator[io.StringIO]:
    """Yield a paper on which everything is written that is logged from a level on."""
    paper = io.StringIO()
    handler = logging.StreamHandler(paper)
    handler.setFormatter(formatter)
    root, before = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(level)
    yield paper
    root.removeHandler(handler)
    root.setLevel(before)
