"""What commands take from and note in the local store: names, drafts, ids."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping

from commonhold.commands.session import Session
from commonhold.settings import Settings
from commonhold.store import Store
from commonhold.units import LeaseId, PartyId, UnitId


@contextlib.contextmanager
def books(session: Session) -> Iterator[Store]:
    """The store of this community, bound to the chain of its deployment."""
    with Store.open(session.settings.data) as store:
        store.bind_chain(session.deployment.chain_id, session.deployment.genesis)
        yield store


def has_books(settings: Settings) -> bool:
    return settings.data.is_dir()


def names_of(store: Store) -> dict[str, str]:
    """ "party 7" and "unit 3" -> what people call them."""
    found = {f"party {row.id}": row.name for row in store.parties() if row.id is not None}
    units = store.unit_ids().values()
    return found | {f"unit {number}": store.label_of(UnitId(number)) for number in units}


def lease_names(session: Session, leases: Iterable[int]) -> Mapping[int, str]:
    """Lease -> building and number of its unit and the first tenant, where the store knows them."""
    if not has_books(session.settings):
        return {}
    ids = list(leases)
    terms = session.suite.leases.terms_of_many(ids)
    accounts = session.suite.leases.accounts_of_many(ids)
    with books(session) as store:
        return {
            lease: f"{store.label_of(UnitId(one.unit))} {store.name_of(PartyId(parts[0].tenant))}"
            for lease, one, parts in zip(ids, terms, accounts, strict=True)
        }


def note_activated(store: Store, terms_hash: str, lease: int) -> None:
    """The lease that was prepared with this hash is on chain."""
    row = store.lease_by_hash(terms_hash)
    if row is not None:
        store.mark_activated(row.key, LeaseId(lease))
