"""Records a program's file operations, and yields every state of the disk after a crash.

The model is POSIX at its strictest. A file's bytes are certain only after its own fsync, a name only after its folder's.
Everything else may have reached the disk or not, in any combination. A rename is one step.
"""

import itertools
import os
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from device.store.atomic_files import AtomicFiles, PartialFile

# Up to this number of un-synced effects, all subsets are tried (2 ** 10); above it, subsets are sampled.
EXHAUSTIVE = 10
SAMPLES = 200


@dataclass(frozen=True, slots=True)
class Step:
    """One file operation: its name and its arguments."""

    what: str
    path: Path
    other: Path = Path()
    data: bytes = b""


class RecordingFile(PartialFile):
    """A file whose writes and syncs are recorded."""

    def __init__(self, path: Path, log: list[Step]) -> None:
        if not path.exists():
            log.append(Step("create", path))
        super().__init__(path)
        self._path, self._log = path, log

    def sync(self) -> None:
        self._log.append(Step("sync", self._path))

    def _write_some(self, data: memoryview) -> int:
        done = super()._write_some(data)
        self._log.append(Step("write", self._path, data=bytes(data[:done])))
        return done


class RecordingFiles(AtomicFiles):
    """Takes the real steps and records them, but forces nothing to the disk."""

    def __init__(self) -> None:
        self.log: list[Step] = []

    def open_partial(self, path: Path) -> PartialFile:
        return RecordingFile(path, self.log)

    def make_folder(self, path: Path) -> None:
        super().make_folder(path)
        self.log.append(Step("folder", path))

    def link(self, path: Path, new: Path) -> None:
        super().link(path, new)
        self.log.append(Step("link", path, new))

    def symlink(self, target: Path, path: Path) -> None:
        super().symlink(target, path)
        self.log.append(Step("symlink", path, target))

    def rename(self, path: Path, new: Path) -> None:
        super().rename(path, new)
        self.log.append(Step("rename", path, new))

    def remove(self, path: Path) -> None:
        super().remove(path)
        self.log.append(Step("remove", path))

    def remove_folder(self, path: Path) -> None:
        super().remove_folder(path)
        self.log.append(Step("remove", path))

    def sync_folder(self, path: Path) -> None:
        self.log.append(Step("sync", path))


@dataclass(slots=True)
class Node:
    """A file's bytes, a folder's names, or a link's target."""

    data: bytes = b""
    names: dict[str, int] | None = None
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """The change that one step makes, as a whole: bytes appended to a node, or names changed.

    Attributes:
        synced_by: Nodes whose sync makes the change certain.
        node: The node that `data` is appended to; -1 for none.
        removed: Folder nodes and the names that disappear from them.
        added: Folder nodes, and the names and nodes that appear in them.
    """

    synced_by: tuple[int, ...]
    node: int = -1
    data: bytes = b""
    removed: tuple[tuple[int, str], ...] = ()
    added: tuple[tuple[int, str, int], ...] = ()


@dataclass(slots=True)
class Disk:
    """Nodes by number; the first is the root folder."""

    nodes: dict[int, Node] = field(default_factory=lambda: {0: Node(names={})})

    @classmethod
    def read(cls, root: Path) -> "Disk":
        """Read a real folder; hard links stay hard links."""
        disk, seen = cls(), {}  # type: ignore[var-annotated]

        def take(folder: Path, number: int) -> None:
            for path in sorted(folder.iterdir()):
                key = (path.lstat().st_dev, path.lstat().st_ino)
                if key not in seen:
                    seen[key] = len(disk.nodes)
                    disk.nodes[seen[key]] = _node_of(path)
                names = disk.nodes[number].names
                assert names is not None
                names[path.name] = seen[key]
                if path.is_dir() and not path.is_symlink():
                    take(path, seen[key])

        take(root, 0)
        return disk

    def copy(self) -> "Disk":
        """Return an independent copy."""
        return Disk(
            nodes={
                number: Node(
                    data=n.data, names=None if n.names is None else dict(n.names), target=n.target
                )
                for number, n in self.nodes.items()
            }
        )

    def apply(self, effect: Effect) -> None:
        """Apply the effect of one step to this disk."""
        if effect.node >= 0:
            self.nodes[effect.node].data += effect.data
        for folder, name in effect.removed:
            self._names(folder).pop(name, None)
        for folder, name, number in effect.added:
            self._names(folder)[name] = number

    def _names(self, folder: int) -> dict[str, int]:
        names = self.nodes[folder].names
        assert names is not None
        return names

    def find(self, parts: tuple[str, ...]) -> int:
        """Return the number of the node at a path, without following links."""
        number = 0
        for part in parts:
            number = self._names(number)[part]
        return number

    def shape(self, number: int = 0) -> tuple[object, ...]:
        """Return all visible content of the disk, to compare states."""
        node = self.nodes[number]
        if node.target is not None:
            return ("link", node.target)
        if node.names is None:
            return ("file", number, node.data)
        return tuple((name, self.shape(n)) for name, n in sorted(node.names.items()))

    def write(self, root: Path) -> None:
        """Write the disk's content into an empty folder."""
        placed: dict[int, Path] = {}

        def put(number: int, path: Path) -> None:
            node = self.nodes[number]
            if node.target is not None:
                path.symlink_to(node.target)
            elif node.names is not None:
                path.mkdir(exist_ok=True)
                for name, inner in node.names.items():
                    put(inner, path / name)
            elif number in placed:
                os.link(placed[number], path)
            else:
                path.write_bytes(node.data)
                placed[number] = path

        put(0, root)


