"""The press: labels, packing slips, vouchers and letters set with Typst from templates of our own."""

from homeward.connectors.documents.press import TypstPress

__all__ = ["TypstPress"]
