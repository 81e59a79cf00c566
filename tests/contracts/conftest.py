"""The contract classes assert too: pytest shows their values as it does a test module's."""

from __future__ import annotations

import pytest

for suite in ("queue_contract", "archive_contract", "claims_contract", "clock_contract"):
    pytest.register_assert_rewrite(f"contracts.{suite}")
