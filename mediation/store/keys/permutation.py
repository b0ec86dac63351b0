"""A keyed permutation of the numbers below a bound: FF1 of NIST SP 800-38G, with AES and without a tweak.

Who does not have the key learns from the permuted numbers neither their order nor how many there are.
"""

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

_ROUNDS = 10


class Permutation:
    """Of the numbers of `digits` digits in base `radix`. `digits` is even. There must be a million such numbers or more, says
    the standard: with fewer, the permutation could be tried out.
    """

    def __init__(self, key: bytes, *, radix: int, digits: int) -> None:
        if digits % 2 or radix**digits < 1_000_000:
            raise ValueError("an even number of digits, which makes at least a million numbers")
        self._half: int = radix ** (digits // 2)
        self._bytes = ((self._half - 1).bit_length() + 7) // 8
        if self._bytes > 8:
            raise ValueError("a half of the digits fits into 8 bytes")
        self._kept = 4 * ((self._bytes + 3) // 4) + 4
        # Each call takes one block, so the encryptor keeps no state between calls.
        self._aes = Cipher(AES(key), ECB()).encryptor()
        about = bytes([1, 2, 1, *radix.to_bytes(3, "big"), _ROUNDS, digits // 2 % 256])
        self._first = int.from_bytes(self._aes.update(about + digits.to_bytes(4, "big") + bytes(4)), "big")

    def of(self, number: int) -> int:
        """Raises ValueError for a number that is out of bounds."""
        left, right = self._halves(number)
        for turn in range(_ROUNDS):
            left, right = right, (left + self._mixed(turn, right)) % self._half
        return left * self._half + right

    def back(self, permuted: int) -> int:
        """The number that `of` permuted. Raises ValueError for one that is out of bounds."""
        left, right = self._halves(permuted)
        for turn in reversed(range(_ROUNDS)):
            left, right = (right - self._mixed(turn, left)) % self._half, left
        return left * self._half + right

    def _halves(self, number: int) -> tuple[int, int]:
        if not 0 <= number < self._half**2:
            raise ValueError("the number is out of bounds")
        return divmod(number, self._half)

    def _mixed(self, turn: int, half: int) -> int:
        block = self._first ^ (turn << 8 * self._bytes | half)
        return int.from_bytes(self._aes.update(block.to_bytes(16, "big"))[: self._kept], "big")
