"""Mail through Django: SMTP, or any provider that anymail knows."""

from homeward.connectors.mail.post import DjangoMailer

__all__ = ["DjangoMailer"]
