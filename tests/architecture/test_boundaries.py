"""A context is entered by its front doors. import-linter checks direction; this checks the doors."""

import grimp

FRONT_DOORS = {"commands", "queries", "events", "rules"}
FREE = {
    "kernel",
    "integrations",
    "clinical",
    "spreadsheets",
    "documents",
    "planning",
}  # below the contexts: for all
COMPOSITION = {"web", "simulation", "machine", "__main__"}  # gathers routers, console pages and jobs


def test_contexts_are_entered_by_their_front_doors() -> None:
    graph = grimp.build_graph("anjia")

    trespasses = [
        f"{importer} imports {imported}"
        for importer in sorted(graph.modules)
        for imported in sorted(graph.find_modules_directly_imported_by(importer))
        if is_trespass(importer.split("."), imported.split("."))
    ]

    assert trespasses == []


def is_trespass(importer: list[str], imported: list[str]) -> bool:
    if len(importer) < 2 or len(imported) < 2:
        return False
    if importer[1] in {imported[1], *COMPOSITION} or imported[1] in FREE:
        return False
    return len(imported) < 3 or imported[2] not in FRONT_DOORS
