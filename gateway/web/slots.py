"""The classes that place what stands on the agenda's grid: our policy lets no style be written inline. Pure."""

from __future__ import annotations

from typing import Final

ROWS: Final = 24 * 12  # of five minutes each
LANES: Final = 8


def style_sheet() -> str:
    """`s12`: begins at row 12, counted from 0. `n6`: six rows high. `l2-3`: the second of three lanes."""
    rules = [f".s{row}{{grid-row-start:{row + 1}}}" for row in range(ROWS)]
    rules += [f".n{count}{{grid-row-end:span {count}}}" for count in range(1, ROWS + 1)]
    rules += [f".rows-{rows}{{grid-template-rows:repeat({rows},var(--slot))}}" for rows in range(12, ROWS + 1, 12)]
    for of in range(2, LANES + 1):
        width = 100 / of
        rules += [
            f".l{lane}-{of}{{width:calc({width:.3f}% - 4px);margin-inline-start:calc({width * (lane - 1):.3f}% + 2px)}}"
            for lane in range(1, of + 1)
        ]
    rules += [f".columns-{count}{{--columns:{count}}}" for count in range(1, LANES + 1)]
    return "@layer pages{@media screen and (min-width:60.01rem),print{" + "".join(rules) + "}}\n"
