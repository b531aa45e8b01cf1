"""The row of the navigation: what stays in it, and what goes under "More"."""

from config.pages import NAV_ROW, NavEntry, more_of


def entry(order, *, yields=1):
    return NavEntry(order, f"entry {order}", f"name-{order}", lambda user: True, None, yields)


def test_a_row_that_fits_stays_whole():
    assert more_of([entry(order) for order in range(NAV_ROW)]) == []


def test_one_too_many_makes_room_for_more_itself():
    shown = [entry(order) for order in range(NAV_ROW + 1)]

    assert [each.order for each in more_of(shown)] == [NAV_ROW, NAV_ROW - 1]


def test_what_yields_most_leaves_first_and_what_never_yields_stays():
    shown = [entry(0, yields=0), entry(1, yields=3)] + [entry(2 + order) for order in range(NAV_ROW - 2)]
    shown.append(entry(90, yields=0))

    assert [each.order for each in more_of(shown)] == [1, NAV_ROW - 1]
