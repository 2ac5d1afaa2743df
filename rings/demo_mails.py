"""The mails of the demo, which leave it never: on the console, and in a folder that a page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends import console, filebased

SHOWN = 30  # the newest


class EmailBackend(filebased.EmailBackend):
    """A file for each, and the same on the console."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        console.EmailBackend(alias=self.alias).send_messages(email_messages)  # type: ignore[attr-defined]  # newer than its stubs
        return int(super().send_messages(email_messages) or 0)


@dataclass(frozen=True)
class Mail:
    to: str
    subject: str
    text: str


def newest() -> list[Mail]:
    """What was sent, the newest first."""
    options: dict[str, Any] = settings.MAILERS["default"].get("OPTIONS", {})
    folder = Path(options["file_path"])
    files = sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime, reverse=True)
    return [_mail(file.read_bytes()) for file in files[:SHOWN]]


def _mail(written: bytes) -> Mail:
    message = message_from_bytes(written, policy=policy.default)
    text = message.get_content().rpartition("-" * 79)[0]  # the line that ends each in the file
    return Mail(str(message["To"]), str(message["Subject"]), text.strip())
