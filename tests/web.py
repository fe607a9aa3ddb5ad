"""Pages as a reader finds them: tables by the name of their caption, rows by their heading, cells by their column."""

import re
from html import unescape
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "img", "path", "rect", "line", "circle"}


class Table:
    """A table's head and rows, in the words that stand there."""

    def __init__(self) -> None:
        self.caption = ""
        self.rows: list[list[str]] = []

    @property
    def head(self) -> list[str]:
        return self.rows[0]

    def row(self, heading: str) -> dict[str, str]:
        """The one row whose heading begins so, or ends so (a name with its code), each cell by its column."""
        found = [row for row in self.rows[1:] if row[0].startswith(heading) or row[0].endswith(f" {heading}")]
        assert len(found) == 1, f"{len(found)} rows are called {heading!r} in {self.caption!r}"
        return dict(zip(self.head, found[0], strict=True))


class Page(HTMLParser):
    """A page's tables, links, ids and words. What is hidden from sight counts: it is read to those who listen."""

    def __init__(self, response) -> None:
        super().__init__()
        self.status = response.status_code
        self.html = response.content.decode()
        self.tables: list[Table] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self._open: list[str] = []
        self._words: list[str] = []
        self.feed(self.html)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._words).split())

    @staticmethod
    def words_of(markup) -> str:
        """The words of a piece of a page."""
        return " ".join(unescape(re.sub("<[^>]+>", "", str(markup))).split())

    def shown_at(self, element_id: str) -> str:
        """The words of the element with this id, which holds no other of its own kind."""
        found = re.search(rf'<(\w+)[^>]* id="{element_id}"[^>]*>(.*?)</\1>', self.html, re.DOTALL)
        assert found, f"nothing has the id {element_id}"
        return " ".join(unescape(re.sub("<[^>]+>", "", found[2])).split())

    def table(self, caption: str) -> Table:
        """The one table whose caption begins so."""
        found = [table for table in self.tables if table.caption.startswith(caption)]
        assert len(found) == 1, f"{len(found)} tables are called {caption!r}: {[t.caption for t in self.tables]}"
        return found[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids += [given["id"]] if given.get("id") else []
        self.links += [given["href"]] if tag == "a" and given.get("href") else []
        if tag not in VOID:
            self._open.append(tag)
        if tag == "table":
            self.tables.append(Table())
        elif tag == "tr" and self.tables:
            self.tables[-1].rows.append([])
        elif tag in {"th", "td"} and self.tables:
            self.tables[-1].rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open and self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        if not words or {"script", "style"} & set(self._open):
            return
        self._words.append(words)
        if "table" not in self._open:
            return
        table = self.tables[-1]
        if "caption" in self._open:
            table.caption = f"{table.caption} {words}".strip()
        elif {"th", "td"} & set(self._open):
            table.rows[-1][-1] = f"{table.rows[-1][-1]} {words}".strip()


def shown(amount: str) -> str:
    """A figure of a file as an English page writes it: 1,234.50, with a true minus."""
    sign, digits = ("\N{MINUS SIGN}", amount[1:]) if amount.startswith("-") else ("", amount)
    whole, point, decimals = digits.partition(".")
    return f"{sign}{int(whole):,}{point}{decimals}"


def signed(amount: str) -> str:
    """A difference as a page writes it."""
    nothing = not amount.strip("-0.")
    return shown(amount.lstrip("-")) if nothing else shown(amount) if amount.startswith("-") else f"+{shown(amount)}"
