"""Contracts for import-linter that it does not have. `pyproject.toml` names them.

They count imports for the type checker too: a type that is named is known.
"""

from graphlib import CycleError, TopologicalSorter

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class NoCircles(Contract):
    """The modules below `package` import each other without circles. Two packages may import from each other."""

    package = fields.ModuleField()

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        package = str(self.contract_options["package"])
        modules = graph.find_descendants(package)
        imports = {module: graph.find_modules_directly_imported_by(module) & modules for module in modules}
        try:
            TopologicalSorter(imports).prepare()
        except CycleError as found:
            return ContractCheck(kept=False, metadata={"circle": found.args[1]})
        return ContractCheck(kept=True)

    def render_broken_contract(self, check: ContractCheck) -> None:
        output.print_error(" imports ".join(reversed(check.metadata["circle"])))


FLOORS = ("kernel", "policy", "facts", "dispute", "rules", "spine")
"""The floors of `domain`, from the ground up. A module imports from its own floor and from those below."""


def floor(module: str) -> str:
    """The floor of a module by its name. The spine is at the door; the kernel, the policy and the dispute have
    packages; the names of facts say so.
    """
    _, room, *rest = module.split(".")
    if not rest:
        return "spine"
    if room == "simulation":
        return "spine"
    if room in ("kernel", "policy", "dispute"):
        return room
    return (
        "facts" if module.endswith(("_facts", "clocks.names", "commitments.events", "commitments.state")) else "rules"
    )


class FloorsOfTheRules(Contract):
    """Inside `domain`, every import goes down: see `FLOORS`."""

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        modules = {m for m in graph.find_descendants("domain") if not graph.find_children(m)}
        upward = [
            (module, imported)
            for module in sorted(modules)
            for imported in sorted(graph.find_modules_directly_imported_by(module) & modules)
            if FLOORS.index(floor(imported)) > FLOORS.index(floor(module))
        ]
        return ContractCheck(kept=not upward, metadata={"upward": upward})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for module, imported in check.metadata["upward"]:
            output.print_error(f"{module} ({floor(module)}) imports {imported} ({floor(imported)})")
