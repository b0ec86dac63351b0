"""What the comparison found."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Reckoned:
    """The number of compared instants, by what they are; the differences; how often each kind of fact occurred; and what
    became of the `windows` that wait until their party is told."""

    compared: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    windows: Counter[str] = field(default_factory=Counter)
    over_a_change_of_clocks: int = 0
    over_a_closed_period: int = 0
    wrong: list[str] = field(default_factory=list)

    def compare(self, what: str, told: object, expected: object, about: object) -> None:
        self.compared[what] += 1
        if told != expected:
            self.wrong.append(f"{what}: {told} and not {expected} ({about})")
