"""Custom authentication for tests: the one good key stands in a file that a test may change."""

from __future__ import annotations

import os
from pathlib import Path

from langgraph_sdk import Auth

auth = Auth()


@auth.authenticate
async def authenticate(headers: dict) -> Auth.types.MinimalUserDict:
    good = Path(os.environ["GOOD_KEY_FILE"]).read_bytes()
    if headers.get(b"x-api-key") != good:
        raise Auth.exceptions.HTTPException(status_code=401, detail="Invalid key")
    return {"identity": "tester"}
