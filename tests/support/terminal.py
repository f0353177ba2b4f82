"""The command as somebody types it, and what the terminal shows."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shared.contracts.naming import Language


@dataclass(frozen=True)
class Said:
    """How the command ended, and what it said on its two channels."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:  # noqa: ANN401 - any JSON
        return json.loads(self.out)


@dataclass(frozen=True)
class Terminal:
    """A terminal whose stack lives in *home*; nobody watches it, so nothing is cut."""

    home: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    async def casetrack(self, *words: str, language: Language = Language.EN) -> Said:
        """Run `casetrack` with *words* and return what it said."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "deploy.command", *words),
            env={
                **os.environ,
                "CASETRACK_HOME": str(self.home),
                "CASETRACK_LANG": language.value,
                **self.environment,
            },
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        assert process.returncode is not None
        return Said(process.returncode, out.decode(), err.decode())
