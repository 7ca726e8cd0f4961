"""The API's description that we publish, and make the browser's client from."""

import json
from pathlib import Path

import pytest
from ninja import Schema

from ningjulan.project.openapi import schema_text

PUBLISHED = Path(__file__).parents[4] / "docs" / "openapi.json"


def test_the_published_description_is_what_the_api_says():
    assert PUBLISHED.read_text() == schema_text(), "run `make client` and commit the result"


def test_no_two_modules_call_different_things_alike():
    """Two classes of one name would become one in the description, and in the browser's client."""
    schema_text()  # loads every module's door
    named: dict[str, set[str]] = {}
    waiting = [Schema]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("ningjulan."):
            named.setdefault(kind.__name__, set()).add(kind.__module__)

    assert {name: sorted(modules) for name, modules in named.items() if len(modules) > 1} == {}


@pytest.mark.parametrize("status", ["401", "403", "404", "409", "422"])
def test_every_operation_declares_its_error_answers(status):
    described = json.loads(schema_text())

    silent = [
        operation["operationId"]
        for path in described["paths"].values()
        for operation in path.values()
        if status not in operation["responses"]
    ]

    assert silent == []
