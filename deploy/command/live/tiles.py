"""The tiles of the live screen: what stands, and what the day has brought, as the service tells."""

from rich.console import Group, RenderableType
from rich.table import Table

from deploy.command.live.look import GAP, Look, panel
from deploy.command.output import Styled
from deploy.command.words import RATIO, measured
from services.metrics.views.today import Tile, TodayPicture
from shared.contracts.supervision.words import AlertLevel

FLOW_COLUMNS_MAX = 24
HUES = {AlertLevel.PROMPT: "near", AlertLevel.YELLOW: "near", AlertLevel.RED: "late"}
FRAME_ROWS = 2


def standing(picture: TodayPicture, look: Look) -> RenderableType:
    """Return the tiles of what stands, and beside them what is to be said of those that count."""
    shown = _group(picture, "standing")
    tiles = Table.grid(expand=True)
    for _ in shown:
        tiles.add_column(justify="center", no_wrap=True)
    tiles.add_row(
        *[Styled(_number(tile, picture, look), style=f"{_hue(tile)}.bold") for tile in shown]
    )
    tiles.add_row(*[Styled(tile.title.said(look.language), style="muted") for tile in shown])
    notes = [
        Styled(tile.note.said(look.language), style=_hue(tile), justify="right")
        for tile in shown
        if tile.note and picture.now.get(tile.name)
    ]
    return panel(Group(tiles, *notes), look.word("now.title"))


def _hue(tile: Tile) -> str:
    return HUES[tile.level] if tile.level else "ink"


def _number(tile: Tile, picture: TodayPicture, look: Look) -> str:
    number = picture.now.get(tile.name)
    return look.nothing if number is None else measured(number, tile.unit)


def flow(picture: TodayPicture, look: Look, columns: int) -> RenderableType:
    """Return what the day has brought, with a bar where it is a count."""
    shown = _group(picture, "day")
    counted = {tile.name: picture.now.get(tile.name) or 0 for tile in shown if tile.unit != RATIO}
    most = max([*counted.values(), 1])
    names = [Styled(tile.title.said(look.language), style="muted") for tile in shown]
    numbers = [Styled(_number(tile, picture, look), style=_hue(tile)) for tile in shown]
    widest = [max((one.cell_len for one in cells), default=0) for cells in (names, numbers)]
    longest = max(1, min(FLOW_COLUMNS_MAX, columns - sum(widest) - 2 * GAP))
    table = Table.grid(padding=(0, GAP, 0, 0))
    for justify in ("left", "right", "left"):
        table.add_column(justify=justify, no_wrap=True)
    for tile, name, number in zip(shown, names, numbers, strict=True):
        bar = ("=" if look.plain else "━") * int(-(-longest * counted.get(tile.name, 0) // most))
        table.add_row(name, number, Styled(bar, style="accent"))
    return panel(table, look.say("top.flow"))


def _group(picture: TodayPicture, name: str) -> list[Tile]:
    return [tile for tile in picture.tiles if tile.group == name]


def flow_rows(picture: TodayPicture) -> int:
    """Return how high the panel of the day is."""
    return len(_group(picture, "day")) + FRAME_ROWS
