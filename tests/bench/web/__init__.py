"""What faces the web, in a process of its own: events stored, look-ups answered, and all at once."""

from tests.bench.web.figures import run

__all__ = ["run"]
