"""The real server on a real socket: stalled clients, and nothing written to disk."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from kiosk_page import Listen, no_camera

from device.service import KioskService

ROOT = Path(__file__).parents[2]
STALLED = 50
HEALTHY_S = 1.25  # five times the target; on an idle machine it is milliseconds
TRIES = 3  # a blocked page fails them all, a busy machine only one

REQUESTS = {
    "silent": b"",
    "half a request": b"GET /healthz HT",
    "half an upload": b"POST /api/v1/search HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Content-Type: image/jpeg\r\nContent-Length: 1000000\r\n\r\n" + bytes(5000),
    "state": b"GET /api/v1/stand/state?after=999999999 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "preview": b"GET /api/v1/stand/preview.jpg?after=999999999 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
}


def get(port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, body


@pytest.mark.slow
@pytest.mark.parametrize("kind", REQUESTS)
def test_fifty_stalled_clients_do_not_block_the_health_page(
    open_service: Callable[..., KioskService], listen: Listen, kind: str
) -> None:
    port = listen(open_service(no_camera)).port
    with ExitStack() as stack:
        for _ in range(STALLED):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            client.sendall(REQUESTS[kind])
        took_s = []
        for _ in range(TRIES):
            began = time.monotonic()
            status, body = get(port, "/healthz")
            took_s.append(time.monotonic() - began)
            assert (status, json.loads(body)["well"]) == (200, True)
        assert min(took_s) < HEALTHY_S


def test_the_server_does_not_identify_itself(
    open_service: Callable[..., KioskService], listen: Listen
) -> None:
    port = listen(open_service(no_camera)).port
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/healthz")
    response = connection.getresponse()
    assert "Server" not in response.headers
    connection.close()


WRITES = """
import os, re, sys
seen = []
def watch(event, arguments):
    if event == "open":
        path, mode, flags = arguments
        written = (mode and set(mode) & set("wax+")) or (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if written and str(path) != os.devnull:
            seen.append(str(path))
    elif event in ("os.mkdir", "os.rename", "os.link", "shutil.copyfile", "tempfile.mkstemp"):
        seen.append(f"{event} {arguments}")

import http.client, threading
from pathlib import Path
from device.config import RecognitionConfig, ScreenConfig
from device.sd_notify import Notifier
from device.service import CameraSetup, KioskService
from kiosk_page import no_camera
from kiosk_ui import create_app
from kiosk_ui.server import Server

bundle, picture, sort = sys.argv[1:]
body = Path(picture).read_bytes()
camera = CameraSetup(opener=no_camera)
with KioskService(Path(bundle), camera, RecognitionConfig(), notifier=Notifier(None)) as service:
    server = Server(create_app(service, ScreenConfig(), ["127.0.0.1"]), "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    sys.addaudithook(watch)
    if sort == "canary":
        open(Path(picture).with_name("canary"), "w").close()
    port = int(server.address.rstrip("/").rpartition(":")[2])
    kind = "image/png"
    if sort == "form":
        edge = b"--edge\\r\\nContent-Disposition: form-data; name=\\"image\\"; filename=\\"p.png\\"\\r\\n\\r\\n"
        body, kind = edge + body + b"\\r\\n--edge--\\r\\n", "multipart/form-data; boundary=edge"
    connection = http.client.HTTPConnection("127.0.0.1", port)
    path = "/answer" if sort == "compared" else "/api/v1/search"
    connection.request("POST", path, body, {"Content-Type": kind, "Sec-Fetch-Site": "same-origin"})
    response = connection.getresponse()
    status, size = response.status, len(body)
    text = response.read().decode()
    if sort == "compared":
        connection.request("GET", re.search(r'"(/why/[0-9a-f]+)"', text)[1] + "/yours.jpg")
        response = connection.getresponse()
        status, size = response.status, response.read(2)
    print(status, size, seen)
    connection.close()
    server.stop()
    thread.join()
"""


@pytest.fixture(scope="module")
def large_picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PNG of about 5 MB, far above what werkzeug and waitress keep in memory."""
    import numpy as np
    from PIL import Image

    path = tmp_path_factory.mktemp("large") / "picture.png"
    noise = np.random.default_rng(3).integers(0, 255, (1300, 1300, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    assert path.stat().st_size > 5_000_000
    return path


def watched(bundle: Path, picture: Path, sort: str) -> str:
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests/standins")])
    done = subprocess.run(
        [sys.executable, "-B", "-c", WRITES, str(bundle), str(picture), sort],
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"PYTHONPATH": paths},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("sort", ["body", "form"])
def test_a_large_upload_is_never_written_to_a_file(
    small_bundle: Path, large_picture: Path, sort: str
) -> None:
    said = watched(small_bundle, large_picture, sort)
    assert said.startswith("200 5")
    assert said.rstrip().endswith("[]")


@pytest.mark.slow
def test_a_comparisons_print_is_never_written_to_a_file(
    small_bundle: Path, upload: bytes, tmp_path: Path
) -> None:
    picture = tmp_path / "print.jpg"
    picture.write_bytes(upload)
    said = watched(small_bundle, picture, "compared")
    assert said.rstrip() == r"200 b'\xff\xd8' []"


@pytest.mark.slow
def test_the_audit_of_writes_detects_a_write(small_bundle: Path, large_picture: Path) -> None:
    assert "canary" in watched(small_bundle, large_picture, "canary")
