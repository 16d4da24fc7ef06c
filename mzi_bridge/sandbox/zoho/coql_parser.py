"""COQL as text to COQL as a tree.

    select COLUMN, … from MODULE where CONDITION [order by COLUMN [asc|desc], …]
        [limit [OFFSET,] COUNT [offset OFFSET]]

Conditions: `=  !=  <>  >  >=  <  <=  in (…)  not in (…)  like '…'  not like '…'
between … and …  not between … and …  is null  is not null`, joined by and/or, nested in
parentheses. `and` binds closer than `or`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from mzi_bridge.sandbox.zoho.refusals import Refusal

PAGE_LIMIT: Final = 200
_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<text>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*")
    |(?P<sign><=|>=|!=|<>|=|<|>|\(|\)|,)
    |(?P<word>[^\s'"<>=!(),]+))""",
    re.VERBOSE,
)
_COMPARISONS: Final = {
    "=": "equals",
    "!=": "not_equal",
    "<>": "not_equal",
    ">": "greater_than",
    ">=": "greater_equal",
    "<": "less_than",
    "<=": "less_equal",
}
_CLAUSES: Final = frozenset({"from", "where", "order", "limit", "and", "or", "offset"})


@dataclass(frozen=True)
class Condition:
    column: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    conjunction: str
    parts: tuple[Where, ...]


Where = Condition | Group


@dataclass(frozen=True)
class Query:
    """`order` holds (column, descending)."""

    columns: tuple[str, ...]
    module: str
    where: Where
    order: tuple[tuple[str, bool], ...]
    offset: int
    count: int


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    position: int

    @property
    def folded(self) -> str:
        return self.text.lower() if self.kind == "word" else self.text


def parse_query(text: str) -> Query:
    """Raises Refusal SYNTAX_ERROR with line, column, near or clause."""
    return _Parser(text).query()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = self._split(text.strip().rstrip(";"))
        self._at = 0

    def query(self) -> Query:
        self._expect("select", clause="select")
        columns = self._columns()
        self._expect("from", clause="from")
        module = self._word()
        self._expect("where", clause="where")
        where = self._either()
        order = self._order()
        offset, count = self._limit()
        if self._at < len(self._tokens):
            raise self._error()
        return Query(columns, module, where, order, offset, count)

    def _split(self, text: str) -> list[_Token]:
        tokens: list[_Token] = []
        position = 0
        while position < len(text):
            found = _TOKEN.match(text, position)
            if found is None or found.lastgroup is None:
                raise self._error_at(position, text[position : position + 20])
            tokens.append(_Token(found.lastgroup, found[found.lastgroup], found.start()))
            position = found.end()
        return tokens

    def _columns(self) -> tuple[str, ...]:
        columns = [self._word()]
        while self._accept(","):
            columns.append(self._word())
        return tuple(columns)

    def _either(self) -> Where:
        return self._joined("or", lambda: self._joined("and", self._condition))

    def _joined(self, conjunction: str, part: Callable[[], Where]) -> Where:
        parts = [part()]
        while self._accept(conjunction):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Group(conjunction, tuple(parts))

    def _condition(self) -> Where:
        if self._accept("("):
            inner = self._either()
            self._expect(")")
            return inner
        column = self._word()
        if self._accept("is"):
            negated = self._accept("not")
            self._expect("null")
            return Condition(column, "is_not_null" if negated else "is_null", ())
        prefix = "not_" if self._accept("not") else ""
        if self._accept("in"):
            return Condition(column, f"{prefix}in", self._list())
        if self._accept("like"):
            return Condition(column, f"{prefix}like", (self._value(),))
        if self._accept("between"):
            low = self._value()
            self._expect("and")
            return Condition(column, f"{prefix}between", (low, self._value()))
        operator = _COMPARISONS.get(self._peek())
        if operator is None or prefix:
            raise self._error()
        self._at += 1
        return Condition(column, operator, (self._value(),))

    def _list(self) -> tuple[str, ...]:
        self._expect("(")
        values = [self._value()]
        while self._accept(","):
            values.append(self._value())
        self._expect(")")
        return tuple(values)

    def _order(self) -> tuple[tuple[str, bool], ...]:
        if not self._accept("order"):
            return ()
        self._expect("by")
        order = [self._direction()]
        while self._accept(","):
            order.append(self._direction())
        return tuple(order)

    def _direction(self) -> tuple[str, bool]:
        column = self._word()
        if self._accept("desc"):
            return column, True
        self._accept("asc")
        return column, False

    def _limit(self) -> tuple[int, int]:
        """(offset, count)"""
        if not self._accept("limit"):
            return 0, PAGE_LIMIT
        first = self._number()
        if self._accept(","):
            return first, self._number()
        return (self._number() if self._accept("offset") else 0), first

    def _number(self) -> int:
        text = self._word()
        if not text.isdecimal():
            self._at -= 1
            raise self._error(clause="limit")
        return int(text)

    def _value(self) -> str:
        if self._at >= len(self._tokens):
            raise self._error()
        token = self._tokens[self._at]
        if token.kind == "sign" or token.folded in _CLAUSES:
            raise self._error()
        self._at += 1
        if token.kind == "word":
            return token.text
        return re.sub(r"\\(.)|''", lambda found: found[1] or "'", token.text[1:-1])

    def _word(self) -> str:
        if self._at >= len(self._tokens):
            raise self._error()
        token = self._tokens[self._at]
        if token.kind != "word" or token.folded in _CLAUSES:
            raise self._error()
        self._at += 1
        return token.text

    def _peek(self) -> str:
        return self._tokens[self._at].folded if self._at < len(self._tokens) else ""

    def _accept(self, wanted: str) -> bool:
        if self._peek() != wanted:
            return False
        self._at += 1
        return True

    def _expect(self, wanted: str, *, clause: str | None = None) -> None:
        if not self._accept(wanted):
            raise self._error(clause=clause)

    def _error(self, *, clause: str | None = None) -> Refusal:
        if clause is not None:
            return Refusal("SYNTAX_ERROR", "missing clause", clause=clause)
        if self._at < len(self._tokens):
            token = self._tokens[self._at]
            return self._error_at(token.position, token.text)
        return self._error_at(len(self._text), "<EOF>")

    def _error_at(self, position: int, near: str) -> Refusal:
        before = self._text[:position]
        return Refusal(
            "SYNTAX_ERROR",
            "error occured while parsing the query",
            line=before.count("\n") + 1,
            column=position - (before.rfind("\n") + 1) + 1,
            near=near,
        )
