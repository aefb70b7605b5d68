"""`dsi follow`: runs one follower of an Asterisk exchange, from its settings to SIGTERM."""

import asyncio
import fcntl
import os
import signal
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx
import structlog
from pydantic import SecretStr

from exchange_follower.ami import AmiFollower
from exchange_follower.ami_session import Exchange
from exchange_follower.courier import Courier, Proof, bearer, signed_with
from exchange_follower.log_reader import LogReader
from exchange_follower.position import read_position
from exchange_follower.queue_log import QueueLogFollower
from exchange_follower.spool import Spool
from shared.access import Tokens
from shared.clock import SystemClock
from shared.log import configure_logging
from shared.settings import CommonSettings
from shared.vocabulary import Role

log = structlog.get_logger("follow")

LOGS, SPOOLS = ".queue-log.json", ".ami.db"
_TIMEOUT_SECONDS = 30.0


class FollowSettings(CommonSettings):
    """Where a follower finds intake and how it authenticates. Secrets are read from the environment only."""

    #: Where intake answers: alone, behind a gateway, or (the default) in `dsi serve` on this machine.
    intake_url: str = "http://127.0.0.1:8000/intake"
    #: One of intake's DSI_WEBHOOK_SECRETS; requests are signed with it.
    follow_secret: SecretStr | None = None
    #: A token with the role telephony, in place of a signature.
    follow_token: SecretStr | None = None
    #: The password of the manager user that `dsi follow ami` logs in with.
    ami_secret: SecretStr | None = None

    def proof(self) -> Proof:
        """A signature, a given token, or the installation's own key."""
        if self.follow_secret is not None:
            return signed_with(self.follow_secret.get_secret_value())
        if self.follow_token is not None:
            token = self.follow_token.get_secret_value()
            return bearer(lambda: token)
        tokens = Tokens(self)
        return bearer(lambda: tokens.for_service("dsi-follow", Role.TELEPHONY))


class AlreadyFollowing(Exception):
    """Another process follows the same source with the same folder."""


@dataclass(frozen=True)
class SpoolOptions:
    """The contexts whose callers are stored before they join a queue; how many events are stored at most."""

    entrances: frozenset[str]
    bound: int


def exchange_at(
    host: str, port: int, user: str, settings: FollowSettings, *, tls: bool, authority: Path | None
) -> Exchange:
    """The exchange to log in to. Raises ValueError without a password."""
    if settings.ami_secret is None:
        raise ValueError("DSI_AMI_SECRET must be set: the password of the manager user")
    if not tls and not _is_this_machine(host):
        log.warning("the password and the callers' numbers go over the network in the clear", host=host)
    context = ssl.create_default_context(cafile=authority) if tls or authority else None
    return Exchange(host, port, user, settings.ami_secret.get_secret_value(), context)


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def settings_for(data: Path | None, url: str | None) -> FollowSettings:
    """The environment's settings; options of the command line take precedence."""
    options = {"data": data, "intake_url": url}
    settings = FollowSettings(**{name: value for name, value in options.items() if value is not None})  # type: ignore[arg-type]
    configure_logging(settings.log_level)
    return settings


def follow_queue_log(file: Path, source: str, settings: FollowSettings) -> None:
    """Follow a queue_log until SIGTERM. Raises AlreadyFollowing, and ValueError for a spoilt position."""
    with alone_with(place_of(settings, source, LOGS)) as kept_in:
        position = read_position(kept_in)
        reader = LogReader(file.absolute(), position.mark)

        async def work() -> None:
            behind = {"behind_bytes": reader.behind_bytes}
            async with _courier(settings, "asterisk", source, behind) as courier:
                await QueueLogFollower(reader, courier, kept_in, position).run()

        asyncio.run(until_stopped(work(), source))
        reader.close()


def follow_ami(exchange: Exchange, source: str, settings: FollowSettings, options: SpoolOptions) -> None:
    """Follow an exchange's manager interface until SIGTERM. Raises AlreadyFollowing."""
    with alone_with(place_of(settings, source, SPOOLS)) as kept_in:
        spool = Spool(kept_in, options.entrances, options.bound)

        async def work() -> None:
            behind = {"spooled": lambda: spool.waiting, "lost_ever": lambda: spool.without_room}
            async with _courier(settings, "asterisk-ami", source, behind) as courier:
                await AmiFollower(exchange, spool, courier, SystemClock()).run()

        asyncio.run(until_stopped(work(), source))
        spool.close()


@asynccontextmanager
async def _courier(
    settings: FollowSettings, form: str, source: str, behind: Mapping[str, Callable[[], int]]
) -> AsyncIterator[Courier]:
    async with httpx.AsyncClient(base_url=settings.intake_url, timeout=_TIMEOUT_SECONDS) as client:
        yield Courier(
            client,
            f"/v1/telephony/{form}",
            settings.proof(),
            source=source,
            behind=lambda: {name: count() for name, count in behind.items()},
        )


async def until_stopped(work: Coroutine[Any, Any, None], source: str) -> None:
    """Run until SIGTERM or SIGINT. Stopping at any moment loses nothing: position and spool are on disk."""
    running = asyncio.ensure_future(work)
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, running.cancel)
    log.info("following", source=source)
    with suppress(asyncio.CancelledError):
        await running
    log.info("stopped", source=source)


def place_of(settings: CommonSettings, source: str, ending: str) -> Path:
    """The file in which a follower of this source stores its position or spool; the folder is its owner's."""
    folder = settings.data / "follow"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / (source + ending)


@contextmanager
def alone_with(kept_in: Path) -> Iterator[Path]:
    """Lock the file for this process: two would overwrite each other's position. Raises AlreadyFollowing."""
    lock = os.open(kept_in.with_name(kept_in.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise AlreadyFollowing(f"another process follows with {kept_in}") from error
    else:
        yield kept_in
    finally:
        # Ends the lock as well; so does the end of the process, however it comes.
        os.close(lock)
