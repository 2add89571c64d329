"""Stories in the words of the page: headline, lead, who carries them, what is new, why. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from monitor.model import Change, JudgedArticle, Quotation, Story, StoryFigure
from monitor.publish.frame import Frame
from monitor.publish.machine import machine_headline, machine_lead
from monitor.publish.reasons import reason
from monitor.publish.typography import NO_BREAK_SPACE, clean, direction

HEADLINE_LENGTH = 240
NAME_LENGTH = 80
_LEAD_LENGTH = 400
_LONGEST_LINK = 2000
# Outlets that are printed with their own headline; the others are only named.
_OUTLETS_IN_FULL = 6
_OUTLETS_NAMED = 20
_FIGURES_NAMED = 4
_NAMES_GLOSSED = 6
_FEWEST_VOICES = 3
_SOLE_NAMED = 3
_QUOTATION_LENGTH = 220
# A name that is quoted in part has one of its marks only.
_QUOTES = re.compile('[«»„“”"]')
_PIECE_UNBROKEN = 16
_GLOSS_UNBROKEN = 36  # a line of a telephone has about fifty characters of this size


@dataclass(frozen=True, slots=True)
class Headline:
    """An article's title as printed: its link, language and direction of writing."""

    words: str
    url: str | None
    lang: str
    dir: str


@dataclass(frozen=True, slots=True)
class OutletLine:
    """Who carries a story; ``headline`` is None where it would repeat the story's."""

    outlet: str
    tags: str
    url: str | None
    headline: Headline | None


@dataclass(frozen=True, slots=True)
class QuotationLines:
    """What somebody says, its article, language and direction, and who says it where."""

    words: Headline
    told: str


@dataclass(frozen=True, slots=True)
class StoryLines:
    """A story as printed; ``evidence`` is the reason without its sum, ``more`` names the rest.

    ``new`` says how an update differs from what was told; ``figures`` and ``names`` are lists.
    """

    headline: Headline
    lead: str
    byline: OutletLine
    others: tuple[OutletLine, ...]
    more: str
    evidence: str
    score: str
    new: str = ""
    figures: str = ""
    names: str = ""
    camps: str = ""
    sole: str = ""
    lead_lang: str = "und"
    quotation: QuotationLines | None = None

    @property
    def lead_dir(self) -> str:
        """Which way the lead is written."""
        return direction(self.lead)


def story_lines(story: Story, frame: Frame) -> StoryLines:
    """A story of an edition."""
    first, *rest = _voices(story)
    headline = _headline(story, first[0], frame)
    spoken, its_lang = _lead(story, frame)
    others = [_outlet_line(*voice, headline.words, frame) for voice in rest]
    return StoryLines(
        headline=headline,
        lead=spoken,
        lead_lang=its_lang,
        byline=_outlet_line(*first, headline.words, frame),
        others=tuple(others[:_OUTLETS_IN_FULL]),
        more=_more([line.outlet for line in others[_OUTLETS_IN_FULL:]], frame),
        evidence=_evidence(first[0], frame),
        score=frame.number(first[0].judgement.score),
        new=_new(story.change, frame) if story.change else "",
        figures=_quoted(story.figures, frame),
        names=_names(story, frame),
        camps=_camps(story, frame),
        sole=_sole(story, frame),
        quotation=_quotation(story.quotations),
    )


def _headline(story: Story, member: JudgedArticle, frame: Frame) -> Headline:
    """The article's title, or what a model wrote in its place."""
    own = headline_of(member, frame)
    words = machine_headline(story, frame)
    return replace(own, words=words, lang=frame.lang, dir=direction(words)) if words else own


def _lead(story: Story, frame: Frame) -> tuple[str, str]:
    """The sentences that speak for a story, or what a model wrote instead, and their language."""
    words = machine_lead(story, frame)
    if words or story.words is None:
        return words, frame.lang
    return clean(story.words.text, _LEAD_LENGTH), _tag(story.words.lang)


