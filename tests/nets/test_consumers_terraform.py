"""Terraform's parser tells which texts it does not take."""

from __future__ import annotations

import shutil

import pytest

from tests.nets import consumers_terraform


@pytest.mark.skipif(shutil.which("terraform") is None, reason="there is no terraform here")
def test_what_terraform_does_not_take() -> None:
    assert consumers_terraform.rejected(["a = 1\n", "a =\n", "x {\n  a = 1 b = 2\n}\n", 'v = "${x}"\n']) == {1, 2}
