"""Preparing and signing: what each signer gets, what a person reads, and every way a file can be wrong.

Branches of prepare: landlord, tenants · joint tenants · permits · a party without a wallet · unit unknown ·
not the owner · party unknown · names and languages. Of check_to_sign: good · hash wrong · summary missing,
different · other chain, contract · other wallet · no party of it · foreign types · damaged file.
"""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account

from commonhold.errors import InputError, SigningError
from commonhold.ops.leases.files import (
    SIGNED_SUFFIX,
    TO_SIGN_SUFFIX,
    ToSign,
    find,
    folder_name,
    read_signed,
    read_to_sign,
    write_json,
)
from commonhold.ops.leases.prepare import Item, check_to_sign, first_payment, prepare, sign, summary
from commonhold.ops.leases.typed import digest, read_terms, typed_terms
from commonhold.rules.terms import DayCount, LeaseTerms, OneOffFee, Opening, RentStep
from tests.package.ops.town import CMT, Person, Town

FULL: dict[str, Any] = {
    "billing_day": 15,
    "interval": 3,
    "due_offset": -5,
    "rent_free_days": 10,
    "grace_days": 5,
    "late_fee_rate": 5,
    "late_fee_max_days": 90,
    "notice_days": 30,
    "break_fee": 700 * CMT,
    "commission": 250,
    "holdover_rate": 12_000,
    "day_count": DayCount.THIRTY_360,
    "cover_mask": 2,
    "document_hash": b"\x0d" * 32,
}


@pytest.fixture(scope="module")
def people(built: Town) -> list[Person]:
    return built.people(3)


@pytest.fixture(scope="module")
def full(built: Town, people: list[Person]) -> LeaseTerms:
    """Terms in which every field counts."""
    ann, ben, cleo = people
    day = built.today
    return built.terms(
        ann,
        [ben, cleo],
        deposit=1_001,
        steps=(RentStep(day + 200, 1_100 * CMT),),
        fees=(OneOffFee(ann.party, 2_001, b"\x0f" * 32),),
        manager=ann.party,
        arbiter=cleo.party,
        break_day=day + 100,
        **FULL,
    )


def _prepare(town: Town, terms: LeaseTerms, folder: Path, **options: Any) -> list[ToSign]:
    permits = options.pop("permits", False)
    (prepared,) = prepare(town.suite, [Item("A 1/2", terms, permits)], folder, **options)
    assert prepared.terms_hash == "0x" + town.suite.leases.hash_terms(terms).hex()
    return [read_to_sign(path) for path in prepared.files]


def test_typed_data_has_the_hash_that_the_contract_computes(town: Town, full: LeaseTerms) -> None:
    running = replace(full, opening=Opening(1, 2, 3, 4, 5), steps=(), fees=(), tenants=(2,), shares=(10_000,))
    for terms in (full, running):
        typed = typed_terms(town.suite.leases.domain(), terms)
        assert digest(typed) == town.suite.leases.hash_terms(terms)
        assert read_terms(json.loads(json.dumps(typed))) == terms


def test_every_number_in_typed_data_is_a_decimal_string(town: Town, full: LeaseTerms) -> None:
    def walk(value: Any) -> None:
        if isinstance(value, dict):
            for item in value.values():
                walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)
        else:
            assert isinstance(value, str), value

    typed = typed_terms(town.suite.leases.domain(), full)
    walk(typed["message"])
    walk(typed["domain"])


def test_each_signer_gets_one_file_and_one_text(town: Town, full: LeaseTerms, tmp_path: Path) -> None:
    files = _prepare(town, full, tmp_path)
    assert [(one.role, one.party) for one in files] == [
        ("landlord", full.landlord),
        ("tenant", full.tenants[0]),
        ("tenant", full.tenants[1]),
    ]
    assert all(one.wallet == town.suite.parties.wallet_of(one.party) for one in files)
    assert all(one.summary_path.read_text() == summary(one) for one in files)
    assert all(one.path.stat().st_mode & 0o077 == 0 for one in files)
    assert find([tmp_path], TO_SIGN_SUFFIX) == sorted(one.path for one in files)


