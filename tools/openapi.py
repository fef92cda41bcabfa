"""`make openapi`: write openapi.json as the code describes itself."""

import json
import sys

from tools import places, say

FILE = places.ROOT / "openapi.json"


def main() -> None:
    sys.path.insert(0, str(places.ROOT / "layers" / "relevo" / "python"))
    from relevo.api.openapi import document  # noqa: PLC0415 - findable only now

    FILE.write_text(json.dumps(document(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    say.line(f"wrote {FILE.name}")


if __name__ == "__main__":
    main()
