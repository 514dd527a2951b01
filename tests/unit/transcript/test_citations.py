"""What a text cites, and images that a model made: data for whoever draws them."""

from __future__ import annotations

from typing import Any

from tests.unit.transcript.stories import ai, chunk, follow, human, reduced, reloaded, state, values
from webchat.limits import CITATIONS_KEPT
from webchat.transcript import Citation, Image, Notice, Text, Transcript


def cited(*blocks: Any) -> Text:
    """The text of an answer of these blocks."""
    (part,) = Transcript.from_state(state(human(), ai("a", list(blocks)))).turns[-1].parts
    assert isinstance(part, Text)
    return part


def link(url: str, **more: Any) -> dict[str, Any]:
    return {"type": "url_citation", "url": url, **more}


def test_citations_and_annotations_are_numbered_and_stand_where_they_belong() -> None:
    for turns in (follow("citations").turns, reloaded("citations")):
        said, made = turns[-1].parts
        assert isinstance(said, Text) and said.text == "Tides follow the moon. And the sun."
        assert said.citations == (
            Citation(1, 22, "https://example.org/tides", "Tides", "the moon pulls"),
            Citation(2, 34, "https://example.org/sun", "Sun"),
        )
        assert isinstance(made, Image) and made.mime_type == "image/png" and made.data


def test_a_source_that_is_cited_twice_has_one_number() -> None:
    text = cited(
        {"type": "text", "text": "One.", "annotations": [link("https://a.example")]},
        {"type": "text", "text": "Two.", "annotations": [link("https://b.example")]},
        {"type": "text", "text": "Three.", "annotations": [link("https://a.example")]},
    )
    assert [(each.number, each.at) for each in text.citations] == [(1, 4), (2, 8), (1, 14)]


def test_a_citation_that_comes_before_its_text_stands_behind_it() -> None:
    source = {"type": "char_location", "document_title": "Book", "cited_text": "so it is"}
    stream = [
        chunk("a", [{"type": "text", "text": "", "citations": [source], "index": 0}]),
        chunk("a", [{"type": "text", "text": "It is so.", "index": 0}]),
        chunk("a", [{"type": "text", "text": " Or not.", "index": 1}]),
    ]
    said = reduced([values(human()), *stream], [human()]).turns[-1].parts[0]
    assert isinstance(said, Text)
    assert said.citations == (Citation(1, 9, None, "Book", "so it is"),)


def test_places_outside_of_the_text_are_put_at_its_ends() -> None:
    sources = [link("https://a.example", end_index=n) for n in (-5, 10**9)]
    text = cited({"type": "text", "text": "Short.", "annotations": sources})
    assert [each.at for each in text.citations] == [0, 6]


def test_citations_that_are_none_are_passed_over_and_many_are_bounded() -> None:
    odd = [None, 7, [], {}, {"type": "x"}, {"url": 5}]
    assert cited({"type": "text", "text": "Hm.", "annotations": odd}).citations == ()
    many = [link(f"https://{n}.example") for n in range(10_000)]
    text = cited({"type": "text", "text": "Hm.", "citations": many})
    assert len(text.citations) == CITATIONS_KEPT


def test_a_generated_image_shows_when_it_has_come() -> None:
    def step(**more: Any) -> Any:
        return chunk("a", [{"type": "image_generation_call", "id": "i", "index": 0, **more}])

    transcript = reduced([values(human()), step(status="in_progress")], [human()])
    assert transcript.turns[-1].parts == ()
    transcript.apply(step(status="completed", result="AAAA", output_format="webp"))
    (made,) = transcript.turns[-1].parts
    assert isinstance(made, Image)
    assert (made.data, made.mime_type, made.url) == ("AAAA", "image/webp", None)


def test_a_block_within_a_block_of_another_standard_is_read() -> None:
    odd = {"type": "non_standard", "value": {"type": "hologram", "x": 1}}
    (part,) = Transcript.from_state(state(human(), ai("a", [odd]))).turns[-1].parts
    assert isinstance(part, Notice) and part.kind == "hologram"


def test_blocks_wrapped_many_times_are_shown_as_they_came() -> None:
    odd: dict[str, Any] = {"type": "text", "text": "deep"}
    for _ in range(500):
        odd = {"type": "non_standard", "value": odd}
    (part,) = Transcript.from_state(state(human(), ai("a", [odd]))).turns[-1].parts
    assert isinstance(part, Notice)
