"""The composition root: builds service, page and server from the configuration.

The only module that chooses the exit code.
"""

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
from typing import Any, get_args, get_type_hints

from device import __version__
from device.config import ALL_INTERFACES, CameraConfig, Config, load
from device.errors import ConfigError, KioskError
from device.service import KioskService, RecentLog, open_kiosk
from kiosk_ui.app import create_app, create_lan_app
from kiosk_ui.heartbeat import Heartbeat
from kiosk_ui.self_request import SelfRequest
from kiosk_ui.server import Server
from kiosk_ui.staff.session_keys import StaffSessions

_log = logging.getLogger(__name__)

_CAMERAS = get_args(get_type_hints(CameraConfig)["kind"])


def main(argv: Sequence[str] | None = None) -> int:
    """Run the kiosk until a signal stops it.

    Returns:
        The exit code: 0 after a stop by a signal, 1 when it can't listen or start, 2 for invalid
        options or settings. 75 or 76 when a restart of the service or of the machine may bring the
        camera back (`device.service.capture.camera_recovery`).
    """
    arguments = parser().parse_args(argv)
    log = _configure_logging(arguments.verbose - arguments.quiet)
    try:
        config = load_config(arguments, os.environ)
    except ConfigError as error:
        print(f"printkiosk: {error}", file=sys.stderr)
        return 2
    try:
        return _serve(config, os.environ, log)
    except OSError as error:
        where = f"{config.listen.host}:{config.listen.port}"
        reason = error.strerror or error
        print(
            f"printkiosk: {where}: can't listen ({reason}); choose another --port", file=sys.stderr
        )
    except KioskError as error:
        print(f"printkiosk: {error}", file=sys.stderr)
    return 1


def _serve(config: Config, environ: Mapping[str, str], log: RecentLog) -> int:
    """Listen, then serve until SIGTERM or Ctrl-C; return the exit code."""
    listen = config.listen
    requested_status: list[int] = []

    def stop_with(status: int) -> None:
        """Stop as if by a signal, and exit with a status that asks for a restart."""
        requested_status.append(status)
        os.kill(os.getpid(), signal.SIGTERM)

    with open_kiosk(config, environ, log, stop_with) as service:
        hosts = sorted({*listen.hosts, listen.host} - {*ALL_INTERFACES})
        sessions = StaffSessions(config.staff.idle_s)
        app = create_app(service, config.screen, hosts, sessions=sessions)
        server = Server(app, listen.host, listen.port)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: server.stop())
        print(f"printkiosk: {server.address}", flush=True)
        with (
            _lan_server(service, config),
            Heartbeat.from_environ(app, environ),
            SelfRequest(server.address, service.liveness),
        ):
            service.ready()
            server.run()
    _log.info("stopped")
    return requested_status[0] if requested_status else 0


@contextmanager
def _lan_server(service: KioskService, config: Config) -> Iterator[None]:
    """Serve phones on the museum's network during a `with` block, if that is configured.

    Phones have their own server, so that any number of them leaves the stand's threads free. A
    missing network is logged, and the stand is served all the same.
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


def load_config(arguments: argparse.Namespace, environ: Mapping[str, str]) -> Config:
    """Return the configuration, with the command line's options overriding it.

    Raises:
        ConfigError: When any setting is invalid; the message names all of them.
    """
    config = load(arguments.config, environ)
    listen = {
        k: getattr(arguments, k) for k in ("host", "port") if getattr(arguments, k) is not None
    }
    camera: dict[str, Any] = {}
    # Who names a webcam or pictures wants to see those, whatever else is there.
    if arguments.device is not None:
        camera |= {"kind": "webcam", "device": arguments.device}
    if arguments.replay is not None:
        camera |= {"kind": "replay", "replay": arguments.replay}
    if arguments.camera is not None:
        camera |= {"kind": arguments.camera}
    bundle = {} if arguments.bundle is None else {"bundle": arguments.bundle}
    return replace(
        config,
        listen=replace(config.listen, **listen),
        camera=replace(config.camera, **camera),
        **bundle,
    )


def _configure_logging(verbosity: int) -> RecentLog:
    """Log to stderr, and return a handler that keeps the last lines.

    Args:
        verbosity: 0 logs info, each step up or down logs more or less: debug; warnings, errors.
    """
    level = {-1: logging.WARNING, 0: logging.INFO}.get(max(verbosity, -2), logging.DEBUG)
    logging.basicConfig(
        level=logging.ERROR if verbosity <= -2 else level,
        format="%(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    recent = RecentLog()
    logging.getLogger().addHandler(recent)
    return recent


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    options = argparse.ArgumentParser(
        prog="printkiosk",
        description="Run the kiosk: recognise the print that a visitor holds under the camera.",
    )
    options.add_argument("--config", type=Path, metavar="FILE", help="settings file, in TOML")
    options.add_argument("--bundle", type=Path, metavar="FOLDER", help="bundle of the collection")
    options.add_argument("--camera", choices=_CAMERAS, help="kind of the stand's camera")
    options.add_argument(
        "--device",
        metavar="CAMERA",
        help="number, path or part of the name of the webcam, or with --camera pi, of the Pi's camera",
    )
    options.add_argument(
        "--replay",
        type=Path,
        metavar="PATH",
        help="show this folder of pictures, or video file, instead of a camera: prints are laid on a table",
    )
    options.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
    options.add_argument(
        "--port", type=int, help="port to listen on; 0 chooses a free one (default: 8080)"
    )
    options.add_argument("--version", action="version", version=f"printkiosk {__version__}")
    options.add_argument("-v", "--verbose", action="count", default=0, help="log more")
    options.add_argument("-q", "--quiet", action="count", default=0, help="log less")
    return options


if __name__ == "__main__":
    sys.exit(main())
