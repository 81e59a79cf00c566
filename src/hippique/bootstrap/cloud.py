"""What a container starts: the application made from the environment, for gunicorn or uvicorn."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI

from hippique.bootstrap.places import service_faults
from hippique.bootstrap.serving import Running, plug
from hippique.settings import load_settings


def make() -> FastAPI:
    """The service as an ASGI application, called without arguments, `bootstrap.cloud:make`.

    Nothing runs before the server's start-up event and nothing after its shutdown: a worker that
    is only forked holds no queue. Raises SettingsError that names every bad setting, StoreError,
    SourceDown (no racecourse).
    """
    running = plug(load_settings(service_faults))
    running.app.router.lifespan_context = _life_of(running)
    return running.app


def _life_of(running: Running) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        running.start()
        try:
            yield
        finally:
            running.stop()

    return life
