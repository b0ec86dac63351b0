"""Files a dispute, and mints the tokens with which its parties take part."""

import secrets
from uuid import UUID, uuid4

from fastapi import APIRouter

from api.disputes.filing.filing_schemas import FileDispute
from api.disputes.filing.token_schemas import AskForToken, PartyToken
from api.http.act_route import ActRoute
from api.http.answers import Filed
from api.http.auth import PARTY_TOKEN_LIFE
from api.http.identity import Caller
from api.http.problems import ON_WRITE, documented
from api.http.writes import Keyed, Write
from domain.filing.representation import UnknownRepresentative
from domain.kernel.base import Role

router = APIRouter(tags=["Disputes"], route_class=ActRoute)


@router.post("/v1/disputes", status_code=201, responses=documented(*ON_WRITE))
async def file_dispute(body: FileDispute, writing: Write) -> Filed:
    """Files a dispute under the current policy. A marketplace's backend files for the claimant, who may be buyer or seller.

    A claim that the policy does not admit is recorded too. The dispute closes at once with the outcome `inadmissible` and
    the ground.
    """
    if writing.caller.role is Role.MARKETPLACE:
        writing = writing.acting_as(body.claimant)
    outcome = await writing.act(body, dispute_id=new_dispute_id(writing.caller))
    assert outcome.first_position is not None, "no dispute is filed twice, and the filing is the first of its facts"
    number = writing.http.services.case_numbers.of(outcome.first_position)
    done = await writing.done(outcome, Filed, case_number=number)
    writing.response.headers["Location"] = f"/v1/disputes/{done.id}"
    return done


@router.post("/v1/disputes/{dispute_id}/party-tokens", status_code=201, responses=documented(*ON_WRITE))
async def mint_party_token(dispute_id: UUID, body: AskForToken, writing: Keyed) -> PartyToken:
    """Mints a token for a party, or for its representative. It is valid for this dispute and for 15 minutes. A repeated request
    gets another token."""
    services, calling = writing.http.services, writing.caller
    dispute, _, _ = await services.engine.dispute(dispute_id, calling.marketplace)
    role, subject = Role(body.side.value), dispute.party(body.side).subject
    if body.representative is not None:
        subject = await services.spellings.of("party", calling.marketplace, body.representative)
        if subject not in dispute.representation.of(body.side):
            raise UnknownRepresentative
    token_id = uuid4()
    token = services.tokens.mint(
        subject=subject, role=role, marketplace=calling.marketplace, dispute=dispute_id, token_id=token_id
    )
    return PartyToken(
        token=token,
        token_id=token_id,
        side=body.side,
        dispute_id=dispute_id,
        expires_at=calling.at + PARTY_TOKEN_LIFE,
    )


def new_dispute_id(calling: Caller) -> UUID:
    """A UUID of version 7 (RFC 9562). Such ids sort by the instant at which the request arrived."""
    milliseconds = int(calling.at.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62))
