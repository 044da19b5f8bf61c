"""The composition root: configuration, service, page and server put together, and the exit code."""

import argparse
import logging
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args, get_type_hints

from device import __version__
from device.config import CameraConfig, Config, load
from device.errors import ConfigError, KioskError
from device.service import RecentLog, open_kiosk
from kiosk_ui.app import create_app
from kiosk_ui.heartbeat import Heartbeat
from kiosk_ui.server import Server
from kiosk_ui.staff_sessions import StaffSessions

_log = logging.getLogger(__name__)

_CAMERAS = get_args(get_type_hints(CameraConfig)["kind"])


def main(argv: Sequence[str] | None = None) -> int:
    """Run the kiosk until it is told to stop.

    Returns:
        0 when it was, 1 when it can't listen, 2 when it was asked in a wrong way.
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
    """Listen, then serve until SIGTERM or Ctrl-C."""
    listen = config.listen
    with open_kiosk(config, environ, log) as service:
        hosts = {*listen.hosts, listen.host} - {"0.0.0.0", "::"}
        app = create_app(
            service, config.screen, sorted(hosts), sessions=StaffSessions(config.staff.idle_s)
        )
        server = Server(app, listen.host, listen.port)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: server.stop())
        print(f"printkiosk: {server.address}", flush=True)
        with Heartbeat.from_environ(app, environ):
            service.ready()
            server.run()
    _log.info("stopped")
    return 0


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
