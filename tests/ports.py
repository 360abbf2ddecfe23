"""Ports for servers whose address has to be known before they listen, or that come back at the same one."""

import contextlib
import random
import socket

BY_CHOICE_ALONE = range(15_000, 32_000)
"""Below those that the system gives to connections and to whoever takes any (Linux: from 32768 on)."""


def quiet_port() -> int:
    """Return a port of 127.0.0.1 that is free, and that no program is given by chance meanwhile."""
    while True:
        port = random.choice(BY_CHOICE_ALONE)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


def quiet_address() -> str:
    """Return a free address of this machine, with a port as ``quiet_port`` finds it."""
    return f"127.0.0.1:{quiet_port()}"
