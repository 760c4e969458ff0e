"""Markdown of the public pages as safe HTML."""

import re
from collections.abc import Sequence
from typing import Any

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

# A section's own title is the page's second level: headings within it begin one deeper.
FIRST_HEADING = 3
_TAGS = {
    *("p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"),
    *("table", "thead", "tbody", "tr", "th", "td", "h3", "h4", "h5", "h6"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "th": {"scope"}}
_SCHEMES = {"http", "https", "mailto", "tel"}


def _image_as_link(
    renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    """Pictures from elsewhere would tell others who reads this page: a link stands for them."""
    token = tokens[index]
    source = escape(str(token.attrs.get("src", "")))
    words = escape(token.content) or source
    return f'<a href="{source}">{words}</a>'


def _head_cell(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return '<th scope="col">'


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.add_render_rule("image", _image_as_link)
    parser.add_render_rule("th_open", _head_cell)
    return parser


_PARSER = _parser()


def render(text: str) -> SafeString:
    """A section's Markdown as HTML without scripts, pictures, styles or foreign addresses' tags."""
    tokens = _PARSER.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, max(FIRST_HEADING, int(token.tag[1]) + 1))}"
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
    )
    return mark_safe(clean)  # noqa: S308 - nh3 has just taken everything else out


def opening(text: str) -> str:
    """The first paragraph of a text that is neither a heading nor a list."""
    for block in re.split(r"\n\s*\n", text.strip()):
        if not re.match(r"\s*(#|[-*+] |>|\||[0-9]+[.)] )", block):
            return block.strip()
    return ""
