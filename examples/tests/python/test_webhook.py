"""Run by: pytest"""

import json
from pathlib import Path

import pytest

from webhook import app

FIXTURES = sorted((Path(__file__).parent / "fixtures").glob("*.json"))


@pytest.mark.parametrize("file", FIXTURES, ids=lambda file: file.stem)
def test_fixture(file):
    fixture = json.loads(file.read_text())
    request, response = fixture["request"], fixture["response"]

    reply = app.test_client().open(request["path"], method=request["method"], json=request["body"])
    assert (reply.status_code, reply.get_json()) == (response["status"], response["body"])
