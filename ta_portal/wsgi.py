"""The web server's entry."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from ta_portal.monitoring.garbage import keep_what_is_loaded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ta_portal.settings")
application = get_wsgi_application()

# All pages, before the first is asked for.
get_resolver().url_patterns  # noqa: B018 - loads them
keep_what_is_loaded()
