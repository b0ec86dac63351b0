"""`mediation replay` as of an instant, `history` and `diff`: an auditor's questions at a terminal, beside a running server."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.cli.terminal import HUNG_UP
from tests.api.terminal import COMMAND, Done, Serving, Typed, environment, mediation, serving
from tests.api.test_cli import Typing, free_port, get, own_folder, references, typing, untroubled

__all__ = ["own_folder", "typing"]

NOWHERE = "0197c2a4-7d1e-7c3a-9f42-2b1c6f0a9d11"


@pytest.fixture(scope="module")
def served(own_folder: Path) -> Iterator[Serving]:
    with serving("--demo", "--port", free_port(), env=environment(own_folder)) as running:
        yield running


@pytest.fixture
def ask(served: Serving, own_folder: Path, typing: Typing) -> Typed:
    return typing(environment(own_folder))


@pytest.fixture(scope="module")
def dispute(served: Serving) -> str:
    return str(references(served)["MP-30970"])


def _lines(done: Done) -> list[dict[str, Any]]:
    assert (done.code, done.err) == (0, "")
    return [json.loads(line) for line in done.out.splitlines()]


def test_a_dispute_as_it_had_happened_by_an_instant(ask: Typed, dispute: str) -> None:
    whole = _lines(ask("replay", dispute, "--json"))
    answered = next(line["occurred_at"] for line in whole if line["kind"] == "ResponseGiven")
    then = _lines(ask("replay", dispute, "--as-of", answered, "--json"))
    assert then == [line for line in whole if line["occurred_at"] <= answered]
    (state,) = _lines(ask("replay", dispute, "--as-of", answered, "--state", "--json"))
    assert (state["stage"], state["outcome"], state["response"]["answer"]) == ("negotiation", None, "concede_part")
    told = " ".join(ask("replay", dispute, "--as-of", answered).out.split())
    assert "the seller answers: concede part 10.00 EUR" in told
    assert "As it stood: negotiation, awaiting" in told
    assert "refund 10.00 EUR: seller to buyer" in told
    assert "settled by" not in told
    assert "As it stood: closed: settled" in " ".join(ask("replay", dispute).out.split())


def test_what_was_known_before_an_act(ask: Typed, dispute: str) -> None:
    (before,) = _lines(ask("replay", dispute, "--before-act", "2", "--state", "--json"))
    whole = _lines(ask("replay", dispute, "--json"))
    assert before["version"] == len(
        [line for line in whole if line["causation_id"] == whole[0]["causation_id"] and line["stream_id"] == dispute]
    )
    assert before["response"] is None
    none = ask("replay", dispute, "--before-act", "1")
    assert (none.code, none.out) == (1, "")
    assert "there is no act 999" in ask("replay", dispute, "--before-act", "999").err


def test_a_case_file_is_to_be_read_by_a_person(ask: Typed, dispute: str) -> None:
    """Money and texts stand on one line, empty fields are left out, and a closed dispute shows nothing open."""
    shown = ask("replay", dispute, "--state").out
    assert "\nclaimed: 12.00 EUR\n" in shown
    assert "\n  statement: “Llegaron dos cajas de sándalo y una de jazmín.” (es)\n" in shown
    assert "null" not in shown
    assert "{" not in shown
    assert ask("replay", dispute).out.rstrip().endswith("As it stood: closed: settled")
    before = ask("replay", dispute, "--before-act", "3").out
    assert re.search(r"deadline +\w{3} \d\d \w{3} 2026 [\d:]+ UTC +answers-buyer, of the buyer", before), before


def test_a_past_case_was_not_known_before_it_was_imported(ask: Typed, dispute: str) -> None:
    first = _lines(ask("replay", dispute, "--json"))[0]
    known = ask("replay", dispute, "--known-at", first["occurred_at"])
    assert (known.code, known.out) == (1, "")
    assert f"there is no dispute {dispute} here at that instant" in known.err


def test_what_changed_between_two_instants(ask: Typed, dispute: str) -> None:
    whole = _lines(ask("replay", dispute, "--json"))
    filed = whole[0]["occurred_at"]
    answered = next(line["occurred_at"] for line in whole if line["kind"] == "ResponseGiven")
    lines = _lines(ask("diff", dispute, filed, answered, "--json"))
    changes = {line["at"]: line["after"] for line in lines if "at" in line}
    assert changes["/response"]["answer"] == "concede_part"
    assert next(line for line in lines if line.get("kind") == "ResponseGiven")["who"] == "seller"
    told = " ".join(ask("diff", dispute, filed, answered).out.split())
    assert "commitments 1" in told
    assert "reference key" not in told
    assert "the seller answers: concede part 10.00 EUR" in told
    assert ask("diff", dispute, answered, answered).err.strip() == "Nothing changed."


def test_facts_are_found_by_whatever_they_are_known_by(own_folder: Path, ask: Typed, dispute: str) -> None:
    whole = _lines(ask("replay", dispute, "--json"))
    found = _lines(ask("history", "--dispute", dispute, "--json"))
    assert found == whole
    (filed,) = _lines(ask("history", "--dispute", dispute, "--kind", "DisputeFiled", "--json"))
    assert filed["body"]["buyer"]["name"] == "Marta Iglesias"
    assert len(_lines(ask("history", "--marketplace", "demo", "--limit", "3", "--json"))) == 3
    assert filed["position"] in {
        line["position"] for line in _lines(ask("history", "--actor", filed["actor"], "--json"))
    }
    table = mediation(
        "history", "--kind", "DisputeFiled", "--correlation", filed["correlation_id"], env=environment(own_folder)
    )
    head, row = table.out.splitlines()
    assert head.split("  ")[:1] == [" position"]
    assert head.index("fact") == row.index("DisputeFiled")
    assert dispute in row
    misspelt = ask("history", "--kind", "DisputeFild")
    assert (misspelt.code, misspelt.out) == (1, "")
    assert "no fact is called DisputeFild; perhaps DisputeFiled" in misspelt.err
    nothing = ask("history", "--marketplace", "elsewhere")
    assert (nothing.code, nothing.out) == (0, "")
    assert "Nothing like that is on record." in nothing.err


def test_everything_is_taken_away_in_every_form(ask: Typed, dispute: str, tmp_path: Path) -> None:
    for form in ("jsonl", "csv", "ocel"):
        done = ask("extract", form, "--marketplace", "demo", "--out", tmp_path / form)
        assert (done.code, done.out) == (0, "")
        assert dispute in (tmp_path / form).read_text(encoding="utf-8")
    facts = [json.loads(line) for line in (tmp_path / "jsonl").read_text(encoding="utf-8").splitlines()]
    assert [fact for fact in facts if fact["dispute_id"] == dispute] == _lines(ask("replay", dispute, "--json"))
    log = json.loads((tmp_path / "ocel").read_text(encoding="utf-8"))
    assert dispute in {found["id"] for found in log["objects"] if found["type"] == "dispute"}
    assert ask("extract", "jsonl", "--marketplace", "elsewhere", "--out", tmp_path / "none").code == 0
    assert (tmp_path / "none").read_bytes() == b""


@pytest.mark.parametrize(
    ("arguments", "both", "code"),
    [
        (("extract", "jsonl"), False, HUNG_UP),
        (("history", "--marketplace", "demo", "--json"), False, HUNG_UP),
        (("views",), False, HUNG_UP),
        (("replay", "{dispute}"), True, HUNG_UP),
        (("token", "--role", "auditor"), True, HUNG_UP),
        (("--help",), False, 1),
    ],
)
def test_a_reader_who_has_seen_enough(
    served: Serving, own_folder: Path, dispute: str, arguments: tuple[str, ...], both: bool, code: int
) -> None:
    """Like `mediation extract jsonl | head -1`, and with `2>&1`. Nothing is said, because nothing went wrong."""
    command = [*COMMAND, *(part.format(dispute=dispute) for part in arguments)]
    reader, writer = os.pipe()
    os.close(reader)
    errors = writer if both else subprocess.PIPE
    done = subprocess.run(command, env=environment(own_folder), stdout=writer, stderr=errors, check=False, timeout=100)
    os.close(writer)
    assert not re.search(rb"Traceback|[Bb]roken ?pipe|Exception", done.stderr or b""), done.stderr
    assert done.returncode == code


def test_a_terminal_that_lacks_characters(served: Serving, own_folder: Path, dispute: str) -> None:
    """They are replaced for people. JSON stays JSON, with nothing lost."""
    lacking = {**environment(own_folder), "PYTHONIOENCODING": "cp1252"}
    asked = [("replay", dispute), ("history", "--marketplace", "demo"), ("--help",)]
    for arguments in asked:
        done = subprocess.run([*COMMAND, *arguments], env=lacking, capture_output=True, check=False, timeout=100)
        assert (done.returncode, done.stderr) == (0, b""), arguments
        done.stdout.decode("cp1252")
    for arguments in (("replay", dispute, "--json"), ("history", "--marketplace", "demo", "--json")):
        done = subprocess.run([*COMMAND, *arguments], env=lacking, capture_output=True, check=False, timeout=100)
        whole = mediation(*arguments, env=environment(own_folder)).out
        told = [json.loads(line) for line in done.stdout.decode("ascii").splitlines()]
        assert told == [json.loads(line) for line in whole.splitlines()]
        assert not whole.isascii()


def test_a_reading_says_what_was_read(served: Serving, ask: Typed, dispute: str) -> None:
    """Which route, which dispute, and with which parameters. What may be personal stays a keyed hash."""
    get(served, f"/v1/disputes/{dispute}", "AUDITOR")
    get(served, "/v1/commitments?owed_by=seller&due_before=2030-01-01T00:00:00Z&seller=s-9", "AUDITOR")
    head, *rows = ask("history", "--kind", "RecordRead").out.splitlines()
    assert head.endswith("dispute, or what was read")
    assert any(row.endswith(f"get_dispute dispute_id={dispute}") for row in rows)
    (listed,) = [row for row in rows if "list_commitments" in row]
    assert "due_before=2030-01-01T00:00:00Z owed_by=seller seller=hmac:" in listed
    assert "s-9" not in listed


def _policy(version: str, **windows: dict[str, Any]) -> str:
    """That of the samples, with other windows."""
    changed = {"message_reply": {"amount": 2, "unit": "business_days"}} | windows
    return json.dumps({"version": version, "windows": changed})


def test_what_another_policy_would_have_made_of_it(served: Serving, own_folder: Path, tmp_path: Path) -> None:
    """Runs in several processes. Nothing is changed."""
    env, facts = environment(own_folder), ("history", "--marketplace", "demo", "--json")
    (tmp_path / "same.json").write_text(_policy("same"))
    same = mediation("what-if", "--policy", tmp_path / "same.json", "--marketplace", "demo", env=env)
    assert (same.code, same.err) == (0, "")
    assert same.out.startswith("In demo: the current policy demo-2026, with no change.\n")
    assert re.search(r"^0 of [1-9]\d* disputes would have ended otherwise", same.out, re.MULTILINE)
    (tmp_path / "other.json").write_text(_policy("other", filing={"amount": 1, "unit": "hours"}))
    before = mediation(*facts, env=env).out
    told = mediation("what-if", "--policy", tmp_path / "other.json", "--workers", "2", "--json", env=env)
    lines = _lines(told)
    assert lines[0] == {
        "marketplace": "demo",
        "assumed": "other",
        "based_on": "demo-2026",
        "changes": [{"pointer": "/windows/filing", "before": "60 calendar days", "after": "1 hour"}],
    }
    assert next(line for line in lines if line.get("impossible"))["impossible"][0]["refused_as"] == "FilingWindowClosed"
    assert [line["clause"] for line in lines if "difference" in line] == ["filing"]
    assert lines[-1]["differing"] >= 1
    shown = mediation("what-if", "--policy", tmp_path / "other.json", env=env).out
    assert "FileDispute" in shown
    assert re.search(r"/windows/filing +60 calendar days +1 hour", shown)
    assert mediation(*facts, env=env).out == before


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("replay", NOWHERE, "--as-of", "2100-01-01T00:00:00Z"), "2100-01-01T00:00:00Z is yet to come"),
        (("replay", NOWHERE, "--as-of", "yesterday"), "yesterday: an instant is written as in RFC 3339"),
        (("replay", NOWHERE, "--known-at", "2020-01-01T00:00:00"), "with its offset from UTC"),
        (("replay", NOWHERE), "there is no dispute"),
        (("diff", NOWHERE, "2020-01-02T00:00:00Z", "2020-01-01T00:00:00Z"), "the first instant lies after the second"),
        (("diff", NOWHERE, "2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z"), "there is no dispute"),
        (("history", "--since", "2020"), "2020: an instant is written"),
        (("what-if", "--policy", "absent.json"), "cannot read absent.json"),
        (("what-if", "--policy", __file__), "is no policy: Invalid JSON"),
        (("what-if", "--policy", __file__, "--workers", "0"), "--workers is 1 or more"),
        (("history", "--limit", "0"), "--limit is 1 or more"),
    ],
)
def test_what_makes_no_sense_is_told(ask: Typed, arguments: tuple[str, ...], told: str) -> None:
    done = ask(*arguments)
    assert (done.code, done.out) == (1, "")
    assert told in " ".join(done.err.split())


def test_a_person_is_forgotten(ask: Typed, served: Serving, own_folder: Path) -> None:
    """By party id or by subject. The command first shows what it would do, and does it only after consent."""
    closed = str(references(served)["MP-30970"])
    (state,) = _lines(ask("replay", closed, "--state", "--json"))
    named = ("--marketplace", state["marketplace"], "--party", state["buyer"]["id"])
    nobody = mediation("erase", *named, "--ground", "person_asked", env=environment(own_folder))
    assert (nobody.code, untroubled(nobody)) == (1, True)
    assert "nobody is here to be asked" in nobody.err
    done = ask("erase", *named, "--ground", "person_asked", "--yes", "--json")
    told = json.loads(done.out)
    if done.code:  # this buyer has another dispute, which is open
        assert (told["status"], told["against"][0]["what"]) in {
            ("deferred", "open_dispute"),
            ("deferred", "open_remedy"),
        }
        again = ask("erase", told["subject"], "--ground", "person_asked", "--yes")
        assert (again.code, "is not erased yet" in again.out) == (1, True)
    else:
        assert told["status"] == "erased"
        story = " ".join(ask("replay", closed).out.split())
        assert "Erased: the buyer" in story
        assert "[erased]" in story
    assert "name the person" in ask("erase", "--ground", "person_asked").err
    assert "not taken part in a dispute" in ask("erase", NOWHERE, "--ground", "person_asked", "--yes").err


def test_another_master_key(ask: Typed, served: Serving, own_folder: Path) -> None:
    """Beside a running server. The former master key is destroyed."""
    file = own_folder / "secrets" / "masters"
    before = json.loads(file.read_text())
    done = ask("rotate-keys")
    assert (done.code, "the masters before are destroyed" in done.out) == (0, True)
    after = json.loads(file.read_text())
    assert len(after["masters"]) == 1
    assert after["newest"] not in before["masters"]
    dispute = str(references(served)["MP-30972"])
    assert "As it stood" in ask("replay", dispute).out
