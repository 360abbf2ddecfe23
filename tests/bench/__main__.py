"""`make bench`: prints figures next to what they are compared with. Name parts to run only those."""

import argparse

from tests.bench import (
    calling,
    client,
    discord,
    exporting,
    importing,
    page,
    personas,
    recall_quality,
    recalling,
    reloading,
    several,
    slack,
    starting,
    web,
)
from tests.bench.several import handing

PARTS = {
    "start": (starting.run, "the console, to its first prompt"),
    "call": (calling.run, "/call to its answer, at three sizes"),
    "import": (importing.run, "a long conversation that somebody brings"),
    "export": (exporting.run, "all that is kept of somebody, and the way back"),
    "recall": (recalling.run, "questions about what was said (BENCH_RECALL_OTHERS, RECALL_DATA)"),
    "quality": (
        recall_quality.run,
        "whether recall finds the evidence, next to full-text search (RECALL_DATA)",
    ),
    "reload": (reloading.run, "one of 1,000 characters changes while members give commands"),
    "client": (client.run, "our client against the official one"),
    "page": (page.run, "the talk page's bytes, and from the click to the first frame"),
    "personas": (personas.run, "lint of 1,000 characters against bare YAML"),
    "discord": (discord.run, "commands on Discord against a bare bot"),
    "slack": (slack.run, "commands on Slack against a bare app"),
    "several": (several.run, "1, 2 and 4 processes on one Postgres server (BENCH_SEVERAL_SIZES)"),
    "handing": (handing.run, "a phone call and a recap, begun in one process and ended by another"),
    "web": (web.run, "events and look-ups, alone and beside commands (BENCH_WEB_SECONDS)"),
}


def main() -> None:
    """Run the parts that were named, or all of them."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description="Measure, and print what it is compared with.",
        epilog="\n".join(f"  {name:8} {about}" for name, (_, about) in PARTS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("parts", nargs="*", metavar="part", help="what to measure; all if none is named")
    named = parser.parse_args().parts
    for name in named:
        if name not in PARTS:
            parser.error(f"There is no part {name!r}; there are {', '.join(PARTS)}.")
    for name in named or PARTS:
        run, _ = PARTS[name]
        run()


main()
