"""CommunityToken's constructor and constants.

├── name empty or longer than the EIP-712 domain's short string: reverts
├── offset beyond any time zone: reverts
└── otherwise: the constants stand, the token itself takes no transfers
"""

import pytest

from tests.money_world import CAP, DAY, UTC_OFFSET, Money


def _deploy(world: Money, offset: int = 0, name: str = "Community Token") -> object:
    return world.backend.deploy("CommunityToken", world.access, world.forwarder, offset, CAP, name, "CMT")


def test_constants_and_roles_are_what_was_said(world: Money) -> None:
    token = world.token
    assert (token.name(), token.symbol(), token.decimals()) == ("Community Token", "CMT", 6)
    assert (token.supplyCap(), token.utcOffset(), token.VERSION()) == (CAP, UTC_OFFSET, "1")
    assert token.authority() == world.access.address
    assert token.isTrustedForwarder(world.forwarder.address) is True
    assert token.totalSupply() == 0
    assert token.statusOf(token.address)[0] is True
    domain = token.eip712Domain()
    assert list(domain[1:3]) == ["Community Token", "1"]
    assert DAY - 600 <= token.bootstrapUntil() - world.time <= DAY


@pytest.mark.parametrize("offset", [-12 * 3600, -1, 0, 14 * 3600])
def test_any_time_zone_will_do(world: Money, offset: int) -> None:
    assert _deploy(world, offset).utcOffset() == offset  # type: ignore[attr-defined]


@pytest.mark.parametrize("offset", [-12 * 3600 - 1, 14 * 3600 + 1, 2**31 - 1])
def test_an_offset_beyond_all_time_zones_is_refused(world: Money, offset: int) -> None:
    with world.reverts("TokenUtcOffsetInvalid", offset):
        _deploy(world, offset)


@pytest.mark.parametrize("name", ["", "x" * 32, "阳光小区业主共有资金结算币"])
def test_a_name_must_fit_the_domain(world: Money, name: str) -> None:
    with world.reverts("TokenNameInvalid", len(name.encode()), 31):
        _deploy(world, name=name)


def test_ten_chinese_characters_fit(world: Money) -> None:
    assert _deploy(world, name="阳光小区业主共有资金").name() == "阳光小区业主共有资金"  # type: ignore[attr-defined]
