"""Files that are written while they are sent."""

from collections.abc import Iterator

from django.http import StreamingHttpResponse
from django.utils import translation


def file_response(parts: Iterator[bytes], *, name: str, content_type: str) -> StreamingHttpResponse:
    """A download of `parts`. `name` stands in headers and logs: it says nothing about persons."""
    spoken = _speaking(translation.get_language(), parts)
    response = StreamingHttpResponse(spoken, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store, private"
    return response


def _speaking(language: str | None, parts: Iterator[bytes]) -> Iterator[bytes]:
    # The rows come after the view has returned, when the request's language is set no more.
    with translation.override(language):
        yield from parts