def _quotation(said: Sequence[Quotation]) -> QuotationLines | None:
    """The first quotation that is short enough for a digest."""
    short = (each for each in said if len(each.words) <= _QUOTATION_LENGTH)
    quoted = next(short, None)
    if quoted is None:
        return None
    words = clean(quoted.words)
    url, lang = reachable(quoted.url, ("http", "https")), _tag(quoted.lang)
    speaker = " = ".join(
        clean(name, NAME_LENGTH) for name in (quoted.speaker, quoted.known) if name
    )
    told = f"{_unbroken(speaker)} · {clean(quoted.outlet, NAME_LENGTH)} · {lang}"
    return QuotationLines(Headline(words, url, lang, direction(words)), told)


def _unbroken(gloss: str) -> str:
    """A name and what it is called here: together on a line where that is not too long.

    No line begins with the sign that they are equal.
    """
    if len(gloss) <= _GLOSS_UNBROKEN:
        return gloss.replace(" ", NO_BREAK_SPACE)
    return gloss.replace(" = ", f"{NO_BREAK_SPACE}= ")


def near_miss(member: JudgedArticle, frame: Frame) -> StoryLines:
    """An article just below the threshold, for a line of its own."""
    headline = headline_of(member, frame)
    byline = _outlet_line(member, 0, headline.words, frame)
    return StoryLines(headline, "", byline, (), "", "", frame.number(member.judgement.score))


def headline_of(member: JudgedArticle, frame: Frame) -> Headline:
    """The article's title as printed."""
    words = title_of(member, HEADLINE_LENGTH, frame)
    url = reachable(member.article.url, ("http", "https"))
    return Headline(words, url, _lang(member), direction(words))


def title_of(member: JudgedArticle, limit: int, frame: Frame) -> str:
    """The title in at most ``limit`` characters, or that there is none."""
    return clean(member.article.wording.title, limit) or frame.say("no_title")


def reachable(url: str, schemes: Sequence[str]) -> str | None:
    """The address when it may stand behind a link, otherwise None."""
    address = clean(url).replace(" ", "%20")
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    well_formed = parts.scheme in schemes and bool(parts.netloc or parts.scheme == "mailto")
    return address if well_formed and len(address) <= _LONGEST_LINK else None


def _voices(story: Story) -> list[tuple[JudgedArticle, int]]:
    """The best article of each independent voice, in order, and how many outlets copy it.

    Where nobody looked for copies, each outlet speaks for itself.
    """
    if not story.voices:
        return [(member, 0) for member in _one_per_outlet(story.articles)]
    voice_of = {
        member.article.id: place
        for place, voice in enumerate(story.voices)
        for member in voice.articles
    }
    told: dict[int, list[JudgedArticle]] = {}
    for member in story.articles:
        told.setdefault(voice_of[member.article.id], []).append(member)
    return [(members[0], len(_one_per_outlet(members)) - 1) for members in told.values()]


def _one_per_outlet(members: Iterable[JudgedArticle]) -> list[JudgedArticle]:
    """The first article of each outlet, in order."""
    firsts: dict[str, JudgedArticle] = {}
    for member in members:
        firsts.setdefault(member.article.outlet, member)
    return list(firsts.values())


def _outlet_line(member: JudgedArticle, copies: int, repeated: str, frame: Frame) -> OutletLine:
    headline = headline_of(member, frame)
    return OutletLine(
        outlet=clean(member.article.outlet, NAME_LENGTH),
        tags=" · ".join(_tags(member, copies, frame)),
        url=headline.url,
        headline=None if headline.words.casefold() == repeated.casefold() else headline,
    )


def _tags(member: JudgedArticle, copies: int, frame: Frame) -> list[str]:
    """Language, camp, through whom the article came, and how many copied it."""
    article = member.article
    via = frame.say("via", outlet=article.via) if article.via else ""
    tags = (_lang(member), frame.camp(article.camp or ""), via)
    said = [clean(tag, 30) for tag in tags if tag and tag != "und"]
    return [*said, frame.count("copy", copies)] if copies else said


def _lang(member: JudgedArticle) -> str:
    return _tag(member.article.wording.lang)


