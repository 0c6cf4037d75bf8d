"""Settings: `commonhold.toml` for what everybody may read, `commonhold.secret.toml` for what nobody may.

Both stand in the working folder, or where `--config` says; neither is needed for a chain of one's own. Keys
are never in them: keys are in keystores, and passwords come from a prompt, a file or a file descriptor.

    [network]
    name = "local"                       # deployments/<name> holds its parameters and its manifest
    rpc = "http://127.0.0.1:8545"        # with an access key in it, put it into commonhold.secret.toml
    depth = 0                            # blocks on top of a transaction before it counts as done

    [networks.sepolia]                   # any number of these; --network or network.name picks one
    rpc = "https://…"
    chain_id = 11155111                  # a node of another chain is refused before anything else
    depth = 3
    testnet = true                       # allows a faucet coin and rules without delays
    max_fee_gwei = 20                    # this and the next two stand before those of [fees]
    tip_gwei = 1
    patience = 600
    explorer = "https://…"               # shown beside hashes and addresses
    verifier = "https://…"               # where sources are handed in, if not at the usual place

    [fees]
    max_fee_gwei = 200                   # most that is paid for one gas
    tip_gwei = 1
    patience = 0                         # seconds to wait for a lower fee

    [folders]
    deployments = "deployments"
    keystore = "keystore"
    data = ".commonhold"                 # the local store: names, drafts, journals

    [index]
    url = "sqlite:///.commonhold/index.sqlite"   # or postgresql://user@host/name
    depth = 64                           # blocks that a reorganisation may replace
    check = "bloom"                      # how a node's logs are proved: bloom, receipts, none

    [show]
    language = "en"                      # of statements and summaries: en, zh, ja

    [bank]                               # the account that the community's money lies on
    account = "DE02120300000000202051"   # IBAN or number, as the bank's statements write it
    holder = "Maple Grove"               # what payment slips name
    bank = "Example Bank"
    bic = ""
    currency = "EUR"

    [notify]
    office = "office@example.org"        # who hears of bank entries that nobody can place
    sender = "office@example.org"
    smtp = "smtp.example.org:587"
    user = ""                            # its password: smtp_password in commonhold.secret.toml, or a file
    webhook = ""                         # told what is for people without e-mail; signed with webhook_secret
    allow_private = false                # whether the webhook may be on this computer or a private network
    due_days = 5                         # how many days before a rent is due its tenant is told

    [keeper]                             # what `commonhold keeper` does unless its options say otherwise
    every = 60                           # minutes between two rounds, and, or:
    at = ["06:00", "18:00"]              # times of day of the community's calendar
    books = ["leases", "fees", "bills"]
    budget = 0.01                        # most of the chain's coin for gas in any hour
    low_coin = 0.05                      # alarm when the key has less
    port = 9632                          # health and metrics; 0: any
    retry_after = 60                     # minutes until a failure is tried again, doubled each time,
    retry_at_most = 10080                # up to so many

In commonhold.secret.toml: `[network]` and `[networks.<name>]` with an `rpc`, `[etherscan]` with a `key`,
`[notify]` with `smtp_password` and `webhook_secret`, `[index]` with a `url` that holds a password.
"""

import math
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from commonhold.errors import SettingsError
from commonhold.keeping import KEYS as KEEPER_KEYS
from commonhold.keeping import Keeping, read_keeping

FILE: Final = "commonhold.toml"
PRIVATE_FILE: Final = "commonhold.secret.toml"
LANGUAGES: Final = ("en", "zh", "ja")
INDEX_CHECKS: Final = ("bloom", "receipts", "none")
_GWEI: Final = 10**9
_HOME: Final = "local"  # a chain of one's own, at the usual port

# section -> key -> type
_PUBLIC: Final[Mapping[str, Mapping[str, type]]] = {
    "network": {"name": str, "rpc": str, "depth": int},
    "fees": {"max_fee_gwei": float, "tip_gwei": float, "patience": float},
    "folders": {"deployments": str, "keystore": str, "data": str},
    "index": {"url": str, "depth": int, "check": str},
    "show": {"language": str},
    "bank": {"account": str, "holder": str, "bank": str, "bic": str, "currency": str},
    "notify": {
        "office": str,
        "sender": str,
        "smtp": str,
        "user": str,
        "webhook": str,
        "allow_private": bool,
        "due_days": int,
    },
    "keeper": KEEPER_KEYS,
}
# of every [networks.<name>]
_NETWORK: Final[Mapping[str, type]] = {
    "rpc": str,
    "chain_id": int,
    "depth": int,
    "testnet": bool,
    "max_fee_gwei": float,
    "tip_gwei": float,
    "patience": float,
    "explorer": str,
    "verifier": str,
}
_SECRET: Final[Mapping[str, Mapping[str, type]]] = {
    "network": {"rpc": str},
    "etherscan": {"key": str},
    "index": {"url": str},
    "notify": {"smtp_password": str, "webhook_secret": str},
}
_SECRET_NETWORK: Final[Mapping[str, type]] = {"rpc": str}
_WORDS: Final[Mapping[type, str]] = {
    str: "text in quotes",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: 'texts in brackets, such as ["one", "two"]',
}


