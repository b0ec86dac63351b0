"""Real cases, replayed through the API, end as they were published. See tests/data/README.md."""

from datetime import timedelta
from pathlib import Path

import pytest

from api.imports.ledger import BadLedger, in_words, parse, read
from tests.api.terminal import Done, Typed, environment, mediation

LEDGER = Path(__file__).parents[1] / "data" / "mediated_cases.csv"
BERLIN = "Europe/Berlin"


@pytest.fixture
def typed(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    return Typed(environment(tmp_path / "data", database), monkeypatch, capsys)


def cases(typed: Typed, file: Path = LEDGER, zone: str = BERLIN) -> Done:
    return typed("cases", file, "--zone", zone)


def changed(tmp_path: Path, *changes: tuple[str, str], only: str = "234") -> Path:
    """The ledger with only one case, changed."""
    header, *lines = LEDGER.read_text().splitlines()
    (line,) = [line for line in lines if line.startswith(f"{only},")]
    for old, new in changes:
        assert old in line
        line = line.replace(old, new)
    file = tmp_path / "ledger.csv"
    file.write_text(f"{header}\n{line}\n")
    return file


# --- the five cases ---


def test_they_come_out_as_published_and_do_so_again(database: str, tmp_path: Path, typed: Typed) -> None:
    """Durations in whole minutes, amounts to the last satoshi, all escrow divided, nothing owed. A second run gives
    the same.
    """
    first = mediation("cases", LEDGER, "--zone", BERLIN, env=environment(tmp_path / "data", database))
    assert first.code == 0, first
    assert "5 cases, 5 as published, 0 that differ." in first.out
    for figure in ("6 days, 2 hours, 0 minutes", "0.07176000", "0.05937500", "0.08112000 held", "0.00730000"):
        assert figure in first.out
    assert first.out.count("│ as published │") == 5
    again = cases(typed)
    assert (again.code, again.out.split()) == (0, first.out.split())


def test_a_duration_across_a_change_of_clocks_is_the_time_that_passed(typed: Typed, tmp_path: Path) -> None:
    """From 20:00 to 20:00 over the night in which Berlin loses an hour: 23 hours. In a zone without that night: 24."""
    spring = (
        ("2020-09-11T00:33:28", "2021-03-27T20:00:00"),
        ("2020-09-11T12:20:33", "2021-03-28T20:00:59"),
        ("11 hours, 47 minutes", "23 hours, 0 minutes"),
    )
    file = changed(tmp_path, *spring)
    berlin = cases(typed, file)
    assert berlin.code == 0, berlin
    assert "1 case, 1 as published" in berlin.out
    (lagos,) = read(file, "Africa/Lagos")
    assert in_words(lagos.closed_at - lagos.opened_at) == "1 day, 0 hours, 0 minutes"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("11 hours, 47 minutes", "11 hours, 48 minutes"), "duration: 11 hours, 47 minutes"),
        ((",0.07176,0.00936,buyer", ",0.07177,0.00936,buyer"), "refused: DoesNotAddUp"),
        ((",0.07176,0.00936,buyer", ",0.07176,0.00936,seller"), "for the other party"),
    ],
)
def test_what_differs_is_told(typed: Typed, tmp_path: Path, change: tuple[str, str], told: str) -> None:
    done = cases(typed, changed(tmp_path, change))
    assert done.code == 1
    assert told in done.out
    assert "1 case, 0 as published, 1 that differ." in done.out


def test_another_division_of_a_case_that_is_on_record_is_refused_and_told(typed: Typed, tmp_path: Path) -> None:
    """The stored ruling and payments stay, whatever a file says later."""
    assert cases(typed, changed(tmp_path)).code == 0
    done = cases(typed, changed(tmp_path, (",0.07176,0.00936,", ",0.07175,0.00937,")))
    assert done.code == 1
    assert "DisputeIsClosed" in done.err
    assert "A case that is on record stays as it is." in done.err
    assert "refused: DisputeIsClosed" in done.out
    assert "paid to seller" in done.out


# --- the file ---


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("2020-09-11T00:33:28", "2020-03-29T02:30:00"), "opened_at_local: 2020-03-29T02:30:00 never was in Europe/Berlin"),
        (("2020-09-11T12:20:33", "2020-10-25T02:30:00"), "closed_at_local: 2020-10-25T02:30:00 was twice in Europe/Berlin"),
        (("2020-09-11T12:20:33", "2020-09-10T12:20:33"), "line 2, closed_at_local: the case closes before it opens"),
        (("2020-09-11T12:20:33", "2020-09-11T12:20:33Z"), "is no local time"),
        (("0.0624", "0.123456789"), "line 2, trade_amount: XBT has 8 minor unit digits"),
        (("seller (maker)", "maker"), "line 2, opened_by: 'maker' is neither buyer nor seller"),
        (("11 hours, 47 minutes", "half a day"), "line 2, published_duration: 'half a day' is no duration"),
    ],
)  # fmt: skip
def test_a_line_that_makes_no_sense_is_refused_with_its_column(
    tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    with pytest.raises(BadLedger) as refused:
        read(changed(tmp_path, change), BERLIN)
    assert told in str(refused.value)


def test_a_case_that_stands_in_the_file_twice_is_refused() -> None:
    header, line = LEDGER.read_text().splitlines()[:2]
    with pytest.raises(BadLedger, match="line 3: case 234 stands in the file twice"):
        parse([header, line, line], BERLIN)


def test_a_file_of_another_form_and_an_unknown_zone_are_refused_before_anything_starts(
    typed: Typed, tmp_path: Path
) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    other = cases(typed, tmp_path / "other.csv")
    assert (other.code, other.out) == (1, "")
    assert "the header lacks case, opened_at_local" in other.err
    absent = cases(typed, tmp_path / "absent.csv")
    assert (absent.code, "No such file" in absent.err) == (1, True)
    nowhere = cases(typed, zone="Europe/Bielefeld")
    assert (nowhere.code, "not a time zone" in nowhere.err) == (1, True)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (timedelta(seconds=59), "0 hours, 0 minutes"),
        (timedelta(hours=1, minutes=1, seconds=59), "1 hour, 1 minute"),
        (timedelta(days=1), "1 day, 0 hours, 0 minutes"),
        (timedelta(days=6, hours=2, seconds=58), "6 days, 2 hours, 0 minutes"),
    ],
)
def test_durations_are_cut_to_whole_minutes_in_the_published_wording(duration: timedelta, words: str) -> None:
    assert in_words(duration) == words
