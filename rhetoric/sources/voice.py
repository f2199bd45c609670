"""In whose voice a loaded span stands: quoted from a source, paraphrased, set in scare quotes, or the author's own."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rhetoric.annotation import Attribution, CharSpan, Span, Voice, find_overlaps
from rhetoric.sources.quotes import is_quoted, quoted_regions

__all__ = ["assign_voice"]

MOSTLY = 0.5


def _holder(span: CharSpan, attributions: Iterable[Attribution]) -> Attribution | None:
    """Return the attribution whose content holds most of `span`, the innermost of several."""
    holders = [a for a in attributions if sum(span.n_shared(p) for p in a.content) > MOSTLY * len(span)]
    return min(holders, key=lambda a: (sum(map(len, a.content)), a.via is None), default=None)


def assign_voice(text: str, spans: Iterable[Span], attributions: Sequence[Attribution]) -> list[Span]:
    """Return `spans` with their voice and the id of the attribution that they stand in.

    `direct`: in the quotation marks of an attribution's content; `indirect`: in its content, paraphrased;
    `scare_quote`: in quotation marks, but nobody's words; `author`: anything else.
    """
    every, regions = list(spans), quoted_regions(text)
    pieces = [(piece, a) for a in attributions for piece in a.content]
    contents, quotations = find_overlaps(every, [piece for piece, _ in pieces]), find_overlaps(every, regions)
    voiced = []
    for span, in_contents, in_quotations in zip(every, contents, quotations, strict=True):
        near = {pieces[i][1].id: pieces[i][1] for i in in_contents}
        holder = _holder(span, near.values())
        quoted = is_quoted(span, [regions[i] for i in in_quotations])
        voice: Voice = ("direct" if quoted else "indirect") if holder else ("scare_quote" if quoted else "author")
        voiced.append(replace(span, voice=voice, attribution=holder.id if holder else None))
    return voiced
