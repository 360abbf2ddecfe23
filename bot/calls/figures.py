"""What is counted while Troupe runs, for whoever watches over it.

A label is one of a few words of ours or a character of the cast: never a person, a place, or anything that
somebody wrote; and no character whom fewer than ``FEWEST_PEOPLE`` called, as in ``troupe stats``. Each
process counts what it did itself since its start, and its ``HELP`` says so.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics

from bot.domain.call import Bound, CallState, Delivery
from bot.domain.errors import (
    AllowanceUsedUp,
    CallerError,
    CallNotFound,
    CallRefused,
    CharacterNotHere,
    NotStored,
    NumberNotAllowed,
    TroupeError,
    UnknownPersona,
)
from bot.domain.usage import FEWEST_PEOPLE

ANSWER_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
"""Seconds that a member waits; Discord and Slack give up after 3."""
OF_THIS_PROCESS = "This process since its start: sum them."
OTHER = "other"
"""The label of characters that left the cast, or whom few people called."""
REFUSALS = (
    AllowanceUsedUp,
    CallerError,
    CallNotFound,
    CallRefused,
    CharacterNotHere,
    NotStored,
    NumberNotAllowed,
    UnknownPersona,
)
"""For what a call that is asked for is refused."""
LAG_BUCKETS = (0.1, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0, 1_800.0, 7_200.0)
WEB_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)

disable_created_metrics()  # type: ignore[no-untyped-call]  # a moment beside each counter, which nobody reads


def _here(about: str) -> str:
    """Return what a figure is about, and whose it is."""
    return f"{about} {OF_THIS_PROCESS}"


@contextmanager
def timing(figure: Histogram, since: float) -> Iterator[None]:
    """Observe how long it took from a moment of ``time.perf_counter`` until this is left, however it is."""
    try:
        yield
    finally:
        figure.observe(time.perf_counter() - since)


class Figures:
    """Counters and durations of one house, from its start on."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        self.job_kinds: tuple[str, ...] = ()
        self.asked = Counter(
            "troupe_calls_asked",
            _here("Calls that members asked for: placed or refused, without those that wait for consent."),
            ["delivery"],
            registry=registry,
        )
        self.placed = Counter(
            "troupe_calls_placed", _here("Calls that were placed."), ["delivery"], registry=registry
        )
        self.refused = Counter(
            "troupe_calls_refused",
            _here("Calls that were refused."),
            ["delivery", "reason"],
            registry=registry,
        )
        self.started = Counter(
            "troupe_calls_started",
            _here("Starts of links and chats: bound (once for each), taken, gone, paused or full."),
            ["delivery", "outcome"],
            registry=registry,
        )
        self.ended = Counter(
            "troupe_calls_ended",
            _here("Calls that came to their end: done, failed or expired."),
            ["state", "delivery", "character"],
            registry=registry,
        )
        self.dials = Counter(
            "troupe_dials",
            _here("Telephones that were to be rung: handed_over, refused, or unclear where nobody can tell."),
            ["outcome"],
            registry=registry,
        )
        self.webhook_lag = Histogram(
            "troupe_webhook_lag_seconds",
            _here(
                "How late ElevenLabs' events are: from what happened until received, then until processed."
            ),
            ["stage"],
            buckets=LAG_BUCKETS,
            registry=registry,
        )
        self.acknowledge_seconds = Histogram(
            "troupe_acknowledge_seconds",
            _here(
                "From what a front was sent until it said that it has it; Discord and Slack give up after 3."
            ),
            ["front"],
            buckets=ANSWER_BUCKETS,
            registry=registry,
        )
        self.inbound = Counter(
            "troupe_calls_inbound",
            _here(
                "Calls that came in: known, stranger, refused, or neutral where something was out of order."
            ),
            ["answer"],
            registry=registry,
        )
        self.webhooks = Counter(
            "troupe_webhooks_received", _here("Signed events of ElevenLabs'."), ["kind"], registry=registry
        )
        self.webhooks_refused = Counter(
            "troupe_webhooks_refused", _here("Events that were not taken in."), ["reason"], registry=registry
        )
        self.webhook_seconds = Histogram(
            "troupe_webhook_seconds",
            _here("From a genuine event to its answer."),
            buckets=WEB_BUCKETS,
            registry=registry,
        )
        self.recalls = Counter(
            "troupe_recalls", _here("Questions of characters in mid-call."), ["outcome"], registry=registry
        )
        self.recall_seconds = Histogram(
            "troupe_recall_seconds",
            _here("From a question with the right secret to its answer."),
            buckets=WEB_BUCKETS,
            registry=registry,
        )
        self.jobs_failed = Counter(
            "troupe_jobs_failed",
            _here("Follow-up that went wrong and is tried again."),
            ["kind"],
            registry=registry,
        )
        self.answer_seconds = Histogram(
            "troupe_command_seconds",
            _here("From what a member asked to the first answer that they see."),
            ["front", "command"],
            buckets=ANSWER_BUCKETS,
            registry=registry,
        )

        self._callers: dict[str, set[str]] = defaultdict(set)
        self._begin_at_zero()

    def _begin_at_zero(self) -> None:
        """Make what can be counted be there from the start: the first event of a series is no rise else."""
        for delivery in Delivery:
            self.asked.labels(delivery)
            self.placed.labels(delivery)
            for reason in REFUSALS:
                self.refused.labels(delivery, reason.__name__)
            for bound in get_args(Bound):
                self.started.labels(delivery, bound)
            for state in (CallState.DONE, CallState.FAILED, CallState.EXPIRED):
                self.ended.labels(state, delivery, OTHER)
        for figure, labels in (
            (self.dials, ("handed_over", "refused", "unclear")),
            (self.inbound, ("known", "stranger", "refused", "neutral")),
            (self.recalls, ("nothing", "enough", "answered", "refused")),
            (self.webhook_lag, ("received", "processed")),
            (self.acknowledge_seconds, ("discord", "slack")),
        ):
            for label in labels:
                figure.labels(label)

    def begin_jobs(self, kinds: Iterable[str]) -> None:
        """Note which kinds of follow-up there are, and begin to count what goes wrong with each."""
        self.job_kinds = tuple(kinds)
        for kind in self.job_kinds:
            self.jobs_failed.labels(kind)

    def name_after(self, slug: str, person_id: str) -> str:
        """Return the label of a character's call that this person had: its name once enough people called."""
        callers = self._callers[slug]
        if len(callers) < FEWEST_PEOPLE:
            callers.add(person_id)
        return slug if len(callers) >= FEWEST_PEOPLE else OTHER

    def count_placed(self, delivery: Delivery) -> None:
        """Count a call that was asked for and is placed."""
        self.asked.labels(delivery).inc()
        self.placed.labels(delivery).inc()

    @contextmanager
    def refusing(self, delivery: Delivery) -> Iterator[None]:
        """Count a call that is asked for and refused, and why."""
        try:
            yield
        except TroupeError as error:
            self.asked.labels(delivery).inc()
            self.refused.labels(delivery, type(error).__name__).inc()
            raise


class Waiting:
    """A member who asked a front for something and waits for the first answer, whatever it says."""

    def __init__(self, figures: Figures, front: str) -> None:
        self._figures = figures
        self._front = front
        self._since = time.perf_counter()
        self._is_over = False
        self.command = "other"
        """Which command it is, once that is known: a word of ours."""

    def acknowledged(self) -> None:
        """Note that the platform knows that an answer comes."""
        seconds = time.perf_counter() - self._since
        self._figures.acknowledge_seconds.labels(self._front).observe(seconds)

    def answered(self) -> None:
        """Note that they see an answer; only the first counts."""
        if not self._is_over:
            self._is_over = True
            seconds = time.perf_counter() - self._since
            self._figures.answer_seconds.labels(self._front, self.command).observe(seconds)
