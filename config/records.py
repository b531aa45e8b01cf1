"""The data map: what each table holds about a learner, so that "My record" and the archive leave nothing out.

Every app registers its sections in `AppConfig.ready()`, and says of every other table why it is no record of a learner. A
test holds that each table is named once. Sections read; no rule and no write goes this way.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

# The pages of "My record", in their order.
GROUPS = ("person", "learning", "results", "elsewhere", "pathways", "badges", "sharing", "access")


class Section(NamedTuple):
    """One part of the record.

    key: its name for machines. fields: the key of each value, and its label. read: the rows of a learner, as dicts by those
    keys, in a fixed number of queries. tables: what it covers, as "app.Model".
    """

    key: str
    group: str
    title: Any
    fields: Mapping[str, Any]
    read: Callable[[Any], list[dict[str, Any]]]
    tables: tuple[str, ...]
    order: int = 50


_sections: dict[str, Section] = {}
_no_records: dict[str, str] = {}


def register(*sections: Section) -> None:
    for section in sections:
        if section.group not in GROUPS:
            raise ValueError(f"{section.group!r} is no group of the record.")
        _sections[section.key] = section


def no_record(reasons: Mapping[str, str]) -> None:
    """Say of tables why they hold nothing about one learner."""
    _no_records.update(reasons)


def sections(group: str = "") -> list[Section]:
    found = [each for each in _sections.values() if group in ("", each.group)]
    return sorted(found, key=lambda each: (GROUPS.index(each.group), each.order, each.key))


def data_map() -> dict[str, str]:
    """Each table that is named, with the section that shows it or the reason why none does."""
    shown = {table: f"section: {each.key}" for each in _sections.values() for table in each.tables}
    return _no_records | shown


def rows_of(queryset: Iterable[Any], **values: Callable[[Any], Any]) -> list[dict[str, Any]]:
    """The rows of a queryset, each value by its own function."""
    return [{key: value(row) for key, value in values.items()} for row in queryset]
