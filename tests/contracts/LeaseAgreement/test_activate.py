"""activate: signed terms become a lease. What comes with it is in test_activate_money.py.

signatures ── all valid: taken, whoever submits · missing, of others, twice one person's, of another chain,
  over other terms: refused
time ── deadline reached: taken · passed: refused
withdrawn ── nonce raised, terms cancelled, used: refused
terms ── that cannot be kept: refused
wallets ── none: refused · a contract that signs, lies or burns gas: only its own lease is concerned
"""

import pytest
from eth_utils.crypto import keccak

from tests.contracts.LeaseAgreement.offers import (
    RENT,
    account,
    act,
    changed,
    code_at,
    signed,
    submit,
    walletless,
)
from tests.evm import artifact
from tests.lease_world import (
    ACTIVE,
    NO_HASH,
    Gains,
    InProcess,
    World,
    field,
)


def test_a_signed_offer_becomes_a_lease_whoever_submits_it(world: World):
    gains = Gains(world)
    terms = changed(world.terms(["ann", "ben"]), shares=[6_000, 4_000], deposit=1_001)
    lease = submit(world, terms, signed(world, terms, "landlord", "ann", "ben"))
    (event,) = world.events("LeaseActivated")
    assert (event["lease"], event["unit"], event["termsHash"]) == (lease, terms[0], world.terms_hash[lease])
    assert world.leases.stateOf(lease) == ACTIVE
    assert world.leases.leaseOf(world.terms_hash[lease]) == lease
    assert gains.of("landlord", "ann", "ben") == (0, -600, -401)  # the last tenant brings the odd unit
    assert [world.escrow.partOf(lease, index) for index in (0, 1)] == [600, 401]
    assert world.token.balanceOf(world.escrow) == world.escrow.held() == 1_001
    assert world.units.userPartyOf(terms[0]) == world.party["ann"]


def test_ids_count_from_one_without_gaps(world: World):
    assert [world.activate("ann"), world.activate("ann"), world.activate("ben")] == [1, 2, 3]


# ---------------------------------------------------------------- who signed


def test_s8_f1_an_offer_for_one_tenant_is_of_no_use_to_another(world: World):
    terms = world.terms(["ann"])
    signatures = [*signed(world, terms, "landlord"), *signed(world, terms, "ben")]
    with world.reverts("LeaseSignatureInvalid", world.party["ann"], world.wallet("ann")):
        submit(world, terms, signatures, sender="ben")
    copied = changed(terms, tenants=[world.party["ben"]])
    signatures = [*signed(world, terms, "landlord"), *signed(world, copied, "ben")]
    with world.reverts("LeaseSignatureInvalid", world.party["landlord"], world.wallet("landlord")):
        submit(world, copied, signatures, sender="ben")
    assert world.leases.leaseCount() == 0


ALTERED = {
    "unit": 2, "shares": [5_000, 5_000], "rent": 10 * RENT, "deposit": 1, "startDay": 1,
    "endDay": 1, "billingDay": 2, "interval": 2, "dueOffset": 1, "rentFreeDays": 1, "graceDays": 6,
    "lateFeeRate": 1, "lateFeeMaxDays": 1, "noticeDays": 1, "breakDay": 1, "breakFee": 1,
    "manager": 4, "commission": 1, "holdoverRate": 1, "dayCount": 1, "arbiter": 0, "coverMask": 1,
    "documentHash": keccak(b"another"), "salt": keccak(b"another"), "deadline": 1,
}  # fmt: skip


@pytest.mark.parametrize("name", [*ALTERED, "steps", "fees", "opening"])
def test_s10_f2_nothing_signed_can_be_altered(world: World, name: str):
    terms = changed(world.terms(["ann", "ben"]), shares=[6_000, 4_000], manager=3)
    signatures = signed(world, terms, "landlord", "ann", "ben")
    old = dict(
        zip(
            ("startDay", "endDay", "breakDay", "deadline"),
            (terms[6], terms[7], terms[6], terms[30]),
            strict=True,
        )
    )
    value = ALTERED[name] + old.get(name, 0) if name in old else ALTERED.get(name)
    special = {
        "steps": [(world.month_start(3), RENT)],
        "fees": [(world.party["arbiter"], 1, NO_HASH)],
        "opening": (terms[6], 0, 1, 0, 0),
        "unit": terms[0] + 1,
    }
    with world.reverts("LeaseSignatureInvalid", world.party["landlord"], world.wallet("landlord")):
        submit(world, changed(terms, **{name: special.get(name, value)}), signatures)


