"""What the commands of bank money share."""

from typing import Annotated

import typer

from commonhold.commands.session import Session
from commonhold.ops.bank.placing import Community
from commonhold.ops.bank.reference import tag_of

EntryArgument = Annotated[int, typer.Argument(help="Number of the bank entry.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; it stays on record.")]
ByOption = Annotated[str, typer.Option("--by", help="Name of who decides; it stays on record.")]


def tag_of_session(session: Session) -> int:
    """Three digits that every slip of this community carries."""
    deployment = session.deployment
    return tag_of(deployment.chain_id, deployment.genesis, deployment.address("PartyRegistry"))


def community_of(session: Session) -> Community:
    return Community(tag_of_session(session), session.suite.parties.party_count())
