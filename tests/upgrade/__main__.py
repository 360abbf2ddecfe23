"""``python -m tests.upgrade``: open databases of the first release with this one, while members ask."""

import sys

import click

from tests.upgrade.drill import upgrade_file, upgrade_server


@click.command()
@click.option(
    "--calls", type=click.IntRange(1), default=100_000, show_default=True, help="How many are kept."
)
@click.option(
    "--commands",
    type=click.IntRange(8),
    default=4_000,
    show_default=True,
    help="How many are asked meanwhile.",
)
@click.option(
    "--processes", type=click.IntRange(1), default=4, show_default=True, help="How many share the server."
)
def upgrade(calls: int, commands: int, processes: int) -> None:
    """Upgrade a file, and a server's database with several processes, while members ask for things.

    It takes some minutes. What went wrong is printed, and the exit code is 1 then.
    """

    def tell(words: str) -> None:
        click.echo(words, err=True)

    outcomes = [upgrade_file(calls, commands, tell), upgrade_server(calls, commands, processes, tell)]
    for outcome in outcomes:
        click.echo(str(outcome))
    if wrong := [words for outcome in outcomes for words in outcome.wrong_with(calls)]:
        click.echo(f"{len(wrong)} things are wrong, the first of them:\n" + "\n".join(wrong[:3]))
        sys.exit(1)


upgrade()
