"""A mail server on the loopback that takes mails, refuses mailboxes, is busy, or hangs up."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.mails: list[EmailMessage] = []
        self.unknown: set[str] = set()
        self.greeting = "220 loopback"
        self.takes_mail = "250 kept"

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self.server_address[1]


class _Session(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        """Speak as much of RFC 5321 as Python's own client asks for."""
        self._say(self.server.greeting)
        while line := self.rfile.readline():
            match line.decode().strip().split(" ", 1):
                case [("EHLO" | "HELO" | "ehlo" | "helo"), _]:
                    self._say("250 loopback")
                case ["RCPT" | "rcpt", words] if any(box in words for box in self.server.unknown):
                    self._say("550 no such mailbox")
                case ["DATA" | "data"]:
                    self._take()
                case ["QUIT" | "quit"]:
                    self._say("221 bye")
                    return
                case _:
                    self._say("250 ok")

    def _take(self) -> None:
        self._say("354 go ahead")
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line[1:] if line.startswith(b"..") else line)
        if self.server.takes_mail.startswith("250"):
            self.server.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))
        self._say(self.server.takes_mail)

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[_Server]:
    """Run a mail server for the length of a test."""
    with _Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
