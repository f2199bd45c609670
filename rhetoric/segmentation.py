"""Article → sentences.

A line ends a sentence (in hard-wrapped text only a blank line does); sentencex splits each line; a second pass
splits inside of quotations, which sentencex keeps whole and the codebook does not.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from sentencex import get_sentence_boundaries

from rhetoric.annotation import CharSpan, Sentence, trim

__all__ = ["blocks", "legible", "paragraphs", "split_sentences"]

# Text is taken for hard-wrapped where most of its lines are about as long as the longest and few end a sentence.
MIN_WRAPPED_LINES = 6
MIN_WRAP_WIDTH, MAX_WRAP_WIDTH = 50, 100
MAX_ENDED_LINES = 0.5
MIN_FULL_LINES = 0.6

# sentencex scans a line again for every quotation, so that a line of megabytes would take minutes; pieces of this
# many characters, cut at white space, keep it linear. No sentence of a news article comes near.
MAX_LINE = 20_000

SURROGATE = re.compile("[\ud800-\udfff]")
# sentencex takes white space for one byte behind a single capital, and panics where it is wider (“Plan B\u00a0.”).
WIDE_SPACE = re.compile(r"[^\S\x00-\x7f]")
NEWLINE = re.compile(r"\r\n|\n")
BLANK_LINE = re.compile(r"(?:\r\n|\n)[^\S\n]*(?:\r\n|\n)\s*")
SENTENCE_FINAL = re.compile(r"[.!?…][\"'”’»)\]]*\s*$")
# A full stop, its closing marks and a space, before something that can begin a sentence.
INNER_BOUNDARY = re.compile(r"(?<=[.!?…])(?P<closing>(?:[\"”’»)\]]|'')*)\s+(?=(?:[\"“‘'«(\[]|``)*[A-Z0-9À-ÞА-Я])")
ABBREVIATION = re.compile(
    r"(?:^|[\s(\"“‘«])(?:[A-Z]|(?:[A-Za-z]\.)+[A-Za-z]?|Mr|Mrs|Ms|Dr|Prof|Gen|Col|Lt|Capt|Sgt|Maj|Cmdr|Adm|Gov|Sen|Rep"
    r"|Rev|Hon|St|Mt|Ft|Jr|Sr|Inc|Corp|Co|Ltd|No|Nos|vs|v|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|approx|est"
    r"|Pres|Supt|Det|Messrs|Mme|Mlle|Fr|Sec|Dept|Univ|Ave|Blvd|Rd|al|e\.g|i\.e|cf)\.$"
)
ELLIPSIS = re.compile(r"\.\.\.$|…$")
MARK = re.compile(
    r"(?P<curly>[“«„])|(?P<curly_close>[”»])|(?P<straight>\"|``|'')"
    r"|(?P<single>(?<![\w'])[‘'](?=\w))|(?P<single_close>(?<=[.,!?])[’'](?![\w']))|(?P<bracket>[(\[])|(?P<bracket_close>[)\]])"
)


def legible(text: str) -> str:
    r"""Return `text`, of the same length, with each lone surrogate as U+FFFD: what the model is given.

    >>> legible("a\ud800b")
    'a�b'
    """
    return SURROGATE.sub("\ufffd", text)


def _is_hard_wrapped(text: str) -> bool:
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    if len(lines) < MIN_WRAPPED_LINES:
        return False
    width = sorted(map(len, lines))[int(len(lines) * 0.95)]
    if not MIN_WRAP_WIDTH <= width <= MAX_WRAP_WIDTH:
        return False
    n_full = sum(len(line) >= 0.75 * width for line in lines)
    n_ended = sum(bool(SENTENCE_FINAL.search(line)) for line in lines)
    return n_full >= MIN_FULL_LINES * len(lines) and n_ended <= MAX_ENDED_LINES * len(lines)


def _pieces(text: str, boundary: re.Pattern[str]) -> Iterator[CharSpan]:
    start = 0
    for match in boundary.finditer(text):
        yield CharSpan(start, match.start())
        start = match.end()
    yield CharSpan(start, len(text))


def paragraphs(text: str) -> list[CharSpan]:
    """Return the lines of `text` (in hard-wrapped text: its blocks between blank lines), without white space around."""
    boundary = BLANK_LINE if _is_hard_wrapped(text) else NEWLINE
    trimmed = (trim(piece, text) for piece in _pieces(text, boundary))
    return [piece for piece in trimmed if piece is not None]


def _portions(text: str, line: CharSpan) -> Iterator[CharSpan]:
    start = line.start
    while line.end - start > MAX_LINE:
        cut = text.rfind(" ", start + 1, start + MAX_LINE)
        cut = cut if cut > start else start + MAX_LINE
        yield CharSpan(start, cut)
        start = cut
    yield CharSpan(start, line.end)


def _is_abbreviation(before: str) -> bool:
    return bool(ABBREVIATION.search(before) or ELLIPSIS.search(before))


def _quotation_state(surface: str) -> tuple[list[int], list[bool]]:
    """Return the positions of quotation marks and brackets, and after each whether one stands open.

    Odd straight marks count as open: nothing in real text is balanced.
    """
    n_open = {"curly": 0, "single": 0, "bracket": 0}
    is_straight_open = False
    positions, states = [], []
    for mark in MARK.finditer(surface):
        kind = mark.lastgroup or ""
        if kind == "straight":
            is_straight_open = not is_straight_open
        else:
            pair, step = (kind[:-6], -1) if kind.endswith("_close") else (kind, 1)
            n_open[pair] = max(0, n_open[pair] + step)
        positions.append(mark.end())
        states.append(is_straight_open or any(n_open.values()))
    return positions, states


def _split_enclosed(text: str, sentence: CharSpan) -> Iterator[CharSpan]:
    """Yield the sentences inside of one that sentencex kept whole because a quotation or bracket runs through it."""
    surface = sentence.of(text)
    positions, states = _quotation_state(surface)
    start = 0
    for match in INNER_BOUNDARY.finditer(surface):
        i = bisect_right(positions, match.end("closing")) - 1
        # After `.”` a capital begins a sentence; after `?”` it may be the speaker: “Why?” Smith asked.
        is_closed = bool(match.group("closing")) and surface[match.start() - 1] == "."
        is_enclosed = is_closed or (i >= 0 and states[i])
        if is_enclosed and not _is_abbreviation(surface[max(start, match.start() - 12) : match.start()]):
            yield CharSpan(start, match.end()).shifted(sentence.start)
            start = match.end()
    yield CharSpan(start, len(surface)).shifted(sentence.start)


def _boundaries(surface: str) -> list[CharSpan]:
    """Return the sentences that sentencex finds; all as one where it breaks down, so that no text is lost to it."""
    try:
        found = get_sentence_boundaries("en", WIDE_SPACE.sub(" ", surface))
    except BaseException as error:  # a panic of Rust is no Exception, and its class cannot be imported
        if type(error).__name__ != "PanicException":
            raise
        return [CharSpan(0, len(surface))]
    return [CharSpan(boundary["start_index"], boundary["end_index"]) for boundary in found]


def _split_line(text: str, line: CharSpan) -> Iterator[CharSpan]:
    for portion in _portions(text, line):
        for found in _boundaries(portion.of(text)):
            yield from _split_enclosed(text, found.shifted(portion.start))


def split_sentences(text: str) -> list[Sentence]:
    """Return the sentences of `text`, in order.

    Each begins and ends on a character that is not white space, and every such character is in exactly one.

    >>> [s.of("It rains. “Go. Now,” he said.") for s in split_sentences("It rains. “Go. Now,” he said.")]
    ['It rains.', '“Go.', 'Now,” he said.']
    """
    readable = legible(text)
    found = (trim(s, readable) for line in paragraphs(readable) for s in _split_line(readable, line))
    return [Sentence(s.start, s.end) for s in found if s is not None]


def blocks(sentences: Sequence[Sentence], length: int) -> Iterator[Sequence[Sentence]]:
    """Yield sentences in groups, each ended by the sentence with which it reaches `length` characters.

    >>> [len(block) for block in blocks([Sentence(0, 4), Sentence(5, 9), Sentence(10, 12)], 8)]
    [2, 1]
    """
    first = 0
    for i, sentence in enumerate(sentences, 1):
        if i == len(sentences) or sentence.end - sentences[first].start >= length:
            yield sentences[first:i]
            first = i
