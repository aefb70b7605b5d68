"""Creates one service by its name, without importing the others."""

import importlib
from pathlib import Path

from fastapi import FastAPI


def create_one(service: str, data: Path | None = None) -> FastAPI:
    """The app of one service, answering at its own root, its peers reached by their URLs."""
    settings = importlib.import_module(f"services.{service}.settings").Settings
    chosen = settings() if data is None else settings(data=data)
    app: FastAPI = importlib.import_module(f"services.{service}.app").create_app(chosen)
    return app
