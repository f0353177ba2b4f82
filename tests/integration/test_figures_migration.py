"""What a release before has counted is still counted when its sums have lost their dimensions."""

from importlib.resources import files

import asyncpg

FOLDER = files("services.metrics.adapters") / "sql"
BEFORE = ("0001-projection.sql", "0002-open-cases.sql")

OLD_SUMS = """
INSERT INTO kpi (kpi, part, day, partition, item, service_window, channel, value)
VALUES ('L03', 'received', '2024-09-02', 0, 'a', 'W1', 'PC', 2),
       ('L03', 'received', '2024-09-02', 0, 'b', 'W2', 'PC', 3),
       ('L03', 'received', '2024-09-02', 1, 'a', 'W1', 'PC', 4),
       ('K12.4', 'RED:COMMITTED:RAISED', '2024-09-03', 0, 'a', 'W1', 'PC', 1)
"""


async def test_sums_of_before_stay_by_part_and_day(postgres_dsn: str) -> None:
    connection = await asyncpg.connect(postgres_dsn)
    await connection.execute("CREATE SCHEMA before; SET search_path TO before")
    for name in BEFORE:
        await connection.execute((FOLDER / name).read_text(encoding="utf-8"))
    await connection.execute(OLD_SUMS)

    await connection.execute((FOLDER / "0004-figures.sql").read_text(encoding="utf-8"))

    rows = await connection.fetch("SELECT part, day::text, partition, value FROM kpi ORDER BY 1, 3")
    named = await connection.fetchval("SELECT count(*) FROM contributors")
    await connection.close()
    assert [tuple(row) for row in rows] == [
        ("K12.4/RED:COMMITTED:RAISED", "2024-09-03", 0, 1),
        ("L03/received", "2024-09-02", 0, 5),
        ("L03/received", "2024-09-02", 1, 4),
    ]
    assert named == 0
