"""`python -m gateway openapi FILE…`: merge the services' documents into the gateway's; `make openapi` calls it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from gateway.api.document import merge
from gateway.api.page import DOCUMENT


def main(arguments: list[str]) -> int:
    """Write the merged document; returns the exit status."""
    if len(arguments) < 2 or arguments[0] != "openapi":
        print(__doc__, file=sys.stderr)
        return 2
    documents = [json.loads(Path(name).read_text(encoding="utf-8")) for name in arguments[1:]]
    DOCUMENT.write_text(json.dumps(merge(documents), indent=1, sort_keys=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
