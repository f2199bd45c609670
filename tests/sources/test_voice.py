import pytest

from rhetoric.annotation import Attribution, CharSpan, Span
from rhetoric.sources import assign_voice, stance_of
from rhetoric.sources.source_types import SOURCE_TYPES, cue_type
from rhetoric.sources.stance import reporting_verbs

TEXT = 'The vile plan failed. Lin called it "a wicked trick" and a shameful one. The "heroes" went home.'


def at(words, text=TEXT):
    return CharSpan(text.index(words), text.index(words) + len(words))


@pytest.mark.parametrize(
    ("words", "voice", "attribution"),
    [
        ("vile", "author", None),
        ("wicked trick", "direct", "q1"),
        ("shameful", "indirect", "q1"),
        ("heroes", "scare_quote", None),
    ],
)
def test_voice(words, voice, attribution):
    content = at('it "a wicked trick" and a shameful one')
    quoted = Attribution("q1", at("Lin"), at("called"), (content,))
    span = at(words)
    [found] = assign_voice(TEXT, [Span(span.start, span.end, "loaded_language")], [quoted])
    assert (found.voice, found.attribution) == (voice, attribution)


def test_voice_takes_the_innermost_attribution():
    outer = Attribution("q1", None, None, (at('Lin called it "a wicked trick" and a shameful one'),))
    inner = Attribution("q2", at("Lin"), at("called"), (at('it "a wicked trick"'),), via="q1")
    span = at("wicked trick")
    [found] = assign_voice(TEXT, [Span(span.start, span.end, "loaded_language")], [outer, inner])
    assert found.attribution == "q2"


@pytest.mark.parametrize(
    ("cue", "stance"),
    [
        ("said", "neutral"),
        ("later admitted", "conceding"),
        ("has claimed", "distancing"),
        ("pointed out", "endorsing"),
        ("was quoted as saying", "neutral"),
        ("did not confirm", "neutral"),
        ("reportedly", "distancing"),
        ("acknowledging", "conceding"),
        ("", "neutral"),
        ("🙂\ud800", "neutral"),
    ],
)
def test_stance(cue, stance):
    assert stance_of(cue) == stance


def test_verbs_are_many_and_every_stance_is_there():
    verbs = reporting_verbs()
    assert len(verbs) > 400
    assert set(verbs.values()) == {"neutral", "endorsing", "distancing", "conceding"}


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("Foreign Minister Lin Baruti", "government_official"),
        ("a spokesman for the defence ministry", "government_official"),
        ("the interior ministry", "government_body"),
        ("Moscow", "government_body"),
        ("the Kremlin", "government_body"),
        ("analysts", "expert"),
        ("an economist at Ruritania University", "expert"),
        ("the indictment", "document"),
        ("a poll of 900 voters", "document"),
        ("residents", "public"),
        ("two witnesses", "public"),
        ("people familiar with the talks", "unnamed_source"),
        ("sources", "unnamed_source"),
        ("reportedly", "unnamed_source"),
        ("Numerous reports", "unnamed_source"),
        ("two reports by the auditors", "document"),
        ("the company", "organisation"),
        ("the United Nations", "organisation"),
        ("Hamas", "organisation"),
        ("Lin Baruti", "named_person"),
        ("former president Lin Baruti", "named_person"),
        ("a Twitter user", "social_media"),
        ("local media", "news_media"),
        ("he", None),
        ("", None),
    ],
)
def test_cue_type(source, kind):
    assert cue_type(source) == kind
    assert kind is None or kind in SOURCE_TYPES
