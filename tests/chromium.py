"""A headless Chromium with a scripted wallet in it, driven through its own debugging protocol.

    with Chromium() as chromium:
        tab = chromium.open(url, wallet)        # wallet: a function (method, params) -> answer
        tab.until("Which wallet signs?")
        tab.press("Connect Test Wallet")

The wallet is announced to the page before its own script runs, as an extension would do it.
"""

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from websockets.sync.client import ClientConnection, connect

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_START = 60  # at most [s]
_PATIENCE = 30  # for a page to say something [s]

Wallet = Callable[[str, list[Any]], Any]

_WALLET_SCRIPT = """
(() => {
  const waiting = new Map();
  let count = 0;
  const provider = {
    request: ({ method, params }) => new Promise((yes, no) => {
      waiting.set(++count, { yes, no });
      walletCall(JSON.stringify({ id: count, method, params: params ?? [] }));
    }),
  };
  globalThis.walletAnswer = (id, result, error) =>
    error ? waiting.get(id).no(error) : waiting.get(id).yes(result);
  const info = { uuid: "7c3f", name: "Test Wallet", icon: "data:,", rdns: "example.wallet" };
  if (%s) {
    addEventListener("eip6963:requestProvider", () =>
      dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail: { info, provider } })));
  } else {
    globalThis.ethereum = provider;
  }
})();
"""


class WalletError(Exception):
    """What a wallet rejects with. code: of EIP-1193."""

    def __init__(self, code: int, message: str = "") -> None:
        super().__init__(message)
        self.code = code


def program() -> str | None:
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


class Chromium:
    def __init__(self) -> None:
        found = program()
        assert found is not None, "there is no Chromium"
        self._home = Path(tempfile.mkdtemp(prefix="chromium-"))
        flags = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
        ]
        self._process = subprocess.Popen(
            [found, *flags, "--remote-debugging-port=0", f"--user-data-dir={self._home}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._line = connect(self._address(), max_size=None)
        self._count = 0
        self._events: list[dict[str, Any]] = []

    def _address(self) -> str:
        """Of the debugging server, from the file in which Chromium writes its port."""
        path, end = self._home / "DevToolsActivePort", time.monotonic() + _START
        while time.monotonic() < end:
            if self._process.poll() is not None:
                raise RuntimeError(f"Chromium ended with {self._process.returncode}")
            lines = path.read_text().split("\n") if path.is_file() else []
            if len(lines) == 2:
                return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
            time.sleep(0.05)
        raise RuntimeError(f"Chromium did not start within {_START} s")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.close()
        self._process.terminate()
        self._process.wait(20)
        shutil.rmtree(self._home, ignore_errors=True)

    @property
    def line(self) -> ClientConnection:
        return self._line

    def call(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        self._count += 1
        number = self._count
        message = {"id": number, "method": method, "params": params}
        self._line.send(json.dumps(message | ({"sessionId": session} if session else {})))
        while True:
            answer = json.loads(self._line.recv(timeout=_PATIENCE))
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                found: dict[str, Any] = answer["result"]
                return found
            self._events.append(answer)

    def events(self, session: str, method: str) -> list[dict[str, Any]]:
        """Those that came since they were last asked for."""
        while True:
            try:
                self._events.append(json.loads(self._line.recv(timeout=0.02)))
            except TimeoutError:
                break
        mine = [e for e in self._events if e.get("sessionId") == session and e.get("method") == method]
        self._events = [event for event in self._events if event not in mine]
        return mine

    def open(self, url: str, wallet: Wallet | None, announced: bool = True) -> "Tab":
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        tab = Tab(self, session, wallet)
        for domain in ("Page", "Runtime"):
            self.call(f"{domain}.enable", session)
        if wallet is not None:
            self.call("Runtime.addBinding", session, name="walletCall")
            script = _WALLET_SCRIPT % json.dumps(announced)
            self.call("Page.addScriptToEvaluateOnNewDocument", session, source=script)
        self.call("Page.navigate", session, url=url)
        return tab


class Tab:
    """One page. Its wallet answers while the test looks at the page."""

    def __init__(self, browser: Chromium, session: str, wallet: Wallet | None) -> None:
        self._browser = browser
        self._session = session
        self.wallet = wallet
        self.asked: list[tuple[str, list[Any]]] = []

    def evaluate(self, expression: str) -> Any:
        answer = self._browser.call(
            "Runtime.evaluate", self._session, expression=expression, returnByValue=True
        )
        return answer["result"].get("value")

    def text(self) -> str:
        self._serve_wallet()
        return str(self.evaluate("document.body ? document.body.innerText : ''"))

    def until(self, words: str) -> str:
        """The page's text, once it says this."""
        end = time.monotonic() + _PATIENCE
        while words not in (shown := self.text()):
            assert time.monotonic() < end, f"the page never says {words!r}:\n{shown}"
            time.sleep(0.03)
        return shown

    def press(self, label: str) -> None:
        """A button, once it is there."""
        find = f"[...document.querySelectorAll('button')].find((b) => b.textContent === {json.dumps(label)})"
        end = time.monotonic() + _PATIENCE
        while not self.evaluate(f"Boolean({find})"):
            assert time.monotonic() < end, f"there is no button {label!r}:\n{self.text()}"
            self._serve_wallet()
        self.evaluate(f"{find}.click()")

    def _serve_wallet(self) -> None:
        for event in self._browser.events(self._session, "Runtime.bindingCalled"):
            call = json.loads(event["params"]["payload"])
            self.asked.append((call["method"], call["params"]))
            assert self.wallet is not None
            try:
                result, error = self.wallet(call["method"], call["params"]), None
            except WalletError as refusal:
                result, error = None, {"code": refusal.code, "message": str(refusal)}
            values = ", ".join(json.dumps(value) for value in (call["id"], result, error))
            self.evaluate(f"walletAnswer({values})")
