"""The Slack front as a process of its own, next to a bare bot on the same library: one run, one fake."""

from tests.bench.slack.figures import run

__all__ = ["run"]
