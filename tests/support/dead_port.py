"""An address behind which nothing works: whoever connects is hung up on, and counted."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class DeadPort:
    tries: int = 0

    def serve(self, listener: socket.socket) -> None:
        """Until the listener is shut."""
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.tries += 1
            connection.close()


@contextmanager
def dead_port(port: int) -> Iterator[DeadPort]:
    """Takes the place of a server that has ended, while the block runs."""
    dead = DeadPort()
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen()
        thread = threading.Thread(target=dead.serve, args=(listener,))
        thread.start()
        try:
            yield dead
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
