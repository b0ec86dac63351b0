"""Signs checkpoints: signed notes (C2SP signed-note and tlog-checkpoint) under an Ed25519 key."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mediation.proof.verify import ED25519, Checkpoint, key_id


@dataclass(frozen=True, slots=True)
class Signer:
    """A log's private key. `name` is the public name of the log: the origin of its checkpoints."""

    name: str
    private: Ed25519PrivateKey

    @classmethod
    def of(cls, name: str, secret: bytes) -> "Signer":
        """`secret` has 32 bytes."""
        return cls(name, Ed25519PrivateKey.from_private_bytes(secret))

    @property
    def vkey(self) -> str:
        """The public key in its published form."""
        return f"{self.name}+{self._id.hex()}+{b64encode(ED25519 + self._public).decode()}"

    def line(self, text: str) -> str:
        signed = self._id + self.private.sign(text.encode())
        return f"\N{EM DASH} {self.name} {b64encode(signed).decode()}\n"

    @property
    def _public(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    @property
    def _id(self) -> bytes:
        return key_id(self.name, self._public)


def note(checkpoint: Checkpoint, signers: Sequence[Signer]) -> str:
    """A note signed by each of the signers. While a key is being replaced, both the old and the new key sign."""
    text = f"{checkpoint.origin}\n{checkpoint.size}\n{b64encode(checkpoint.root).decode()}\n"
    return f"{text}\n{''.join(signer.line(text) for signer in signers)}"
