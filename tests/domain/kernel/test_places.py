"""Countries and time zones in the forms that people write."""

import pytest
from pydantic import ValidationError

from domain.kernel.base import Value
from domain.kernel.places import TZDATA, Country, TimeZone


class Home(Value):
    country: Country = "IT"
    time_zone: TimeZone = "Europe/Rome"


@pytest.mark.parametrize("code", ["UK", "it", "ITA", "", "XX", "EU"])
def test_a_country_is_two_letters_of_iso_3166(code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Home(country=code)
    assert [error["msg"] for error in refused.value.errors()] == [
        "Value error, not a country: two capital letters of ISO 3166-1, such as IT (the United Kingdom is GB)"
    ]


@pytest.mark.parametrize("zone", ["Rome", "europe/rome", "Factory", "UTC+1", "../UTC", ""])
def test_a_time_zone_is_one_of_the_pinned_database(zone: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Home(time_zone=zone)
    assert [error["msg"] for error in refused.value.errors()] == [
        f"Value error, not a time zone of the IANA database (tzdata {TZDATA}), such as Europe/Rome"
    ]
