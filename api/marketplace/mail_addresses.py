"""How a person is reached: the marketplace gives their mail address, changes it, or says that there is none."""

from fastapi import APIRouter

from api.http.act_route import ActRoute
from api.http.answers import Recorded
from api.http.problems import ON_WRITE, documented
from api.http.writes import Write
from api.marketplace.erasures import took_part
from api.marketplace.mail_address_schemas import GiveMailAddress

router = APIRouter(tags=["Notices"], route_class=ActRoute)


@router.post("/v1/mail-addresses", status_code=201, responses=documented(*ON_WRITE))
async def give_mail_address(body: GiveMailAddress, writing: Write) -> Recorded:
    """Says under which mail address a person is reached from now on. It is how an address is corrected, too."""
    _, subject = await writing.makes(body.person)
    await took_part(writing.http.services, writing.caller.marketplace, subject)
    return Recorded(position=await writing.position(await writing.act(body)))
