"""CommunityToken.mint, burn, setMinter, stopMinter, minterAllowance, citationUsed: money enters and leaves.

mint
├── caller no minter, or stopped: reverts
├── amount 0: reverts
├── above the minter's allowance: reverts
├── citation 0 or used, by whomever: reverts
├── above the cap: reverts
├── to the zero address or one of the suite's contracts: reverts
├── to a replaced wallet: its successor gets it
└── otherwise: supply and balance grow, the allowance falls, the citation is used
burn
├── caller neither minter nor of the suite, amount 0, more than it holds: reverts
└── otherwise: supply and balance fall, the allowance stays
"""

import pytest

from tests.money_world import CAP, CMT, NOBODY, NOTHING, REASON, SALT, Money


def _mint(world: Money, to: str, amount: int, citation: bytes = REASON, by: str = "bank") -> None:
    world.token.mint(world.address(to), amount, citation, sender=world.wallet(by))


def test_a_mint_cites_its_cover_and_uses_the_minter_s_allowance(world: Money) -> None:
    world.token.setMinter(world.wallet("bank"), 10 * CMT, sender=world.wallet("admin"))
    assert world.events("MinterSet") == [{"minter": world.wallet("bank"), "allowance": 10 * CMT}]
    _mint(world, "ann", 4 * CMT)
    assert world.events("Minted") == [
        {"minter": world.wallet("bank"), "to": world.wallet("ann"), "citation": REASON, "amount": 4 * CMT}
    ]
    assert world.transfers() == [(NOBODY, world.wallet("ann"), 4 * CMT)]
    assert world.token.minterAllowance(world.wallet("bank")) == (True, 6 * CMT)
    assert world.token.totalSupply() == world.balance("ann") == 4 * CMT
    assert world.token.citationUsed(REASON) is True


def test_a_minter_creates_no_more_than_its_allowance(world: Money) -> None:
    world.token.setMinter(world.wallet("bank"), 10 * CMT, sender=world.wallet("admin"))
    with world.reverts("TokenMintAllowanceExceeded", world.wallet("bank"), 10 * CMT, 10 * CMT + 1):
        _mint(world, "ann", 10 * CMT + 1)
    _mint(world, "ann", 10 * CMT)
    with world.reverts("TokenMintAllowanceExceeded", world.wallet("bank"), 0, 1):
        _mint(world, "ann", 1, SALT)


def test_a_citation_counts_once_over_all_minters(world: Money) -> None:
    _mint(world, "ann", CMT)
    world.token.setMinter(world.wallet("treasurer"), CMT, sender=world.wallet("admin"))
    for minter in ("bank", "treasurer"):
        with world.reverts("TokenCitationInvalid", ...):
            _mint(world, "ben", CMT, by=minter)


def test_a_mint_without_a_citation_is_refused(world: Money) -> None:
    with world.reverts("TokenCitationInvalid", ...):
        _mint(world, "ann", CMT, NOTHING)


@pytest.mark.parametrize("who", ["ann", "admin", "treasurer", "stranger"])
def test_only_minters_mint_and_burn(world: Money, who: str) -> None:
    world.fund("ann", CMT)
    with world.reverts("TokenNotMinter", world.wallet(who)):
        _mint(world, "ann", CMT, by=who)
    with world.reverts("TokenNotMinter", world.wallet(who)):
        world.token.burn(CMT, REASON, sender=world.wallet(who))


def test_a_minter_s_sponsored_call_is_refused(world: Money) -> None:
    with world.reverts("FailedCall"):
        world.forward("bank", world.token, "mint", world.wallet("ann"), CMT, REASON)


def test_nothing_is_not_minted_or_burned(world: Money) -> None:
    with world.reverts("TokenAmountZero"):
        _mint(world, "ann", 0)
    with world.reverts("TokenAmountZero"):
        world.token.burn(0, REASON, sender=world.wallet("bank"))


def test_money_is_minted_for_residents_only(world: Money) -> None:
    with world.reverts("ERC20InvalidReceiver", NOBODY):
        _mint(world, NOBODY, CMT)
    for contract in (world.leases, world.escrow, world.token):
        with world.reverts("TokenRecipientIsSuite", contract.address):
            _mint(world, contract, CMT)


def test_the_supply_never_passes_the_cap(world: Money) -> None:
    _mint(world, "ann", CAP)
    world.token.setMinter(world.wallet("bank"), 2**96 - 1, sender=world.wallet("admin"))
    for amount in (1, 2**96 - 1):
        with world.reverts("TokenSupplyCapExceeded", CAP + amount, CAP):
            _mint(world, "ann", amount, SALT)
    assert world.balance("ann") == world.token.totalSupply() == world.token.supplyCap() == CAP


def test_frozen_and_held_wallets_are_minted_to_and_a_replaced_one_s_money_follows(world: Money) -> None:
    world.freeze("ann")
    world.hold("ann")
    world.fund("ann", CMT)
    assert world.balance("ann") == CMT
    world.replace("ben", "cleo")
    world.fund("ben", CMT)
    assert world.transfers() == [
        (NOBODY, world.wallet("ben"), CMT), (world.wallet("ben"), world.wallet("cleo"), CMT),
    ]  # fmt: skip
    assert world.balance("cleo") == CMT


def test_a_burn_destroys_the_minter_s_own_money_and_returns_no_allowance(world: Money) -> None:
    world.token.setMinter(world.wallet("bank"), 10 * CMT, sender=world.wallet("admin"))
    world.fund("bank", 5 * CMT)
    world.token.burn(2 * CMT, REASON, sender=world.wallet("bank"))
    assert world.events("Burned") == [{"minter": world.wallet("bank"), "citation": REASON, "amount": 2 * CMT}]
    assert world.transfers() == [(world.wallet("bank"), NOBODY, 2 * CMT)]
    assert world.token.totalSupply() == world.balance("bank") == 3 * CMT
    assert world.token.minterAllowance(world.wallet("bank")) == (True, 5 * CMT)
    with world.reverts("ERC20InsufficientBalance", world.wallet("bank"), 3 * CMT, 3 * CMT + 1):
        world.token.burn(3 * CMT + 1, SALT, sender=world.wallet("bank"))


def test_a_contract_of_the_suite_burns_what_it_holds_without_being_a_minter(world: Money) -> None:
    world.fund("ann", CMT)
    world.token.approve(world.escrow, CMT, sender=world.wallet("ann"))
    world.pull("ann", CMT, by=world.escrow)
    world.act(world.escrow, world.token, "burn", CMT, REASON)
    assert world.token.totalSupply() == 0


def test_A4_a_stopped_minter_mints_nothing_from_that_moment(world: Money) -> None:
    world.token.stopMinter(world.wallet("bank"), sender=world.wallet("committee"))
    assert world.events("MinterStopped") == [{"minter": world.wallet("bank")}]
    assert world.token.minterAllowance(world.wallet("bank")) == (False, 0)
    with world.reverts("TokenNotMinter", world.wallet("bank")):
        _mint(world, "ann", 1)
    with world.reverts("TokenNotMinter", world.wallet("bank")):
        world.token.stopMinter(world.wallet("bank"), sender=world.wallet("committee"))


def test_nobody_is_no_minter(world: Money) -> None:
    with world.reverts("TokenAddressZero"):
        world.token.setMinter(NOBODY, 1, sender=world.wallet("admin"))
