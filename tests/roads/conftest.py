"""A mailer in memory for the tests of this folder."""

from tests.support.mailing import mailer, no_mail_server

__all__ = ["mailer", "no_mail_server"]
