"""A program's comments as sentences: to translate them, and to list them for a translator."""

import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, replace
from textwrap import wrap

from moons.plots.words import Translate

WIDTH = 100  # columns of a comment that stands on lines of its own


@dataclass(frozen=True)
class Comment:
    """A sentence or more: on lines of its own, or at the end of a line of code."""

    first: int  # lines from 0
    last: int
    column: int
    alone: bool
    text: str

    @property
    def words(self) -> str:
        """The text without a heading's marks."""
        return self.text.lstrip("# ")


def comments(source: str) -> Iterator[Comment]:
    """The comments in order; lines that follow one another are one comment. Cell marks (# %%) are none."""
    growing: Comment | None = None
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT or token.string.startswith("# %%"):
            continue
        comment = _comment(token)
        if growing and _goes_on(growing, comment):
            growing = replace(growing, last=comment.last, text=f"{growing.text} {comment.text}")
            continue
        if growing:
            yield growing
        growing = comment if comment.text else None
    if growing:
        yield growing


def _comment(token: tokenize.TokenInfo) -> Comment:
    line, column = token.start[0] - 1, token.start[1]
    alone = not token.line[:column].strip()
    return Comment(line, line, column, alone, token.string.removeprefix("#").strip())


def _goes_on(before: Comment, after: Comment) -> bool:
    """Whether `after` is the next line of `before`. A heading and an empty comment stand alone."""
    if not after.text or before.text.startswith("#") or after.text.startswith("#"):
        return False
    return before.alone and after.alone and (before.last + 1, before.column) == (after.first, after.column)


def translated(source: str, _: Translate) -> str:
    """The program with its comments in another language, wrapped anew."""
    lines = source.splitlines()
    for comment in reversed(list(comments(source))):
        marks = comment.text.removesuffix(comment.words)
        text = marks + _(comment.words)
        if comment.alone:
            before = " " * comment.column + "# "
            lines[comment.first : comment.last + 1] = [before + line for line in wrap(text, WIDTH - len(before))]
        else:
            lines[comment.first] = lines[comment.first][: comment.column] + "# " + text
    return "\n".join(lines) + "\n"
