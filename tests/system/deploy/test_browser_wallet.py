"""A real browser, a scripted wallet in it, a real node: `browser` as a signer, from address to receipt.

found by EIP-6963 · by window.ethereum · none, then looked for again · connects · declines to connect (4001) ·
account not allowed (4100) · other network: changed, unknown (4902) · sends · declines: again, or stops ·
still busy (-32002) · what is to be signed is text · opened twice · loaded again · the command ends · a whole
command signed in the browser
"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from eth_account.signers.local import LocalAccount

from commonhold.chain.call import Call
from commonhold.chain.connect import Connection
from commonhold.chain.node import Node
from commonhold.chain.receipts import Receipt
from commonhold.chain.send import Sender
from commonhold.chain.signing import Transaction, dev_account, sign
from commonhold.errors import CommonholdError
from commonhold.ops.deploy import deploy_local, local_account
from commonhold.ops.signers.browser import BrowserSigner, WalletRefused
from tests.chromium import Chromium, Tab, WalletError, program
from tools.environment import ROOT

pytestmark = pytest.mark.skipif(
    program() is None, reason="LOUD: no Chromium here (`apt-get install chromium`): wallets were not tried"
)
ACCOUNT = dev_account(5)
SOMEBODY = "0x000000000000000000000000000000000000bEEF"
CHAIN = 31337


class TestWallet:
    """Signs with a development key and sends through the node, as a wallet with its own node does."""

    __test__ = False

    def __init__(self, connection: Connection, account: LocalAccount = ACCOUNT) -> None:
        self._connection = connection
        self._account = account
        self.chain = CHAIN
        self.knows = {CHAIN, 1}
        self.refusals: dict[str, list[int]] = {}

    def __call__(self, method: str, params: list[Any]) -> Any:
        if codes := self.refusals.get(method):
            raise WalletError(codes.pop(0), "as the wallet puts it")
        if method == "eth_requestAccounts":
            return [str(self._account.address).lower()]
        if method == "eth_chainId":
            return hex(self.chain)
        if method == "wallet_switchEthereumChain":
            wanted = int(params[0]["chainId"], 16)
            if wanted not in self.knows:
                raise WalletError(4902, "Unrecognized chain")
            self.chain = wanted
            return None
        if method == "eth_sendTransaction":
            return self._send(params[0])
        raise WalletError(4200, method)

    def _send(self, fields: dict[str, str]) -> str:
        transaction = Transaction(
            chain_id=self.chain,
            nonce=self._connection.nonce(self._account.address),
            to=fields.get("to"),
            data=bytes.fromhex(fields["data"][2:]),
            value=int(fields["value"], 16),
            gas=int(fields["gas"], 16),
            max_fee=int(fields["maxFeePerGas"], 16),
            tip=int(fields["maxPriorityFeePerGas"], 16),
        )
        raw = "0x" + sign(self._account, transaction).raw.hex()
        return str(self._connection.call("eth_sendRawTransaction", raw))


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with Node() as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    with Chromium() as running:
        yield running


@pytest.fixture
def connection(node: Node) -> Iterator[Connection]:
    made = Connection(node.rpc_url)
    yield made
    made.close()


@pytest.fixture
def wallet(connection: Connection) -> TestWallet:
    return TestWallet(connection)


@pytest.fixture
def signer() -> Iterator[BrowserSigner]:
    made = BrowserSigner(CHAIN, "town", to_connect=30, to_answer=30)
    yield made
    made.close(grace=0)


class Sending:
    """`Sender.send` in the background, while the test looks at the page."""

    def __init__(self, connection: Connection, signer: BrowserSigner, call: Call) -> None:
        self.receipt: Receipt | None = None
        self.error: CommonholdError | None = None
        self._work = lambda: Sender(connection, signer).send(call)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.receipt = self._work()
        except CommonholdError as error:
            self.error = error

    def ended(self) -> "Sending":
        self._thread.join(30)
        assert not self._thread.is_alive()
        return self


def coins(value: int, contract: str = "Coin") -> Call:
    return Call(SOMEBODY, b"", contract, "send", value)


def connected(tab: Tab) -> Tab:
    tab.press("Connect Test Wallet")
    tab.until("Connected.")
    return tab


def test_a_wallet_is_found_connected_and_sends_what_was_prepared(
    chromium: Chromium, connection: Connection, wallet: TestWallet, signer: BrowserSigner
) -> None:
    tab = chromium.open(signer.url, wallet)
    tab.until("Which wallet signs?")
    assert "#" not in str(tab.evaluate("location.href"))  # the token is gone from the address
    connected(tab)
    assert signer.wait() == ACCOUNT.address and str(ACCOUNT.address) in tab.text()
    before = int(connection.call("eth_getBalance", SOMEBODY, "latest"), 16)
    first = Sending(connection, signer, coins(3))
    tab.until("Coin.send 0x")
    assert first.ended().receipt is not None and first.receipt is not None and first.receipt.ok
    echo = bytes([0x66]) + bytes.fromhex("365f5f37365ffd") + bytes.fromhex("5f5260076019f3")
    second = Sending(connection, signer, Call(None, echo, "Echo", "constructor"))
    tab.until("Echo.constructor 0x")
    assert second.ended().receipt is not None and second.receipt is not None and second.receipt.created
    after = int(connection.call("eth_getBalance", SOMEBODY, "latest"), 16)
    assert after - before == 3
    sent = [params[0] for method, params in tab.asked if method == "eth_sendTransaction"]
    assert [fields["from"] for fields in sent] == [ACCOUNT.address] * 2 and "nonce" in sent[1]
    threading.Thread(target=signer.close, kwargs={"grace": 5}, daemon=True).start()
    tab.until("Done. You can close this page.")


def test_a_wallet_without_announcement_is_found_and_changes_the_network(
    chromium: Chromium, connection: Connection, wallet: TestWallet, signer: BrowserSigner
) -> None:
    wallet.chain, wallet.knows = 1, {1}
    tab = chromium.open(signer.url, wallet, announced=False)
    tab.press("Connect the wallet of this browser")
    tab.until("does not know this network. Add it")
    wallet.knows.add(CHAIN)
    tab.press("Try again")
    tab.press("Connect the wallet of this browser")
    tab.until("Connected.")
    assert wallet.chain == CHAIN
    wallet.chain = 1  # changed back by hand: the page asks again before it sends
    sending = Sending(connection, signer, coins(1))
    tab.until("Sent.")
    assert sending.ended().receipt is not None and wallet.chain == CHAIN


def test_where_there_is_no_wallet_the_page_says_so(chromium: Chromium, signer: BrowserSigner) -> None:
    tab = chromium.open(signer.url, None)
    tab.until("No wallet was found in this browser.")
    tab.press("Look again")
    tab.until("No wallet was found in this browser.")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (4001, "You declined in the wallet"),
        (4100, "does not let this page use the account"),
        (-32002, "still waiting"),
    ],
)
def test_what_a_wallet_says_no_to_is_put_in_words_and_may_be_tried_again(
    chromium: Chromium,
    connection: Connection,
    wallet: TestWallet,
    signer: BrowserSigner,
    code: int,
    words: str,
) -> None:
    wallet.refusals = {"eth_requestAccounts": [code], "eth_sendTransaction": [code, code]}
    tab = chromium.open(signer.url, wallet)
    tab.press("Connect Test Wallet")
    tab.until(words)
    tab.press("Try again")
    connected(tab)
    sending = Sending(connection, signer, coins(2))
    tab.until(words)
    tab.press("Try again")
    tab.until(words)
    tab.press("Try again")
    tab.until("Sent.")
    assert sending.ended().receipt is not None
    assert [method for method, _ in tab.asked].count("eth_sendTransaction") == 3


def test_who_stops_after_declining_ends_the_command_with_nothing_sent(
    chromium: Chromium, connection: Connection, wallet: TestWallet, signer: BrowserSigner
) -> None:
    wallet.refusals = {"eth_sendTransaction": [4001]}
    tab = connected(chromium.open(signer.url, wallet))
    before = connection.nonce(ACCOUNT.address)
    sending = Sending(connection, signer, coins(2))
    tab.until("You declined in the wallet")
    tab.press("Stop")
    tab.until("Stopped.")
    assert isinstance(sending.ended().error, WalletRefused) and sending.error is not None
    assert "code 4001" in sending.error.message and connection.nonce(ACCOUNT.address) == before


def test_W1_what_is_to_be_signed_is_text_and_nothing_else(
    chromium: Chromium, connection: Connection, wallet: TestWallet, signer: BrowserSigner
) -> None:
    evil = "<img src=x onerror=\"document.title='owned'\">"
    wallet.refusals = {"eth_sendTransaction": [4001]}
    tab = connected(chromium.open(signer.url, wallet))
    sending = Sending(connection, signer, coins(7, evil))
    shown = tab.until("You declined in the wallet")
    assert evil in shown and "7 wei" in shown and SOMEBODY in shown
    assert tab.evaluate("document.images.length") == 0 and tab.evaluate("document.title") != "owned"
    tab.press("Stop")
    sending.ended()


def test_a_page_is_opened_once_but_may_be_loaded_again(
    chromium: Chromium, connection: Connection, wallet: TestWallet, signer: BrowserSigner
) -> None:
    tab = connected(chromium.open(signer.url, wallet))
    other = chromium.open(signer.url, wallet)
    other.until("This page was opened before")
    assert "Connect" not in other.text()
    tab.evaluate("location.reload()")
    tab.until("Which wallet signs?")
    connected(tab)
    sending = Sending(connection, signer, coins(1))
    tab.until("Sent.")
    assert sending.ended().receipt is not None


def test_when_the_command_is_gone_the_page_says_so(
    chromium: Chromium, wallet: TestWallet, signer: BrowserSigner
) -> None:
    tab = connected(chromium.open(signer.url, wallet))
    signer.close(grace=0)
    signer._page.close = lambda: None  # type: ignore[method-assign]
    tab.until("You can close this page.")


def test_a_command_is_signed_in_the_browser_from_the_address_it_prints(
    chromium: Chromium, node: Node, connection: Connection, tmp_path: Path
) -> None:
    deployment = deploy_local(node.rpc_url, folder=tmp_path / "deployments" / "local")
    (tmp_path / "commonhold.toml").write_text(f'[network]\nrpc = "{node.rpc_url}"\n')
    manager, committee = local_account("MANAGER"), local_account("COMMITTEE")
    words = ["office", "call", "CommunityAccess.dismiss", "MANAGER", str(manager.address), "--key", "browser"]
    command = subprocess.Popen(
        [sys.executable, "-m", "commonhold.cli", *words],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert command.stderr is not None
    url = next(line.strip() for line in command.stderr if line.strip().startswith("http://127.0.0.1:"))
    tab = connected(chromium.open(url, TestWallet(connection, committee)))
    shown = tab.until("Sent.")
    assert "CommunityAccess.dismiss" in shown
    tab.until("You can close this page.")
    out, err = command.communicate(timeout=60)
    assert command.returncode == 0, err
    receipt = connection.call("eth_getTransactionReceipt", out.strip())
    assert str(receipt["from"]).lower() == str(committee.address).lower()
    assert not deployment.suite(connection).access.has_role(1, manager.address)[0]