def test_W6_every_field_of_the_terms_changes_the_text(town: Town, full: LeaseTerms, tmp_path: Path) -> None:
    document = _prepare(town, full, tmp_path)[0]
    changes: dict[str, Any] = {
        "unit": 99, "landlord": 98, "tenants": (97, full.tenants[1]), "shares": (1, 9_999), "rent": 1,
        "deposit": 2, "start_day": 3, "end_day": 4, "billing_day": 5, "interval": 6, "due_offset": 7,
        "rent_free_days": 8, "steps": (), "fees": (), "grace_days": 9, "late_fee_rate": 10,
        "late_fee_max_days": 11, "notice_days": 12, "break_day": 13, "break_fee": 14, "manager": 15,
        "commission": 16, "holdover_rate": 17, "day_count": DayCount.ACTUAL_365, "arbiter": 18,
        "cover_mask": 1, "opening": Opening(1, 2, 3, 4, 5), "document_hash": b"\x01" * 32, "deadline": 19,
    }  # fmt: skip
    before = summary(document).split(document.terms_hash)[0]
    for name, value in changes.items():
        changed = typed_terms(town.suite.leases.domain(), replace(full, **{name: value}))
        text = summary(replace(document, terms=changed))
        head = text[: text.rindex("0x")]
        assert head != before, name


@pytest.mark.parametrize(
    ("language", "word"), [("en", "Rent per month"), ("zh", "月租金"), ("ja", "月額賃料")]
)
def test_the_text_is_in_the_signers_language_and_names_what_is_known(
    town: Town, full: LeaseTerms, tmp_path: Path, language: str, word: str
) -> None:
    names = {f"party {full.landlord}": "王芳", f"unit {full.unit}": "3号楼 1201", "party 999": "nobody"}
    text = summary(_prepare(town, full, tmp_path, names=names, language=language)[0])
    assert word in text and "王芳" in text and "3号楼 1201" in text and "nobody" not in text
    starts = {re.search(r"1,000\.00", line).start() for line in text.splitlines() if word in line}  # type: ignore[union-attr]
    assert len(starts) == 1


def test_a_permit_is_for_exactly_the_tenants_first_payment(
    town: Town, full: LeaseTerms, tmp_path: Path
) -> None:
    landlord, *tenants = _prepare(town, full, tmp_path, permits=True)
    assert landlord.permit is None
    values = [int(one.permit["message"]["value"]) for one in tenants if one.permit is not None]
    assert values == [first_payment(full, 0), first_payment(full, 1)]
    assert sum(values) == 1_001 + 2_001
    running = replace(full, opening=Opening(day=1, prepaid=5))
    assert first_payment(running, 0) == 0


