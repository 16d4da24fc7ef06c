"""The site's user accounts and how a CRM person finds theirs.

The order is the plugin's setting `usermatching`: explicit id, idnumber = student number
(students only), username = academic e-mail, e-mail. Only an active account counts. The first
rule that finds anyone decides; if it finds several, nobody is linked: the rules behind it are
weaker, and a person is never guessed.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any, Final

DEFAULT_MATCHING: Final = ("explicit", "idnumber", "username", "email")


@dataclass(frozen=True)
class User:
    """A row of Moodle's user table, as far as matching looks at it."""

    id: int
    username: str
    idnumber: str = ""
    email: str = ""
    deleted: bool = False
    suspended: bool = False
    confirmed: bool = True

    @property
    def active(self) -> bool:
        return self.confirmed and not (self.deleted or self.suspended)


def users_from_csv(text: str, first_id: int = 3) -> list[User]:
    """Accounts from rows of username, idnumber, email (other columns are left aside)."""
    return [
        User(first_id + n, row["username"], row["idnumber"], row["email"])
        for n, row in enumerate(csv.DictReader(StringIO(text)))
    ]


class UserDirectory:
    """Finds accounts by id, idnumber, username or e-mail."""

    def __init__(self, users: Iterable[User], matching: Sequence[str] = DEFAULT_MATCHING) -> None:
        self.matching = tuple(matching)
        self._users: dict[int, User] = {}
        self._index: dict[str, dict[str, set[int]]] = {
            rule: defaultdict(set) for rule in ("idnumber", "username", "email")
        }
        for user in users:
            self.add(user)

    def __len__(self) -> int:
        return len(self._users)

    def add(self, user: User) -> None:
        """Adds the account, or replaces the one of the same id."""
        previous = self._users.get(user.id)
        if previous is not None:
            for rule, value in _keys(previous):
                self._index[rule][value].discard(user.id)
        self._users[user.id] = user
        for rule, value in _keys(user):
            self._index[rule][value].add(user.id)

    def resolve(self, person: Mapping[str, Any], *, explicit: int | None = None) -> int | None:
        """`person` holds the stored row's student_id and academic_email, where it has them."""
        for rule in self.matching:
            found = self._by_rule(rule, person, explicit)
            if found:
                return found[0] if len(found) == 1 else None
        return None

    def _by_rule(self, rule: str, person: Mapping[str, Any], explicit: int | None) -> Sequence[int]:
        if rule == "explicit":
            ids: Iterable[int] = () if explicit is None else (explicit,)
        else:
            value = person.get("student_id" if rule == "idnumber" else "academic_email") or ""
            ids = self._index[rule].get(value if rule == "idnumber" else value.lower(), ())
        return [uid for uid in ids if uid in self._users and self._users[uid].active]


def _keys(user: User) -> Iterable[tuple[str, str]]:
    if user.idnumber:
        yield "idnumber", user.idnumber
    yield "username", user.username.lower()
    if user.email:
        yield "email", user.email.lower()
