"""Parsed plainly or exactly, JSON has the same value. No repeated name is lost plainly."""

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from api.http.exact_json import exactly, plainly

_STRINGS = st.text('ab:"\\ é\U0001f600\ud800', max_size=4)
_NUMBERS = st.one_of(st.integers(), st.floats())


@st.composite
def _strings(draw: st.DrawFn) -> str:
    """A string as JSON may write it."""
    written = json.dumps(draw(_STRINGS), ensure_ascii=draw(st.booleans()))
    return written.replace(":", draw(st.sampled_from((":", ":", "\\u003a", "\\u003A"))))


@st.composite
def _objects(draw: st.DrawFn, values: st.SearchStrategy[str]) -> str:
    """An object, in which names may be repeated."""
    fields = draw(st.lists(st.tuples(_strings(), values), max_size=4))
    colon = draw(st.sampled_from((":", " : ")))
    return "{" + ",".join(name + colon + value for name, value in fields) + "}"


_TEXTS = st.recursive(
    st.one_of(_strings(), _NUMBERS.map(json.dumps), st.sampled_from(("null", "true"))),
    lambda values: st.one_of(_objects(values), st.lists(values, max_size=3).map(lambda them: f"[{', '.join(them)}]")),
    max_leaves=12,
)


@given(_TEXTS)
@example('{"a": 1, "a": "\\u003a"}')
@example('{"a": {"b": ":", "b": "::"}}')
def test_plainly_is_exactly(text: str) -> None:
    """Where a name is repeated, or a colon is written as an escape, nothing is parsed plainly."""
    sent = text.encode("utf-8", "surrogatepass")
    value, repeated = exactly(sent)
    if repeated:
        assert _plainly(sent) is None
    elif "\\u" not in text and "\ud800" not in text:
        assert _plainly(sent) == repr(value)
    else:
        assert _plainly(sent) in (None, repr(value))


def _plainly(sent: bytes) -> str | None:
    """The value, written so that NaN equals NaN. None if it is not parsed."""
    try:
        value: Any = plainly(sent)
    except ValueError:
        return None
    return repr(value)
