"""`dsi serve`."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from socket import socket
from types import FrameType

import uvicorn
from fastapi import FastAPI
from rich.console import Console
from rich.panel import Panel
from starlette.types import ASGIApp

from services.hosting.single_service import create_one
from shared.gc_tuning import freeze_startup_objects
from shared.log import configure_logging
from shared.settings import CommonSettings

_PORTS = {None: 8000, "intake": 8001, "triage": 8002, "routing": 8003, "desk": 8004}


def serve(
    service: str | None, host: str, port: int | None, data: Path | None, talk: Console, *, prefix: str
) -> None:
    """Run until stopped. On a terminal, print the address.

    `prefix` is what a gateway removes from the path, so that links can have it again.
    """
    settings = CommonSettings() if data is None else CommonSettings(data=data)
    configure_logging(settings.log_level, mode=settings.mode)
    app, parts = _all_services(data) if service is None else _one(service, data)
    port = port or _PORTS[service]
    if talk.is_terminal:
        talk.print(_welcome(service or "everything", f"http://{host}:{port}", settings))
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        root_path=prefix,
        # No version numbers for strangers; and a stop does not wait for a slow answer for ever.
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    _Server(config, [part.state.leaving for part in parts]).run()


class _Server(uvicorn.Server):
    """Sets the services' `leaving` as soon as a signal arrives, so that open streams end and do not delay the
    stop.
    """

    def __init__(self, config: uvicorn.Config, leaving: Sequence[asyncio.Event]) -> None:
        super().__init__(config)
        self._leaving = leaving

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        freeze_startup_objects()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        for one in self._leaving:
            one.set()
        super().handle_exit(sig, frame)


def _all_services(data: Path | None) -> tuple[ASGIApp, list[FastAPI]]:
    from services.hosting.all_in_one import AllInOne  # noqa: PLC0415 -- one service alone does not load the others

    system = AllInOne(data)
    return system.app, list(system.apps.values())


def _one(service: str, data: Path | None) -> tuple[ASGIApp, list[FastAPI]]:
    app = create_one(service, data)
    return app, [app]


def _welcome(what: str, url: str, settings: CommonSettings) -> Panel:
    lines = [f"Running [bold]{what}[/bold] at [link={url}]{url}[/link]", f"Kept in {settings.data.resolve()}"]
    if settings.mode == "development":
        lines.append("[yellow]Development mode[/yellow]: `dsi token --role reception` gives a token")
    return Panel("\n".join(lines), title="Din Sociale Indgang", expand=False)