def test_a_party_without_a_wallet_gets_a_form_to_join(
    town: Town, tmp_path: Path, people: list[Person]
) -> None:
    party = town.party()
    terms = replace(town.terms(people[0], [people[1]]), tenants=(party,))
    (prepared,) = prepare(town.suite, [Item("x", terms)], tmp_path)
    document = read_to_sign(prepared.files[1])
    assert document.wallet is None and document.link is not None
    account = Account.from_key(b"\x21" * 32)
    check_to_sign(document, account.address)
    signed = read_signed(sign(document, account))
    assert signed.link is not None and signed.link["message"]["wallet"] == account.address


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"unit": 999}, "unit 999 is not registered"),
        ({"landlord": 999}, "belongs to party"),
        ({"tenants": (999, 998)}, "party 999 is not registered"),
        ({"fees": (OneOffFee(997, 1, bytes(32)),)}, "party 997 is not registered"),
    ],
)
def test_what_is_not_registered_is_named(
    town: Town, full: LeaseTerms, tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        prepare(town.suite, [Item("x", replace(full, **change))], tmp_path)


def test_keys_of_any_script_make_safe_folders() -> None:
    assert folder_name("3号楼 1201/2025") == "3号楼-1201-2025"
    assert folder_name("../../etc/passwd") == "etc-passwd"
    assert folder_name("..") == "lease"
    assert len(folder_name("x" * 500)) == 80


# ---- sign


def test_what_is_signed_is_what_the_wallet_of_the_party_signs(
    town: Town, full: LeaseTerms, people: list[Person], tmp_path: Path
) -> None:
    document = _prepare(town, full, tmp_path, permits=True)[1]
    signer = people[1].account
    check_to_sign(document, signer.address, chain_id=31337, leases=town.suite.leases.address)
    signed = read_signed(sign(document, signer, tmp_path / "back"))
    assert signed.path.name.endswith(SIGNED_SUFFIX) and signed.path.is_relative_to(tmp_path / "back")
    recovered = Account._recover_hash(
        town.suite.leases.hash_terms(full), signature=bytes.fromhex(signed.signature[2:])
    )
    assert recovered == signer.address and signed.permit is not None


def _tampered(document: ToSign, **changes: Any) -> ToSign:
    value = document.as_json()
    value.update(changes)
    write_json(document.path, value)
    return read_to_sign(document.path)


def test_W5_W6_a_file_that_would_sign_something_else_than_its_text_is_refused(
    town: Town, full: LeaseTerms, people: list[Person], tmp_path: Path
) -> None:
    document = _prepare(town, full, tmp_path)[1]
    wallet = people[1].wallet
    dearer = typed_terms(town.suite.leases.domain(), replace(full, rent=full.rent * 2))
    with pytest.raises(InputError, match="says its hash is"):
        check_to_sign(_tampered(document, terms=dearer), wallet)
    hash_ = "0x" + digest(dearer).hex()
    with pytest.raises(InputError, match="does not say what"):
        check_to_sign(_tampered(document, terms=dearer, terms_hash=hash_), wallet)
    document.summary_path.unlink()
    with pytest.raises(InputError, match="is missing"):
        check_to_sign(document, wallet)


def test_S6_S7_a_file_for_another_chain_contract_or_wallet_is_refused(
    town: Town, full: LeaseTerms, people: list[Person], tmp_path: Path
) -> None:
    document = _prepare(town, full, tmp_path)[1]
    wallet = people[1].wallet
    with pytest.raises(InputError, match="is for chain 31337, not 1"):
        check_to_sign(document, wallet, chain_id=1)
    with pytest.raises(InputError, match="is for the contract"):
        check_to_sign(document, wallet, leases="0x" + "11" * 20)
    with pytest.raises(SigningError, match="is for the wallet"):
        check_to_sign(document, people[2].wallet)
    stranger = replace(document, party=77)
    stranger.summary_path.write_text(summary(stranger))
    with pytest.raises(InputError, match="party 77 does not sign it"):
        check_to_sign(stranger, wallet)


def test_W5_typed_data_that_is_no_lease_is_refused(
    town: Town, full: LeaseTerms, people: list[Person], tmp_path: Path
) -> None:
    document = _prepare(town, full, tmp_path)[1]
    evil = json.loads(json.dumps(document.terms))
    evil["primaryType"] = "Permit"
    with pytest.raises(InputError, match="not a lease"):
        check_to_sign(replace(document, terms=evil), people[1].wallet)
    evil = json.loads(json.dumps(document.terms))
    evil["types"]["LeaseTerms"].append({"name": "more", "type": "uint256"})
    with pytest.raises(InputError, match="not a lease"):
        check_to_sign(replace(document, terms=evil), people[1].wallet)


@pytest.mark.parametrize(
    ("field", "value"),
    [("rent", 5), ("rent", "1e3"), ("rent", "٣"), ("salt", "0x12"), ("tenants", "12"), ("dayCount", "9"),
     ("opening", {"day": "1"}), ("steps", [{"day": "1"}])],
)  # fmt: skip
def test_values_of_the_wrong_kind_are_refused(
    town: Town, full: LeaseTerms, tmp_path: Path, field: str, value: Any
) -> None:
    typed = json.loads(json.dumps(typed_terms(town.suite.leases.domain(), full)))
    typed["message"][field] = value
    with pytest.raises(InputError):
        read_terms(typed)


def test_damaged_and_foreign_files_say_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "x.to-sign.json"
    with pytest.raises(InputError, match="no file"):
        read_to_sign(path)
    path.write_text("{")
    with pytest.raises(InputError, match="damaged"):
        read_to_sign(path)
    path.write_text('{"format": "other"}')
    with pytest.raises(InputError, match="not a file to sign"):
        read_to_sign(path)
    with pytest.raises(InputError, match="not a signed file"):
        read_signed(path)
    path.write_text('{"format": "commonhold-to-sign-1"}')
    with pytest.raises(InputError, match="incomplete"):
        read_to_sign(path)
    path.write_text('{"format": "commonhold-signed-1"}')
    with pytest.raises(InputError, match="incomplete"):
        read_signed(path)
    with pytest.raises(InputError, match=r"no file \*"):
        find([tmp_path], ".nothing")
