"""`python -m gateway openapi FILE…`: merge the services' documents into the gateway's; `make openapi` calls it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from gateway.api.page import DOCUMENT


def merge(documents: list[dict[str, Any]]) -> dict[str, Any]:
    """One OpenAPI document of all services. Raises `ValueError` where two give one name to different schemas."""
    merged: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": "Caseload",
            "version": "1",
            "description": "Practice management and clinical records for therapy practices. Refusals are problem"
            " documents (RFC 9457); lists are pages of at most 200; money is integer cents of USD.",
        },
        "servers": [{"url": "/"}],
        "paths": {},
        "components": {"schemas": {}, "securitySchemes": {}},
    }
    for document in documents:
        for path, operations in document["paths"].items():
            merged["paths"].setdefault(path, {}).update(operations)
        for kind in ("schemas", "securitySchemes"):
            for name, schema in document["components"].get(kind, {}).items():
                if merged["components"][kind].setdefault(name, schema) != schema:
                    raise ValueError(f"two services call different things {name}")
    merged["paths"] = dict(sorted(merged["paths"].items()))
    merged["components"]["schemas"] = dict(sorted(merged["components"]["schemas"].items()))
    return merged


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
