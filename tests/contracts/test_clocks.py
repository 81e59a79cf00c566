from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from contracts.clock_contract import RunningClockContract, StandingClockContract
from hippique.runtime.clocks import DrivenClock, FollowedClock, WallClock

NINE = datetime(2026, 6, 7, 7, 0, tzinfo=UTC)


class TestWallClock(RunningClockContract):
    @pytest.fixture
    def clock(self) -> WallClock:
        return WallClock()


class TestFollowedClock(RunningClockContract):
    @pytest.fixture(params=[0.5, 1, 60])
    def clock(self, request: pytest.FixtureRequest) -> FollowedClock:
        return FollowedClock(NINE, wall_origin_s=time.monotonic(), speed=request.param)


class TestDrivenClock(StandingClockContract):
    @pytest.fixture
    def clock(self) -> DrivenClock:
        return DrivenClock(NINE)
