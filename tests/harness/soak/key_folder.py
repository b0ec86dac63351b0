"""The folder with the keys of an engine over the database of the run; and what happens when the folder is away.

python -m tests.harness.soak.key_folder plan.json begin  makes it, before anything is stored
python -m tests.harness.soak.key_folder plan.json away   takes it away and gives it back
"""

import asyncio
import json
import shutil
import sys

import psycopg

from api.services import services
from api.settings import Settings
from mediation.store.embedded.account import ServerWontStart
from tests.harness.soak.plan import Plan

_SECRETS = """SELECT 'master', id, since FROM keys.master UNION ALL SELECT name, value, since FROM secret_check
ORDER BY 1, 2"""


def master(plan: Plan) -> bytes:
    """The master key of every worker."""
    held = json.loads((plan.data / "secrets" / "masters").read_bytes())
    return bytes.fromhex(held["masters"][held["newest"]])


def give(plan: Plan, key: bytes) -> None:
    """Puts the master key there of workers that got it by a setting."""
    folder = plan.data / "secrets"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "masters").write_text(json.dumps({"newest": "given", "masters": {"given": key.hex()}}))


async def main(plan: Plan, what: str) -> None:
    if what == "away":
        await _away(plan)
    else:
        await _starts(plan)


async def _starts(plan: Plan) -> None:
    async with services(Settings(database_url=plan.conninfo, data_dir=plan.data), works=False):
        pass


async def _away(plan: Plan) -> None:
    """Without its keys the engine does not start, and makes nothing anew. With them it starts as before."""
    folder, elsewhere = plan.data / "secrets", plan.path / "secrets-away"
    known, said = _known(plan), "it started without its keys"
    shutil.move(folder, elsewhere)
    try:
        await _starts(plan)
    except ServerWontStart as error:
        said = str(error)
    finally:
        made = folder.exists()
        if made:
            shutil.rmtree(folder)
        shutil.move(elsewhere, folder)
    assert "MEDIATION_MASTER_KEY" in said, said
    assert not made, "it made a key folder"
    assert _known(plan) == known, "it stored other secrets"
    await _starts(plan)


def _known(plan: Plan) -> list[object]:
    with psycopg.connect(plan.conninfo) as connection:
        return [*connection.execute(_SECRETS).fetchall()]


if __name__ == "__main__":
    asyncio.run(main(Plan.load(sys.argv[1]), sys.argv[2]))
