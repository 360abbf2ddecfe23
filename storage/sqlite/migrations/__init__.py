"""The schema's history: each step runs once, in the transaction that records it.

A step that was released is never edited; a change is a new step at the end of the newest module.
"""

from storage.sqlite.migrations.steps import migrations

from storage.sqlite.migrations import talking, telephone  # isort: skip  (each adds its steps, in this order)

__all__ = ["migrations", "talking", "telephone"]
