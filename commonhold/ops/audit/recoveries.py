"""PartyRecovery replayed: guardians, proposals, and every recovery from its start to its end.

PartyRegistry keeps whether a recovery is pending; what is kept here counts only while it says so. Times
[unix]; wallets in lower-case hex.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from commonhold.chain.rawviews import Question
from commonhold.ops.audit.findings import Findings
from commonhold.ops.audit.moment import NOBODY, Moment
from commonhold.ops.audit.money import Handler
from commonhold.ops.audit.parties import PartyBook

RECOVERY: Final = "PartyRecovery"
_DAY: Final = 86_400  # [s]
GUARDIAN_CHANGE_DELAY: Final = 7 * _DAY
GUARDIAN_DELAY: Final = 3 * _DAY  # from start to completion
MANAGER_DELAY: Final = 14 * _DAY  # from start to completion
PROPOSAL_VALIDITY: Final = 7 * _DAY
COMPLETION_WINDOW: Final = 14 * _DAY  # after the delay
VETO_WINDOW: Final = 7 * _DAY
GUARDIAN_REST: Final = 14 * _DAY  # after a lapse
_COURSE: Final = ("newWallet", "readyAt", "expiresAt", "approvals", "byManager", "vetoed", "overruled")


@dataclass(slots=True)
class Guardians:
    """Those in force, and those to come. since: when the latter take over, 0 = no change waits [unix]"""

    now: tuple[int, ...] = ()
    threshold: int = 0
    later: tuple[int, ...] = ()
    later_threshold: int = 0
    since: int = 0

    def promote(self, time: int) -> None:
        """A change that is due takes effect. [unix]"""
        if 0 < self.since <= time:
            self.now, self.threshold, self.since = self.later, self.later_threshold, 0


@dataclass(slots=True)
class Course:
    """One recovery."""

    wallet: str  # the new one
    ready: int  # first moment of completion [unix]
    expires: int  # from then on it is void [unix]
    approvals: int  # bit i: guardian i
    by_manager: bool
    vetoed: bool = False
    overruled: bool = False

    def words(self) -> tuple[int, ...]:
        """As recoveryOf answers it."""
        flags = (int(self.by_manager), int(self.vetoed), int(self.overruled))
        return (int(self.wallet, 16), self.ready, self.expires, self.approvals, *flags)


@dataclass(slots=True)
class RecoveryRows:
    """Guardians, proposals and recoveries by party."""

    findings: Findings
    parties: PartyBook
    guardians: dict[int, Guardians] = field(default_factory=dict)
    proposals: dict[int, tuple[str, int, str]] = field(default_factory=dict)  # wallet, until [unix], proposer
    courses: dict[int, Course] = field(default_factory=dict)
    nonces: dict[str, int] = field(default_factory=dict)  # by wallet

    def handlers(self) -> dict[str, Handler]:
        """By event."""
        return {
            "GuardiansSet": self.guardians_set,
            "GuardiansChangeDropped": self.change_dropped,
            "GuardiansRemoved": self.guardians_removed,
            "RecoverySupported": self.supported,
            "RecoveryProposed": self.proposed,
            "RecoveryStarted": self.started,
            "RecoveryVetoed": self.vetoed,
            "RecoveryOverruled": self.overruled,
            "RecoveryCancelled": self.cancelled,
            "RecoveryExpired": self.expired,
            "RecoveryCompleted": self.completed,
            "RecoveryNonceRaised": self.nonce_raised,
        }

    def _check(self, party: int, name: str, expected: Any, found: Any) -> None:
        self.findings.check(RECOVERY, f"party {party}", name, expected, found)

    def _of(self, party: int, time: int) -> Guardians:
        found = self.guardians.setdefault(party, Guardians())
        found.promote(time)
        return found

    def _course(self, party: int, event: str, time: int) -> Course:
        """The recovery that an event is about: one that runs."""
        self._check(party, f"{event} of a recovery that runs", True, self.parties.pending(party, time))
        return self.courses.setdefault(party, Course(NOBODY, 0, 0, 0, False))

    # ---------------------------------------------------------------- guardians

    def guardians_set(self, values: tuple[Any, ...], moment: Moment) -> None:
        party, guardians, threshold, since = values
        list_ = tuple(guardians)
        good = list_ == tuple(sorted({*list_} - {party})) and len(list_) <= 8
        self._check(party, "GuardiansSet.guardians in order", True, good)
        self._check(party, "GuardiansSet.threshold", min(threshold, len(list_)), threshold)
        self._check(party, "GuardiansSet.effectiveAt", moment.time + GUARDIAN_CHANGE_DELAY, since)
        found = self._of(party, moment.time)
        found.later, found.later_threshold, found.since = list_, threshold, since

    def change_dropped(self, values: tuple[Any, ...], moment: Moment) -> None:
        found = self._of(values[0], moment.time)
        self._check(values[0], "GuardiansChangeDropped of one that waits", True, found.since != 0)
        found.since = 0

    def guardians_removed(self, values: tuple[Any, ...], moment: Moment) -> None:
        self.guardians[values[0]] = Guardians()

    # ---------------------------------------------------------------- the start

    def supported(self, values: tuple[Any, ...], moment: Moment) -> None:
        party, guardian, wallet, approvals = values
        found = self._of(party, moment.time)
        at = found.now.index(guardian) if guardian in found.now else 8
        self._check(party, "RecoverySupported by a guardian", True, bool(approvals >> at & 1))
        if self.parties.pending(party, moment.time):
            course = self._course(party, "RecoverySupported", moment.time)
            self._check(party, "RecoverySupported.newWallet", course.wallet, wallet)
            self._check(party, "RecoverySupported.approvals", course.approvals | 1 << at, approvals)
            course.approvals = approvals
        elif approvals.bit_count() >= found.threshold:
            moment.announce(RECOVERY, "RecoveryStarted", party, "approvals", (wallet, approvals))

    def proposed(self, values: tuple[Any, ...], moment: Moment) -> None:
        party, wallet, proposer, until = values
        self._check(party, "RecoveryProposed.validUntil", moment.time + PROPOSAL_VALIDITY, until)
        self.nonces[wallet] = self.nonces.get(wallet, 0) + 1
        self.proposals[party] = (wallet, until, proposer)

    def started(self, values: tuple[Any, ...], moment: Moment) -> None:
        party, old, new, by_manager, ready, expires = values
        delay = MANAGER_DELAY if by_manager else GUARDIAN_DELAY
        self._check(party, "RecoveryStarted.oldWallet", self.parties.wallet(party), old)
        self._check(party, "RecoveryStarted.readyAt", moment.time + delay, ready)
        self._check(party, "RecoveryStarted.expiresAt", ready + COMPLETION_WINDOW, expires)
        approvals = 0
        if by_manager:
            wallet, until, _ = self.proposals.get(party, (NOBODY, 0, NOBODY))
            self._check(party, "RecoveryStarted as proposed", (True, wallet), (moment.time <= until, new))
        else:
            key = (RECOVERY, "RecoveryStarted", party, "approvals")
            waiting = moment.announced.get(key) or [(NOBODY, 0)]
            approvals = waiting[0][1]
            moment.meet(RECOVERY, "RecoveryStarted", party, "approvals", (new, approvals))
            self.nonces[new] = self.nonces.get(new, 0) + 1
        self.proposals.pop(party, None)
        self.courses[party] = Course(new, ready, expires, approvals, bool(by_manager))

    # ---------------------------------------------------------------- the course

    def vetoed(self, values: tuple[Any, ...], moment: Moment) -> None:
        party, by, expires = values
        course = self._course(party, "RecoveryVetoed", moment.time)
        self._check(party, "RecoveryVetoed by a linked wallet", party, self.parties.links.get(by, 0))
        self._check(party, "RecoveryVetoed once", (False, False), (course.vetoed, course.by_manager))
        self._check(party, "RecoveryVetoed.expiresAt", moment.time + VETO_WINDOW, expires)
        course.vetoed, course.expires = True, expires

    def overruled(self, values: tuple[Any, ...], moment: Moment) -> None:
        party, _, expires = values
        course = self._course(party, "RecoveryOverruled", moment.time)
        self._check(party, "RecoveryOverruled of a veto", (True, False), (course.vetoed, course.overruled))
        expected = max(course.ready, moment.time) + COMPLETION_WINDOW
        self._check(party, "RecoveryOverruled.expiresAt", expected, expires)
        course.overruled, course.expires = True, expires

    def cancelled(self, values: tuple[Any, ...], moment: Moment) -> None:
        party = values[0]
        course = self.courses.get(party)
        ran = course is not None and course.by_manager
        self._check(party, "RecoveryCancelled of the manager's", True, ran or party in self.proposals)
        self.proposals.pop(party, None)

    def expired(self, values: tuple[Any, ...], moment: Moment) -> None:
        party = values[0]
        course = self.courses.get(party)
        over = course is not None and course.expires <= moment.time
        self._check(party, "RecoveryExpired after its time", True, over)

    def completed(self, values: tuple[Any, ...], moment: Moment) -> None:
        party, old, new = values
        course = self._course(party, "RecoveryCompleted", moment.time)
        self._check(party, "RecoveryCompleted.oldWallet", self.parties.wallet(party), old)
        self._check(party, "RecoveryCompleted.newWallet", course.wallet, new)
        stands = course.vetoed and not course.overruled
        self._check(party, "RecoveryCompleted in time", (True, False), (course.ready <= moment.time, stands))
        self.courses.pop(party, None)

    def nonce_raised(self, values: tuple[Any, ...], moment: Moment) -> None:
        wallet, nonce = values
        expected = self.nonces.get(wallet, 0) + 1
        self.findings.check(RECOVERY, f"wallet {wallet}", "RecoveryNonceRaised.nonce", expected, nonce)
        self.nonces[wallet] = nonce

    # ---------------------------------------------------------------- views

    def rows(self, time: int) -> Iterator[Question]:
        """What the views must answer. [unix]"""
        for party, course in self.courses.items():
            words = course.words() if self.parties.pending(party, time) else (0,) * 7
            yield Question(RECOVERY, "recoveryOf", (party,), f"party {party}", _COURSE, words)
            lapsed = not course.by_manager and course.expires <= time
            rest = course.expires + GUARDIAN_REST if lapsed else 0
            name = "guardiansRestUntil"
            yield Question(RECOVERY, name, (party,), f"party {party}", (name,), (rest,))
        for party, (wallet, until, proposer) in self.proposals.items():
            made = (int(wallet, 16), until, int(proposer, 16))
            fields = ("newWallet", "validUntil", "proposer")
            yield Question(RECOVERY, "proposalOf", (party,), f"party {party}", fields, made)
        for party, found in self.guardians.items():
            due = 0 < found.since <= time
            now, threshold = (found.later, found.later_threshold) if due else (found.now, found.threshold)
            yield _list("guardiansOf", party, ("threshold",), (threshold,), now)
            waits = found.since > time
            later = found.later if waits else ()
            words = (found.later_threshold, found.since) if waits else (0, 0)
            yield _list("guardiansToCome", party, ("threshold to come", "effectiveAt"), words, later)
        for wallet, nonce in self.nonces.items():
            yield Question(
                RECOVERY, "recoveryNonce", (int(wallet, 16),), f"wallet {wallet}", ("nonce",), (nonce,)
            )


def _list(
    function: str, party: int, names: Sequence[str], words: Sequence[int], guardians: Sequence[int]
) -> Question:
    """A view that answers a list of guardians and some words."""
    fields = ("", *names, "", *(f"guardian {i}" for i in range(len(guardians))))
    expected = (0x20 * (1 + len(words)), *words, len(guardians), *guardians)
    return Question(RECOVERY, function, (party,), f"party {party}", fields, expected)
