"""What templates call: `{% load ui %}`. Each name is explained where it is made (formats, icons, charts, statuses)."""

from django import template

from ta_portal.ui import charts, formats, statuses
from ta_portal.ui.icons import icon

register = template.Library()

register.filter("number", formats.number)
register.filter("signed", formats.signed)
register.filter("pct", formats.pct)
register.filter("points", formats.points)
register.filter("money", formats.money)
register.filter("day", formats.day)
register.filter("moment", formats.moment)
register.filter("bdi", formats.bdi)

register.simple_tag(icon, name="icon")
register.simple_tag(statuses.status, name="status")
register.simple_tag(statuses.tag, name="tag")
register.simple_tag(charts.share, name="share_bar")
register.simple_tag(charts.spark, name="spark_line")
register.simple_tag(charts.rising, name="rising_lines")
register.simple_tag(charts.bullet, name="bullet_bar")
register.simple_tag(charts.dumbbell, name="dumbbell")
register.simple_tag(charts.gantt, name="time_bar")
