"""The container engine, asked by its own command."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ANSWER_SECONDS_MAX = 900
LINES_MAX = 12


class EngineMissing(Exception):
    """Nobody here runs containers."""


class EngineFailed(Exception):
    """The engine did not do what it was told; says what it said last."""


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine that answers, with Compose and BuildKit."""

    docker: str

    @classmethod
    def found(cls) -> "Engine":
        """
        Return the engine of this machine.

        Raises:
            EngineMissing: there is none, none that runs, or one without Compose or BuildKit.
        """
        docker = shutil.which("docker")
        if docker is None:
            raise EngineMissing("no `docker` on the path")
        engine = cls(docker)
        for words in (("version",), ("compose", "version"), ("buildx", "version")):
            try:
                engine.tell(*words)
            except EngineFailed as fault:
                raise EngineMissing(str(fault).splitlines()[-1]) from fault
        return engine

    def tell(
        self,
        *words: str | Path,
        environment: Mapping[str, str] | None = None,
        given: bytes | None = None,
    ) -> str:
        """
        Return what the engine answers to *words*.

        Raises:
            EngineFailed: it refused, or took longer than a quarter of an hour.
        """
        argv = [self.docker, *map(str, words)]
        try:
            done = subprocess.run(
                argv,
                check=False,
                capture_output=True,
                env={**os.environ, **(environment or {})},
                input=given,
                timeout=ANSWER_SECONDS_MAX,
            )
        except subprocess.TimeoutExpired as late:
            raise EngineFailed(f"docker {words[0]}: no end") from late
        if done.returncode != 0:
            said = (done.stdout + done.stderr).decode(errors="replace").strip().splitlines()
            shown = "\n".join(said[-LINES_MAX:])
            raise EngineFailed(f"docker {' '.join(map(str, words[:4]))} …: {shown}")
        return done.stdout.decode(errors="replace").strip()


@dataclass(frozen=True, slots=True)
class Composed:
    """One project of Compose: its files, and the variables that they ask for."""

    engine: Engine
    project: str
    files: Sequence[Path]
    environment: dict[str, str] = field(repr=False)
    """With passwords."""

    def tell(self, *words: str) -> str:
        """Return what Compose answers to *words* about this project."""
        files = [part for file in self.files for part in ("-f", str(file))]
        told = ("compose", "-p", self.project, *files, *words)
        return self.engine.tell(*told, environment=self.environment)

    def names(self, service: str) -> list[str]:
        """Return the containers of *service* that run."""
        return self.tell("ps", "--format", "{{.Name}}", service).split()

    def state(self, container: str) -> dict[str, Any]:
        """Return how the engine says that *container* stands."""
        told: dict[str, Any] = json.loads(
            self.engine.tell("inspect", "--format", "{{json .State}}", container)
        )
        return told
