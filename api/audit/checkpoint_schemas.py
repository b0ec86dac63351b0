"""Checkpoints of the log, and proofs that lead to them."""

from typing import Annotated

from pydantic import Field

from api.http.bodies import Answer, example
from api.http.relative import ago
from domain.kernel.base import Instant

_HASH = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
_NOTE = f"disputes.example.com\n20852163\n{_HASH}\n\n— disputes.example.com Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe…\n"
_KEY = "disputes.example.com+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"


class Checkpoint(Answer):
    """A signed state of the log: a C2SP tlog-checkpoint."""

    note: Annotated[
        str, Field(description="Origin, size and root of the log, and its signatures. Keep the text unchanged.")
    ]
    size: Annotated[int, Field(description="How many facts the checkpoint commits to.")]
    signed_at: Instant


class LostCheckpoint(Answer):
    """A checkpoint that was signed and given out, and that the log no longer continues: the database lost the last facts,
    because a standby without them was promoted."""

    note: Annotated[str, Field(description="The checkpoint as it was signed.")]
    size: Annotated[int, Field(description="How many facts the checkpoint commits to.")]
    log_ended_at: Annotated[int, Field(description="The last position that the log held when the loss was found.")]
    found_at: Instant


class SigningKey(Answer):
    key: Annotated[str, Field(description="A public key of the log (a C2SP vkey).")]
    since: Instant


class Checkpoints(Answer):
    """The latest first."""

    model_config = example(
        {
            "items": [{"note": _NOTE, "size": 20852163, "signed_at": ago(hours=2)}],
            "keys": [{"key": _KEY, "since": ago(days=300)}],
            "next": None,
            "lost": [],
        }
    )

    items: list[Checkpoint]
    keys: list[SigningKey]
    next: str | None = None
    lost: Annotated[
        list[LostCheckpoint],
        Field(description="The last 100 checkpoints that the log no longer continues, because it lost facts."),
    ]


class Consistency(Answer):
    """Hashes, in base64, that lead from the root over `first` facts to the root over `second` facts (RFC 9162,
    section 2.1.4).
    """

    model_config = example({"first": 4, "second": 6, "proof": [_HASH]})

    first: int
    second: int
    proof: list[str]


class Proven(Answer):
    leaf: Annotated[str, Field(description="The fact as the log commits to it, in base64.")]
    proof: Annotated[list[str], Field(description="Hashes, in base64, that lead to the checkpoint's root.")]


class Inclusion(Answer):
    """The proof that one fact is in the log: its leaf, and the hashes that lead from it to the root of the checkpoint."""

    model_config = example({"position": 1, "leaf": "AQAAAAAAAAAB", "proof": [_HASH], "checkpoint": _NOTE})

    position: int
    leaf: Annotated[str, Field(description="The fact as the log commits to it, in base64.")]
    proof: Annotated[list[str], Field(description="Hashes, in base64, that lead to the checkpoint's root.")]
    checkpoint: str


class SealedFile(Answer):
    position: Annotated[int, Field(description="The position of the fact that the file came with.")]
    sealed_sha256: Annotated[str, Field(description="The hash of the file as it is stored, encrypted.")]


class Tie(Answer):
    size: int
    proof: list[str]


class Bundle(Answer):
    """The facts of a dispute with their proofs. `mediation verify` and `verify.py` check them without a server."""

    model_config = example(
        {
            "dispute_id": "0197c2a4-7d1e-7c3a-9f42-2b1c6f0a9d11",
            "checkpoint": _NOTE,
            "keys": [_KEY],
            "exhibits": [
                {"position": 1, "sealed_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
            ],
            "facts": [{"leaf": "AQAAAAAAAAAB", "proof": [_HASH]}],
            "consistency": [],
        }
    )

    dispute_id: str
    checkpoint: str
    keys: Annotated[
        list[str], Field(description="The public keys of the log. Compare them with the keys that you trust.")
    ]
    exhibits: list[SealedFile]
    facts: list[Proven]
    consistency: Annotated[list[Tie], Field(description="Proofs that lead from smaller checkpoints to this one.")]
