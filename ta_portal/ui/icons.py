"""The portal's own icons, 16 by 16, drawn inline: nothing to fetch, and they take the colour of the text beside them.

The status icons differ by shape, not only by colour. `cut` is a stroke in the colour of the surface behind.
"""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_LINE = 'class="line"'
_PATHS = {
    "good": '<circle cx="8" cy="8" r="7"/><path class="cut" d="M4.6 8.3l2.3 2.3 4.5-4.9"/>',
    "warn": '<path d="M8 1.2l7.2 13.2H.8z"/><path class="cut" d="M8 6v4m0 1.4v1.5"/>',
    "bad": '<path d="M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5z"/><path class="cut" d="M5.3 5.3l5.4 5.4m0-5.4l-5.4 5.4"/>',
    "not-due": f'<circle {_LINE} cx="8" cy="8" r="6" stroke-dasharray="3 2"/>',
    "no-data": f'<circle {_LINE} cx="8" cy="8" r="6"/><path {_LINE} d="M5 8h6"/>',
    "logo": f'<path {_LINE} d="M2 13.5V7M8 13.5V2.5M14 13.5V5" stroke-width="3" stroke-linecap="round"/>',
    "tick": f'<path {_LINE} d="M2 8.5l4 4 8-9"/>',
    "file": f'<path {_LINE} d="M3 1h6l4 4v10H3zM9 1v4h4"/>',
    "calendar": f'<path {_LINE} d="M2 3.5h12v11H2zM2 7h12M5 1.5v4M11 1.5v4"/>',
    "plus": f'<path {_LINE} d="M8 2v12M2 8h12"/>',
}


def icon(name: str, size: int = 16, css: str = "") -> SafeString:
    """An icon, which says nothing by itself: the word stands beside it. An unknown name is a mistake: KeyError."""
    return format_html(
        '<svg class="{}" width="{}" height="{}" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{}</svg>',
        f"icon {css}".strip(),
        size,
        size,
        mark_safe(_PATHS[name]),  # noqa: S308 - our own constant
    )
