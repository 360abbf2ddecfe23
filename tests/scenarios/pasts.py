"""Pasts that are too long for one page, as files that members bring."""

import json


def long_past(talks: int) -> bytes:
    """Return a file of so many conversations, each with something of its own in it."""
    said = [
        [{"role": "user", "content": f"I found coin {at}."}, {"role": "assistant", "content": "Fine."}]
        for at in range(talks)
    ]
    return json.dumps([{"messages": one} for one in said]).encode()
