"""`make bench`: prints figures next to what they are compared with. Name parts to run only those."""

import sys

from tests.bench import calling, client, discord, exporting, importing, recalling, slack, starting

PARTS = {
    "start": starting.run,
    "call": calling.run,
    "import": importing.run,
    "export": exporting.run,
    "recall": recalling.run,
    "client": client.run,
    "discord": discord.run,
    "slack": slack.run,
}


def main() -> None:
    """Run the parts that were named, or all of them."""
    for name in sys.argv[1:] or PARTS:
        if name not in PARTS:
            sys.exit(f"There is no part {name!r}; there are {', '.join(PARTS)}.")
        PARTS[name]()


main()
