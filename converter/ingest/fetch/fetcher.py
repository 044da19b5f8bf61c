"""Fetch pictures and manifests by their web addresses, once, into the cache.

Pictures are kept, since a museum's picture rarely changes under one address; deleting the cache's folder `pictures` fetches
them again. Manifests are fetched again after a day, since these are what a museum corrects.
"""

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from converter.cache import Cache
from converter.errors import FetchError
from converter.ingest.fetch.web_client import FetchLimits, WebClient


def is_address(text: str) -> bool:
    """Return whether a cell names a web address rather than a file."""
    return text[:8].lower().startswith(("http://", "https://"))


class Fetcher:
    """Fetches by address into the cache; any thread may call it."""

    def __init__(
        self,
        cache: Cache,
        *,
        allows_private: bool = False,
        is_offline: bool = False,
        limits: FetchLimits | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepare to fetch, without connecting yet.

        Args:
            cache: Where fetched files are kept.
            allows_private: Whether servers of private networks and of this machine may be asked.
            is_offline: Whether only what is in the cache is used.
            limits: How much is fetched; `None` for the usual limits.
            sleep: Waits this many seconds.
        """
        self._cache = cache
        self._is_offline = is_offline
        self._limits = limits or FetchLimits()
        self._client = WebClient(self._limits, allows_private=allows_private, sleep=sleep)
        self._lock = threading.Lock()
        self._failed: dict[tuple[str, str], str] = {}
        self.fetched = 0

    def picture(self, address: str) -> Path:
        """Return the cached file of a picture, after fetching it if need be.

        Raises:
            FetchError: When it can't be had; the message is the reason of a refusal.
        """
        return self._get("pictures", address, self._limits.picture_bytes)

    def document(self, address: str) -> Path:
        """Return the cached file of a manifest or the like, fetched at most a day ago.

        Raises:
            FetchError: When it can't be had.
        """
        return self._get("documents", address, self._limits.document_bytes)

    def has_picture(self, address: str) -> bool:
        """Return whether a picture is in the cache."""
        return self._cache.path("pictures", address).exists()

    def fetch_all(
        self, addresses: Iterable[str], progress: Callable[[int, int], None] = lambda done, of: None
    ) -> None:
        """Fetch pictures into the cache, several at a time; failures are kept for later."""
        missing = [one for one in dict.fromkeys(addresses) if not self.has_picture(one)]
        workers = ThreadPoolExecutor(self._limits.workers)
        try:
            for done, _ in enumerate(workers.map(self._try_picture, missing), 1):
                progress(done, len(missing))
        finally:
            # After an interrupt, what waits is not fetched; what was fetched stays in the cache.
            workers.shutdown(cancel_futures=True)

    def notes(self) -> Iterator[str]:
        """Yield a line for each kind of failure, with its number and an example."""
        with self._lock:
            failed = dict(self._failed)
        for reason, count in sorted(Counter(failed.values()).items()):
            example = next(address for (_, address), why in failed.items() if why == reason)
            yield f"{count} addresses couldn't be fetched, such as {example}: {reason}"

    def _try_picture(self, address: str) -> None:
        with contextlib.suppress(FetchError):  # kept, and raised again for the record
            self.picture(address)

    def _get(self, kind: str, address: str, most_bytes: int) -> Path:
        path = self._cache.path(kind, address)
        if self._is_fresh(kind, path):
            return path
        if reason := self._failed.get((kind, address)):
            raise FetchError(reason)
        try:
            if self._is_offline:
                raise FetchError(
                    "expected a file in the cache, found an address that wasn't fetched yet; "
                    "run again without --no-fetch"
                )
            data = self._client.get(address, most_bytes=most_bytes, is_picture=kind == "pictures")
        except FetchError as error:
            with self._lock:
                self._failed[kind, address] = str(error)
            raise
        self._cache.put(kind, address, data=data)
        with self._lock:
            self.fetched += 1
        return path

    def _is_fresh(self, kind: str, path: Path) -> bool:
        if not path.exists():
            return False
        age_s = time.time() - path.stat().st_mtime
        return kind == "pictures" or self._is_offline or age_s < self._limits.document_days * 86_400