def test_s13_one_person_cannot_sign_for_two(world: World):
    terms = world.terms(["ann", "ben"])
    signatures = signed(world, terms, "landlord", "ann", "ann")
    with world.reverts("LeaseSignatureInvalid", world.party["ben"], world.wallet("ben")):
        submit(world, terms, signatures)
    twice = changed(terms, tenants=[world.party["ann"]] * 2)
    with world.reverts("LeaseTermsInvalid", field("tenants"), world.party["ann"], 0):
        submit(world, twice, signed(world, twice, "landlord", "ann", "ann"))
    own = changed(terms, tenants=[world.party["ann"], world.party["landlord"]])
    with world.reverts("LeaseTermsInvalid", field("tenants"), world.party["landlord"], 1):
        submit(world, own, signed(world, own, "landlord", "ann", "landlord"))


@pytest.mark.parametrize("people", [(), ("landlord",), ("landlord", "ann", "ben")])
def test_one_signature_for_each_party(world: World, people: tuple[str, ...]):
    terms = world.terms(["ann"])
    with world.reverts("LeaseTermsInvalid", field("signatures"), len(people), 2):
        submit(world, terms, signed(world, terms, *people))


@pytest.mark.parametrize("blob", [b"", bytes(64), bytes(65), bytes(64) + b"\x1b", b"\xff" * 65, b"\1" * 66])
def test_s4_rubbish_is_no_signature(world: World, blob: bytes):
    terms = world.terms(["ann"])
    with world.reverts("LeaseSignatureInvalid", world.party["ann"], world.wallet("ann")):
        submit(world, terms, [*signed(world, terms, "landlord"), blob])


def test_s4_nobody_signs_for_a_party_without_a_wallet(world: World):
    party = walletless(world, "somebody on paper")
    terms = changed(world.terms(["ann"]), tenants=[party])
    with world.reverts("LeasePartyHasNoWallet", party):
        submit(world, terms, [*signed(world, terms, "landlord"), bytes(64) + b"\x1b"])


def other_chain(chain_id: int) -> World:
    """The same community at the same addresses on another chain."""
    from tests.evm import Chain

    backend = InProcess()
    backend.chain = type(backend.chain)(chain_id=chain_id)
    backend.chain_id = chain_id
    assert isinstance(backend.chain, Chain)
    return World(backend)


def test_s6_a_signature_for_another_chain_is_refused(in_process: World):
    world, elsewhere = in_process, other_chain(1)
    assert world.leases.address == elsewhere.leases.address
    terms = world.terms(["ann"])
    signatures = signed(elsewhere, terms, "landlord", "ann")
    assert elsewhere.leases.hashTerms(terms) != world.leases.hashTerms(terms)
    with world.reverts("LeaseSignatureInvalid", world.party["landlord"], world.wallet("landlord")):
        submit(world, terms, signatures)


