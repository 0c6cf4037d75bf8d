"""`browser`: a page on 127.0.0.1 by which a wallet in the browser signs and sends each prepared transaction.

The page gets its right from a token in the fragment of its address, which no server ever sees; it is used up
when the page is opened. Every request must come from this very page: by Host, by Origin, by its session's
key. It shows what is to be signed in words; the wallet shows its own version before it signs.
"""

import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from eth_utils.address import is_address, to_checksum_address

from commonhold.chain.signing import OutsideSigner, Prepared
from commonhold.errors import SigningError
from commonhold.ops.signers.page import Page
from commonhold.ops.signers.readable import in_words

# EIP-1193 and its relatives: what a wallet's error codes mean, and what to do.
CODES: Final[Mapping[int, tuple[str, str]]] = {
    4001: ("It was declined in the wallet", "Nothing was sent. Run this again when you want to go on."),
    4100: (
        "The wallet does not let this page use the account",
        "Connect the account to the page in the wallet, then run this again.",
    ),
    4900: (
        "The wallet has no connection to any network",
        "Look at the wallet's network, then run this again.",
    ),
    4901: ("The wallet has no connection to this network", "Choose it in the wallet, then run this again."),
    4902: ("The wallet does not know this network", "Add the network in the wallet, then run this again."),
    -32002: (
        "The wallet is still waiting for an answer to an earlier question",
        "Open the wallet and answer it, then run this again.",
    ),
}


class WalletRefused(SigningError):
    """The wallet, or the person before it, did not sign. code: of EIP-1193, or None."""

    def __init__(self, message: str, hint: str, code: int | None = None) -> None:
        super().__init__(message, hint)
        self.code = code


class BrowserSigner(OutsideSigner):
    """A wallet on the other side of a page. Patience in [s]."""

    def __init__(
        self, chain_id: int, network: str, *, to_connect: float = 600, to_answer: float = 1800
    ) -> None:
        self._chain_id = chain_id
        self._network = network
        self._to_connect = to_connect
        self._to_answer = to_answer
        self._token = secrets.token_urlsafe(24)
        self._session: str | None = None
        self._address: str | None = None
        self._task: dict[str, Any] | None = None
        self._answer: Mapping[str, Any] | None = None
        self._count = 0
        self._done = False
        self._heard = False
        self._change = threading.Condition()
        self._page = Page(
            {
                "claim": self._claim,
                "connected": self._connected,
                "next": self._next,
                "answer": self._answered,
            }
        )

    @property
    def url(self) -> str:
        """Of the page, with its token."""
        return f"{self._page.origin}/#{self._token}"

    @property
    def address(self) -> str:
        if self._address is None:
            raise SigningError("No wallet is connected.", "Open the page and connect one.")
        return self._address

    def wait(self) -> str:
        """Until a wallet is connected; its address. Raises SigningError after the patience."""
        with self._change:
            if not self._change.wait_for(lambda: self._address is not None, self._to_connect):
                raise SigningError(
                    f"No wallet was connected within {self._to_connect:g} s.",
                    "Run this again and open the page in the browser that has your wallet.",
                )
        return self.address

    def hand_over(self, transactions: Sequence[Prepared], sent: Callable[[int, str], None]) -> None:
        """One after the other, each with the wallet's own question to the person. Raises WalletRefused."""
        for index, prepared in enumerate(transactions):
            answer = self._ask(prepared, index + 1, len(transactions))
            if "hash" not in answer:
                raise _refused(prepared, answer)
            sent(index, str(answer["hash"]))

    def close(self, grace: float = 1) -> None:
        """Served no longer, once an open page has heard that it may be closed, or after `grace` [s]."""
        with self._change:
            self._done = True
            self._change.wait_for(lambda: self._session is None or self._heard, grace)
        self._page.close()

    def _ask(self, prepared: Prepared, number: int, of: int) -> Mapping[str, Any]:
        with self._change:
            self._count += 1
            self._answer = None
            self._task = {
                "id": self._count,
                "title": prepared.call.label,
                "place": f"{number} of {of}" if of > 1 else "",
                "lines": in_words(prepared.call),
                "request": self._request(prepared),
            }
            try:
                if not self._change.wait_for(lambda: self._answer is not None, self._to_answer):
                    raise WalletRefused(
                        f"{prepared.call.label}: the wallet did not answer within {self._to_answer:g} s.",
                        "Close the wallet's question if it is still open, then run this again.",
                    )
                return self._answer or {}
            finally:
                self._task = None

    def _request(self, prepared: Prepared) -> dict[str, str]:
        """As eth_sendTransaction takes it. The number only where a contract's address depends on it."""
        transaction = prepared.transaction
        fields = {
            "from": self.address,
            "data": "0x" + transaction.data.hex(),
            "value": hex(transaction.value),
            "gas": hex(transaction.gas),
            "maxFeePerGas": hex(transaction.max_fee),
            "maxPriorityFeePerGas": hex(transaction.tip),
        }
        if transaction.to is not None:
            fields["to"] = transaction.to
        else:
            fields["nonce"] = hex(transaction.nonce)
        return fields

    # ---- what the page asks

    def _claim(self, key: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """The token for a session, once."""
        with self._change:
            if self._session is None and _same(key, self._token):
                self._session = secrets.token_urlsafe(24)
                return {"session": self._session, "chain": self._chain_id, "network": self._network}
            if self._own(key):
                return {"session": key, "chain": self._chain_id, "network": self._network}
        return None

    def _own(self, key: str) -> bool:
        return self._session is not None and _same(key, self._session)

    def _connected(self, key: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
        if not self._own(key):
            return None
        address, chain = str(body.get("address")), body.get("chain")
        if not is_address(address):
            return {"problem": "The wallet named no account."}
        if chain != self._chain_id:
            return {"problem": f"The wallet is on chain {chain}, not on {self._chain_id}."}
        with self._change:
            if self._address is not None and self._address != to_checksum_address(address):
                return {"problem": f"This command began with {self._address}. Choose that account."}
            self._address = to_checksum_address(address)
            self._change.notify_all()
        return {"address": self._address}

    def _next(self, key: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
        if not self._own(key):
            return None
        with self._change:
            self._heard = self._done
            self._change.notify_all()
            return {"task": self._task, "done": self._done}

    def _answered(self, key: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
        if not self._own(key):
            return None
        with self._change:
            if self._task is None or body.get("id") != self._task["id"]:
                return {"problem": "That question is not open any more."}
            self._answer = dict(body)
            self._task = None  # asked once: the page may ask on before `_ask` wakes
            self._change.notify_all()
        return {}


def _same(given: str, own: str) -> bool:
    """In the same time wherever they differ; a key in strange letters is simply another one."""
    return secrets.compare_digest(given.encode(), own.encode())


def _refused(prepared: Prepared, answer: Mapping[str, Any]) -> WalletRefused:
    code = answer.get("code")
    if isinstance(code, int) and code in CODES:
        words, hint = CODES[code]
        return WalletRefused(f"{prepared.call.label}: {words} (code {code}).", hint, code)
    said = " ".join(str(answer.get("message") or "no reason").split())[:200]
    return WalletRefused(
        f"{prepared.call.label}: the wallet did not send it: {said} (code {code}).",
        "Look into the wallet whether anything was sent, then run this again.",
        code if isinstance(code, int) else None,
    )
