"""Activate leases: takes only returned signatures, checks all of them first, then sends in arrays.

A lease that is active already is left as it is, so running this again continues. Whoever submits a lease that
is taken over brings its deposit and prepayments; the approval for exactly that sum is sent first.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from eth_account import Account
from eth_keys.exceptions import BadSignature

from commonhold.chain.call import Call
from commonhold.chain.contracts import Suite
from commonhold.chain.contracts.base import NOBODY
from commonhold.chain.contracts.leases import Permit
from commonhold.chain.send import Order, Sender
from commonhold.errors import InputError
from commonhold.ops.leases.files import SignedFile
from commonhold.ops.leases.typed import digest, read_link, read_permit, read_terms, typed_terms
from commonhold.rules.terms import LeaseTerms
from commonhold.units import Money, format_money

State = Literal["activated", "active already", "ready", "waiting", "refused"]
_SIGNATURE: Final = 65
_WITHDRAWN: Final = 2**32 - 1  # what `leaseOf` answers for cancelled terms


@dataclass(frozen=True, slots=True)
class Signed:
    """A lease with all that came back. signatures, wallets, links: by party; permits: by tenant's index."""

    key: str
    terms: LeaseTerms
    terms_hash: bytes
    signatures: Mapping[int, bytes]
    wallets: Mapping[int, str]
    permits: Mapping[int, Permit]
    links: Mapping[int, Call]

    @property
    def signers(self) -> tuple[int, ...]:
        """Parties in the order in which the contract takes their signatures."""
        return (self.terms.landlord, *self.terms.tenants)

    @property
    def brought(self) -> int:
        """What the submitter of a lease taken over brings: deposit and prepayments [cmt]."""
        return self.terms.deposit + self.terms.opening.prepaid if self.terms.opening.day else 0

    def call(self, suite: Suite) -> Call:
        permits = [self.permits.get(index, Permit()) for index in range(len(self.terms.tenants))]
        signatures = [self.signatures[party] for party in self.signers]
        return suite.leases.activate(self.terms, signatures, permits if self.permits else ())


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one lease. lease: its id, 0 if none; why: for a person."""

    key: str
    terms_hash: str
    state: State
    lease: int = 0
    why: str = ""


# ---- what came back


def collect(suite: Suite, files: Sequence[SignedFile]) -> list[Signed]:
    """The leases in returned files, grouped by the hash that was signed. Raises InputError."""
    domain = suite.leases.domain()
    groups: dict[bytes, list[SignedFile]] = {}
    terms_of: dict[bytes, LeaseTerms] = {}
    for file in files:
        terms = read_terms(file.terms)
        terms_hash = digest(typed_terms(domain, terms))
        if "0x" + terms_hash.hex() != file.terms_hash.lower():
            raise InputError(
                f"{file.path} was signed for another hash, contract or chain than this one.",
                "Prepare the lease again and have it signed again.",
            )
        groups.setdefault(terms_hash, []).append(file)
        terms_of[terms_hash] = terms
    return [_signed(suite, terms_of[key], key, group) for key, group in groups.items()]


def _signed(suite: Suite, terms: LeaseTerms, terms_hash: bytes, files: Sequence[SignedFile]) -> Signed:
    signatures: dict[int, bytes] = {}
    wallets: dict[int, str] = {}
    permits: dict[int, Permit] = {}
    links: dict[int, Call] = {}
    for file in files:
        if file.party not in (terms.landlord, *terms.tenants):
            raise InputError(
                f"{file.path}: party {file.party} does not sign this lease.", "Leave the file out."
            )
        signature = _bytes(file.signature, file)
        if signatures.setdefault(file.party, signature) != signature:
            raise InputError(
                f"{file.path}: party {file.party} signed twice, differently.", "Keep the last one."
            )
        wallets[file.party] = file.wallet
        if file.permit is not None and file.party in terms.tenants:
            permit = read_permit(file.permit)
            raw = _bytes(str(file.permit.get("signature")), file)
            made = Permit(permit["value"], permit["deadline"], raw[64], raw[:32], raw[32:64])
            permits[terms.tenants.index(file.party)] = made
        if file.link is not None:
            links[file.party] = _link(suite, file)
    return Signed(files[0].key, terms, terms_hash, signatures, wallets, permits, links)


def _link(suite: Suite, file: SignedFile) -> Call:
    form = file.link or {}
    link = read_link(form)
    if link["party"] != file.party or link["wallet"].lower() != file.wallet.lower():
        raise InputError(f"{file.path}: the joining form is for another party or wallet.", "Sign it again.")
    signature = _bytes(str(form.get("signature")), file)
    return suite.parties.link_first(file.party, link["wallet"], link["deadline"], signature)


def _bytes(text: str, file: SignedFile) -> bytes:
    try:
        found = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        found = b""
    if len(found) < _SIGNATURE:
        raise InputError(f"{file.path}: the signature is damaged.", "Ask the signer to sign again.")
    return found


# ---- check


def check(suite: Suite, leases: Sequence[Signed], now: int) -> list[Row]:
    """One row for each: "ready", or why not. Nothing is sent. now: chain time [unix]."""
    active = suite.leases.leases_of(lease.terms_hash for lease in leases)
    nonces = suite.leases.offer_nonces(lease.terms.landlord for lease in leases)
    parties = sorted({party for lease in leases for party in lease.signers})
    wallets = dict(zip(parties, suite.parties.wallets_of(parties), strict=True))
    contracts = {
        wallet: bool(code)
        for wallet, code in zip(wallets.values(), suite.connection.codes(list(wallets.values())), strict=True)
    }
    rows = []
    for lease, known, nonce in zip(leases, active, nonces, strict=True):
        row = Row(lease.key, "0x" + lease.terms_hash.hex(), "ready")
        if known == _WITHDRAWN:
            rows.append(replace(row, state="refused", why="a party has withdrawn these terms"))
            continue
        if known:
            rows.append(replace(row, state="active already", lease=known))
            continue
        missing = [party for party in lease.signers if party not in lease.signatures]
        if missing:
            names = ", ".join(f"party {party}" for party in missing)
            rows.append(replace(row, state="waiting", why=f"not signed yet by {names}"))
            continue
        why = _why_not(lease, nonce, wallets, contracts, now)
        rows.append(replace(row, state="refused", why=why) if why else row)
    return rows


def _why_not(
    lease: Signed, nonce: int, wallets: Mapping[int, str], contracts: Mapping[str, bool], now: int
) -> str:
    """Why a fully signed lease cannot be activated; empty if nothing is in the way."""
    if now > lease.terms.deadline:
        return "the offer has expired; prepare it again"
    if lease.terms.nonce != nonce:
        return "the landlord has withdrawn this offer; prepare it again"
    for party in lease.signers:
        wallet = wallets[party]
        if wallet == NOBODY:
            if party not in lease.links:
                return f"party {party} has no wallet"
            wallet = lease.wallets[party]
        elif contracts[wallet]:
            continue  # a contract wallet: the simulation asks it
        if recovered(lease.terms_hash, lease.signatures[party]) != wallet.lower():
            return f"the signature of party {party} is not that of its wallet {wallet}"
    return ""


def recovered(digest_: bytes, signature: bytes) -> str:
    """The address that signed a digest, in small letters; empty if the signature is none."""
    try:
        address = Account._recover_hash(digest_, signature=signature)
    except (BadSignature, ValueError, TypeError):
        return ""
    return str(address).lower()


# ---- send


def activate(
    suite: Suite,
    sender: Sender,
    leases: Sequence[Signed],
    *,
    attestor: Sender | None = None,
    dry_run: bool = False,
    skip_bad: bool = False,
    progress: Callable[[int], None] | None = None,
) -> list[Row]:
    """Check all, then activate those that are ready; one row for each lease, in order.

    attestor: for the first wallets of parties that have none. Raises InputError before anything is sent if
    one is not ready, unless skip_bad (or dry_run, which sends nothing).
    """
    rows = check(suite, leases, suite.connection.block().time)
    bad = [row for row in rows if row.state in ("waiting", "refused")]
    if bad and not (skip_bad or dry_run):
        raise InputError(
            f"{len(bad)} of {len(rows)} leases cannot be activated; {bad[0].key}: {bad[0].why}.",
            "Nothing was sent. Put them right, or activate the others with --skip-bad.",
        )
    ready = [lease for lease, row in zip(leases, rows, strict=True) if row.state == "ready"]
    if dry_run or not ready:
        return rows
    _send_links(ready, attestor)
    _bring(suite, sender, ready)
    return _send(suite, sender, leases, rows, skip_bad, progress)


def _send_links(leases: Sequence[Signed], attestor: Sender | None) -> None:
    links = {party: call for lease in leases for party, call in lease.links.items()}
    if not links:
        return
    if attestor is None:
        raise InputError(
            f"{len(links)} parties join with their first wallet, which an ATTESTOR registers.",
            "Nothing was sent. Name the attestor's keystore with --attestor.",
        )
    attestor.send_many(links.values())


def _bring(suite: Suite, sender: Sender, leases: Sequence[Signed]) -> None:
    """Money for leases taken over: enough must be there, and approved."""
    needed = sum(lease.brought for lease in leases)
    if needed == 0:
        return
    balance = suite.token.balance_of(sender.address)
    if balance < needed:
        raise InputError(
            f"{sender.address} holds {format_money(Money(balance))}; deposits and prepayments of the leases "
            f"taken over come to {format_money(Money(needed))}.",
            "Nothing was activated. Bring the money in first.",
        )
    if suite.token.allowance(sender.address, suite.leases.address) < needed:
        sender.send(suite.token.approve(suite.leases.address, needed))


def _send(
    suite: Suite,
    sender: Sender,
    leases: Sequence[Signed],
    rows: Sequence[Row],
    skip_bad: bool,
    progress: Callable[[int], None] | None,
) -> list[Row]:
    calls = {
        index: lease.call(suite)
        for index, (lease, row) in enumerate(zip(leases, rows, strict=True))
        if row.state == "ready"
    }
    refusals = sender.simulate_many([(sender.address, call) for call in calls.values()])
    done = list(rows)
    for index, refusal in zip(list(calls), refusals, strict=True):
        if refusal is not None:
            done[index] = replace(rows[index], state="refused", why=str(refusal))
            del calls[index]
    bad = [row for row in done if row.state == "refused"]
    if bad and not skip_bad:
        raise InputError(
            f"The contract refuses {len(bad)} of {len(rows)} leases; {bad[0].key}: {bad[0].why}.",
            "No lease was activated. Put them right, or activate the others with --skip-bad.",
        )
    outcomes = sender.send_many(
        [Order(sender.signer, call) for call in calls.values()], check=False, progress=progress
    )
    for index, outcome in zip(calls, outcomes, strict=True):
        if outcome.ok and outcome.receipt is not None:
            event = suite.leases.events_in(outcome.receipt, "LeaseActivated")[0]
            done[index] = replace(done[index], state="activated", lease=int(event["lease"]))
        else:
            done[index] = replace(done[index], state="refused", why=str(outcome.error))
    return done
