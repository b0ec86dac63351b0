"""What is shipped: the wheel, the pinned requirements, the compose file."""

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>\S+)(?P<marker> ; [^\\]+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


def pins(file: str) -> dict[str, str]:
    """The pinned versions, by name. Any line that is no pin, hash or comment is an error."""
    found: dict[str, str] = {}
    for line in (ROOT / file).read_text().splitlines():
        if pin := PIN.fullmatch(line):
            found[canonicalize_name(pin["name"])] = pin["version"]
        else:
            assert HASH.fullmatch(line) or line.lstrip().startswith("#"), line
    return found


def test_the_wheel_s_top_level_is_exactly_the_four_packages(tmp_path: Path) -> None:
    """DESIGN section 1."""
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path], cwd=ROOT, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    packages = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert packages == {"api", "domain", "mediation", "projections"}
    demo = {f"api/cli/demo/{name}" for name in ("disputes/demo.jsonl", "evidence/teapot.jpg")}
    assert demo | {"mediation/store/postgres/schema.sql", "api/console/static/htmx.min.js"} <= {*names}
    assert "api/console/frame/frame.html" in names
    assert not [name for name in names if name.endswith(".pyc")]


@pytest.mark.parametrize("file", ["requirements-pip.txt", "requirements.txt", "requirements-dev.txt"])
def test_requirements_are_pinned_by_hash_and_name_no_place_to_fetch_them_from(file: str) -> None:
    assert pins(file)
    assert not re.search(r"://|index|find-links|trusted-host", re.sub(r"--no-emit-\S+", "", (ROOT / file).read_text()))


@pytest.mark.parametrize("folder", ["tests/clients", "tests/console/provider"])
def test_packages_from_npm_are_pinned_by_hash_and_name_no_place_to_fetch_them_from(folder: str) -> None:
    project = json.loads((ROOT / folder / "package.json").read_text())
    (_, root), *packages = json.loads((ROOT / folder / "package-lock.json").read_text())["packages"].items()
    assert root["devDependencies"] == project["devDependencies"]
    assert packages
    for name, package in packages:
        assert package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package, name


def test_what_the_project_depends_on_is_pinned_and_the_same_for_development() -> None:
    runtime, development = pins("requirements.txt"), pins("requirements-dev.txt")
    declared = {
        "requirements.txt": [*PROJECT["dependencies"], "hatchling"],
        "requirements-dev.txt": PROJECT["optional-dependencies"]["dev"],
    }
    for file, requirements in declared.items():
        for requirement in map(Requirement, requirements):
            assert requirement.specifier.contains(pins(file)[canonicalize_name(requirement.name)]), (file, requirement)
    assert runtime.items() <= development.items()


def test_files_of_others_are_as_their_packages_ship_them_and_none_is_unnamed() -> None:
    """THIRD_PARTY.md names each with its licence and its hash."""
    rows = re.findall(
        r"^\| `(.+?)` \|.*\| `([0-9a-f]{64})` \|$", (ROOT / "THIRD_PARTY.md").read_text("utf-8"), re.MULTILINE
    )
    assert {file: sha256((ROOT / file).read_bytes()).hexdigest() for file, _ in rows} == dict(rows)
    folders = (ROOT / "api" / "console" / "static", ROOT / "tests" / "harness")
    minified = {str(path.relative_to(ROOT)) for folder in folders for path in folder.rglob("*.min.js")}
    assert minified <= dict(rows).keys()


def test_the_compose_file_is_one_by_its_published_schema() -> None:
    """Checked against the schema of the Compose specification. No container is run."""
    check = ["-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]
    done = subprocess.run([sys.executable, *check], cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_compose_file_holds_no_secret_and_watches_the_database() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    for service in services.values():
        for name, value in service["environment"].items():
            assert not name.endswith(("KEY", "PASSWORD")) or re.fullmatch(r"\$\{[A-Z_]+:\?.+\}", value), name
    assert "healthcheck" in services["database"]
    assert services["engine"]["depends_on"] == {"database": {"condition": "service_healthy"}}


def test_every_command_reads_every_kind_of_fact() -> None:
    """Whatever else it loads: a kind that only the server knows would make the log unreadable to the command."""
    known = "import api.services; from domain.kernel.base import Event; print(*sorted(Event.registry))"
    done = subprocess.run([sys.executable, "-c", known], cwd=ROOT, check=True, capture_output=True, text=True)
    golden = {path.name.partition(".")[0] for path in (ROOT / "tests" / "golden").glob("*.json")}
    assert golden <= set(done.stdout.split())
