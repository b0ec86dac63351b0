"""The stored Merkle tree: tiles of 256 hashes that grow at the right edge and never change once full (C2SP tlog-tiles).

The tile (level, n) holds up to 256 hashes of nodes. The first is node n * 256 of height 8 * level; at level 0 the nodes
are the leaves. Every other node is computed from one tile. The module is pure: the caller loads the tiles that are
`needed` and writes those that are `changed`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mediation.proof.verify import EMPTY, node_hash

WIDTH = 256
_HEIGHT = 8
_HASH = 32

TileId = tuple[int, int]
"""Level and number."""

Tiles = Mapping[TileId, bytes]
"""The content of each tile, hash after hash."""

Span = tuple[int, int]
"""Leaves from the first number up to, but not including, the second."""


@dataclass
class Edge:
    """The tree's right edge, where it grows: the last tile of each level, as far as it is filled."""

    size: int = 0
    _partial: list[list[bytes]] = field(default_factory=list)
    _changed: dict[TileId, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, size: int, tiles: Tiles) -> "Edge":
        """`tiles` holds the tiles of `edge_of(size)`."""
        partial = [_split(tiles[tile]) if tile in tiles else [] for tile in _rightmost(size)]
        return cls(size, partial)

    def grow(self, leaves: Iterable[bytes]) -> None:
        """`leaves` are the hashes of the leaves."""
        for leaf in leaves:
            self.size += 1
            self._put(0, leaf)

    def root(self) -> bytes:
        """The root over all leaves so far."""
        found: bytes | None = None
        for hashes in self._partial:
            for peak in reversed(list(_peaks(hashes))):
                found = peak if found is None else node_hash(peak, found)
        return EMPTY if found is None else found

    def changed(self) -> Tiles:
        """The tiles that are new or fuller since the last call."""
        for (level, number), hashes in zip(_rightmost(self.size), self._partial, strict=False):
            if hashes:
                self._changed[level, number] = b"".join(hashes)
        changed, self._changed = self._changed, {}
        return changed

    def _put(self, level: int, node: bytes) -> None:
        if level == len(self._partial):
            self._partial.append([])
        hashes = self._partial[level]
        hashes.append(node)
        if len(hashes) == WIDTH:
            number = (self.size >> _HEIGHT * (level + 1)) - 1
            self._changed[level, number] = b"".join(hashes)
            self._partial[level] = []
            self._put(level + 1, _root_of(hashes))


def edge_of(size: int) -> list[TileId]:
    """The tiles that a tree of this size needs in order to grow."""
    return [(level, number) for level, number in _rightmost(size) if (size >> _HEIGHT * level) % WIDTH]


def inclusion(index: int, size: int) -> list[Span]:
    """The spans whose roots prove that the leaf at `index` is in the tree of `size` (RFC 9162, section 2.1.3.1)."""
    path: list[Span] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split_point(high - low)
        if index < middle:
            path.append((middle, high))
            high = middle
        else:
            path.append((low, middle))
            low = middle
    return path[::-1]


def consistency(first: int, second: int) -> list[Span]:
    """The spans whose roots prove that the tree of `first` leaves begins that of `second` (RFC 9162, section 2.1.4.1)."""
    path: list[Span] = []
    low, high = 0, second
    while first != high:
        middle = low + _split_point(high - low)
        if first <= middle:
            path.append((middle, high))
            high = middle
        else:
            path.append((low, middle))
            low = middle
    if low > 0:
        path.append((low, high))
    return path[::-1]


def needed(spans: Iterable[Span]) -> set[TileId]:
    """The tiles from which the roots of these spans are computed."""
    return {_tile_of(height, n) for span in spans for height, n in _whole(span)}


def roots(spans: Iterable[Span], tiles: Tiles) -> list[bytes]:
    found = []
    for span in spans:
        nodes = [_node(height, n, tiles) for height, n in _whole(span)]
        root = nodes.pop()
        for node in reversed(nodes):
            root = node_hash(node, root)
        found.append(root)
    return found


def _rightmost(size: int) -> Iterator[TileId]:
    level = 0
    while size >> _HEIGHT * level or level == 0:
        yield level, size >> _HEIGHT * (level + 1)
        level += 1


def _split_point(leaves: int) -> int:
    """The largest power of two below the number of leaves."""
    return 1 << (leaves - 1).bit_length() - 1


def _whole(span: Span) -> Iterator[tuple[int, int]]:
    """The complete subtrees that form a span, from the left: the height of each, and its number at that height."""
    low, high = span
    while low < high:
        height = (high - low).bit_length() - 1
        yield height, low >> height
        low += 1 << height


def _tile_of(height: int, n: int) -> TileId:
    level, above = divmod(height, _HEIGHT)
    return level, (n << above) // WIDTH


def _node(height: int, n: int, tiles: Tiles) -> bytes:
    tile = _tile_of(height, n)
    above = height % _HEIGHT
    first = (n << above) % WIDTH
    return _root_of(_split(tiles[tile][first * _HASH : (first + (1 << above)) * _HASH]))


def _split(hashes: bytes) -> list[bytes]:
    return [hashes[at : at + _HASH] for at in range(0, len(hashes), _HASH)]


def _root_of(hashes: Sequence[bytes]) -> bytes:
    """The root of hashes whose number is a power of two."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[n], row[n + 1]) for n in range(0, len(row), 2)]
    return row[0]


def _peaks(hashes: Sequence[bytes]) -> Iterator[bytes]:
    """The roots of the complete subtrees in a tile that is not full, from the left."""
    for height, n in _whole((0, len(hashes))):
        yield _root_of(hashes[n << height : (n + 1) << height])
