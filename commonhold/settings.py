"""Settings: `commonhold.toml` for what everybody may read, `commonhold.secret.toml` for what nobody may.

Both stand in the working folder, or where `--config` says; neither is needed for a chain of one's own. Keys
are never in them: keys are in keystores, and passwords come from a prompt, a file or a file descriptor.

    [network]
    name = "local"                       # deployments/<name> holds its parameters and its manifest
    rpc = "http://127.0.0.1:8545"        # with an access key in it, put it into commonhold.secret.toml
    depth = 0                            # blocks on top of a transaction before it counts as done

    [fees]
    max_fee_gwei = 200                   # most that is paid for one gas
    tip_gwei = 1
    patience = 0                         # seconds to wait for a lower fee

    [folders]
    deployments = "deployments"
    keystore = "keystore"
    data = ".commonhold"                 # the local store: names, drafts, journals

    [show]
    language = "en"                      # of statements and summaries: en, zh, ja
"""

import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from commonhold.errors import SettingsError

FILE: Final = "commonhold.toml"
PRIVATE_FILE: Final = "commonhold.secret.toml"
LANGUAGES: Final = ("en", "zh", "ja")
_GWEI: Final = 10**9

# section -> key -> type
_PUBLIC: Final[Mapping[str, Mapping[str, type]]] = {
    "network": {"name": str, "rpc": str, "depth": int},
    "fees": {"max_fee_gwei": float, "tip_gwei": float, "patience": float},
    "folders": {"deployments": str, "keystore": str, "data": str},
    "show": {"language": str},
}
_SECRET: Final[Mapping[str, Mapping[str, type]]] = {"network": {"rpc": str}}


@dataclass(frozen=True, slots=True)
class Secrets:
    """What must not be shown: `repr` and logs leave it out. rpc: an address with an access key."""

    rpc: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """max_fee, tip in [wei/gas]; patience in [s]; depth in blocks. Folders are absolute."""

    network: str = "local"
    public_rpc: str = "http://127.0.0.1:8545"
    depth: int = 0
    max_fee: int = 200 * _GWEI
    tip: int = _GWEI
    patience: float = 0
    deployments: Path = Path("deployments")
    keystore: Path = Path("keystore")
    data: Path = Path(".commonhold")
    language: str = "en"
    secrets: Secrets = Secrets()

    @property
    def rpc(self) -> str:
        """The node's address; may hold an access key: show it with `chain.connect.shown_url` only."""
        return self.secrets.rpc or self.public_rpc

    @property
    def deployment(self) -> Path:
        """The folder of this network's parameters, journal and manifest."""
        return self.deployments / self.network


def load_settings(path: Path | None = None) -> Settings:
    """Read the files; a missing one leaves the defaults, unless it was named. Raises SettingsError."""
    if path is not None and not path.is_file():
        raise SettingsError(f"There is no file {path}.", "Name an existing file with --config.")
    public = path or Path(FILE)
    base = public.resolve().parent
    values = _read(public, _PUBLIC) if public.is_file() else {}
    secret = public.with_name(PRIVATE_FILE)
    secrets: dict[str, dict[str, Any]] = {}
    if secret.is_file():
        _refuse_shared(secret)
        secrets = _read(secret, _SECRET)
    return _settings(values, base, Secrets(secrets.get("network", {}).get("rpc")), public)


def _read(path: Path, known: Mapping[str, Mapping[str, type]]) -> dict[str, dict[str, Any]]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {error}.", "The file is TOML: name = value, text in quotes.") from error
    for section, entries in document.items():
        if section not in known:
            raise SettingsError(f"{path}: there is no section [{section}].", f"There are {', '.join(known)}.")
        if not isinstance(entries, dict):
            raise SettingsError(f"{path}: {section} is no section.", f"Write [{section}] above its values.")
        for key, value in entries.items():
            wanted = known[section].get(key)
            if wanted is None:
                names = ", ".join(known[section])
                raise SettingsError(f"{path}: [{section}] has no {key}.", f"There are {names}.")
            fits = isinstance(value, (int, float) if wanted is float else wanted)
            if not fits or isinstance(value, bool):
                words = {str: "text in quotes", int: "a whole number", float: "a number"}[wanted]
                raise SettingsError(f"{path}: {section}.{key} is {value!r}.", f"Write {words}.")
    return document


def _settings(values: Mapping[str, Mapping[str, Any]], base: Path, secrets: Secrets, path: Path) -> Settings:
    network, fees = values.get("network", {}), values.get("fees", {})
    folders, show = values.get("folders", {}), values.get("show", {})
    default = Settings()
    language = show.get("language", default.language)
    if language not in LANGUAGES:
        raise SettingsError(f"{path}: show.language is {language!r}.", f"There are {', '.join(LANGUAGES)}.")
    for name, value in (*fees.items(), ("depth", network.get("depth", 0))):
        if value < 0:
            raise SettingsError(f"{path}: {name} is {value}.", "Write 0 or more.")
    return Settings(
        network=_plain_name(network.get("name", default.network), path),
        public_rpc=network.get("rpc", default.public_rpc),
        depth=network.get("depth", default.depth),
        max_fee=int(fees.get("max_fee_gwei", default.max_fee / _GWEI) * _GWEI),
        tip=int(fees.get("tip_gwei", default.tip / _GWEI) * _GWEI),
        patience=fees.get("patience", default.patience),
        deployments=base / folders.get("deployments", default.deployments),
        keystore=base / folders.get("keystore", default.keystore),
        data=base / folders.get("data", default.data),
        language=language,
        secrets=secrets,
    )


def _plain_name(name: str, path: Path) -> str:
    if not name or any(not (letter.isalnum() or letter in "-_") for letter in name):
        raise SettingsError(f"{path}: network.name is {name!r}.", "Use letters, digits, - and _.")
    return name


def _refuse_shared(path: Path) -> None:
    """Raises SettingsError for a secret that others on this machine can read."""
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SettingsError(f"{path} can be read by others on this machine.", f"Run: chmod 600 {path}")
