"""What is said where Discord or Slack does not answer: that is the network, and no word about a token."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.domain.agent import Finding
from bot.domain.errors import OperatorError, PlatformUnreachable


def unreachable(error: PlatformUnreachable) -> Finding:
    """Return what ``troupe check`` says of a platform that cannot be reached."""
    platform = error.platform
    return Finding(
        "error",
        f"{platform} cannot be reached ({error.reason}), so its tokens could not be looked at.",
        f"Look at the network and at {platform.upper()}_API_URL, if that is set, then try again.",
    )


@contextmanager
def nothing_changed(command: str) -> Iterator[None]:
    """Say in a sentence that a platform did not answer and nothing was changed. Raises OperatorError."""
    try:
        yield
    except PlatformUnreachable as error:
        raise OperatorError(
            f"{error.platform} cannot be reached ({error.reason}), so nothing could be checked and nothing "
            f"was changed; the token may well be right. Run {command} again once the network is there."
        ) from None
