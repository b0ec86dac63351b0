"""What a provider signs rightly, and what it lists, has any shape. Nothing of it breaks a gateway."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation.gateways.payments import NotUnderstood, Payment, Unread
from tests.gateways.adversaries import Scene, offline, scene

KINDS = ("sandbox", "stripe")
SCENES = {kind: offline(kind) for kind in KINDS}

_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def read(told: Scene, body: bytes) -> Payment | None:
    """What the gateway makes of a rightly signed notice."""
    gateway = told.gateway()
    return gateway.notice(told.signed(body), body)


def harmless(told: Scene, body: bytes) -> None:
    try:
        read(told, body)
    except NotUnderstood as odd:
        named = odd.row.reference
    else:
        return
    assert named
    assert named.isprintable()


@pytest.mark.parametrize("kind", KINDS)
@given(body=_ANYTHING)
def test_a_body_of_any_shape(kind: str, body: object) -> None:
    harmless(SCENES[kind], json.dumps(body).encode())
    harmless(SCENES[kind], SCENES[kind].notice(body))


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_a_refund_with_a_field_of_any_shape(kind: str, data: st.DataObject) -> None:
    """A field may be missing as well."""
    told = SCENES[kind]
    row = told.row("re_1", "paid", refund_id=str(uuid4()), attempt=1)
    name = data.draw(st.sampled_from(sorted(row)))
    row[name] = data.draw(_ANYTHING)
    if data.draw(st.booleans()):
        del row[name]
    harmless(told, told.notice(row))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"7", b'{"type": "refund.updated"}', b"{", b"[" * 100_000])
def test_a_body_that_is_no_notice(kind: str, body: bytes) -> None:
    with pytest.raises(NotUnderstood):
        read(SCENES[kind], body)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_list_with_rows_that_nobody_understands(kind: str, tmp_path: Path) -> None:
    """Each such row is reported as what it is. The others are read."""
    async with scene(kind, tmp_path) as told:
        ours = str(uuid4())
        rows: list[Any] = [
            told.odd_currency(told.row("re_std", "paid", refund_id=ours)),
            told.row("re_x", "paid", refund_id=ours, attempt="x"),
            {**told.row("re_null", "paid"), "amount": None},
            told.row("re_good", "paid", refund_id=ours, attempt=1),
            told.row("re_elsewhere", "paid"),
            {},
            [],
            "a row",
        ]
        told.meddler.extra = rows
        gateway = told.gateway()
        listed = [one async for one in gateway.payments(datetime.now(UTC) - timedelta(hours=1))]
        await gateway.close()
        odd = [one for one in listed if isinstance(one, Unread)]
        assert [one.reference for one in odd[:3]] == ["re_std", "re_x", "re_null"]
        assert [str(one.refund_id) for one in odd[:2]] == [ours, ours]
        assert len({one.reference for one in odd}) == 6
        assert [one.reference for one in listed if isinstance(one, Payment)] == ["re_good", "re_elsewhere"]
