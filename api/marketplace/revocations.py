"""Tokens that an administrator has revoked."""

from fastapi import APIRouter

from api.http.act_route import ActRoute
from api.http.answers import Recorded
from api.http.problems import ON_READ, ON_WRITE, documented
from api.http.reads import Cursor, Limit, Read
from api.http.writes import Write
from api.marketplace.revocation_schemas import RevocationsShown, RevokeTokens
from domain.access.revocation_facts import TokenRevoked, TokensOfSubjectRevoked
from domain.stream_ids import revocations_id
from mediation.store.log.recorded import Recorded as Fact
from projections import paging
from projections.table import Doc

router = APIRouter(tags=["Tokens"], route_class=ActRoute)


@router.post("/v1/revocations", status_code=201, responses=documented(*ON_WRITE))
async def revoke_tokens(body: RevokeTokens, writing: Write) -> Recorded:
    """Ends tokens of this marketplace, whoever signed them. Each worker refuses them within a second. A person who still
    has the right can get a new token.
    """
    services = writing.http.services
    handled = await writing.act(body, token_clock=services.tokens.now())
    await services.revoked.learn()
    return Recorded(position=await writing.position(handled))


@router.get("/v1/revocations", responses=documented(*ON_READ))
async def list_revocations(reading: Read, limit: Limit = 50, cursor: Cursor = None) -> RevocationsShown:
    """What was revoked in this marketplace; the first revocation comes first."""
    after = paging.opened(cursor, ["bigint"])[0] if (cursor := reading.cursor(cursor)) is not None else 0
    stream, log = revocations_id(reading.caller.marketplace), reading.http.services.log
    found = await log.where("stream_id = %s AND version > %s", (stream, after), limit + 1)
    following = paging.after(found[limit - 1].version) if len(found) > limit else None
    items = await reading.open([_shown(fact) for fact in found[:limit]])
    return RevocationsShown.model_validate({"items": items, "next": reading.next(following)})


def _shown(fact: Fact) -> Doc:
    event = fact.event
    assert isinstance(event, TokenRevoked | TokensOfSubjectRevoked), "the events of this stream"
    empty = dict.fromkeys(("token_id", "subject", "issued_before"))
    return {**empty, **event.model_dump(mode="json"), "revoked_at": fact.occurred_at}
