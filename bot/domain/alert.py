"""What an operator has to know at once, each as one sentence with what to do. Pure.

Nothing here is about one member: no name, no number, no words. Sources: ElevenLabs, "Post-call webhooks"
(switched off after ten failures in a row) and "Get user subscription".
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.agent import Webhook
from bot.domain.allowance import CODE_BUDGET

LOW_CREDIT_PERCENT = 10
UNHEARD_CALLS = 3
"""From so many calls on of which no event came something is wrong with the webhook."""
GUESSED_CODES = 3
STRANGERS_PER_HOUR = 20


@dataclass(frozen=True, slots=True)
class Cause:
    """Why the operator is told something; the same ``name`` is told once until it is over.

    ``sentence`` is empty where it is not so (any more), ``over_sentence`` where its end need not be told.
    """

    name: str
    sentence: str = ""
    over_sentence: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """A cause as it was told, and whether it is over."""

    sentence: str
    over_sentence: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class Credit:
    """The characters of an ElevenLabs plan; ``extension`` is what may be used beyond, None without limit."""

    used: int
    limit: int
    extension: int | None = 0

    @property
    def left(self) -> int | None:
        """How many are left of this period; None where there is no limit."""
        return None if self.extension is None else max(0, self.limit + self.extension - self.used)


@dataclass(frozen=True, slots=True)
class Signs:
    """What the store knows of trouble: numbers alone.

    ``codes`` were asked for today, ``guessed`` numbers had every try of a code of the last day used up,
    ``strangers`` rang in the last hour. Of the last calls of a day ``ended`` are over, and of ``heard`` an
    event came.
    """

    codes: int = 0
    guessed: int = 0
    strangers: int = 0
    ended: int = 0
    heard: int = 0


def judge_credit(credit: Credit) -> Cause:
    """Say whether the credit at ElevenLabs runs out."""
    whole, left = credit.limit + (credit.extension or 0), credit.left
    fine = "There is enough credit at ElevenLabs again."
    if left is None or 100 * left >= LOW_CREDIT_PERCENT * whole:
        return Cause("credit", "", fine)
    what = f"{left:,} of {whole:,} credits are left at ElevenLabs, and without any no call begins"
    return Cause("credit", f"{what}: raise the plan or its usage-based billing there.", fine)


def judge_webhook(webhooks: Sequence[Webhook]) -> Cause:
    """Say whether the webhooks that lead here are all switched off; without any, that is no trouble."""
    fine = "The post-call webhook at ElevenLabs is switched on again."
    if not webhooks or any(not (one.is_disabled or one.is_auto_disabled) for one in webhooks):
        return Cause("webhook disabled", "", fine)
    by_itself = any(one.is_auto_disabled for one in webhooks)
    who = "ElevenLabs switched the post-call webhook off after failures" if by_itself else ""
    what = who or "The post-call webhook is switched off at ElevenLabs"
    return Cause(
        "webhook disabled", f"{what}: see that PUBLIC_URL leads here, then troupe agent apply.", fine
    )


def judge_other_files(name: str, *, are_broken: bool) -> Cause:
    """Say whether files of the cast are broken beside those that are told of by name."""
    what = "Other files of the cast cannot be read either: troupe personas lint names each."
    return Cause(
        name, what if are_broken else "", "All other files of the cast can be read again, or are gone."
    )


def judge_signs(signs: Signs, *, hears: bool) -> Iterator[Cause]:
    """Yield what the store's numbers say; ``hears``: events of calls are expected to come."""
    most = CODE_BUDGET.in_all
    what = f"All {most} verification codes of today were asked for, so nobody else can verify a phone"
    what = f"{what}: /troupe block stops an account." if signs.codes >= most else ""
    yield Cause("codes", what, "Verification codes can be asked for again.")
    what = f"Codes of {signs.guessed} phone numbers were guessed at within a day, until no try was left"
    what = f"{what}: /troupe block stops an account." if signs.guessed >= GUESSED_CODES else ""
    yield Cause("guessed codes", what, "Within the last day hardly any code was guessed at.")
    what = f"{signs.strangers} calls of strangers came in within an hour: /troupe pause stops all calls."
    fine = "Within the last hour fewer calls of strangers came in."
    yield Cause("strangers", what if signs.strangers >= STRANGERS_PER_HOUR else "", fine)
    fine = "Webhooks of ElevenLabs' come in again."
    if hears and signs.ended >= UNHEARD_CALLS and not signs.heard:
        what = f"{signs.ended} calls ended and no webhook of ElevenLabs' came: troupe check says why; "
        yield Cause("no webhook", f"{what}transcripts are fetched meanwhile.", fine)
    elif not hears or signs.heard:
        yield Cause("no webhook", "", fine)
