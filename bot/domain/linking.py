"""Accounts of one person on several platforms: the code that links them, and how they are named."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from bot.domain.caller import Account, PersonId
from bot.domain.context import one_line
from bot.domain.errors import CallerError

LINK_CODE_LIFETIME = timedelta(minutes=10)
LINK_CODE_CHARS = 8
LINK_TRIES = 5
TRIES_WITHIN = timedelta(minutes=10)
"""So many wrong codes within this time lock an account's tries, for as long again."""
MOST_LINKED = 8
"""How many accounts one person may have linked."""

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without 0 O, 1 I L and U, which are taken for others."""
NOT_A_LINK_CODE = "A code has eight letters and digits, such as ABCD-EFGH: /account link makes one."
_LONGEST_TEXT_CHARS = 40
_NAME_CHARS = 64
_CODE = re.compile(rf"[0-9A-Z]{{{LINK_CODE_CHARS}}}")
_PLACES = {"discord": "on Discord", "slack": "on Slack", "console": "in the terminal"}

LinkVerdict = Literal["right", "wrong", "locked", "own", "linked", "full"]
"""What became of a code. ``wrong`` is one that is unknown, too old, or used; ``own`` the writer's; with
``linked`` the two are together already, and ``full`` would be too many."""


@dataclass(frozen=True, slots=True)
class LinkedAccount:
    """Another account of the same person, and the name that they go by there.

    ``shares_memory`` is whether what was said there is known here, and the other way round: not while either
    of them is not remembered.
    """

    person_id: PersonId
    account: Account
    name: str
    shares_memory: bool = False


@dataclass(frozen=True, slots=True)
class Linked:
    """The other accounts of a person, the longest linked first, and what was decided for all of them."""

    accounts: tuple[LinkedAccount, ...] = ()
    shares_memory: bool = False

    @property
    def sharing(self) -> tuple[LinkedAccount, ...]:
        """Those whose memory is one with this account's at the moment."""
        return tuple(one for one in self.accounts if one.shares_memory)


NOT_LINKED = Linked()


@dataclass(frozen=True, slots=True)
class LinkTry:
    """What became of a code, and whose accounts a right one would link; its maker's is the first."""

    verdict: LinkVerdict
    accounts: tuple[LinkedAccount, ...] = field(default=())


def link_code_from(number: int) -> str:
    """Make the code of a large random number."""
    letters = []
    for _ in range(LINK_CODE_CHARS):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "".join(letters)


def shown_code(code: str) -> str:
    """Return a code as it is read: ``ABCD-EFGH``."""
    return f"{code[:4]}-{code[4:]}"


def read_link_code(text: str) -> str:
    """Return a code as it was made, written in any case, with or without dashes and spaces.

    Raises CallerError for what is no code.
    """
    if len(text) > _LONGEST_TEXT_CHARS:
        raise CallerError(NOT_A_LINK_CODE)
    plain = unicodedata.normalize("NFKC", text).upper()
    code = "".join(char for char in plain if unicodedata.category(char) not in {"Zs", "Pd", "Cf"})
    if not _CODE.fullmatch(code):
        raise CallerError(NOT_A_LINK_CODE)
    return code


def where_in_words(platform: str) -> str:
    """Return where an account is: ``on Discord``."""
    return _PLACES.get(platform, "elsewhere")


def account_in_words(linked: LinkedAccount) -> str:
    """Return whose account it is and where, never its id: ``Mira on Slack``."""
    name = one_line(linked.name, _NAME_CHARS) or "somebody"
    return f"{name} {where_in_words(linked.account.platform)}"


def accounts_in_words(accounts: tuple[LinkedAccount, ...]) -> str:
    """Return several accounts in a row: ``Mira on Slack and Tom in the terminal``."""
    *first, last = [account_in_words(one) for one in accounts]
    return f"{', '.join(first)} and {last}" if first else last
