"""What we say in German: the commands, and our sentences with the same holes as in English."""

from collections.abc import Mapping

COMMANDS: Mapping[str, str] = {
    "call": "anrufen",
}

SENTENCES: Mapping[str, str] = {
    "Nothing was changed.": "Es hat sich nichts geändert.",
}
