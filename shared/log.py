"""Logging on standard error: JSON lines in production, readable lines and tracebacks in development.

Whatever looks like a personal number is masked in both.

No code is meant to log a personal number; the mask catches what slips through.
"""

import logging
import re
import sys
import traceback
from typing import Any, Literal

import structlog
from structlog.typing import Processor

#: Six digits of a date (day up to 31, or 61 to 91 in replacement numbers) and four more.
_PERSONAL_NUMBER = re.compile(r"(?<![0-9])(?:[0-3]|[6-9])[0-9][01][0-9]{3}[- ]?[0-9]{4}(?![0-9])")
MASK = "**********"


def mask(text: str) -> str:
    """`text` with everything that looks like a personal number masked."""
    return _PERSONAL_NUMBER.sub(MASK, text)


def _mask_event(_logger: object, _method: str, event: Any) -> Any:
    return {key: mask(value) if isinstance(value, str) else value for key, value in event.items()}


class _Forward(logging.Handler):
    """The standard library's loggers (uvicorn, alembic) are written by structlog as well."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        more = {"error": error} if error else {}
        structlog.get_logger(record.name).log(record.levelno, record.getMessage(), **more)


def _without_traceback(_logger: object, _method: str, event: Any) -> Any:
    # In production a crash is one line with its type and place: an error's text may quote what was sent.
    event.pop("exc_info", None)
    return event


def _masked_traceback(_logger: object, _method: str, event: Any) -> Any:
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        event["exception"] = "".join(traceback.format_exception(error))
    return event


def configure_logging(level: str, *, mode: Literal["development", "production"] = "production") -> None:
    """Set up logging for this process; `level` is debug, info, warning or error."""
    readable: list[Processor] = [
        _masked_traceback,
        _mask_event,
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
    ]
    for_machines: list[Processor] = [
        _without_traceback,
        structlog.processors.ExceptionRenderer(),
        _mask_event,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *(readable if mode == "development" else for_machines),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[_Forward()], level=logging.WARNING, force=True)
