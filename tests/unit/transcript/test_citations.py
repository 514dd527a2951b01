"""What a text cites, and images that a model made: data for whoever draws them."""

from __future__ import annotations

from typing import Any

import pytest

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


def said_beside(text: Any = "Spain won. England did not.", **beside: Any) -> tuple[Citation, ...]:
    """What an answer cites that has this beside its content, streamed and read again."""
    last = {"chunk_position": "last", **beside}
    live = reduced([values(human()), chunk("a", text), chunk("a", **last)], [human()])
    streamed = live.turns[-1].parts[0]
    again = Transcript.from_state(state(human(), ai("a", text, **beside))).turns[-1].parts[0]
    assert isinstance(streamed, Text) and isinstance(again, Text)
    assert streamed.citations == again.citations
    return again.citations


ONE, TWO = "https://one.example/a", "https://two.example/b"
FOUND_ONE = {"title": "One", "url": ONE, "date": "2026-01-02", "snippet": "one says"}
FOUND_TWO = {"title": "Two", "url": TWO, "last_updated": None}


@pytest.mark.parametrize("where", ["additional_kwargs", "response_metadata"])
@pytest.mark.parametrize(
    ("beside", "expected"),
    [
        ({"citations": [ONE, TWO]}, [(1, ONE, ""), (2, TWO, "")]),
        ({"search_results": [FOUND_ONE, FOUND_TWO]}, [(1, ONE, "One"), (2, TWO, "Two")]),
        (
            {"citations": [TWO, ONE], "search_results": [FOUND_ONE, FOUND_TWO]},
            [(1, TWO, "Two"), (2, ONE, "One")],
        ),
        ({"citations": [ONE, TWO, ONE]}, [(1, ONE, ""), (2, TWO, ""), (3, ONE, "")]),
        ({"citations": [ONE], "search_results": []}, [(1, ONE, "")]),
        ({"citations": [], "search_results": None, "images": []}, []),
    ],
)
def test_perplexitys_lists_number_their_sources_by_place(
    where: str, beside: dict[str, Any], expected: list[tuple[int, str, str]]
) -> None:
    found = said_beside(**{where: beside})
    assert [(each.number, each.url, each.title) for each in found] == expected
    assert {each.at for each in found} <= {27}


def test_what_perplexity_says_in_its_first_chunk_belongs_to_the_text_that_follows() -> None:
    first = chunk("a", "", additional_kwargs={"citations": [ONE], "search_results": [FOUND_ONE]})
    live = reduced([values(human()), first, chunk("a", "So [1]."), chunk("a", " Yes.")], [human()])
    (part,) = live.turns[-1].parts
    assert isinstance(part, Text)
    assert part.citations == (Citation(1, 12, ONE, "One", "one says"),)


def grounded(*supports: Any, chunks: Any = None) -> dict[str, Any]:
    """The metadata of a grounded answer of Google's."""
    web = [{"web": {"uri": ONE, "title": "one.example"}}, {"web": {"uri": TWO, "title": "Two"}}]
    found = {
        "web_search_queries": ["who won"],
        "grounding_chunks": web if chunks is None else chunks,
        "grounding_supports": list(supports),
    }
    return {"response_metadata": {"grounding_metadata": found}}


def support(end: Any, *indices: Any, **more: Any) -> dict[str, Any]:
    segment = {"start_index": 0, "end_index": end, "text": "…", **more}
    return {"segment": segment, "grounding_chunk_indices": list(indices)}


BOOK = {"retrieved_context": {"uri": "gs://b/book", "title": "Book", "text": "it is written"}}
PLACE = {"maps": {"uri": "https://maps.example/x", "title": "Square", "place_id": "p"}}


@pytest.mark.parametrize(
    ("beside", "expected"),
    [
        (grounded(support(10, 0), support(27, 1, 0)), [(1, 10, ONE), (2, 27, TWO), (1, 27, ONE)]),
        (grounded(support(10, 0), chunks=[BOOK]), [(1, 10, "gs://b/book")]),
        (grounded(support(10, 0), chunks=[PLACE]), [(1, 10, "https://maps.example/x")]),
        (grounded(), [(1, 27, ONE), (2, 27, TWO)]),
        (grounded(support(None, 1)), [(1, 27, TWO)]),
        (grounded(support(99, 0), support(-4, 0)), [(1, 27, ONE), (1, 0, ONE)]),
    ],
)
def test_googles_grounding_stands_behind_the_segments_that_it_supports(
    beside: dict[str, Any], expected: list[tuple[int, int, str]]
) -> None:
    assert [(each.number, each.at, each.url) for each in said_beside(**beside)] == expected


