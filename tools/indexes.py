"""Prints pip's settings for package indexes as shell commands that tell uv the same; uv does not read pip's files.

Does nothing where uv has settings of its own.
"""

from __future__ import annotations

import ast
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

OWN_SETTINGS = ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_CONFIG_FILE")
OWN_FILES = ("~/.config/uv/uv.toml", "/etc/xdg/uv/uv.toml", "/etc/uv/uv.toml")


def uv_settings(pip_settings: str) -> dict[str, str]:
    """Return uv's environment variables for what `pip config list` printed; later lines prevail, as with pip."""
    pip = {}
    for line in pip_settings.splitlines():
        name, _, value = line.partition("=")
        pip[name.rsplit(".", 1)[-1]] = str(ast.literal_eval(value)).split()
    said = {
        "UV_DEFAULT_INDEX": " ".join(pip.get("index-url", [])),
        "UV_INDEX": " ".join(pip.get("extra-index-url", [])),
        "UV_FIND_LINKS": ",".join(pip.get("find-links", [])),
        "UV_INSECURE_HOST": " ".join(pip.get("trusted-host", [])),
        "SSL_CERT_FILE": " ".join(pip.get("cert", [])),
    }
    if "extra-index-url" in pip:
        said["UV_INDEX_STRATEGY"] = "unsafe-best-match"  # pip looks in all indexes; the lock's hashes keep that safe
    return {name: value for name, value in said.items() if value}


def has_own_settings(environment: Mapping[str, str]) -> bool:
    """Whether uv has been told about indexes itself."""
    return any(environment.get(name) for name in OWN_SETTINGS) or any(
        Path(name).expanduser().exists() for name in OWN_FILES
    )


def main() -> None:
    """Print one `export` a setting."""
    if has_own_settings(os.environ):
        return
    asked = [sys.executable, "-m", "pip", "config", "list"]
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    for name, value in uv_settings(said).items():
        if not os.environ.get(name):
            print(f"export {name}={shlex.quote(value)}")


if __name__ == "__main__":
    main()
