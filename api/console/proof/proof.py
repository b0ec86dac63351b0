"""Proofs of facts. The reader's browser checks them (`static/verify.js`), also against a checkpoint that the reader kept."""

import json

from starlette.responses import Response

from api.audit.checkpoint_schemas import Checkpoints
from api.audit.checkpoints import get_bundle, list_checkpoints, prove_consistency, prove_inclusion
from api.console.acts.desk import read
from api.console.acts.meanwhile import happened
from api.console.reader import AT
from api.console.visit import Visit
from projections.audit_trail import entry_of

_MOST = 20
"""Checkpoints of the reader that one check takes, as in `get_bundle`."""


async def of_dispute(visit: Visit) -> Response:
    """All facts of a dispute, in words, to be checked. Their texts stay sealed: proofs are over what is stored."""
    _, case = await read(visit)
    reading = await visit.reading("get_history", dispute_id=case.id)
    entries = [entry_of(recorded) for recorded in await visit.http.services.log.of_dispute(case.id)]
    facts = [(entry, happened(reading, entry)) for entry in entries]
    proofs = f"{AT}/disputes/{case.id}/proof.json"
    return visit.page("proof/proof.html", case=case, facts=facts, proofs=proofs, signed=await _signed(visit))


async def of_fact(visit: Visit) -> Response:
    """One fact, also of no dispute: of an order, a mandate, a policy."""
    position = visit.request.path_params["position"]
    await visit.reading("prove_inclusion")
    proofs = f"{AT}/facts/{position}/proof.json"
    return visit.page(
        "proof/proof.html", case=None, facts=(), position=position, proofs=proofs, signed=await _signed(visit)
    )


async def checkpoint(visit: Visit) -> Response:
    """The last checkpoint, to be kept where the operator cannot change it."""
    signed = await _signed(visit)
    (last,) = signed.items[:1] or (None,)
    name = f"checkpoint-{last.size}.txt" if last else "no-checkpoint.txt"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(last.note if last else "", media_type="text/plain; charset=utf-8", headers=headers)


async def proofs_of_dispute(visit: Visit) -> Response:
    """The bundle of a dispute. It leads to the reader's checkpoints of the sizes `against`."""
    dispute_id = visit.request.path_params["dispute_id"]
    reading = await visit.reading("get_bundle", dispute_id=dispute_id)
    found = await get_bundle(dispute_id, reading, _against(visit))
    return Response(found.model_dump_json(), media_type="application/json")


async def proofs_of_fact(visit: Visit) -> Response:
    """The proof of one fact, in the form of a bundle."""
    position = visit.request.path_params["position"]
    found = await prove_inclusion(await visit.reading("prove_inclusion"), position)
    size = int(found.checkpoint.split("\n")[1])
    reading = await visit.reading("prove_consistency")
    ties = [await prove_consistency(reading, against, size) for against in _against(visit)]
    signed = await _signed(visit)
    told = {
        "checkpoint": found.checkpoint,
        "keys": [one.key for one in signed.keys],
        "exhibits": [],
        "facts": [{"leaf": found.leaf, "proof": found.proof}],
        "consistency": [{"size": tie.first, "proof": tie.proof} for tie in ties],
    }
    return Response(json.dumps(told), media_type="application/json")


async def _signed(visit: Visit) -> Checkpoints:
    """The last checkpoint, and the keys of all."""
    return await list_checkpoints(await visit.reading("list_checkpoints"), limit=1)


def _against(visit: Visit) -> list[int]:
    asked = visit.request.query_params.getlist("against")
    return [int(size) for size in asked if size.isascii() and size.isdecimal() and len(size) < 16][:_MOST]