@dataclass(frozen=True, slots=True)
class Secrets:
    """What must not be shown: `repr` and logs leave it out.

    rpc: an address with an access key. etherscan_key: of an account at Etherscan. index: the
    address of a database with a password.
    """

    rpc: str | None = field(default=None, repr=False)
    etherscan_key: str | None = field(default=None, repr=False)
    index: str | None = field(default=None, repr=False)
    smtp_password: str = field(default="", repr=False)
    webhook_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where residents pay to, as slips print it and statements name it. currency: three letters."""

    account: str = ""
    holder: str = ""
    bank: str = ""
    bic: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Notify:
    """Who is told, and by what way. smtp: host:port; webhook: an address, "" for none; due_days [day]."""

    office: str = ""
    sender: str = ""
    smtp: str = ""
    user: str = ""
    webhook: str = ""
    allow_private: bool = False
    due_days: int = 5


@dataclass(frozen=True, slots=True)
class Settings:
    """max_fee, tip in [wei/gas]; patience in [s]; depth in blocks. Folders are absolute.

    chain_id: the only one that a node may have; None = any. explorer, verifier: addresses, or empty.
    """

    network: str = _HOME
    public_rpc: str = "http://127.0.0.1:8545"
    chain_id: int | None = None
    depth: int = 0
    testnet: bool = False
    explorer: str = ""
    verifier: str = ""
    max_fee: int = 200 * _GWEI
    tip: int = _GWEI
    patience: float = 0
    deployments: Path = Path("deployments")
    keystore: Path = Path("keystore")
    data: Path = Path(".commonhold")
    language: str = "en"
    public_index: str = ""
    index_depth: int = 64
    index_check: str = "bloom"
    bank: BankAccount = BankAccount()
    notify: Notify = Notify()
    keeper: Keeping = field(default_factory=Keeping)
    secrets: Secrets = Secrets()

    @property
    def rpc(self) -> str:
        """The node's address; may hold an access key: show it with `chain.connect.shown_url` only."""
        return self.secrets.rpc or self.public_rpc

    @property
    def index(self) -> str:
        """The index's database; may hold a password: `commonhold.index` shows it without."""
        file = self.data / f"index-{self.network}.sqlite"
        return self.secrets.index or self.public_index or f"sqlite:///{file}"

    @property
    def deployment(self) -> Path:
        """The folder of this network's parameters, journal and manifest."""
        return self.deployments / self.network


def load_settings(path: Path | None = None, network: str | None = None) -> Settings:
    """Read the files; a missing one leaves the defaults, unless it was named. Raises SettingsError.

    network: instead of the one that the file names
    """
    if path is not None and not path.is_file():
        raise SettingsError(f"There is no file {path}.", "Name an existing file with --config.")
    public = path or Path(FILE)
    values = _read(public, _PUBLIC, _NETWORK) if public.is_file() else {}
    secret = public.with_name(PRIVATE_FILE)
    private: dict[str, dict[str, Any]] = {}
    if secret.is_file():
        _refuse_shared(secret)
        private = _read(secret, _SECRET, _SECRET_NETWORK)
    return _settings(values, private, public, network)


def _read(
    path: Path, known: Mapping[str, Mapping[str, type]], of_network: Mapping[str, type]
) -> dict[str, dict[str, Any]]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {error}.", "The file is TOML: name = value, text in quotes.") from error
    for section, entries in document.items():
        if section != "networks" and section not in known:
            names = ", ".join([*known, "networks.<name>"])
            raise SettingsError(f"{path}: there is no section [{section}].", f"There are {names}.")
        if not isinstance(entries, dict):
            raise SettingsError(f"{path}: {section} is no section.", f"Write [{section}] above its values.")
        if section != "networks":
            _check(path, section, entries, known[section])
            continue
        for name, inner in entries.items():
            _plain_name(name, path, "networks")
            if not isinstance(inner, dict):
                raise SettingsError(
                    f"{path}: networks.{name} is no section.", f"Write [networks.{name}] above its values."
                )
            _check(path, f"networks.{name}", inner, of_network)
    return document


