import re

import pytest
from django import forms
from django.core.paginator import Paginator

from ta_portal.ui.statuses import LOOKS
from ta_portal.ui.tables import Column, Table


class BudgetForm(forms.Form):
    title = forms.CharField(label="Title", help_text="As in the agreement.")
    note = forms.CharField(label="Note", required=False)

    def clean(self):
        self.add_error(None, "The budget is locked.")


def indicators(rows, **options):
    columns = [
        Column("Indicator", lambda row: row[0]),
        Column("Latest", lambda row: row[1], numeric=True, total="all"),
        Column("Status", lambda row: row[2]),
    ]
    return Table(
        name="indicators", caption="Indicators", columns=columns, rows=rows, empty="No indicators yet.", **options
    )


def test_each_status_has_a_word_and_a_shape_of_its_own(render):
    drawn = [render('{% include "ui/_status.html" %}', status=status) for status in LOOKS]

    shapes = {re.search(r"<svg.*</svg>", html, re.DOTALL)[0] for html in drawn}
    words = {re.sub(r"<[^>]+>", "", html).strip() for html in drawn}
    assert len(shapes) == 5
    assert words == {"On track", "At risk", "Off track", "Not due", "No data"}


def test_a_status_may_say_another_word_and_an_unknown_one_is_a_mistake(render):
    assert "In post" in render('{% include "ui/_status.html" with word="In post" %}', status="on_track")
    with pytest.raises(KeyError):
        render('{% include "ui/_status.html" %}', status="green")


def test_a_tag_escapes_its_label(render):
    assert "&lt;b&gt;" in render('{% include "ui/_tag.html" %}', label="<b>High</b>", tone="bad")


def test_a_table_names_its_frame_and_its_rows(render):
    html = render('{% include "ui/_table.html" %}', table=indicators([("Returns filed", 31, "on")]))

    assert 'role="region" aria-label="Table: Indicators" tabindex="0"' in html
    assert '<caption class="vh" id="indicators-caption">Indicators</caption>' in html
    assert '<th scope="row" role="rowheader">Returns filed</th>' in html
    assert '<td role="cell" class="num">all</td>' in html


def test_a_stacked_table_names_each_cell_for_the_phone(render):
    html = render('{% include "ui/_table.html" %}', table=indicators([("Returns filed", 31, "on")], stacked=True))

    assert 'data-l="Latest"' in html
    assert 'class="tbl cards"' in html


def test_on_a_phone_the_last_cell_has_its_name_too(render):
    rows = [("Returns filed", 31, "on")]
    columns = [Column("Indicator", lambda row: row[0]), Column("Expected", lambda row: row[1], numeric=True)]
    table = Table(name="figures", caption="Figures", columns=columns, rows=rows, stacked=True)

    assert '<td role="cell" class="num last" data-l="Expected">31</td>' in render(
        '{% include "ui/_table.html" %}', table=table
    )


def test_a_matrix_has_columns_of_one_width(render):
    html = render('{% include "ui/_table.html" %}', table=indicators([("Returns filed", 31, "on")], even=True))

    assert 'class="tbl even"' in html


def test_a_table_without_rows_is_one_sentence(render):
    html = render('{% include "ui/_table.html" %}', table=indicators([]))

    assert "No indicators yet." in html
    assert "<table" not in html


def test_a_cell_cannot_bring_markup_into_the_page(render):
    html = render('{% include "ui/_table.html" %}', table=indicators([("<script>", 1, "on")]))

    assert "<script>" not in html


def test_the_pager_keeps_the_filters_and_says_where_one_is(render):
    page = Paginator(range(50_000), 20).page(1500)

    html = render('{% include "ui/_pager.html" with page=page only %}', page=page)

    assert 'href="?status=active&amp;page=1499"' in html
    assert 'hx-get="?status=active&amp;page=1501"' in html
    assert "Page 1,500 of 2,500" in html


def test_one_page_needs_no_pager(render):
    assert "<nav" not in render('{% include "ui/_pager.html" %}', page=Paginator([1], 20).page(1))


def test_errors_are_listed_above_a_form_with_links_to_their_fields(render):
    html = render('{% include "ui/_error_summary.html" %}', form=BudgetForm({}))

    assert 'role="alert"' in html
    assert "The budget is locked." in html
    assert '<a href="#id_title"><bdi>Title</bdi>: This field is required.</a>' in html


def test_a_form_without_errors_has_no_summary(render):
    assert "note" not in render('{% include "ui/_error_summary.html" %}', form=BudgetForm())


def test_a_field_is_tied_to_its_label_hint_and_error(render):
    html = render('{% include "ui/_field.html" %}', field=BudgetForm({})["title"])

    described_by = re.search(r'aria-describedby="([^"]+)"', html)[1].split()
    assert described_by == ["id_title_helptext", "id_title_error"]
    assert all(f'id="{part}"' in html for part in described_by)
    assert 'aria-invalid="true"' in html
    assert '<label for="id_title">' in html


def test_a_field_that_may_stay_empty_says_so(render):
    assert "(optional)" in render('{% include "ui/_field.html" %}', field=BudgetForm()["note"])


def test_a_panel_is_named_by_its_heading(render):
    html = render(
        '{% include "ui/_panel.html" %}',
        panel_id="costs",
        heading="Costs",
        body="None",
        link_url="/x/",
        link_label="All",
    )

    assert '<section class="card" aria-labelledby="panel-costs">' in html
    assert '<h2 id="panel-costs">Costs</h2>' in html
    assert '<footer><a href="/x/">All</a></footer>' in html


def test_the_bar_of_a_job_gets_plain_numbers_and_the_words_grouped_ones(render):
    html = render('{% include "ui/_progress.html" %}', label="Report", stage="Adding up", done=1240, total=3100)

    assert 'value="1240" max="3100"' in html
    assert "1,240" in html


def test_a_job_without_a_total_claims_no_share(render):
    html = render('{% include "ui/_progress.html" %}', label="Report", stage="Waiting", done=0, total=0)

    assert "value=" not in html


def test_a_dumbbell_says_its_figures(render):
    html = render('<table>{% include "ui/_dumb.html" with top=3 %}</table>', label="Skills", was=1, now=2, target=None)

    assert re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)).strip() == "Skills 2 was 1, target –not reported"


def test_the_word_beside_a_status_icon_is_all_that_is_read_aloud(render):
    assert 'aria-hidden="true"' in render('{% icon "warn" %}')
