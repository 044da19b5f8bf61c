"""The composition root: configuration, service, page and server put together, and the exit code."""

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import get_args, get_type_hints

from device import __version__
from device.config import ALL_INTERFACES, CameraConfig, Config, load
from device.errors import ConfigError, KioskError
from device.service import KioskService, RecentLog, open_kiosk
from kiosk_ui.app import create_app, create_lan_app
from kiosk_ui.heartbeat import Heartbeat
from kiosk_ui.self_request import SelfRequest
from kiosk_ui.server import Server
from kiosk_ui.staff.sessions import StaffSessions

_log = logging.getLogger(__name__)

_CAMERAS = get_args(get_type_hints(CameraConfig)["kind"])


def main(argv: Sequence[str] | None = None) -> int:
    """Run the kiosk until it is told to stop.

    Returns:
        0 when it was, 1 when it can't listen, 2 when it was asked in a wrong way; 75 or 76 when it is to be
        started anew for its camera's sake, or the machine is (`device.service.capture.camera_recovery`).
    """
    arguments = _parser().parse_args(argv)
    log = _configure_logging(arguments.verbose - arguments.quiet)
    try:
        config = _configured(arguments, os.environ)
    except ConfigError as error:
        print(f"printkiosk: {error}", file=sys.stderr)
        return 2
    try:
        return _serve(config, os.environ, log)
    except OSError as error:
        where = f"{config.listen.host}:{config.listen.port}"
        reason = error.strerror or error
        print(f"printkiosk: {where}: can't listen ({reason}); give --port another", file=sys.stderr)
    except KioskError as error:
        print(f"printkiosk: {error}", file=sys.stderr)
    return 1


def _serve(config: Config, environ: Mapping[str, str], log: RecentLog) -> int:
    """Listen, then serve until SIGTERM or Ctrl-C; give the exit status."""
    listen = config.listen
    given_up: list[int] = []

    def give_up(status: int) -> None:
        """Stop as if told to: nothing else helps the camera."""
        given_up.append(status)
        os.kill(os.getpid(), signal.SIGTERM)

    with open_kiosk(config, environ, log, give_up) as service:
        hosts = sorted({*listen.hosts, listen.host} - {*ALL_INTERFACES})
        sessions = StaffSessions(config.staff.idle_s)
        app = create_app(service, config.screen, hosts, sessions=sessions)
        server = Server(app, listen.host, listen.port)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: server.stop())
        print(f"printkiosk: {server.address}", flush=True)
        with (
            _phones_served(service, config),
            Heartbeat.from_environ(app, environ),
            SelfRequest(server.address, service.liveness),
        ):
            service.ready()
            server.run()
    _log.info("stopped")
    return given_up[0] if given_up else 0


@contextmanager
def _phones_served(service: KioskService, config: Config) -> Iterator[None]:
    """Serve phones on the museum's network, where that is configured, for the length of a `with` block.

    They have a server of their own, so that no crowd of theirs takes a thread from the stand's screen; and a network that isn't
    there must not keep the stand from its visitors.
    """
    listen = config.listen
    if not listen.lan:
        yield
        return
    hosts = sorted({*listen.lan_hosts, listen.lan} - {*ALL_INTERFACES})
    try:
        server = Server(create_lan_app(service, config.screen, hosts), listen.lan, listen.lan_port)
    except OSError as error:
        reason = error.strerror or error
        _log.error("%s:%d: phones can't be served (%s)", listen.lan, listen.lan_port, reason)
        yield
        return
    thread = threading.Thread(target=server.run, name="phones")
    thread.start()
    print(f"printkiosk: phones: http://{hosts[0]}:{server.port}/", flush=True)
    try:
        yield
    finally:
        server.stop()
        thread.join()


def _configured(arguments: argparse.Namespace, environ: Mapping[str, str]) -> Config:
    """Give the configuration with the flags laid over it.

    Raises:
        ConfigError: Naming every mistake.
    """
    config = load(arguments.config, environ)
    listen = {
        k: getattr(arguments, k) for k in ("host", "port") if getattr(arguments, k) is not None
    }
    camera = {} if arguments.camera is None else {"kind": arguments.camera}
    bundle = {} if arguments.bundle is None else {"bundle": arguments.bundle}
    return replace(
        config,
        listen=replace(config.listen, **listen),
        camera=replace(config.camera, **camera),
        **bundle,
    )


def _configure_logging(loudness: int) -> RecentLog:
    """Let what is logged go to stderr, and its last lines into what is given."""
    level = {-1: logging.WARNING, 0: logging.INFO}.get(max(loudness, -2), logging.DEBUG)
    logging.basicConfig(
        level=logging.ERROR if loudness <= -2 else level,
        format="%(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    recent = RecentLog()
    logging.getLogger().addHandler(recent)
    return recent


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="printkiosk", description="Says which print a visitor holds under the camera."
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings, in TOML")
    parser.add_argument("--bundle", type=Path, metavar="FOLDER", help="the collection's bundle")
    parser.add_argument("--camera", choices=_CAMERAS, help="which camera the stand has")
    parser.add_argument("--host", help="address to listen at (127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen at (8080; 0 takes a free one)")
    parser.add_argument("--version", action="version", version=f"printkiosk {__version__}")
    parser.add_argument("-v", "--verbose", action="count", default=0, help="say more")
    parser.add_argument("-q", "--quiet", action="count", default=0, help="say less")
    return parser


if __name__ == "__main__":
    sys.exit(main())
