"""A group of commands that are read once they are typed: all of them at once take two seconds to import."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import click


class Later(NamedTuple):
    """Where a command stands, as ``module:name``, and what it does in a line; none: it is not listed."""

    where: str
    summary: str


class LateGroup(click.Group):
    """Lists its commands from a table, and imports one of them when it is asked for."""

    def __init__(self, *given: Any, later: Mapping[str, Later], **named: Any) -> None:
        super().__init__(*given, **named)
        self.later = later

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands in order."""
        return sorted({*super().list_commands(ctx), *self.later})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, imported where it was not yet."""
        if cmd_name in self.later and cmd_name not in self.commands:
            module, _, name = self.later[cmd_name].where.partition(":")
            self.add_command(getattr(import_module(module), name), cmd_name)
        return super().get_command(ctx, cmd_name)

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what each command does, and import none of them."""
        listed = [(name, command.summary) for name, command in sorted(self.later.items()) if command.summary]
        with formatter.section("Commands"):
            formatter.write_dl(listed)

    def load(self) -> Mapping[str, click.Command]:
        """Import all commands, those of groups in it as well, and return them by name."""
        ctx = click.Context(self)
        for name in self.later:
            command = self.get_command(ctx, name)
            if isinstance(command, LateGroup):
                command.load()
        return self.commands
