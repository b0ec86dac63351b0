"""The language of the console, chosen by its reader."""

from http import HTTPStatus

from starlette.responses import RedirectResponse, Response

from api.console.reader import AT, LANGUAGE, within
from api.console.submitted import submitted
from api.console.visit import Visit
from api.words.languages import LANGUAGES

_YEAR = 365 * 24 * 60 * 60


async def choose_language(visit: Visit) -> Response:
    """Keeps the language in this browser for a year, and goes back to the page."""
    form = await submitted(visit.request)
    answer = RedirectResponse(within(form.one("next")), HTTPStatus.SEE_OTHER)
    if (chosen := form.one("language")) in LANGUAGES:
        answer.set_cookie(LANGUAGE, str(chosen), max_age=_YEAR, path=AT, secure=True, httponly=True, samesite="lax")
    return answer
