"""The parser's process: fed, read while it still writes, and never left behind."""

import os
import selectors
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import IO, Self, cast

SECONDS = 180
# The child keeps to less by itself; this holds whatever became of it.
MAX_OUTPUT = 256 * 2**20
PIECE = 2**16


class TimedOut(Exception):
    """The child did not end in time."""


class TooMuch(Exception):
    """The child says more than is ever kept."""


class ChildProcess:
    """`script` at work on `data`, from entering the block on; ended and reaped when it is left.

    The block may do something else first: a child that has nobody to write to waits.
    """

    def __init__(self, script: Path, kind: str, data: bytes) -> None:
        self.command = [sys.executable, "-I", str(script), kind]
        self.data = data

    def __enter__(self) -> Self:
        # -I and an empty environment: the child inherits neither settings nor secrets.
        self.process = subprocess.Popen(  # noqa: S603 - a fixed command, no shell
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # Dropped: a parser's complaint may quote the cell it stumbled over.
            stderr=subprocess.DEVNULL,
            env={},
        )
        # A thread: a pipe holds 64 KB, and a child that speaks before it has read everything would
        # wait for us while we wait for it.
        self.feeder = Thread(target=self._feed, daemon=True)
        self.feeder.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Nothing for a child that has ended; without it one that is no longer wanted would go on.
        self.process.kill()
        self.process.wait()
        # The reading end is gone with the child, so that the feeder ends too.
        self.feeder.join()
        self._output.close()

    @property
    def _output(self) -> IO[bytes]:
        return cast("IO[bytes]", self.process.stdout)

    def _feed(self) -> None:
        # A child that died before it read everything says so by its exit code.
        with suppress(BrokenPipeError), cast("IO[bytes]", self.process.stdin) as pipe:
            pipe.write(self.data)

    def lines(self) -> Iterator[bytes]:
        """Its lines, each as soon as it is whole, until it has ended; raises TimedOut, TooMuch.

        The time runs from here. What follows the last line end is dropped: a child that died left
        it, and `code` says so.
        """
        deadline = time.monotonic() + SECONDS
        rest: list[bytes] = []
        for piece in self._pieces(deadline):
            *whole, tail = piece.split(b"\n")
            for line in whole:
                yield b"".join([*rest, line])
                rest = []
            rest.append(tail)
        try:
            self.process.wait(max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired as error:
            raise TimedOut from error

    def _pieces(self, deadline: float) -> Iterator[bytes]:
        said = 0
        with selectors.DefaultSelector() as selector:
            selector.register(self._output, selectors.EVENT_READ)
            while (left := deadline - time.monotonic()) > 0 and selector.select(left):
                piece = os.read(self._output.fileno(), PIECE)
                if not piece:
                    return
                said += len(piece)
                if said > MAX_OUTPUT:
                    raise TooMuch
                yield piece
        raise TimedOut

    @property
    def code(self) -> int | None:
        return self.process.returncode
