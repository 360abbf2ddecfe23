"""Recognising that a disk is full, wherever that showed."""

import errno
import sqlite3

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""No room on the disk, none in one's share of it, or a file that may not become so large (``ulimit -f``)."""


def tells_of_a_full_disk(error: BaseException) -> bool:
    """Whether an error, or one of a group, is that there was no room to write, in a file or a database."""
    if isinstance(error, BaseExceptionGroup):
        return any(tells_of_a_full_disk(one) for one in error.exceptions)
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return isinstance(error, OSError) and error.errno in _FULL
