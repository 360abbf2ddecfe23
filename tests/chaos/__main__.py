"""``python -m tests.chaos``: kill the bot, again and again, and look whether anything was lost."""

import sys
from pathlib import Path

import click

from tests.chaos.acts import WORLDS
from tests.chaos.bugs import BUGS
from tests.chaos.episode import read_plan
from tests.chaos.report import Report
from tests.chaos.staging import open_stage
from tests.chaos.wanted import Wanted
from tests.chaos.worker import run, run_processes
from tests.chaos.workers import run_all

COUNT = click.IntRange(0)


@click.command()
@click.option("--kills", type=COUNT, default=10_000, show_default=True, help="How many lives die at work.")
@click.option(
    "--recovery-kills", type=COUNT, show_default="a tenth of the kills", help="And how many that recover."
)
@click.option(
    "--processes", type=COUNT, show_default="a hundredth of the kills", help="And how many true processes."
)
@click.option("--seed", default=1, show_default=True, help="Where its chances begin; the same again.")
@click.option(
    "--jobs", type=click.IntRange(1), default=2, show_default=True, help="How many workers play at once."
)
@click.option(
    "--world", "worlds", multiple=True, type=click.Choice(sorted(WORLDS)), help="Only these worlds."
)
@click.option(
    "--bug", default="", type=click.Choice(sorted(BUGS)), help="Lay a deliberate bug into every life."
)
@click.option("--replay", default="", metavar="PLAN", help="Play one episode, as a failure names it.")
@click.option("--number", type=COUNT, default=0, help="The number of the episode that is replayed.")
@click.option("--keep", type=click.Path(path_type=Path), help="Keep the files of what failed in this folder.")
@click.option("--act", "acts", multiple=True, help="Only these acts of a world.")
@click.option("--at", default="", metavar="WORDS", help="Kill only at points with these words in their name.")
@click.option("--stop", is_flag=True, help="Stop a worker at its first failure.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def chaos(
    kills: int,
    recovery_kills: int | None,
    processes: int | None,
    seed: int,
    jobs: int,
    worlds: tuple[str, ...],
    bug: str,
    replay: str,
    at: str,
    acts: tuple[str, ...],
    number: int,
    keep: Path | None,
    *,
    stop: bool,
    as_json: bool,
) -> None:
    """Kill lives of the bot at numbered points and at random times; exit code 1 if anything was lost."""
    report = Report(seed, bug)
    if replay:
        plan = read_plan(replay)
        with open_stage(bug) as stage:
            if plan.world == "processes":
                report.add(vars(run_processes(stage, number, int(plan.acts[0]), seed, keep)))
            else:
                report.add(vars(run(stage, plan, number, keep)))
    else:
        wanted = Wanted(
            kills=kills,
            recovery_kills=kills // 10 if recovery_kills is None else recovery_kills,
            processes=kills // 100 if processes is None else processes,
            seed=seed,
            jobs=jobs,
            worlds=worlds or tuple(WORLDS),
            acts=acts,
            at=at,
            bug=bug,
            keep=keep,
            stops_early=stop,
        )
        run_all(report, wanted)
    click.echo(report.as_json() if as_json else report.as_text())
    sys.exit(1 if report.faults else 0)


if __name__ == "__main__":
    chaos()