def test_s6_after_a_fork_the_domain_is_that_of_the_new_chain(in_process: World):
    """The code as the old chain deployed it, with all it remembers of that chain, runs on the new one."""
    fork = other_chain(1)
    terms = fork.terms(["ann"])
    before = fork.leases.hashTerms(terms)
    old = in_process.backend.chain.evm.basic(in_process.leases.address).code
    old = bytes(old)[: len(artifact("LeaseAgreement")["deployedBytecode"]) // 2 - 1]
    assert old != bytes(fork.backend.chain.evm.basic(fork.leases.address).code)[: len(old)]
    fork.backend.chain.set_code(fork.leases.address, old)
    assert fork.leases.hashTerms(terms) == before != in_process.leases.hashTerms(terms)
    assert submit(fork, terms, signed(fork, terms, "landlord", "ann")) == 1


def test_s12_a_contract_wallet_that_burns_gas_or_says_yes_spoils_only_its_own_lease(in_process: World):
    world = in_process
    terms = world.terms(["ben"])
    others = world.activate("ann")
    signatures = [*signed(world, terms, "landlord"), b"\1" * 65]
    with (
        code_at(world, "ben", "GasBurnerWallet"),
        world.reverts("LeaseSignatureInvalid", world.party["ben"], world.wallet("ben")),
    ):
        # more gas than one question may burn, less than two
        world.leases.activate(terms, signatures, [], sender=world.wallet("stranger"), gas=1_000_000)
    with code_at(world, "ben", "YesWallet"):
        lease = submit(world, terms, signatures)
    assert [world.leases.stateOf(each) for each in (others, lease)] == [ACTIVE, ACTIVE]


@pytest.mark.parametrize("mock", ["BombWallet", "ShortAnswerWallet"])
def test_s12_a_contract_wallet_that_answers_rubbish_has_not_signed(in_process: World, mock: str):
    world = in_process
    terms = world.terms(["ben"])
    with (
        code_at(world, "ben", mock),
        world.reverts("LeaseSignatureInvalid", world.party["ben"], world.wallet("ben")),
    ):
        submit(world, terms, [*signed(world, terms, "landlord"), b"\1" * 65])


# ---------------------------------------------------------------- until when


def test_s5_the_deadline_is_the_last_second(world: World):
    terms = world.terms(["ann"])
    terms = changed(terms, deadline=world.backend.time() + 600)
    late = changed(world.terms(["ann"]), deadline=terms[30])
    signatures = signed(world, terms, "landlord", "ann"), signed(world, late, "landlord", "ann")
    world.backend.next_block_at(terms[30])
    assert submit(world, terms, signatures[0]) == 1
    world.backend.next_block_at(terms[30] + 1)
    with world.reverts("LeaseTermsExpired", terms[30], terms[30] + 1):
        submit(world, late, signatures[1])


def test_s9_a_raised_nonce_withdraws_the_offers_before(world: World):
    terms = world.terms(["ann"])
    signatures = signed(world, terms, "landlord", "ann")
    act(world, "raiseOfferNonce", sender="landlord")
    with world.reverts("LeaseNonceStale", world.party["landlord"], 0, 1):
        submit(world, terms, signatures)
    newer = changed(terms, nonce=1)
    assert submit(world, newer, signed(world, newer, "landlord", "ann")) == 1


def test_s9_one_offer_makes_one_lease(world: World):
    terms = world.terms(["ann"])
    signatures = signed(world, terms, "landlord", "ann")
    lease = submit(world, terms, signatures)
    with world.reverts("LeaseTermsUsed", world.terms_hash[lease], lease):
        submit(world, terms, signatures)


# ---------------------------------------------------------------- terms that cannot be kept


BAD = [
    ("endDay", lambda w, t: {"endDay": t[6]}),
    ("startDay", lambda w, t: {"startDay": t[6] - 1}),
    ("startDay", lambda w, t: {"startDay": t[6] + 3_661, "endDay": t[6] + 4_000}),
    ("endDay", lambda w, t: {"endDay": t[6] + 1_201 * 31}),
    ("endDay", lambda w, t: {"endDay": t[6] + 200 * 366}),
    ("rent", lambda w, t: {"rent": 9_999}),
    ("rent", lambda w, t: {"rent": 1 << 44}),
    ("tenants", lambda w, t: {"tenants": []}),
    ("tenants", lambda w, t: {"tenants": [0]}),
    ("shares", lambda w, t: {"shares": [9_999]}),
    ("shares", lambda w, t: {"shares": [5_000, 5_000]}),
    ("interval", lambda w, t: {"interval": 0}),
    ("interval", lambda w, t: {"interval": 13}),
    ("billingDay", lambda w, t: {"billingDay": 32}),
    ("lateFeeMaxDays", lambda w, t: {"lateFeeMaxDays": 401}),
    ("lateFeeRate", lambda w, t: {"lateFeeRate": 101}),
    ("commission", lambda w, t: {"commission": 3_001, "manager": 1}),
    ("manager", lambda w, t: {"commission": 1}),
    ("rentFreeDays", lambda w, t: {"rentFreeDays": 365}),
    ("arbiter", lambda w, t: {"arbiter": w.party["landlord"]}),
    ("arbiter", lambda w, t: {"arbiter": w.party["ann"]}),
    ("coverMask", lambda w, t: {"coverMask": 2}),
    ("opening", lambda w, t: {"opening": (0, 1, 0, 0, 0)}),
    ("opening.day", lambda w, t: {"opening": (t[6] + 1, 0, 0, 0, 0)}),
    ("opening", lambda w, t: {"opening": (t[6], 100 * RENT, 0, 0, 0)}),
    ("fees", lambda w, t: {"opening": (t[6], 0, 0, 0, 0), "fees": [(1, 1, NO_HASH)]}),
    ("fees.payee", lambda w, t: {"fees": [(0, 1, NO_HASH)]}),
    ("steps.day", lambda w, t: {"steps": [(t[6] + 45, RENT)]}),
    ("steps.day", lambda w, t: {"steps": [(t[6], RENT)]}),
    ("breakDay", lambda w, t: {"breakDay": t[6]}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "change"), BAD)
def test_m3_terms_that_cannot_be_kept_are_refused_by_field(world: World, name: str, change):
    terms = world.terms(["ann"])
    terms = changed(terms, **change(world, terms))
    people = ["ann"] * len(terms[2])
    with world.reverts("LeaseTermsInvalid", field(name), ...):
        submit(world, terms, signed(world, terms, "landlord", *people))


def test_m3_a_lease_of_a_hundred_years_is_the_longest(world: World):
    lease = world.activate("ann", endDay=world.month_start(1_200))
    assert world.leases.dueOn(lease, world.month_start(1_200)) == 1_200 * RENT
    world.to_day(world.month_start(1_199))
    assert account(world, lease)[2] == 1_200 * RENT


def test_the_unit_must_be_the_landlords_and_free(world: World):
    terms = world.terms(["ann"])
    taken = world.activate("ben", unit=terms[0])
    with world.reverts("UnitTaken", terms[0], taken, terms[6], terms[7]):
        submit(world, terms, signed(world, terms, "landlord", "ann"))
    other = changed(world.terms(["ann"]), landlord=world.party["cleo"])
    with world.reverts("UnitNotOwner", other[0], world.party["landlord"], world.party["cleo"]):
        submit(world, other, signed(world, other, "cleo", "ann"))
