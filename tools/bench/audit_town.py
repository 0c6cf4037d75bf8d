"""A real community for the audit: leases on Anvil, lived for some months through the package's own tools."""

from commonhold.ops.leases.activate import activate
from commonhold.ops.manifest import Deployment
from commonhold.rules.calendar import boundary, month_of
from tests.package.ops.town import CMT, Town

A_LANDLORD = 50  # leases of one landlord
BATCH = 250  # leases in one settlement
BY_HAND = 25  # one in so many has no mandate
RENT = 1_000 * CMT


def live(rpc: str, leases: int, months: int) -> Deployment:
    """Deploys, brings people and leases in, settles every month; answers the deployment."""
    town = Town.build(rpc)
    landlords = town.people(-(-leases // A_LANDLORD))
    tenants = town.people(leases, funds=20 * RENT)
    mandate = town.mandate(5 * RENT)
    for number, tenant in enumerate(tenants):
        if (number + 1) % BY_HAND:
            town.send(tenant.account, town.suite.token.set_mandate(mandate))
    signed = []
    for number, tenant in enumerate(tenants):
        landlord = landlords[number // A_LANDLORD]
        item = town.item(
            f"lease {number}",
            landlord,
            [tenant],
            rent=RENT,
            grace_days=5,
            late_fee_rate=5,
            late_fee_max_days=90,
        )
        signed.append(town.signed(item, [landlord, tenant]))
    rows = activate(town.suite, town.sender("MANAGER"), signed)
    assert all(row.state == "activated" for row in rows), rows[0]
    begin = town.today
    ids = [row.lease for row in rows]
    for month in range(months):
        if month:
            town.to_day(boundary(1, month_of(begin) + month))
        for at in range(0, len(ids), BATCH):
            town.sender("MANAGER").send(town.suite.leases.settle(ids[at : at + BATCH]))
    return town.deployment
