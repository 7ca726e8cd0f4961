"""The API's description that we publish, and make the browser's client from."""

import json
from pathlib import Path

import pytest

from ningjulan.project.openapi import schema_text

PUBLISHED = Path(__file__).parents[4] / "docs" / "openapi.json"


def test_the_published_description_is_what_the_api_says():
    assert PUBLISHED.read_text() == schema_text(), "run `make client` and commit the result"


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
