"""The names of deadlines: each is stored and sent by its spelling, and read back from it."""

import copy
from typing import get_args

import pytest

from domain.clocks import names
from domain.kernel.people import Side

SPELLED = {
    "response": names.Response(),
    "negotiation": names.Negotiation(),
    "offer-3": names.OfferReply(3),
    "proposal-2-seller": names.ProposalReply(2, Side.SELLER),
    "evidence-1": names.Evidence(1),
    "set_aside": names.SetAside(),
    "stay": names.Stay(),
    "ruling": names.Ruling(),
    "appeal-2-buyer": names.Appeal(2, Side.BUYER),
    "answers-buyer": names.Answers(Side.BUYER),
}


@pytest.mark.parametrize(("spelling", "name"), SPELLED.items())
def test_a_name_is_its_spelling_and_is_read_back_from_it(spelling: str, name: names.DeadlineName) -> None:
    assert name == spelling
    for read in (names.named(spelling), copy.deepcopy(name)):
        assert (type(read), vars(read)) == (type(name), vars(name))


def test_every_kind_of_deadline_has_its_spelling() -> None:
    assert {type(name) for name in SPELLED.values()} == set(get_args(names.DeadlineName))


def test_no_other_spelling_is_a_name() -> None:
    with pytest.raises(ValueError, match="offer-x-y"):
        names.named("offer-x-y")
