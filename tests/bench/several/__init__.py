"""Several processes on one Postgres server: what they do in a second, and how it grows with the data."""

from tests.bench.several.figures import run

__all__ = ["run"]
