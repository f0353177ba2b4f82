"""Plan item 25: the team that helps enterprises (助企代办队伍)."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from services.metrics.domain.figures.figure import (
    About,
    Aggregate,
    Figure,
    Line,
    LinesOf,
    Origin,
    Target,
    Threshold,
    many,
    moved,
    of_class,
)
from services.metrics.domain.subjects.roster import Agent
from services.metrics.domain.subjects.task import Task
from shared.contracts.assist.course import DONE
from shared.contracts.assist.facts import AgentResource
from shared.contracts.assist.words import AgentTier, AssistStage
from shared.contracts.review.words import BAD, GOOD
from shared.contracts.supervision.words import AlertLevel

ITEM = 25


class Part(StrEnum):
    """What is counted of agents and of their tasks."""

    ACTIVE = "K25.1/active"
    """Agents who help, by tier and by whose people they are."""
    RATED = "K25.3/rated"
    GOOD = "K25.3/good"
    BAD = "K25.3/bad"
    DONE = "K25.4/done"
    LOGGED = "K25.4/logged"
    """Those done whose notes cover all three stages."""
    ITEM = "K25.4/item"
    """Those done, by item."""
    LOAD = "K25.5/load"
    """Open tasks, by the agent who answers for them."""


def _of_task(task: Task, _: About) -> Iterator[Line]:
    if task.rated_on is not None:
        yield Part.RATED, task.rated_on, 1
        if task.level in GOOD:
            yield Part.GOOD, task.rated_on, 1
        if task.level in BAD:
            yield Part.BAD, task.rated_on, 1
    if task.state in DONE and task.done_on is not None:
        yield Part.DONE, task.done_on, 1
        if {*task.stages} == {*AssistStage}:
            yield Part.LOGGED, task.done_on, 1
        for item_code in {*task.item_codes}:
            yield of_class(Part.ITEM, item_code), task.done_on, 1
    if task.agent and task.done_on is None and task.opened_on is not None:
        yield of_class(Part.LOAD, task.agent), task.opened_on, 1


def _of_agent(agent: Agent, _: About) -> Iterator[Line]:
    return moved(Part.ACTIVE, agent.ranks)


LINES: Mapping[type, LinesOf] = {Agent: _of_agent, Task: _of_task}

TIERS: Mapping[AgentTier, tuple[str, str]] = {
    AgentTier.DISTRICT: ("区级帮办代办员数", "Agents of the district"),
    AgentTier.STREET: ("街道帮办代办员数", "Agents of the streets"),
    AgentTier.COMMUNITY: ("社区帮办代办员数", "Agents of the communities"),
    AgentTier.BLOCK_POINT: ("板块代办点帮办代办员数", "Agents in the economic blocks"),
}
RESOURCES: Mapping[AgentResource, tuple[str, str]] = {
    "GOV": ("政务帮办代办员数", "Agents from the government"),
    "GRID": ("网格帮办代办员数", "Agents from the grids"),
    "PROPERTY": ("物业帮办代办员数", "Agents from property managers"),
    "COMMERCIAL_MGMT": ("商管帮办代办员数", "Agents from commercial managers"),
}


def _active(word: str, names: tuple[str, str], parts: Iterable[str]) -> Figure:
    """Return how many agents help at each moment, of those that *word* is the word for."""
    zh, en = names
    return Figure(
        id=f"K25.1.{word.lower()}",
        item=ITEM,
        zh=zh,
        en=en,
        unit="agent",
        formula=f"agents on the roster who are active, {word} alone",
        numerator=tuple(parts),
        gauge=True,
    )


FIGURES = (
    Figure(
        id="K25.1",
        item=ITEM,
        zh="在岗帮办代办员数",
        en="Agents who help",
        unit="agent",
        formula="agents on the roster who are active",
        numerator=(many(Part.ACTIVE),),
        gauge=True,
    ),
    *(_active(tier, names, [many(of_class(Part.ACTIVE, tier))]) for tier, names in TIERS.items()),
    *(
        _active(whose, names, [of_class(Part.ACTIVE, f"{tier}:{whose}") for tier in TIERS])
        for whose, names in RESOURCES.items()
    ),
    Figure(
        id="K25.3",
        item=ITEM,
        zh="帮办全好评率",
        en="All good",
        unit="ratio",
        formula="the three upper levels / tasks rated",
        numerator=(Part.GOOD,),
        denominator=(Part.RATED,),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_least=1),
        alerts=(Threshold(level=AlertLevel.RED, above=0, parts=(Part.BAD,)),),
    ),
    Figure(
        id="K25.3.bad",
        item=ITEM,
        zh="帮办差评数",
        en="Bad ratings of help",
        unit="rating",
        formula="the two lowest levels",
        numerator=(Part.BAD,),
        target=Target(origin=Origin.OURS, at_most=0),
        alerts=(Threshold(level=AlertLevel.RED, above=0),),
    ),
    Figure(
        id="K25.4.process",
        item=ITEM,
        zh="全过程记录率",
        en="Tasks with a complete log",
        unit="ratio",
        formula="done tasks with notes of all three stages / done tasks",
        numerator=(Part.LOGGED,),
        denominator=(Part.DONE,),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, trend="rising"),
    ),
    Figure(
        id="K25.4.items",
        item=ITEM,
        zh="帮办代办事项数",
        en="Items helped with",
        unit="item",
        formula="items that done tasks were about",
        numerator=(many(Part.ITEM),),
        measure=Aggregate.DISTINCT,
        target=Target(origin=Origin.OURS, trend="rising"),
    ),
    Figure(
        id="K25.5",
        item=ITEM,
        zh="人均在办帮办数",
        en="Load per agent",
        unit="task",
        formula="ninetieth percentile of the agents' open tasks",
        numerator=(many(Part.LOAD),),
        measure=Aggregate.LOAD,
        gauge=True,
        target=Target(origin=Origin.OURS, at_most=15),
        alerts=(Threshold(level=AlertLevel.YELLOW, above=15),),
    ),
)
