"""A wallet outside deploys the whole suite, and is cut off before and after it sends (faults N2, N6, N7).

cut off before the wallet was asked to the end · after it sent, before its hash was known · after its hash was
written down · declined by the person · ends with the same manifest as a key that was never disturbed, each
contract created once
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from commonhold.chain.artifacts import load
from commonhold.chain.connect import Connection
from commonhold.chain.node import Node
from commonhold.chain.send import Waiting
from commonhold.chain.signing import OutsideSigner, Prepared, dev_account, sign
from commonhold.errors import SigningError
from commonhold.ops.deploy import deploy, local_account, local_parameters
from commonhold.ops.manifest import Deployment
from tests.faults.chainfaults import kept_awake
from tests.faults.record import recorded

QUICK = Waiting(timeout=20, poll=0.02)


class CutOff(BaseException):
    """The process ends here."""


class Wallet(OutsideSigner):
    """Signs with a development key and sends; misbehaves at chosen questions, counted over all runs."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._key = dev_account(0)
        self.asked = 0
        self.before: dict[int, type[BaseException]] = {}
        self.unheard: dict[int, type[BaseException]] = {}
        self.after: dict[int, type[BaseException]] = {}

    @property
    def address(self) -> str:
        return str(self._key.address)

    def hand_over(self, transactions: Sequence[Prepared], sent: Callable[[int, str], None]) -> None:
        for index, prepared in enumerate(transactions):
            self.asked += 1
            _raise(self.before.get(self.asked))
            raw = sign(self._key, prepared.transaction).raw
            hash_ = str(self._connection.call("eth_sendRawTransaction", "0x" + raw.hex()))
            _raise(self.unheard.get(self.asked))
            sent(index, hash_)
            _raise(self.after.get(self.asked))


def _raise(kind: type[BaseException] | None) -> None:
    if kind is not None:
        raise kind("as planned")


def _deployed(connection: Connection, signer: OutsideSigner | None, folder: Path) -> Deployment:
    return deploy(
        connection,
        signer or dev_account(0),
        local_parameters(),
        network="town",
        folder=folder,
        admin_signer=local_account("ADMIN"),
        waiting=QUICK,
    )


def _times_off(deployment: Deployment) -> Deployment:
    """Without what differs from one chain to the next: hashes, and moments of set-up among the immutables."""
    contracts = {
        name: replace(entry, block=0, transaction="", code_hash="")
        for name, entry in deployment.contracts.items()
    }
    return replace(deployment, block=0, genesis="", contracts=contracts)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    with Node() as node, kept_awake(node.rpc_url):
        connection = Connection(node.rpc_url)
        try:
            return _deployed(connection, None, tmp_path_factory.mktemp("key"))
        finally:
            connection.close()


def test_N6_a_wallet_that_is_cut_off_everywhere_deploys_each_contract_once(
    undisturbed: Deployment, tmp_path: Path
) -> None:
    step = "a wallet is cut off at nine places"
    with Node() as node, kept_awake(node.rpc_url), recorded("deploy", "N6", step):
        connection = Connection(node.rpc_url)
        wallet = Wallet(connection)
        wallet.before = {2: CutOff, 40: SigningError, 60: CutOff}
        wallet.unheard = {1: CutOff, 10: CutOff, 70: CutOff}
        wallet.after = {5: CutOff, 30: CutOff, 80: CutOff}
        interruptions = 0
        while True:
            try:
                found = _deployed(connection, wallet, tmp_path)
                break
            except (CutOff, SigningError):
                interruptions += 1
                assert interruptions <= 9, "every interruption happens once"
        assert interruptions == 9
        assert _times_off(found) == _times_off(undisturbed)
        for name, entry in found.contracts.items():
            assert load(name).is_code(connection.code(entry.address), found.addresses), name
        creations = sum(
            1
            for number in range(connection.block_number() + 1)
            for receipt in connection.call("eth_getBlockReceipts", hex(number)) or ()
            if receipt.get("contractAddress") and int(receipt["status"], 16) == 1
        )
        assert creations == len(found.contracts)
        assert all(entry.transaction for entry in found.contracts.values())
        sent = connection.nonce(wallet.address)
        assert _deployed(connection, wallet, tmp_path) == found and connection.nonce(wallet.address) == sent
        connection.close()
