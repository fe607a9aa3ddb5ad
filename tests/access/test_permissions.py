import pytest

from ta_portal.access.grants import Grant, Grants
from ta_portal.access.permissions import GRANTED_BY, ROLE_PERMISSIONS, Permission, Role, Scope


def test_the_administrator_may_do_everything_and_each_permission_has_a_role():
    assert ROLE_PERMISSIONS[Role.ADMINISTRATOR] == frozenset(Permission)
    assert all(GRANTED_BY[permission] for permission in Permission)


@pytest.mark.parametrize("role", Role)
def test_every_role_sees_what_it_has_a_scope_on(role):
    assert Permission.ENGAGEMENT_VIEW in ROLE_PERMISSIONS[role]


def test_rates_of_named_persons_are_for_three_roles_only():
    assert set(GRANTED_BY[Permission.RATE_VIEW]) == {Role.ADMINISTRATOR, Role.PROGRAMME_OFFICER, Role.FINANCE_OFFICER}


def test_notes_for_the_donors_eyes_are_read_by_four_roles_and_written_by_two():
    writers = {Role.ADMINISTRATOR, Role.PROGRAMME_OFFICER}

    assert set(GRANTED_BY[Permission.NOTE_WRITE]) == writers
    assert set(GRANTED_BY[Permission.NOTE_VIEW]) == writers | {Role.EVALUATOR, Role.AUDITOR}


def test_each_side_rates_for_itself_and_no_role_but_the_administrators_holds_both():
    assert set(GRANTED_BY[Permission.RATING_MINISTRY]) == {Role.ADMINISTRATOR, Role.LIAISON}
    assert set(GRANTED_BY[Permission.RATING_ADVISER]) == {Role.ADMINISTRATOR, Role.EXPERT}


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
def test_readers_may_change_nothing(role):
    reading = {
        Permission.ENGAGEMENT_VIEW,
        Permission.COST_VIEW,
        Permission.COST_DETAIL_VIEW,
        Permission.EXPORT,
        Permission.AUDIT_VIEW,
        Permission.NOTE_VIEW,
    }
    assert ROLE_PERMISSIONS[role] <= reading


def test_a_token_narrows_and_never_widens():
    viewer = frozenset({Grant(Role.VIEWER, Scope.PORTFOLIO)})

    limited = Grants(viewer, frozenset({Permission.ENGAGEMENT_VIEW, Permission.LEDGER_POST}))

    assert limited.everywhere(Permission.ENGAGEMENT_VIEW)
    assert not limited.anywhere(Permission.COST_VIEW)
    assert not limited.anywhere(Permission.LEDGER_POST)
