"""The contract classes assert too: pytest shows their values as it does a test module's."""

from __future__ import annotations

import pytest

SUITES = ("queue", "archive", "claims", "clock", "channel")

for suite in SUITES:
    pytest.register_assert_rewrite(f"contracts.{suite}_contract")
