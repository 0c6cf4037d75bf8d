"""Parameters of a deployment: `deployments/<network>/config.toml`.

[community]
name = "Maple Grove"                 # what wallets show when residents sign, at most 31 bytes
money_name = "Maple Money"
money_symbol = "MPL"
utc_offset = "+08:00"                # the calendar in which rent falls due; never changes
supply_cap = "1,000,000,000"         # most money that may exist
admin = "0x…"                        # the owners' multisig; left out: the deployer
admin_delay_days = 2
delays = false                       # test networks only: changes of rules and roles count at once
faucet_coin = "tUSD"                 # test networks only: a worthless coin that gives itself away

[roles]                              # who holds which office; see docs/roles.md
MANAGER = ["0x…"]
COMMITTEE = ["0x…"]

[minters]                            # who may create money against bank slips, and how much
"0x…" = "1,000,000"
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from eth_utils.address import is_checksum_address, is_hex_address, to_checksum_address

from commonhold.errors import SettingsError
from commonhold.ops.deploy.plan import OFFICES, Parameters
from commonhold.units import parse_money

FILE: Final = "config.toml"
_OFFSET: Final = re.compile(r"([+-])(\d{2}):(\d{2})", re.ASCII)
_COMMUNITY: Final = (
    "name",
    "money_name",
    "money_symbol",
    "utc_offset",
    "supply_cap",
    "admin",
    "admin_delay_days",
    "delays",
    "faucet_coin",
)
_FOR_TESTS: Final = ("delays", "faucet_coin")


def read_parameters(path: Path, *, testnet: bool = False) -> Parameters:
    """Read a config.toml. Raises SettingsError naming what to put right.

    testnet: allow what makes trying easy and money unsafe
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(
            f"There is no {path}.", "Copy deployments/example/config.toml there and fill it in."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {error}.", "The file is TOML.") from error
    return _Reader(path, document, testnet).parameters()


class _Reader:
    def __init__(self, path: Path, document: Mapping[str, Any], testnet: bool) -> None:
        self._path = path
        self._testnet = testnet
        self._document = document

    def _wrong(self, what: str, advice: str) -> SettingsError:
        return SettingsError(f"{self._path}: {what}.", advice)

    def parameters(self) -> Parameters:
        self._known(self._document, ("community", "roles", "minters"), "section")
        community = self._section("community")
        self._known(community, _COMMUNITY, "setting in [community]")
        roles = self._section("roles")
        self._known(roles, OFFICES, "office")
        for name in _FOR_TESTS:
            if name in community and not self._testnet:
                raise self._wrong(
                    f"{name} is for test networks",
                    "Remove it, or set testnet = true for this network in commonhold.toml if it is one.",
                )
        values: dict[str, Any] = {
            name: self._text(community, name)
            for name in ("name", "money_name", "money_symbol", "faucet_coin")
            if name in community
        }
        if "utc_offset" in community:
            values["utc_offset"] = self._offset(self._text(community, "utc_offset"))
        if "supply_cap" in community:
            values["supply_cap"] = self._money(self._text(community, "supply_cap"), "supply_cap")
        if "admin" in community:
            values["admin"] = self._address(self._text(community, "admin"))
        if "admin_delay_days" in community:
            values["admin_delay"] = self._days(community["admin_delay_days"])
        if "delays" in community:
            values["delays"] = self._yes_or_no(community["delays"], "delays")
        values["roles"] = {role: self._holders(role, entries) for role, entries in roles.items()}
        values["minters"] = {
            self._address(account): self._money(str(amount), f"minters.{account}")
            for account, amount in self._section("minters").items()
        }
        return Parameters(**values)

    def _section(self, name: str) -> Mapping[str, Any]:
        section = self._document.get(name, {})
        if not isinstance(section, dict):
            raise self._wrong(f"{name} is no section", f"Write [{name}] above its values.")
        return section

    def _known(self, found: Mapping[str, Any], known: tuple[str, ...], what: str) -> None:
        for name in found:
            if name not in known:
                raise self._wrong(f"there is no {what} {name}", f"There are {', '.join(known)}.")

    def _text(self, section: Mapping[str, Any], name: str) -> str:
        value = section[name]
        if not isinstance(value, str):
            raise self._wrong(f"{name} is {value!r}", "Write it as text in quotes.")
        return value

    def _offset(self, text: str) -> int:
        match = _OFFSET.fullmatch(text)
        if match is None:
            raise self._wrong(f"utc_offset is {text!r}", 'Write it as "+08:00".')
        seconds = int(match[2]) * 3600 + int(match[3]) * 60
        return -seconds if match[1] == "-" else seconds

    def _money(self, text: str, name: str) -> int:
        try:
            amount = parse_money(text)
        except ValueError as error:
            raise self._wrong(f"{name}: {error}", 'Write it as "1,000.00".') from None
        if amount < 0:
            raise self._wrong(f"{name} is negative", "Write 0 or more.")
        return amount

    def _days(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 30:
            raise self._wrong(f"admin_delay_days is {value!r}", "Write a whole number from 1 to 30.")
        return value * 86_400

    def _yes_or_no(self, value: Any, name: str) -> bool:
        if not isinstance(value, bool):
            raise self._wrong(f"{name} is {value!r}", "Write true or false.")
        return value

    def _holders(self, role: str, entries: Any) -> dict[str, int]:
        if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
            raise self._wrong(f"roles.{role} is {entries!r}", 'Write a list: ["0x…", "0x…"].')
        return {self._address(entry): 0 for entry in entries}

    def _address(self, text: str) -> str:
        if not is_hex_address(text) or not text.startswith("0x"):
            raise self._wrong(f"{text!r} is no address", "Write 0x and 40 hexadecimal digits.")
        mixed = text[2:].lower() != text[2:] and text[2:].upper() != text[2:]
        if mixed and not is_checksum_address(text):
            raise self._wrong(f"{text} has a wrong checksum", "Copy the address again: a letter is wrong.")
        return to_checksum_address(text)