def _tag(lang: str) -> str:
    """The language as a tag that HTML takes."""
    return lang if lang.isascii() and lang.replace("-", "").isalnum() else "und"


def _more(outlets: Sequence[str], frame: Frame) -> str:
    if not outlets:
        return ""
    named = frame.listed(outlets[:_OUTLETS_NAMED])
    unnamed = len(outlets) - _OUTLETS_NAMED
    if unnamed > 0:
        return frame.say("also_more", outlets=named, n=frame.number(unnamed))
    return frame.say("also", outlets=named)


def _evidence(member: JudgedArticle, frame: Frame) -> str:
    """The reason without its sum; no line begins with a dot or with points.

    What is short is not parted either: ``4 more +23``.
    """
    said, _, _ = reason(member.judgement, lang=frame.lang).rpartition(" = ")
    pieces = (
        piece.replace(" ", NO_BREAK_SPACE) if len(piece) <= _PIECE_UNBROKEN else piece
        for piece in said.split(" · ")
    )
    return re.sub(r" (?=· |[+−]\d)", NO_BREAK_SPACE, " · ".join(pieces))


def _quoted(figures: Sequence[StoryFigure], frame: Frame) -> str:
    return " · ".join(clean(frame.figure(each.figure), 60) for each in figures[:_FIGURES_NAMED])


def _names(story: Story, frame: Frame) -> str:
    """Recognised names in another language: as written, and as known here."""
    glossed = story.words.glosses if story.words else ()
    glosses = (
        f"{clean(_QUOTES.sub('', form), NAME_LENGTH)} = {clean(known, NAME_LENGTH)}"
        for form, known in dict.fromkeys((*story.names, *glossed)[:_NAMES_GLOSSED])
    )
    return " · ".join(map(_unbroken, glosses))


def _camps(story: Story, frame: Frame) -> str:
    """Which camps carry a story, with the number of independent voices, and which are silent.

    Where two voices tell it, that one of them is silent tells nothing; of an update the rest was
    told before.
    """
    found = story.coverage
    if found is None or story.change or found.independent < _FEWEST_VOICES:
        return ""
    told = [(each.camp.id, len(each.voices)) for each in found.camps if each.voices]
    carried = frame.listed(
        _camp(camp, frame) if number == 1 else f"{_camp(camp, frame)} {frame.number(number)}"
        for camp, number in sorted(told, key=lambda pair: -pair[1])
    )
    silent = frame.listed(_camp(camp.id, frame) for camp in found.silent)
    return f"{carried} · {frame.say('silent_camps', camps=silent)}" if silent else carried


def _camp(camp: str, frame: Frame) -> str:
    return clean(frame.camp(camp) if camp else frame.say("no_camp"), NAME_LENGTH)


def _sole(story: Story, frame: Frame) -> str:
    """What only one of the camps says: its figures and who acts in it."""
    found = story.coverage
    if found is None or story.change or found.independent < _FEWEST_VOICES:
        return ""
    said: dict[str, list[str]] = {}
    for sole in sorted(found.sole, key=lambda sole: sole.figure is None):
        words = frame.figure(sole.figure) if sole.figure else sole.what
        said.setdefault(_camp(sole.camp, frame), []).append(clean(words, NAME_LENGTH))
    return " · ".join(
        frame.say("only_camp", camp=camp, words=frame.listed(dict.fromkeys(words[:_SOLE_NAMED])))
        for camp, words in said.items()
    )


def _new(change: Change, frame: Frame) -> str:
    """What an update brings, the most telling first."""
    camps = [frame.camp(camp) for camp in change.camps]
    said = (
        ("confirmed", "outlets", list(change.confirmed)),
        ("new_figure", "figures", [frame.figure(each.figure) for each in change.figures]),
        ("new_actor", "actors", list(change.actors)),
        ("new_camp", "camps", camps),
    )
    named = (
        frame.say(key, **{place: frame.listed(clean(word, NAME_LENGTH) for word in words[:4])})
        for key, place, words in said
        if words
    )
    return " · ".join(named)
