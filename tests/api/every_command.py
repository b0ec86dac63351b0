"""Imports every command of the terminal, for the process from which `tests.api.terminal` forks them."""

from importlib import import_module

from api.cli.main import COMMANDS

for _place, _ in COMMANDS.values():
    import_module(_place.partition(":")[0])