def _check(path: Path, section: str, entries: Mapping[str, Any], known: Mapping[str, type]) -> None:
    for key, value in entries.items():
        wanted = known.get(key)
        if wanted is None:
            raise SettingsError(f"{path}: [{section}] has no {key}.", f"There are {', '.join(known)}.")
        fits = isinstance(value, (int, float) if wanted is float else wanted)
        if isinstance(value, list):
            fits = fits and all(isinstance(one, str) for one in value)
        elif isinstance(value, float):
            fits = fits and math.isfinite(value)
        if not fits or (isinstance(value, bool) and wanted is not bool):
            raise SettingsError(f"{path}: {section}.{key} is {value!r}.", f"Write {_WORDS[wanted]}.")
        if isinstance(value, (int, float)) and value < 0:
            raise SettingsError(f"{path}: {section}.{key} is {value}.", "Write 0 or more.")


def _network(
    values: Mapping[str, Any], private: Mapping[str, Any], path: Path, wanted: str | None
) -> dict[str, Any]:
    """What the files say of the network that was chosen; `[network]` describes the one that it names."""
    single = values.get("network", {})
    name = _plain_name(wanted if wanted is not None else single.get("name", _HOME), path, "network.name")
    tables = values.get("networks", {})
    if name in tables:
        own = {**tables[name], "secret_rpc": private.get("networks", {}).get(name, {}).get("rpc")}
        if name != _HOME and "rpc" not in own and own["secret_rpc"] is None:
            raise SettingsError(
                f"{path}: [networks.{name}] names no node.",
                f"Write rpc there, or, with an access key in it, into {PRIVATE_FILE}.",
            )
    elif tables and name not in (single.get("name"), _HOME):
        raise SettingsError(
            f"{path}: there is no [networks.{name}].", f"There are {', '.join(sorted(tables))}."
        )
    else:
        own = {**single, "secret_rpc": private.get("network", {}).get("rpc")}
    return {**values.get("fees", {}), **own, "name": name}


def _settings(
    values: Mapping[str, Mapping[str, Any]],
    private: Mapping[str, Mapping[str, Any]],
    path: Path,
    wanted: str | None,
) -> Settings:
    base = path.resolve().parent
    network = _network(values, private, path, wanted)
    folders, show = values.get("folders", {}), values.get("show", {})
    index = values.get("index", {})
    default = Settings()
    check = index.get("check", default.index_check)
    if check not in INDEX_CHECKS:
        raise SettingsError(f"{path}: index.check is {check!r}.", f"There are {', '.join(INDEX_CHECKS)}.")
    language = show.get("language", default.language)
    if language not in LANGUAGES:
        raise SettingsError(f"{path}: show.language is {language!r}.", f"There are {', '.join(LANGUAGES)}.")
    return Settings(
        network=network["name"],
        public_rpc=network.get("rpc", default.public_rpc),
        chain_id=network.get("chain_id"),
        depth=network.get("depth", default.depth),
        testnet=network.get("testnet", default.testnet),
        explorer=network.get("explorer", default.explorer).rstrip("/"),
        verifier=network.get("verifier", default.verifier).rstrip("/"),
        max_fee=int(network.get("max_fee_gwei", default.max_fee / _GWEI) * _GWEI),
        tip=int(network.get("tip_gwei", default.tip / _GWEI) * _GWEI),
        patience=network.get("patience", default.patience),
        deployments=base / folders.get("deployments", default.deployments),
        keystore=base / folders.get("keystore", default.keystore),
        data=base / folders.get("data", default.data),
        language=language,
        public_index=_index_url(index.get("url", ""), base, path),
        index_depth=index.get("depth", default.index_depth),
        index_check=check,
        bank=BankAccount(**values.get("bank", {})),
        notify=Notify(**values.get("notify", {})),
        keeper=read_keeping(values.get("keeper", {}), path),
        secrets=Secrets(
            network["secret_rpc"],
            private.get("etherscan", {}).get("key"),
            private.get("index", {}).get("url"),
            **private.get("notify", {}),
        ),
    )


def _index_url(url: str, base: Path, path: Path) -> str:
    """A file of SQLite's is meant from the folder of the settings; a password has no place in them."""
    if urlsplit(url).password is not None:
        raise SettingsError(
            f"{path}: index.url holds a password.", f"Write the whole url into {PRIVATE_FILE}, under [index]."
        )
    start = "sqlite:///"
    return f"{start}{base / url.removeprefix(start)}" if url.startswith(start) else url


def _plain_name(name: str, path: Path, what: str) -> str:
    if not name or any(not (letter.isalnum() or letter in "-_") for letter in name):
        raise SettingsError(f"{path}: {what} is {name!r}.", "Use letters, digits, - and _.")
    return name


def _refuse_shared(path: Path) -> None:
    """Raises SettingsError for a secret that others on this machine can read."""
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SettingsError(f"{path} can be read by others on this machine.", f"Run: chmod 600 {path}")
