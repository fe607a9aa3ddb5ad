"""Jobs to read."""

from django.db.models import QuerySet

from ta_portal.access.grants import grants_of
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.jobs.models import Job


def visible_jobs(user: User) -> QuerySet[Job]:
    """The jobs that `user` asked for; all of them for administrators."""
    jobs = Job.objects.select_related("by")
    return jobs if grants_of(user).everywhere(Permission.USER_MANAGE) else jobs.filter(by=user)
