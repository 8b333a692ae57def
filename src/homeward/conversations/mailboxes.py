"""Mailboxes behind addresses."""


def mailbox(address: str) -> str:
    """Return the mailbox behind an address: without its case and without what follows a plus sign."""
    name, _, domain = address.strip().lower().rpartition("@")
    return f"{name.split('+')[0]}@{domain}"
