"""What a member reads when something went wrong: the one place where errors become words."""

from bot.domain.errors import CallerError, NotStored, ProviderError, ProviderUnavailable, TroupeError

BUSY = "The line is busy at the moment. Try again in a few minutes."
OUT_OF_ORDER = "The line is out of order; whoever runs Troupe finds the reason in the log."
NOT_STORED = (
    "That was not done, and nothing was charged: what is kept here cannot be written at the moment. Try "
    "again in a few minutes."
)
NOT_DONE = "That did not work, and nothing was changed. The reason stands in the log."


def in_words(error: TroupeError) -> str:
    """Return one sentence or two that say what to do; a CallerError's are its own."""
    match error:
        case CallerError():
            return str(error)
        case ProviderUnavailable():
            return BUSY
        case ProviderError():
            return OUT_OF_ORDER
        case NotStored():
            return NOT_STORED
        case _:
            return NOT_DONE


def is_members_own(error: TroupeError) -> bool:
    """Whether the member can mend it, so that no log needs to know."""
    return isinstance(error, CallerError)
