"""Revocation: an administrator ends a token that leaked, or all tokens that somebody has.

Forbidden
└── MayNotRevoke
Malformed
└── RevokedAhead
"""

from collections.abc import Sequence
from typing import assert_never
from uuid import UUID

from domain.access.revocation_facts import Revocations, TokenId, TokenRevoked, TokensOfSubjectRevoked
from domain.kernel.base import Command, Event, Instant, Role
from domain.kernel.people import Words
from domain.kernel.refusals import Forbidden, Malformed

# --- types ---


class RevokeToken(Command):
    """Ends one token, by the id in its claim `jti`."""

    token_id: TokenId
    reason: Words | None = None


class RevokeTokensOfSubject(Command):
    """Ends the tokens of a person that were issued before an instant.

    Tokens follow the machine's clock, which the clock of a test marketplace may be ahead of: `token_clock` shows it.
    """

    subject: UUID
    issued_before: Instant
    token_clock: Instant
    reason: Words | None = None


RevocationCommand = RevokeToken | RevokeTokensOfSubject


class MayNotRevoke(Forbidden):
    """Your role cannot revoke tokens. An administrator can.

    Why: Whoever can revoke tokens can lock others out. The administrators of a marketplace answer for that.

    What to do: Tell an administrator which token leaked. They revoke it, or all tokens of that person.

    Example: {"role": "supervisor"}
    """


class RevokedAhead(Malformed):
    """`issued_before` lies in the future: tokens that the person gets from now on would not be good either.

    Why: A revocation ends tokens that were issued before an instant. With an instant in the future the person could not
    get a good token until then.

    What to do: Send an `issued_before` that is not later than `now`.

    Example: {"now": "2026-11-02T10:00:00+00:00"}
    """

    pointer = "/issued_before"


# --- decisions ---


def decide(revocations: Revocations, command: RevocationCommand) -> Sequence[Event]:
    """No events if the tokens are revoked already."""
    role, reason = command.actor.role, command.reason
    if role is not Role.ADMINISTRATOR:
        raise MayNotRevoke(role=role.value)
    said = reason.of(command.actor.subject) if reason else None
    match command:
        case RevokeToken(token_id=token_id):
            return [] if token_id in revocations.tokens else [TokenRevoked(token_id=token_id, reason=said, by=role)]
        case RevokeTokensOfSubject(subject=subject, issued_before=before):
            if before > command.token_clock:
                raise RevokedAhead(now=command.token_clock.isoformat())
            if subject in revocations.before and before <= revocations.before[subject]:
                return []
            return [TokensOfSubjectRevoked(subject=subject, issued_before=before, reason=said, by=role)]
        case _:
            assert_never(command)
