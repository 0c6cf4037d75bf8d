"""Leases from drafts to the chain: prepare what each party signs, sign it, activate what came back.

    prepared = prepare(suite, [Item("A-101", terms)], Path("to-sign"))
    sign(read_to_sign(path), account)                         # each signer, with a key of his own
    report = activate(suite, sender, [read_signed(path), …])  # takes only returned signatures

No key is made here: a party signs with a wallet that it has.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from eth_account.signers.local import LocalAccount

from commonhold.chain.contracts import Suite
from commonhold.chain.contracts.base import NOBODY
from commonhold.errors import InputError, SigningError
from commonhold.ops.leases.files import (
    TO_SIGN_SUFFIX,
    SignedFile,
    ToSign,
    folder_name,
    write_json,
)
from commonhold.ops.leases.summary import aligned, moment, terms_lines
from commonhold.ops.leases.typed import (
    digest,
    read_link,
    read_permit,
    read_terms,
    signable,
    typed_link,
    typed_permit,
    typed_terms,
)
from commonhold.rules.rent import share_of
from commonhold.rules.terms import LeaseTerms
from commonhold.units import Money, format_money
from commonhold.words import word

_PERMIT_DAYS: Final = 60 * 86_400  # how long a permit or a joining form stays good at most [s]


@dataclass(frozen=True, slots=True)
class Item:
    """A lease to prepare. key: what the manager calls it. permits: ask tenants for the first payment."""

    key: str
    terms: LeaseTerms
    permits: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """A lease that waits for signatures."""

    key: str
    terms_hash: str
    files: tuple[Path, ...]


def prepare(
    suite: Suite,
    items: Sequence[Item],
    folder: Path,
    *,
    names: Mapping[str, str] | None = None,
    language: str = "en",
    progress: Callable[[int], None] | None = None,
) -> list[Prepared]:
    """Write one file to sign, and its summary, for every signer of every lease.

    names: "party 7" and "unit 3" -> what people call them; they stay in these files.
    Raises InputError if a unit or a party is not registered, or the landlord does not own the unit.
    """
    _check_known(suite, items)
    hashes = suite.leases.hashes_of_terms(item.terms for item in items)
    domains = (suite.leases.domain(), suite.token.domain(), suite.parties.domain())
    latest = suite.connection.block().time + _PERMIT_DAYS
    signers = sorted({party for item in items for party in _signers(item.terms)})
    wallets = dict(zip(signers, suite.parties.wallets_of(signers), strict=True))
    done = []
    for item, terms_hash in zip(items, hashes, strict=True):
        typed = typed_terms(domains[0], item.terms)
        if digest(typed) != terms_hash:
            raise InputError(
                f"{item.key}: the typed data does not have the hash that the contract computes.",
                "Contracts and package are of different versions: install one of them again.",
            )
        place = folder / folder_name(item.key)
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        files = []
        for index, party in enumerate(_signers(item.terms)):
            role = "landlord" if index == 0 else "tenant"
            wallet = wallets[party]
            document = ToSign(
                path=place / f"{role}-{party}{TO_SIGN_SUFFIX}",
                key=item.key,
                role=role,
                party=party,
                wallet=None if wallet == NOBODY else wallet,
                terms=typed,
                terms_hash="0x" + terms_hash.hex(),
                permit=_permit(suite, item, index - 1, wallet, domains[1], latest) if index else None,
                link=_link_form(domains[2], party, item.terms, latest) if wallet == NOBODY else None,
                names=_names(item.terms, names or {}),
                language=language,
            )
            write_json(document.path, document.as_json())
            document.summary_path.write_text(summary(document), encoding="utf-8")
            document.summary_path.chmod(0o600)
            files.append(document.path)
        done.append(Prepared(item.key, "0x" + terms_hash.hex(), tuple(files)))
        if progress is not None:
            progress(1)
    return done


def _signers(terms: LeaseTerms) -> list[int]:
    """Parties in the order of their signatures."""
    return [terms.landlord, *terms.tenants]


def _check_known(suite: Suite, items: Sequence[Item]) -> None:
    units = sorted({item.terms.unit for item in items})
    owners = dict(zip(units, suite.units.owner_parties_of(units), strict=True))
    parties = suite.parties.party_count()
    for item in items:
        owner = owners[item.terms.unit]
        if owner == 0:
            raise InputError(
                f"{item.key}: unit {item.terms.unit} is not registered.", "Import the roll first."
            )
        if owner != item.terms.landlord:
            raise InputError(
                f"{item.key}: unit {item.terms.unit} belongs to party {owner}, not to the landlord "
                f"(party {item.terms.landlord}).",
                "Correct the owner, or the lease.",
            )
        for party in (*_signers(item.terms), *(fee.payee for fee in item.terms.fees)):
            if not 0 < party <= parties:
                raise InputError(f"{item.key}: party {party} is not registered.", "Import the roll first.")


def _names(terms: LeaseTerms, names: Mapping[str, str]) -> dict[str, str]:
    """Of what the terms mention, the names that are known."""
    parties = [*_signers(terms), terms.manager, terms.arbiter, *(fee.payee for fee in terms.fees)]
    wanted = [f"unit {terms.unit}", *(f"party {party}" for party in parties)]
    return {key: names[key] for key in wanted if key in names}


def first_payment(terms: LeaseTerms, index: int) -> int:
    """What tenant `index` brings at activation: his part of deposit and one-off fees; nothing for a lease
    taken over, whose submitter brings it [cmt]."""
    if terms.opening.day:
        return 0
    fees = sum(fee.amount for fee in terms.fees)
    return share_of(terms.shares, index, fees) + share_of(terms.shares, index, terms.deposit)


def _permit(
    suite: Suite, item: Item, index: int, wallet: str, domain: Mapping[str, Any], latest: int
) -> dict[str, Any] | None:
    value = first_payment(item.terms, index)
    if not item.permits or value == 0 or wallet == NOBODY:
        return None
    deadline = min(item.terms.deadline, latest)
    return typed_permit(domain, wallet, suite.leases.address, value, suite.token.nonce(wallet), deadline)


def _link_form(domain: Mapping[str, Any], party: int, terms: LeaseTerms, latest: int) -> dict[str, Any]:
    """The joining form of a wallet that is not known yet: the signer fills in its address."""
    return typed_link(domain, party, NOBODY, 0, min(terms.deadline, latest))


# ---- what a person reads


def summary(document: ToSign) -> str:
    """The text beside a file to sign, computed from what would be signed and nothing else."""
    terms = read_terms(document.terms)
    say = document.language
    lines = [(word(say, "signing_as"), f"{word(say, document.role)}, party {document.party}")]
    lines += terms_lines(terms, document.names, say)
    if document.permit is not None:
        permit = read_permit(document.permit)
        text = f"{format_money(Money(permit['value']))} → {permit['spender']}, {moment(permit['deadline'])}"
        lines.append((word(say, "permit"), text))
    if document.link is not None:
        link = read_link(document.link)
        lines.append((word(say, "link"), f"party {link['party']}, {moment(link['deadline'])}"))
    lines.append((word(say, "terms_hash"), "0x" + digest(document.terms).hex()))
    return aligned(f"{word(say, 'lease')} {document.key}", lines)


# ---- sign


def check_to_sign(
    document: ToSign, address: str, *, chain_id: int | None = None, leases: str | None = None
) -> str:
    """The summary, once file and summary agree and `address` is the signer's wallet.

    chain_id, leases: of the community that the signer means, where known. Raises InputError, SigningError.
    """
    terms = read_terms(document.terms)
    text = summary(document)
    found = "0x" + digest(document.terms).hex()
    if found != document.terms_hash.lower():
        raise InputError(
            f"{document.path} says its hash is {document.terms_hash}, but it is {found}.",
            "Do not sign it. Ask for the file again, from whom you know.",
        )
    if not document.summary_path.is_file():
        raise InputError(f"{document.summary_path} is missing.", "Ask for both files again.")
    if document.summary_path.read_text(encoding="utf-8") != text:
        raise InputError(
            f"{document.summary_path} does not say what {document.path.name} would sign.",
            "Do not sign it. Ask for both files again, from whom you know.",
        )
    domain = document.terms["domain"]
    if chain_id is not None and str(domain.get("chainId")) != str(chain_id):
        raise InputError(
            f"{document.path} is for chain {domain.get('chainId')}, not {chain_id}.", "Do not sign it."
        )
    if leases is not None and str(domain.get("verifyingContract")).lower() != leases.lower():
        raise InputError(
            f"{document.path} is for the contract {domain.get('verifyingContract')}, not {leases}.",
            "Do not sign it.",
        )
    if document.party not in _signers(terms):
        raise InputError(f"{document.path}: party {document.party} does not sign it.", "Do not sign it.")
    if document.wallet is not None and document.wallet.lower() != address.lower():
        raise SigningError(
            f"{document.path} is for the wallet {document.wallet}, not {address}.",
            "Use that wallet's key, or ask for a new file if the wallet has changed.",
        )
    if document.permit is not None and read_permit(document.permit)["owner"].lower() != address.lower():
        raise SigningError(f"{document.path}: the permit is for another wallet.", "Do not sign it.")
    return text


def sign(document: ToSign, account: LocalAccount, folder: Path | None = None) -> Path:
    """Sign and write the file that goes back; call `check_to_sign` first and show what it answers."""
    permit = link = None
    if document.permit is not None:
        made = account.sign_message(signable(document.permit))
        permit = {**document.permit, "signature": "0x" + bytes(made.signature).hex()}
    if document.link is not None:
        form = {**document.link, "message": {**document.link["message"], "wallet": account.address}}
        made = account.sign_message(signable(form))
        link = {**form, "signature": "0x" + bytes(made.signature).hex()}
    signature = account.sign_message(signable(document.terms)).signature
    path = document.signed_path
    if folder is not None:
        path = folder / folder_name(document.key) / path.name
    signed = SignedFile(
        path=path,
        key=document.key,
        party=document.party,
        wallet=account.address,
        terms=document.terms,
        terms_hash=document.terms_hash,
        signature="0x" + bytes(signature).hex(),
        permit=permit,
        link=link,
    )
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_json(path, signed.as_json())
    return path


def with_deadline(terms: LeaseTerms, deadline: int) -> LeaseTerms:
    """The same terms, open for activation until `deadline` [unix]."""
    return replace(terms, deadline=deadline)
