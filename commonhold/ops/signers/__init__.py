"""Who signs, as it is named on the command line: `keystore:NAME`, `browser` or `safe-json:ADDRESS`."""

import atexit
import sys

from commonhold.chain.connect import Connection
from commonhold.chain.signing import AnySigner
from commonhold.errors import SettingsError
from commonhold.ops.keys import PasswordSource, open_key
from commonhold.ops.signers.browser import BrowserSigner
from commonhold.ops.signers.safe import SafeSigner
from commonhold.settings import Settings

KINDS = ("keystore:NAME", "browser", "safe-json:ADDRESS")


def open_signer(spec: str, settings: Settings, connection: Connection, password: PasswordSource) -> AnySigner:
    """The signer that `spec` names. Raises SettingsError, SigningError.

    `browser` waits until a wallet is connected to its page; `safe-json` sends nothing, it writes a file.
    """
    kind, _, name = spec.partition(":")
    if kind == "keystore" and name:
        return open_key(name, settings.keystore, password)
    if kind == "browser" and not name:
        signer = BrowserSigner(connection.chain_id, settings.network)
        print(
            f"Open this page in the browser that has your wallet; it works once:\n  {signer.url}",
            file=sys.stderr,
            flush=True,
        )
        atexit.register(signer.close)
        signer.wait()
        return signer
    if kind == "safe-json":
        return SafeSigner(name, connection, settings.deployment / "safe")
    raise SettingsError(f"{spec}: no such signer.", f"Write {', '.join(KINDS[:-1])} or {KINDS[-1]}.")
