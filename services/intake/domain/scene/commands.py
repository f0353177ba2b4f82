"""What may be asked of a scene."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import StringConstraints

from shared.commands.command import Command
from shared.contracts.envelope import Fact
from shared.contracts.joint import facts
from shared.contracts.types import Identifier, Name, Ordinal

SceneName = Annotated[str, StringConstraints(min_length=1, max_length=80)]
"""`scene:` and how joint cases call the scene."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchScene(Command):
    """场景上线; *scene* follows from what joint cases call it."""

    FACT: ClassVar[type[Fact]] = facts.SceneLaunched

    scene: SceneName
    scene_id: Identifier
    name: Name
    source: facts.SceneSource
    one_window: bool
    one_terminal: bool
    item_codes: facts.SceneItems
    published_limit: Ordinal


AnyCommand = LaunchScene
