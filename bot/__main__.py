"""``python -m bot`` is ``troupe``."""

from bot.cli import main

main()
