"""Lives of leases whose logs are kept for an audit. The credit history is the real one."""

import contextlib
from random import Random

from commonhold.ops.audit.replay import Arguments, Books
from tests.evm import Reverted
from tests.mirror import Mirror
from tests.recorded import Recorded, arguments, differences, replayed
from tests.suite import CAP, OFFSET, START, Suite


class Lasting(Recorded):
    """The mirror puts a double in the place of the credit history; here the real one stays."""

    kept = ""

    def set_code(self, address: str, code: bytes) -> None:
        if address != self.kept:
            super().set_code(address, code)


def suite() -> Suite:
    """A community whose real credit history hears from its leases."""
    chain = Lasting(timestamp=START)
    found = Suite(chain=chain)
    chain.kept = found.credit.address
    return found


def report_overdue(mirror: Mirror, dice: Random) -> None:
    """Anybody may: a notice, an entry after the cure, or a refusal."""
    lease = dice.choice(list(mirror.twin.leases))
    ledger = mirror.twin.leases[lease]
    label = dice.randint(ledger.schedule.first, ledger.schedule.last)
    index = dice.randrange(len(ledger.accounts))
    with contextlib.suppress(Reverted):
        mirror.suite.credit.reportOverdue(
            mirror.leases, lease << 24 | index << 16 | label, sender=mirror.suite.admin
        )


def arguments_of_mirror(mirror: Mirror) -> Arguments:
    """What an audit believes of this community."""
    suite = mirror.suite
    addresses = {
        "CommunityToken": suite.token.address,
        "PartyRegistry": suite.parties.address,
        "UnitRegistry": suite.units.address,
        "LeaseAgreement": suite.leases.address,
        "DepositEscrow": suite.escrow.address,
        "CreditRegistry": suite.credit.address,
    }
    return arguments(addresses, OFFSET, CAP)


def books(mirror: Mirror) -> Books:
    """By the logs alone."""
    chain = mirror.suite.chain
    assert isinstance(chain, Recorded)
    return replayed(arguments_of_mirror(mirror), chain.raws)


def found(mirror: Mirror) -> list[str]:
    """What an audit of all of it finds."""
    chain = mirror.suite.chain
    assert isinstance(chain, Recorded)
    return [str(one) for one in differences(chain, arguments_of_mirror(mirror), chain.raws)]
