"""What a member reads when something went wrong: the one place where errors become words."""

from bot.domain.errors import (
    CallerError,
    NotStored,
    PerhapsStored,
    ProviderError,
    ProviderUnavailable,
    TroupeError,
)

BUSY = "The line is busy at the moment. Try again in a few minutes."
NOT_STORED = (
    "That was not done, and nothing was charged: what is kept here cannot be written at the moment. Try "
    "again in a few minutes."
)
PERHAPS_STORED = (
    "Nobody can tell whether that was done: what is kept here broke off in the middle of it. Wait a minute, "
    "and look with /history before you ask again."
)


def in_words(error: TroupeError, short_id: str) -> str:
    """Return one sentence or two that say what to do; a CallerError's are its own.

    ``short_id`` is what the log has it under, once, unless it ``is_members_own``.
    """
    match error:
        case CallerError():
            return str(error)
        case ProviderUnavailable():
            return BUSY
        case ProviderError():
            return f"The line is out of order; whoever runs Troupe finds the reason in the log as {short_id}."
        case PerhapsStored():
            return PERHAPS_STORED
        case NotStored():
            return NOT_STORED
        case _:
            return f"That did not work, and nothing was changed. The reason stands in the log as {short_id}."


def is_members_own(error: TroupeError) -> bool:
    """Whether the member can mend it, so that no log needs to know."""
    return isinstance(error, CallerError)
