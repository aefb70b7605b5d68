"""The services as separate processes on loopback, as they run in production; stopped by process id."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60.0


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Process:
    """One `dsi serve`, alone or all of it."""

    def __init__(self, data: Path, service: str | None, port: int, environment: Mapping[str, str]) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._log = data / f"{service or 'system'}-{port}.log"
        self._command = [sys.executable, "-m", "services", "serve", *([service] if service else [])]
        self._command += ["--port", str(port), "--data", str(data)]
        self._environment = {**os.environ, **environment, "DSI_LOG_LEVEL": "info"}
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._running = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )

    def wait_until_ready(self, path: str = "/health/ready") -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            with suppress(httpx.HTTPError):
                if httpx.get(self.url + path, timeout=2).is_success:
                    return
            time.sleep(0.05)
        raise AssertionError(f"not ready: {self.log()[-2000:]}")

    def kill(self) -> None:
        """As a power cut would: no chance to tidy up."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._running is not None:
            self._running.send_signal(how)
            self._running.wait(timeout=30)
            self._running = None

    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""


class Apart:
    """Intake, triage and routing as three processes that know each other by URL."""

    def __init__(self, data: Path, database_urls: Mapping[str, str]) -> None:
        data.mkdir(parents=True, exist_ok=True)
        ports = {name: free_port() for name in ("intake", "triage", "routing")}
        environment = {f"DSI_{name.upper()}_URL": f"http://127.0.0.1:{port}" for name, port in ports.items()}
        environment |= {f"DSI_{name.upper()}_DATABASE_URL": url for name, url in database_urls.items()}
        self.processes = {name: Process(data, name, port, environment) for name, port in ports.items()}

    def __getitem__(self, name: str) -> Process:
        return self.processes[name]

    def start(self) -> None:
        for process in self.processes.values():
            process.start()
        for process in self.processes.values():
            process.wait_until_ready()

    def stop(self) -> None:
        for process in self.processes.values():
            process.stop()
