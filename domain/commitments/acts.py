"""The commands on commitments: make one, report that it was kept, waive it, replace it."""

from collections.abc import Sequence
from typing import assert_never

from domain.commitments import keeping, promising, waiving
from domain.commitments.keeping import KeepCommitment
from domain.commitments.promising import MakeCommitment
from domain.commitments.waiving import ReplaceCommitment, WaiveCommitment
from domain.dispute.case import Basis
from domain.kernel.base import Event

# --- types ---

CommitmentCommand = MakeCommitment | KeepCommitment | WaiveCommitment | ReplaceCommitment


# --- decisions ---


def decide(basis: Basis, command: CommitmentCommand) -> Sequence[Event]:
    match command:
        case MakeCommitment():
            return promising.make(basis.dispute, basis.case.transaction, command)
        case KeepCommitment():
            return keeping.keep(basis.dispute, command)
        case WaiveCommitment():
            return waiving.waive(basis.dispute, command)
        case ReplaceCommitment():
            return waiving.replace_with(basis.dispute, basis.case.transaction, command)
        case _:
            assert_never(command)
