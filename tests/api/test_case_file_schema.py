"""The schema of the case file agrees with the stored document: what is answered is stored, or derived as listed here."""

from collections.abc import Iterator
from types import NoneType
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from api.disputes.case_file_schemas import CaseFile
from domain.kernel.disclosure import told_names
from domain.kernel.money import Money
from projections.case_document import CaseDocument

NOT_STORED = frozenset({
    "buyer", "seller", "transaction", "marketplace_reference",  # the parts of `parties`, `order`, and `reference`
    "key_questions", "evidence_called_for", "missing", "shared",  # from the policy and the incident
    "claim_histories", "actions",  # as they are now
})  # fmt: skip

DERIVED = frozenset({
    "offers.amount", "offers.goods", "offers.instalments",  # the parts of `terms`, from the claimant's side
    "rulings.award",  # by side of the transaction
    "proposals.award", "settlement.award", "withdrawal.award", "cancellation.award",  # `terms`, in the same way
    "exhibits.file.href", "caucus.file.href",
    "deadlines.local",
})  # fmt: skip
"""What `api.acts.visibility` makes of what is stored."""


@pytest.mark.parametrize("name", sorted(CaseFile.model_fields.keys() - NOT_STORED))
def test_what_is_answered_is_stored(name: str) -> None:
    assert list(_missing(CaseFile, CaseDocument, name, "")) == []


def test_what_is_open_to_all_is_answered() -> None:
    assert not NOT_STORED & CaseDocument.model_fields.keys()
    assert set(told_names(CaseDocument)) <= CaseFile.model_fields.keys()


def _missing(shown: type[BaseModel], stored: type[BaseModel], name: str, path: str) -> Iterator[str]:
    """Where the schema has a field that the document has not, or forbids the null that is stored."""
    at = f"{path}.{name}" if path else name
    if at in DERIVED:
        return
    asked = _by_name(shown)[name]
    if (field := _by_name(stored).get(name)) is None:
        yield f"{at} is not stored"
        return
    if NoneType in get_args(field.annotation) and NoneType not in get_args(asked.annotation):
        yield f"{at} can be null"
    for inner, outer in zip(_models(field.annotation), _models(asked.annotation), strict=False):
        for inner_name in _by_name(outer):
            yield from _missing(outer, inner, inner_name, at)


def _by_name(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields by their names in JSON."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _models(annotation: Any) -> list[type[BaseModel]]:
    if annotation is Money:
        return []
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in _models(inner)]
