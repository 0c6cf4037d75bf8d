"""consentsOf(parties)

- one bit per party in order, over the border of a word · unknown parties and 0: no
- what stands above an id's 32 bits is not looked at
- no parties, no words
"""

from tests.registry_world import World


def test_each_party_has_its_bit(world: World) -> None:
    for person in ("ann", "cleo"):
        world.parties.setCollectingConsent(True, sender=world.wallet(person))
    ann, ben, cleo = (world.party[person] for person in ("ann", "ben", "cleo"))
    (word,) = world.parties.consentsOf([ben, ann, 0, 99, cleo, 672 << 32 | ann, 1 << 255 | ben])
    assert word == 0b0110010


def test_the_257th_party_begins_a_new_word(world: World) -> None:
    world.parties.setCollectingConsent(True, sender=world.wallet("ann"))
    ann, ben = world.party["ann"], world.party["ben"]
    words = world.parties.consentsOf([ann, *[ben] * 254, ann, ann, ben])
    assert words == (1 << 255 | 1, 1)
    assert len(world.parties.consentsOf([ben] * 256)) == 1


def test_nobody_asked_nothing_answered(world: World) -> None:
    assert world.parties.consentsOf([]) == ()
