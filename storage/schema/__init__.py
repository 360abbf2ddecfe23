"""The schema's history: each step runs once, in the transaction that records it.

A step that was released is never edited; a change is a new step at the end of the newest module.

From the ninth on a step only adds, since on a server processes of the release before go on beside it: tables,
indexes, columns with a default; nothing that they write is refused, and what they leave at its default is as
good as before. What is to go is no longer used in one release, and dropped in a later one.
"""

from storage.schema.steps import migrations

# Each adds its steps, in this order.
from storage.schema import talking, telephone, messaging, linking, settling  # isort: skip
from storage.schema import erasing, recall, learning, announcing  # isort: skip
from storage.schema import sharding  # isort: skip
from storage.schema import sharing  # isort: skip
from storage.schema import between  # isort: skip
from storage.schema import installing  # isort: skip
from storage.schema import watching  # isort: skip
from storage.schema import holding  # isort: skip
from storage.schema import rotating  # isort: skip

__all__ = [
    "announcing",
    "between",
    "erasing",
    "holding",
    "installing",
    "learning",
    "linking",
    "messaging",
    "migrations",
    "recall",
    "rotating",
    "settling",
    "sharding",
    "sharing",
    "talking",
    "telephone",
    "watching",
]
