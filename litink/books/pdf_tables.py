"""Tables among the lines of a PDF page: several rows of cells below one another. Columns of text: pdf_columns.py."""

from __future__ import annotations

from dataclasses import dataclass

from litink.books.pdf_model import Line

LEAST_ROWS = 3  # fewer are a heading with its number, or an equation
SAME_HEIGHT = 0.4  # of the letter size, between the baselines of two cells of a row
ALIGNED = 6.0  # points
FAR = 4.0  # times the letter size between two rows: another table, or none
SHARED = 0.6  # of the rows begin or end a cell at one place


@dataclass(slots=True)
class Table:
    """Rows of cells; ``start`` and ``end`` are indices of its first line and after its last."""

    start: int
    end: int
    rows: list[list[Line]]

    @property
    def text(self) -> str:
        return "\n".join(" | ".join(cell.text for cell in row) for row in self.rows)


def find_tables(lines: list[Line]) -> list[Table]:
    """The tables of a page, in order."""
    rows = _rows(lines)
    if sum(len(row) > 1 for _, row in rows) < LEAST_ROWS:
        return []
    tables: list[Table] = []
    index = 0
    while index < len(rows):
        stop = _run_end(rows, index)
        if stop > index:
            if table := _table(rows[index:stop]):
                tables.append(table)
            index = stop
        else:
            index += 1
    return tables


def _rows(lines: list[Line]) -> list[tuple[int, list[Line]]]:
    """Lines that stand at one height and were read one after the other, with the index of the first."""
    rows: list[tuple[int, list[Line]]] = []
    for index, line in enumerate(lines):
        if rows and abs(rows[-1][1][0].y - line.y) < SAME_HEIGHT * line.size and line.x0 > rows[-1][1][-1].x1 - ALIGNED:
            rows[-1][1].append(line)
        else:
            rows.append((index, [line]))
    return rows


def _run_end(rows: list[tuple[int, list[Line]]], start: int) -> int:
    """The index after the last row of what may be a table that begins here; ``start`` when none does."""
    if len(rows[start][1]) < 2:
        return start
    end = start + 1
    index = end
    while index < len(rows):
        above, row = rows[index - 1][1][0], rows[index][1]
        if not 0 < above.y - row[0].y < FAR * row[0].size:
            break
        if len(row) > 1:
            end = index + 1
        elif not _goes_on(row[0], rows[start:end]):
            break
        index += 1
    while end < len(rows) and end < index and _goes_on(rows[end][1][0], rows[start:end], below=True):
        end += 1
    return end


def _goes_on(line: Line, rows: list[tuple[int, list[Line]]], *, below: bool = False) -> bool:
    """Whether a line alone is the next line of a cell; ``below`` the last row it is none of the first column."""
    for _, row in rows:
        for number, cell in enumerate(row):
            following = row[number + 1].x0 if number + 1 < len(row) else max(c.x1 for _, r in rows for c in r) + ALIGNED
            if (number or not below) and abs(cell.x0 - line.x0) < ALIGNED and line.x1 < following:
                return True
    return False


def _table(rows: list[tuple[int, list[Line]]]) -> Table | None:
    whole = [row for _, row in rows if len(row) > 1]
    if len(whole) < LEAST_ROWS or not _is_aligned(whole):
        return None
    table = Table(rows[0][0], rows[-1][0] + len(rows[-1][1]), [])
    for _, row in rows:
        if len(row) > 1:
            table.rows.append(list(row))
            continue
        cell = min(table.rows[-1], key=lambda c: abs(c.x0 - row[0].x0))
        cell.text = f"{cell.text} {row[0].text}"
    return table


def _is_aligned(rows: list[list[Line]]) -> bool:
    """Whether most rows have a second or later cell that begins, ends or is centred at one place."""
    places: list[list[float]] = []
    for row in rows:
        places.append([x for cell in row[1:] for x in (cell.x0, cell.x1, (cell.x0 + cell.x1) / 2)])
    candidates = [x for row in places for x in row]
    most = max(sum(any(abs(x - other) < ALIGNED / 2 for other in row) for row in places) for x in candidates)
    return most >= SHARED * len(rows)
