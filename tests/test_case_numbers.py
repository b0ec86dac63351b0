"""Case numbers: what is said wrong is noticed, and a number shows neither an order nor how many there are."""

from itertools import combinations

import pytest

from mediation.case_numbers import EXAMPLE, SYMBOLS, CaseNumbers, is_mistyped, symbols_of
from mediation.store.keys.blind import Blind
from mediation.store.keys.permutation import Permutation


def test_the_permutation_is_that_of_the_standard() -> None:
    """NIST's example 1 of FF1 with AES-128. And it permutes: all positions have a number of their own, and come back."""
    ff1 = Permutation(bytes.fromhex("2B7E151628AED2A6ABF7158809CF4F3C"), radix=10, digits=10)
    assert (ff1.of(123456789), ff1.back(2433477484)) == (2433477484, 123456789)
    ours = Permutation(bytes(32), radix=31, digits=8)
    last = 31**8 - 1
    positions = [*range(2000), last - 1, last]
    permuted = [ours.of(position) for position in positions]
    assert [ours.back(one) for one in permuted] == positions
    assert max(permuted) <= last
    for outside in (-1, last + 1):
        with pytest.raises(ValueError, match="bounds"):
            ours.of(outside)


def test_every_wrong_character_and_every_two_that_changed_places_are_noticed() -> None:
    symbols = symbols_of(EXAMPLE)
    assert symbols is not None
    assert not is_mistyped(symbols)
    for place, right in enumerate(symbols):
        for wrong in set(SYMBOLS) - {right}:
            assert is_mistyped(symbols[:place] + wrong + symbols[place + 1 :])
    for first, second in combinations(range(len(symbols)), 2):
        swapped = list(symbols)
        swapped[first], swapped[second] = symbols[second], symbols[first]
        assert is_mistyped("".join(swapped)) == (symbols[first] != symbols[second])


@pytest.mark.parametrize(
    "written", ["7kq4 m2xr x", "7KQ4M2XRX", "7KQ4–M2XR–X", "\uff17KQ4-M2XR-X", "\u0667KQ\u0664-M\u0662XR-X"]
)
def test_it_is_taken_as_people_write_it(written: str) -> None:
    assert symbols_of(written) == "7KQ4M2XRX"


@pytest.mark.parametrize("written", ["", "7KQ4-M2XR", "7KQ4-M2XR-XX", "0KQ4-M2XR-X", "O-4711", "²KQ4M2XRX" * 30])
def test_what_has_another_form_is_none(written: str) -> None:
    assert symbols_of(written) is None


def test_two_keys_give_other_numbers() -> None:
    one, other = (CaseNumbers(Blind(key * 32), None) for key in (b"a", b"b"))  # type: ignore[arg-type] # nothing is looked up
    assert {one.of(n) for n in range(1, 50)}.isdisjoint(other.of(n) for n in range(1, 50))
