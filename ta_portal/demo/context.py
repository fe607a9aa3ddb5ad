"""What the demo adds to the sign-in page; listed in the settings only where the portal runs as a demo."""

from typing import Any

from django.http import HttpRequest

from ta_portal.demo.personas import PERSONAS


def demo_personas(request: HttpRequest) -> dict[str, Any]:
    return {"demo_personas": PERSONAS}
