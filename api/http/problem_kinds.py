"""What can be wrong with a request before any rule is asked, or with the service. `api.http.problems` gives each kind its
status.
"""

from domain.kernel.refusals import Conflict, Malformed, Refusal, Unknown


class InvalidRequest(Malformed):
    """The request does not have the documented form; `errors` lists what is wrong.

    Why: A request that does not fit its schema cannot be understood safely. Nothing of it was carried out.

    What to do: Correct what `errors` lists: each has the place and what was expected. The schema of the body is in
    `/openapi.json`.
    """


class HeaderRepeated(Malformed):
    """The request has the same header twice, where it is taken once; `header` names it.

    Why: A proxy and this service might each use another one of the two values. The header decides who asks or what is
    repeated.

    What to do: Send the header in `header` once. Check whether a proxy adds it.

    Example: {"header": "authorization"}
    """


class TooManyRequests(Refusal):
    """You sent more than `limit` requests within a minute. You can send the next one in `retry_after` seconds.

    Why: One caller that sends without a pause would slow down everybody else. Such a caller is usually a program with a
    fault.

    What to do: Wait as many seconds as the header `Retry-After` says, and send the request again under the same key. The
    headers `RateLimit-Policy` and `RateLimit` of every answer say how many are left.

    Example: {"limit": 120000, "retry_after": 42}
    """


class UnreadableBody(Malformed):
    """The body is not JSON in UTF-8.

    Why: Only JSON in UTF-8 has one meaning here. Nothing of the body was used.

    What to do: Check the body with a JSON parser, and send it in UTF-8. A common cause is a body that was cut off or
    encoded twice.
    """


class UnreadableForm(Malformed):
    """The form cannot be read as multipart/form-data in UTF-8, or it ends too early.

    Why: Files come as parts of a form. If the form breaks off, the file would be incomplete.

    What to do: Send `multipart/form-data` with the boundary of its header and names in UTF-8. If the connection broke,
    send it again under the same key.
    """


class IdempotencyKeyMissing(Malformed):
    """The header `Idempotency-Key` is missing. With it you can repeat a POST without doing it twice.

    Why: Networks lose answers. Under a key the same request can be sent again, and is carried out once.

    What to do: Send `Idempotency-Key` with a new random value for each new act, such as a UUID. Keep it for repetitions
    of that act.
    """


class IfMatchMissing(Malformed):
    """The header `If-Match` is missing, or names no version: it is the `ETag` of the dispute as you read it.

    Why: Rulings and acceptances bind people to what they read. The version proves that nothing has changed since.

    What to do: Read the dispute, and send its `ETag` in `If-Match`.
    """


class DraftHasChanged(Conflict):
    """The draft is in another state than the one that you read.

    Why: It was saved meanwhile, perhaps in another window. To save over it would lose what was written there.

    What to do: Read the draft again, join both texts, and save with the new `ETag` as `If-Match`. For a first draft, send no
    `If-Match`.
    """


class FiltersHaveChanged(Conflict):
    """Your saved filters are in another state than the one that you read.

    Why: You changed them meanwhile, perhaps in another window. To save over them would lose that change.

    What to do: Read the filters again, make your change, and save with the new `ETag` as `If-Match`. For your first filters,
    send no `If-Match`.
    """


class BodyTooLarge(Malformed):
    """The body of the request, or a field of its form, is larger than `limit` bytes.

    Why: Every byte is held, checked and stored. The limit protects the requests of others.

    What to do: Send at most `limit` bytes. Send files as exhibits, and split large imports.

    Example: {"limit": 1048576}
    """


class BodyTooSlow(Malformed):
    """The body of the request stopped coming, and nothing was done. You can send it again under the same key.

    Why: A connection that sends nothing holds a place that others need.

    What to do: Send the request again under the same key. If it happens often, look at the network between you and the
    service.
    """


class UnsupportedContent(Malformed):
    """The body is of a type or an encoding that is not taken here; `expected` names the one that is.

    Why: The type says how the body is to be read. Another type could be read in another way than you meant.

    What to do: Send the type in `expected`, as `Content-Type`, with UTF-8.

    Example: {"expected": "application/json"}
    """


class BodyEncoded(Malformed):
    """The body is compressed, and no compressed body is taken here.

    Why: How large a compressed body is shows only when it is unpacked, and a small one may unpack to gigabytes.

    What to do: Send the body without `Content-Encoding`. Check whether your HTTP client or a proxy compresses requests.
    """


class NoSuchResource(Unknown):
    """There is nothing at this address.

    Why: No route has this address, or nothing is stored there.

    What to do: Check the address: the routes are in `/openapi.json`, and `GET /docs` lists them.
    """


class FileErased(Unknown):
    """The file cannot be opened any more: the person it belonged to was erased.

    Why: When a person is erased, the key of their files is destroyed. The file exists only encrypted, and nobody can
    read it any more.

    What to do: Nothing can be done. The case file still says that there was a file, and its checksum.

    Example: {"number": 3}
    """


class NoSuchMethod(Refusal):
    """This address does not take this HTTP method.

    Why: An address takes only the methods that mean something there.

    What to do: Use one of the methods in the header `Allow` of the answer.
    """


class ViewBehind(Exception):
    """The view has not reached the position in `At-Least` yet. You can ask again.

    With `parked`, the view could not take what happened there. It stays behind until the operator has mended that.

    Why: The lists are made from the log a moment after each fact. You asked for a state that the list has not reached.

    What to do: Ask again after the seconds in `Retry-After`. If `parked` is true, tell the operator: `mediation views`
    shows what the view could not take.

    Example: {"view": "caseload", "parked": false}
    """

    def __init__(self, view: str, *, parked: bool) -> None:
        self.facts = {"view": view, "parked": parked}


class NotCarriedOn(Exception):
    """No worker is keeping a view or a process up to date at this moment. You can ask again.

    Why: Lists and processes are kept up to date by a worker. At this moment none does it, so an answer could be old.

    What to do: Ask again after the seconds in `Retry-After`. As the operator, check that `mediation serve` runs.
    """


class NoWrites(Exception):
    """The database takes no writes at this moment. You can ask again.

    For example, its disk is full.

    Why: A service that cannot store anything cannot carry out an act.

    What to do: Ask again after the seconds in `Retry-After`. As the operator, look at the database: its disk, its role
    as a standby, its log.
    """


class Unexpected(Exception):
    """The engine failed at this request. The failure is on record under the `correlation_id`.

    Why: An error in the engine or around it stopped the request. It is not the fault of what you sent.

    What to do: Send the `correlation_id` to the operator, who finds the cause under it. A POST can be sent again under
    the same key.
    """
