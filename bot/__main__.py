"""``troupe``, and ``python -m bot``: loads the program, which takes a moment, and runs it."""

import gc
import signal

SELDOM = (50_000, 10, 10)
"""How many more objects there are before rubbish is looked for; Python's 700 made a start a tenth longer."""


def main() -> None:
    """Run the program; until it is loaded Ctrl-C ends it at once and without a word (130 in a shell)."""
    gc.set_threshold(*SELDOM)
    listens = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if listens:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from bot.cli import main as begin  # only now: this is what takes the moment

    if listens:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    begin()


if __name__ == "__main__":
    main()
