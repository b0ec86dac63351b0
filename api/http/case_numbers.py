"""A case number in the place of a dispute's id, in every address that has one."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.http import problems, security_log
from api.http.middleware import Receipt
from domain.kernel.refusals import Malformed, Refusal, UnknownDispute
from mediation.case_numbers import CaseNumbers, is_mistyped, symbols_of

_ID = "{dispute_id}"


class CaseNumberMistyped(Malformed):
    """The case number in the address is mistyped: its check character does not fit.

    Why: The last character is computed from the eight before it. So a wrong character, and two that changed places, never
    lead to another dispute.

    What to do: Compare the number with what you were told. It has no 0, 1, I, L and O.
    """


class CaseNumberPaths:
    """Writes the id into the address, before it is routed. The receipt of the request says whose dispute it may be."""

    def __init__(self, app: ASGIApp, *, routes: Iterable[APIRoute], numbers: CaseNumbers) -> None:
        self._app = app
        self._numbers = numbers
        self._words = _fixed([route.path for route in routes])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            try:
                await self._resolve(scope)
            except Refusal as error:
                headers, receipt = Headers(scope=scope), scope["state"]["receipt"]
                answer = problems.answer(error, receipt.correlation_id, headers.get("accept-language"))
                security_log.note(error, answer.status_code, scope)
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _resolve(self, scope: Scope) -> None:
        """Raises CaseNumberMistyped, UnknownDispute."""
        path: str = scope["path"]
        for before, words in self._words.items():
            if not path.startswith(before):
                continue
            written, slash, rest = path[len(before) :].partition("/")
            if written in words or (symbols := symbols_of(written)) is None:
                continue
            if is_mistyped(symbols):
                raise CaseNumberMistyped
            found = await self._numbers.dispute(symbols, _marketplace(scope))
            if found is None:
                raise UnknownDispute
            scope["path"] = f"{before}{found}{slash}{rest}"
            scope["raw_path"] = scope["path"].encode()
            return


def _marketplace(scope: Scope) -> str:
    """The gate checks later that a sender of one marketplace names no other."""
    receipt: Receipt = scope["state"]["receipt"]
    own = receipt.sender and receipt.sender.marketplace
    return own or Headers(scope=scope).get("mediation-marketplace", "")


def _fixed(paths: Iterable[str]) -> Mapping[str, Collection[str]]:
    """What stands before an id of a dispute in any path, and the fixed words that other paths have in its place."""
    every = [path for path in paths if path.startswith("/v1/")]
    words: defaultdict[str, set[str]] = defaultdict(set)
    for before in {path.partition(_ID)[0] for path in every if _ID in path}:
        words[before] |= {path[len(before) :].partition("/")[0] for path in every if path.startswith(before)}
    return words
