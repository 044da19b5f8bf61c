"""Benchmark: the download of one large file, by the kiosk and by python-tuf.

`python -m bench.download_speed` prints speed, bytes written and resident memory of each. The kiosk's download forces every byte to
the disk and can resume; tuf's does neither. Each runs in a process of its own.
"""

import argparse
import hashlib
import http.server
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient import FetcherInterface, Updater, UpdaterConfig

from bench.errors import ContenderError
from converter.publish import keys, publisher, tuf_repository
from device.bundle import repository_layout
from device.bundle.manifest import FileEntry
from device.store.atomic_files import AtomicFiles
from device.store.fetch import fetch
from device.store.source import source_from

NAME = "large"
CONTENDERS = ("ours", "tuf")


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


class _FolderFetcher(FetcherInterface):
    """Lets python-tuf read from a folder, such as a USB stick's."""

    def _fetch(self, url: str) -> Iterator[bytes]:
        if not Path(url).is_file():
            raise DownloadHTTPError(f"{url}: missing", 404)
        with Path(url).open("rb") as file:
            while chunk := file.read(400_000):
                yield chunk


def main() -> int:
    """Compare both downloads; with the hidden option `--contender`, run one of them."""
    parser = argparse.ArgumentParser(prog="python -m bench.download_speed", description=__doc__)
    parser.add_argument(
        "--mib", type=int, default=1024, help="size of the file in MiB (default: %(default)s)"
    )
    parser.add_argument(
        "--rounds", type=int, default=3, help="downloads of each (default: %(default)s)"
    )
    parser.add_argument("--contender", choices=CONTENDERS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--address", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.contender:
        print(json.dumps(_measured(options.contender, options.folder, options.address)))
        return 0
    Path("out").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=Path.cwd() / "out") as folder:
        _compare(Path(folder), options.mib << 20, options.rounds)
    return 0


def _compare(folder: Path, size: int, rounds: int) -> None:
    _publish(folder, size)
    handler = partial(_QuietHandler, directory=str(folder / "repository"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    for source, where in (("web server", address), ("folder", str(folder / "repository"))):
        found: dict[str, list[dict[str, float]]] = {name: [] for name in CONTENDERS}
        for _ in range(rounds):
            for name in CONTENDERS:
                found[name].append(_run(name, folder, where))
        _print_results(source, found, size)
    server.shutdown()


def _print_results(source: str, found: dict[str, list[dict[str, float]]], size: int) -> None:
    speeds = {
        name: statistics.median(size / each["seconds"] for each in found[name])
        for name in CONTENDERS
    }
    for name in CONTENDERS:
        each = found[name][-1]
        print(
            f"{source}: {name:4} {speeds[name] / 1e6:6.1f} MB/s, {each['written'] / size:.2f} bytes written per byte, "
            f"at most {each['resident'] / 1e6:.0f} MB resident"
        )
    print(
        f"{source}: ours is {speeds['ours'] / speeds['tuf']:.2f} times as fast ({size >> 20} MiB)"
    )


def _publish(folder: Path, size: int) -> None:
    """Create a repository with one large file: a signed target for tuf, an object for ours."""
    signers = {name: keys.create(folder / f"{name}.pem", name, None) for name in keys.ROOT_NAMES}
    signer = keys.create(folder / "publishing.pem", keys.PUBLISHING_NAME, None)
    made = tuf_repository.create(folder / "repository", signers, signer, datetime.now(UTC))
    publisher.write_root(made, folder / repository_layout.ROOT_FILE)
    data = os.urandom(size)
    sha256 = hashlib.sha256(data).hexdigest()
    with made.edit_targets() as targets:
        made.put_target(targets, NAME, data, {})
    made.sign_changes()
    (folder / "repository" / repository_layout.OBJECTS).mkdir()
    target = folder / "repository" / repository_layout.target_path(NAME, sha256)
    os.link(target, folder / "repository" / repository_layout.object_path(sha256))
    (folder / "entry.json").write_text(json.dumps([sha256, size]))


def _run(contender: str, folder: Path, address: str) -> dict[str, float]:
    options = ["--contender", contender, "--folder", str(folder), "--address", address]
    done = subprocess.run(
        [sys.executable, "-m", "bench.download_speed", *options],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ContenderError(f"{contender}: {done.stderr.strip().splitlines()[-1]}")
    result: dict[str, float] = json.loads(done.stdout)
    return result


def _measured(contender: str, folder: Path, address: str) -> dict[str, float]:
    """Fetch once; return the seconds, and this process's bytes written and peak memory."""
    os.environ["TMPDIR"] = str(folder)  # so that tuf's temporary file is on the same disk
    sha256, size = json.loads((folder / "entry.json").read_text())
    target = folder / "fetched"
    target.unlink(missing_ok=True)
    before, started_s = _written(), time.perf_counter()
    if contender == "ours":
        entry = FileEntry(path=NAME, sha256=sha256, size_bytes=size)
        fetch(entry, source_from(address), target, AtomicFiles())
        seconds = time.perf_counter() - started_s
    else:
        (folder / "trust").mkdir(exist_ok=True)
        updater = Updater(
            str(folder / "trust"),
            f"{address}/{repository_layout.METADATA}",
            target_base_url=f"{address}/{repository_layout.TARGETS}",
            fetcher=None if "://" in address else _FolderFetcher(),
            config=UpdaterConfig(),
            bootstrap=(folder / repository_layout.ROOT_FILE).read_bytes(),
        )
        updater.refresh()
        info = updater.get_targetinfo(NAME)
        if info is None:
            raise ContenderError("tuf: the repository has no such file")
        before, started_s = _written(), time.perf_counter()
        updater.download_target(info, str(target))
        seconds = time.perf_counter() - started_s
    return {"seconds": seconds, "written": _written() - before, "resident": _resident()}


def _resident() -> int:
    """Return the peak of this process's resident memory, in bytes."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM"))


def _written() -> int:
    """Return the bytes that this process has passed to write calls."""
    lines = Path("/proc/self/io").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("wchar"))


if __name__ == "__main__":
    sys.exit(main())