def test_googles_places_are_counted_in_bytes() -> None:
    text = "Größe zählt. Ja, 東京."
    ends = [len(part.encode()) for part in ("Größe zählt.", text)]
    found = said_beside(text, **grounded(support(ends[1], 1), support(ends[0], 0)))
    assert [(each.at, each.url) for each in found] == [(len(text), TWO), (12, ONE)]


def test_places_say_nothing_where_the_text_is_in_several_blocks() -> None:
    blocks = [
        {"type": "text", "text": "First.", "index": 0},
        {"type": "thinking", "thinking": "Hm.", "index": 1},
        {"type": "text", "text": "Second.", "index": 2},
    ]
    turn = Transcript.from_state(state(human(), ai("a", blocks, **grounded(support(3, 0))))).turns
    first, _, second = turn[-1].parts
    assert isinstance(first, Text) and isinstance(second, Text)
    assert first.citations == ()
    assert [(each.number, each.at) for each in second.citations] == [(1, 7)]


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (link(ONE, title="One", start_index=0, end_index=3), (3, ONE, "One", "")),
        (
            {"type": "url_citation", "url_citation": {"url": ONE, "title": "One", "end_index": 2}},
            (2, ONE, "One", ""),
        ),
        (
            {"type": "file_citation", "file_id": "file-1", "filename": "a.pdf", "index": 4},
            (4, None, "a.pdf", ""),
        ),
        (
            {"type": "container_file_citation", "filename": "b.csv", "file_id": "f", "container_id":
             "c", "start_index": 0, "end_index": 2},
            (2, None, "b.csv", ""),
        ),
        (
            {"type": "citation", "url": ONE, "title": "One", "cited_text": "q", "extras": {"x": 1}},
            (8, ONE, "One", "q"),
        ),
        (
            {"type": "non_standard_annotation", "value": {"filename": "b.csv", "end_index": 5}},
            (5, None, "b.csv", ""),
        ),
        (
            {"type": "char_location", "document_index": 0, "document_title": "Book",
             "cited_text": "q", "start_char_index": 0, "end_char_index": 9},
            (8, None, "Book", "q"),
        ),
        (
            {"type": "web_search_result_location", "url": ONE, "title": "One", "cited_text": "q",
             "encrypted_index": "e"},
            (8, ONE, "One", "q"),
        ),
        (
            {"type": "search_result_location", "source": TWO, "title": "Two", "cited_text": "q",
             "search_result_index": 0},
            (8, TWO, "Two", "q"),
        ),
        (
            {"type": "search_result_location", "source": "kb://1", "title": None},
            (8, None, "kb://1", ""),
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("key", ["citations", "annotations"])
def test_each_shape_of_a_blocks_citation_is_read(
    key: str, annotation: dict[str, Any], expected: tuple[int, str | None, str, str]
) -> None:
    (found,) = cited({"type": "text", "text": "So it is", key: [annotation]}).citations
    assert (found.at, found.url, found.title, found.quote) == expected


def test_a_texts_own_numbers_go_before_those_that_it_is_given() -> None:
    blocks = [{"type": "text", "text": "Hm.", "annotations": [link("https://c.example")]}]
    found = said_beside(blocks, additional_kwargs={"citations": [ONE, TWO]})
    assert [(each.number, each.url) for each in found] == [
        (3, "https://c.example"),
        (1, ONE),
        (2, TWO),
    ]


ODD: list[Any] = [None, 7, "", True, [], {}, [[]], {"url": 5}, {"title": ["x"]}, {"url": None}]


@pytest.mark.parametrize("odd", ODD)
def test_odd_shapes_beside_the_content_name_no_source_and_raise_nothing(odd: Any) -> None:
    for beside in (
        {"additional_kwargs": odd},
        {"response_metadata": odd},
        {"additional_kwargs": {"citations": odd, "search_results": odd}},
        {"additional_kwargs": {"citations": [odd], "search_results": [odd]}},
        {"response_metadata": {"grounding_metadata": odd}},
        grounded(odd),
        grounded(support(odd, odd)),
        grounded({"segment": odd, "grounding_chunk_indices": odd}),
        grounded(support(3, 0), chunks=[odd]),
        grounded(support(3, 0), chunks=[{"web": odd}]),
    ):
        for each in said_beside(**beside):
            assert each.url in (ONE, TWO), "only from what else is there"


def test_a_flood_of_sources_beside_the_content_is_bounded() -> None:
    many = [f"https://{n}.example" for n in range(10_000)]
    assert len(said_beside(additional_kwargs={"citations": many})) == CITATIONS_KEPT
    everywhere = [support(3, *range(2)) for _ in range(10_000)]
    assert len(said_beside(**grounded(*everywhere))) <= CITATIONS_KEPT


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