def _node_of(path: Path) -> Node:
    if path.is_symlink():
        return Node(target=str(path.readlink()))
    return Node(names={}) if path.is_dir() else Node(data=path.read_bytes())


@dataclass(frozen=True, slots=True)
class State:
    """One possible state of the disk after a crash.

    Attributes:
        taken: The number of steps that the program had taken before the crash.
    """

    disk: Disk
    taken: int


class CrashSimulator:
    """Enumerates the states that a run may leave when it crashes after any step.

    Attributes:
        exhausted: How often all subsets of un-synced effects were tried.
        sampled: How often subsets were sampled.
    """

    def __init__(self, before: Disk, log: list[Step], root: Path) -> None:
        """Store a run.

        Args:
            before: The disk before the run, all of it certain.
            log: The steps of the run.
            root: The path of the root folder during the run.
        """
        self._before = before
        self._effects: list[tuple[int, Effect]] = []
        self._syncs: list[tuple[int, int]] = []
        live = before.copy()
        for index, step in enumerate(log):
            self._take(live, index, step, root)
        self._nodes = live.nodes
        self._length = len(log)
        self.exhausted = self.sampled = 0

    def _take(self, live: Disk, index: int, step: Step, root: Path) -> None:
        def place(path: Path) -> tuple[int, str]:
            parts = path.relative_to(root).parts
            return live.find(parts[:-1]), parts[-1]

        if step.what == "sync":
            self._syncs.append((index, live.find(step.path.relative_to(root).parts)))
            return
        folder, name = place(step.path)
        match step.what:
            case "create" | "folder" | "symlink":
                number = len(live.nodes)
                live.nodes[number] = Node(
                    names={} if step.what == "folder" else None,
                    target=str(step.other) if step.what == "symlink" else None,
                )
                effect = Effect((folder,), added=((folder, name, number),))
            case "write":
                number = live.find(step.path.relative_to(root).parts)
                effect = Effect((number,), node=number, data=step.data)
            case "link":
                target, new = place(step.other)
                number = live.find(step.path.relative_to(root).parts)
                effect = Effect((target,), added=((target, new, number),))
            case "rename":
                target, new = place(step.other)
                number = live.find(step.path.relative_to(root).parts)
                effect = Effect(
                    (target,), removed=((folder, name),), added=((target, new, number),)
                )
            case "remove":
                effect = Effect((folder,), removed=((folder, name),))
            case _:
                raise AssertionError(step.what)
        live.apply(effect)
        self._effects.append((index, effect))

    def states(
        self,
        seed: int = 0,
        most: int = EXHAUSTIVE,
        ignored: int = -1,
        cut_after: Iterable[int] | None = None,
    ) -> Iterator[State]:
        """Yield every state, each once per number of steps taken.

        Args:
            seed: The seed of the samples.
            most: The most un-synced effects whose subsets are all tried.
            ignored: The index of a sync to treat as if the program had left it out.
            cut_after: Numbers of steps to crash after, in this order (default: every number).
        """
        rng = random.Random(seed)
        blank = Disk(
            nodes={
                n: Node(names=None if node.names is None else {}, target=node.target)
                for n, node in self._nodes.items()
            }
        )
        for taken in range(self._length + 1) if cut_after is None else cut_after:
            base, pending = self._split(blank, taken, ignored)
            seen = set()
            for chosen in self._subsets(len(pending), rng, most):
                disk = base.copy()
                for effect in itertools.compress(pending, chosen):
                    disk.apply(effect)
                shape = hash(disk.shape())
                if shape not in seen:
                    seen.add(shape)
                    yield State(disk=disk, taken=taken)

    def syncs(self) -> list[int]:
        """Return the indices of the steps that force something to the disk."""
        return [index for index, _ in self._syncs]

    def _split(self, blank: Disk, taken: int, ignored: int) -> tuple[Disk, list[Effect]]:
        """Return the disk with all certain effects after `taken` steps, and the uncertain ones."""
        base = blank.copy()
        for number, node in self._before.copy().nodes.items():
            base.nodes[number] = node
        pending = []
        for index, effect in self._effects:
            if index >= taken:
                break
            is_certain = any(
                index < when < taken and when != ignored and node in effect.synced_by
                for when, node in self._syncs
            )
            if is_certain:
                base.apply(effect)
            else:
                pending.append(effect)
        return base, pending

    def _subsets(self, count: int, rng: random.Random, most: int) -> Iterator[tuple[bool, ...]]:
        if count <= most:
            self.exhausted += 1
            yield from itertools.product((False, True), repeat=count)
            return
        self.sampled += 1
        yield (False,) * count
        yield (True,) * count
        for number in range(count):  # all but one, and one alone: the most frequent failures
            yield tuple(n != number for n in range(count))
            yield tuple(n == number for n in range(count))
        for _ in range(SAMPLES):
            yield tuple(rng.random() < 0.5 for _ in range(count))
