"""A community of two people whose payments a reporter tells, and the command in its folder."""

from pathlib import Path

import pytest
from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

from commonhold.chain.artifacts import load
from commonhold.chain.call import Call
from commonhold.rules.calendar import month_of
from tests.package.ops.town import Town
from tests.system import command


class Run(command.Run):
    """The command, in an empty folder with a community of two people."""

    def __init__(
        self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, town: Town
    ) -> None:
        super().__init__(capsys, monkeypatch)
        self.folder, self.town = folder, town

    def account(self, party: int) -> LocalAccount:
        """The key of a party's wallet."""
        wallet = self.town.suite.parties.wallet_of(party)
        keys = (Account.from_key(keccak(text=f"somebody {number}")) for number in range(1, 9))
        return next(key for key in keys if key.address == wallet)

    def keystore(self, party: int) -> tuple[str, ...]:
        """Options that sign as a party."""
        return command.keystore(self.folder, f"party-{party}", self.account(party))


def tell(town: Town) -> None:
    """A reporter, two people, and what it reports of the first."""
    suite, admin = town.suite, town.sender("ADMIN")
    puppet = str(admin.send(Call(None, load("ReporterPuppet").creation_code([]), "R", "constructor")).created)
    call = suite.credit.register_reporter(puppet, 3)
    admin.send(suite.access.schedule(call))
    town.to_day(town.today + 3)
    admin.send(call)
    town.to_day(town.today + 3)
    ann, _ = town.people(2)
    town.send(ann.account, suite.parties.call("setCollectingConsent", True))
    month = month_of(town.today)
    for kind in (0, 1):
        items = [(month - age) << 32 | ann.party for age in range(24)]
        data = suite.credit.call("countOnTime", kind, items).data
        act = load("ReporterPuppet").function("act").encode([suite.credit.address, data])
        town.sender("MANAGER").send(Call(puppet, act, "R", "act"))
