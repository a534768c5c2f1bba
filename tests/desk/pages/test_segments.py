"""A text is split so that every mark, even if it overlaps others, consists of whole pieces."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.desk.pages.article import Mark, cut

SIZE = 30
marks = st.lists(
    st.tuples(st.integers(-5, SIZE + 5), st.integers(-5, SIZE + 5), st.sampled_from("abcde")).map(
        lambda drawn: Mark(min(drawn[:2]), max(drawn[:2]), drawn[2])
    ),
    max_size=12,
)


@given(marks)
def test_the_pieces_cover_the_text_once_and_in_order(drawn: list[Mark]) -> None:
    pieces = list(cut(SIZE, drawn))
    assert [piece.start for piece in pieces[1:]] == [piece.end for piece in pieces[:-1]]
    assert (pieces[0].start, pieces[-1].end) == (0, SIZE)
    assert all(piece.start < piece.end for piece in pieces)


@given(marks)
def test_each_piece_has_the_marks_that_cover_it(drawn: list[Mark]) -> None:
    for piece in cut(SIZE, drawn):
        for at in range(piece.start, piece.end):
            expected = {mark.ref for mark in drawn if mark.start <= at < mark.end}
            assert set(piece.refs) == expected
            assert len(piece.refs) == len(expected)


def test_the_mark_that_opens_last_is_last() -> None:
    pieces = list(cut(9, [Mark(0, 9, "outer"), Mark(3, 6, "inner")]))
    assert [piece.refs for piece in pieces] == [("outer",), ("outer", "inner"), ("outer",)]


def test_an_empty_text_has_no_piece() -> None:
    assert list(cut(0, [Mark(0, 9, "a")])) == []
