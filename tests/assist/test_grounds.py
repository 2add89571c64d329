"""What a model adds, changes or drops is objected to; honest words pass."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from monitor.assist.grounds import objection
from monitor.match.claims import ClaimReader

DEAL = ("ru", "Казахстан и Китай подписали соглашения на 5 млрд долларов")
MEETING = ("ru", "Токаев встретился с Си Цзиньпином в Астане 24 ноября")
DENIAL = ("ru", "Жапаров: Китай не будет финансировать строительство ТЭЦ")
PLAN = ("ru", "Узбекистан планирует закупить 500 электробусов в Китае")
TRADE = ("zh", "中国与中亚五国贸易额达948亿美元")
GROWTH = ("zh", "哈萨克斯坦前三季度对华出口增长8.5%")
GRAIN = ("en", "Kazakhstan exported 1.2 million tonnes of grain to China, up 30 per cent.")
ROAD = ("en", "The 280-km road to Kashgar will open in 2027.")
TALKS = ("en", "Tokayev met Xi Jinping in Astana")
OPENING = (
    "en",
    "Kazakhstan and China opened the Khorgos dry port, trade reached 5 billion dollars in 2025, "
    "and 12 people were hurt.",
)
ENGLISH_DEAL = ("en", "Kazakhstan and China sign agreements worth $5 billion")


def objected(reader: ClaimReader, source: tuple[str, str], lang: str, words: str) -> str | None:
    """Why ``words`` in ``lang`` may not stand for a source."""
    source_lang, text = source
    return objection(words, reader.read(words, lang), text, reader.read(text, source_lang))


@pytest.mark.parametrize(
    ("source", "lang", "words"),
    [
        (DEAL, "en", "Kazakhstan and China sign agreements worth $5 billion"),
        (MEETING, "en", "Tokayev met Xi Jinping in Astana on 24 November"),
        (DENIAL, "en", "Japarov: China will not finance the construction of the power plant"),
        (PLAN, "en", "Uzbekistan plans to buy 500 electric buses from China"),
        (PLAN, "en", "Uzbekistan to buy 500 electric buses from China"),
        (TRADE, "en", "China's trade with the five Central Asian countries reaches $94.8 billion"),
        (TALKS, "zh", "托卡耶夫在阿斯塔纳会见习近平"),
        (TALKS, "ru", "Токаев встретился с Си Цзиньпином в Астане"),
        (ENGLISH_DEAL, "ru", "Казахстан и Китай подписали соглашения на 5 млрд долларов"),
        (("zh", "中吉乌铁路首条隧道贯通"), "en",
         "First tunnel on the China–Kyrgyzstan–Uzbekistan railway broken through"),
        (("zh", "王毅将访问塔吉克斯坦"), "en", "Wang Yi to visit Tajikistan"),
        (("kk", "Қазақстан мен Қытай 15 келісімге қол қойды"), "en",
         "Kazakhstan and China sign 15 agreements"),
        (("uz", "Qozog'iston Xitoyga gaz eksportini 2030-yilgacha oshirmoqchi"), "en",
         "Kazakhstan wants to increase gas exports to China by 2030"),
        (("tg", "Тоҷикистону Чин созишнома дар бораи рафтуомади бидуни раводид имзо карданд"),
         "en", "Tajikistan and China sign a visa-free travel agreement"),
        (("ru", "Министр энергетики Саткалиев обсудил с CNPC поставки газа"), "en",
         "Energy Minister Satkaliyev discusses gas supplies with CNPC"),
        (("ru", "Аким Алматинской области Иванченко встретился с инвесторами из Китая"), "en",
         "Almaty region governor Ivanchenko meets investors from China"),
        (GRAIN, "en", "Kazakhstan exported 1.2 million tonnes of grain to China, up 30 per cent."),
    ],
)  # fmt: skip
def test_honest_words_pass(
    reader: ClaimReader, source: tuple[str, str], lang: str, words: str
) -> None:
    """The same names, numbers, acts and moods, in another language or in the same one."""
    assert objected(reader, source, lang, words) is None


@pytest.mark.parametrize(
    ("source", "lang", "words", "why"),
    [
        # Invented figures, and changed ones.
        (DEAL, "en", "Kazakhstan and China sign agreements worth $50 billion", "50,000,000,000"),
        (DEAL, "en", "Kazakhstan and China sign 12 agreements worth $5 billion", "no 12"),
        (DEAL, "en", "Kazakhstan and China sign agreements worth $5 billion by 2031", "2031"),
        (GRAIN, "en", "Kazakhstan exported 1.3 million tonnes of grain to China.", "1,300,000 t"),
        (MEETING, "en", "Tokayev met Xi Jinping in Astana on 25 November", "25"),
        # Changed magnitudes.
        (DEAL, "en", "Kazakhstan and China sign agreements worth $5 million", "5,000,000 USD"),
        (TRADE, "en", "China's trade with Central Asia reaches $948 billion", "948,000,000,000"),
        (ENGLISH_DEAL, "zh", "哈萨克斯坦和中国签署500亿美元协议", "50,000,000,000"),
        # Changed units.
        (DEAL, "en", "Kazakhstan and China sign agreements worth 5 billion yuan", "CNY"),
        (ROAD, "en", "The 280-mile road to Kashgar will open in 2027.", "280"),
        (GRAIN, "en", "Kazakhstan exported 1.2 million kilograms of grain to China.", "kg"),
        (GRAIN, "en", "Kazakhstan's grain exports to China rose 30 percentage points.",
         "percentage point"),
        # Invented names, known to the beat and not.
        (DEAL, "en", "Kazakhstan, Russia and China sign agreements worth $5 billion", "RU"),
        (DEAL, "en", "Petrov: Kazakhstan and China sign agreements worth $5 billion", "petrov"),
        (DEAL, "en", "Kazakhstan and China sign $5 billion deals, Petrov says", "petrov"),
        (MEETING, "en", "Tokayev met Mirziyoyev in Astana on 24 November", "mirziyoyev"),
        (MEETING, "en", "Tokayev met Xi Jinping in Almaty on 24 November", "almaty"),
        (TALKS, "zh", "托卡耶夫在阿斯塔纳会见习近平和外长王毅", "wang-yi"),
        (TALKS, "zh", "托卡耶夫在阿斯塔纳会见习近平和伊万诺夫", "伊万诺夫"),
        (TALKS, "zh", "托卡耶夫在阿斯塔纳会见习近平和部长周建国", "周建国"),
        # Dropped and invented denials, plans told as done.
        (DENIAL, "en", "Japarov: China will finance the construction of the power plant", "denial"),
        (("en", "The deal was not signed in Astana."), "en", "The deal was signed in Astana.",
         "denial"),
        (("uz", "Xitoy bilan bitim imzolanmadi"), "en", "Deal with China signed", "denial"),
        (("zh", "中国未向塔吉克斯坦发放贷款"), "en", "China gives Tajikistan loan", "denial"),
        (DEAL, "en", "Kazakhstan and China did not sign agreements worth $5 billion", "denies"),
        (PLAN, "en", "Uzbekistan bought 500 electric buses from China", "planned"),
        # The contrary, another act, another thing.
        (GROWTH, "en", "Exports of Kazakhstan to China fell 8.5%", "fall"),
        (DEAL, "en", "Kazakhstan and China cancel agreements worth $5 billion", "cancel"),
        (GRAIN, "en", "Kazakhstan exported 1.2 million tonnes of coal to China.", "coal"),
        # Nothing of the source, another language, too much, markup.
        (MEETING, "en", "A nice day for everybody", "leaves out"),
        (GRAIN, "en", "This was an utterly wonderful outcome which all of them liked.", "few of"),
        (MEETING, "en", MEETING[1], "another language"),
        (MEETING, "en", "Tokayev met Xi Jinping in Astana. " * 9, "longer"),
        (MEETING, "en", "Tokayev met Xi Jinping in Astana https://evil.example", "address"),
        (MEETING, "en", "<b>Tokayev met Xi Jinping in Astana</b>", "markup"),
        (MEETING, "en", "Tokayev met Xi Jinping in Astana, see evil.com", "address"),
        (MEETING, "en", "", "empty"),
    ],
)  # fmt: skip
def test_what_its_source_does_not_say(
    reader: ClaimReader, source: tuple[str, str], lang: str, words: str, why: str
) -> None:
    """Each is objected to, with the reason."""
    assert why in (objected(reader, source, lang, words) or "")


@pytest.mark.parametrize(
    ("was", "becomes", "why"),
    [
        ("12 people", "hundreds of people", "no hundreds"),
        ("12 people", "dozens of people", "no dozens"),
        ("12 people", "⑫⑨ people", "no ⑫"),
        ("12 people", "𝟏𝟐 people", "no 𝟏"),
        ("12 people were", "½ of the people were", "no ½"),
        ("hurt", "killed", "no deaths"),
        ("hurt", "left dead", "no deaths"),
        ("trade reached", "trade doubled to", "no double"),
        ("trade reached", "trade tripled to", "no triple"),
        ("5 billion dollars", "half of it", "no half"),
        ("Khorgos", "aktau", "not name aktau"),
        ("Kazakhstan", "kyrgyzstan", "not name KG"),
    ],
)
def test_one_word_in_the_place_of_another(
    reader: ClaimReader, was: str, becomes: str, why: str
) -> None:
    """Vague numerals, signs for numbers, multiples, deaths, and names in small letters."""
    words = OPENING[1].replace(was, becomes)

    assert objected(reader, OPENING, "en", OPENING[1]) is None
    assert why in (objected(reader, OPENING, "en", words) or "")


@pytest.mark.parametrize(
    ("source", "lang", "words"),
    [
        (("ru", "Сотни человек погибли в Казахстане и Китае"), "en",
         "Hundreds die in Kazakhstan and China"),
        (("zh", "哈萨克斯坦数百人遇难"), "en", "Hundreds killed in Kazakhstan"),
        (("kk", "Қазақстанда мыңдаған адам Қытайға барды"), "en",
         "Thousands from Kazakhstan visit China"),
        (("ru", "Товарооборот Казахстана и Китая вырос вдвое"), "en",
         "Trade turnover of Kazakhstan and China doubled"),
        (("en", "Kazakhstan's exports of grain to China doubled"), "ru",
         "Экспорт зерна Казахстана в Китай удвоился"),
        (("ru", "Экспорт Казахстана вырос на 50%"), "en", "Kazakhstan's exports rose by half"),
        (("ru", "Казахстан и Китай освоят 30 кв. км земли"), "en",
         "Kazakhstan and China will develop 30 km² of land"),
    ],
)  # fmt: skip
def test_vague_numbers_have_their_words_in_every_language(
    reader: ClaimReader, source: tuple[str, str], lang: str, words: str
) -> None:
    """Hundreds are сотни, 数百 and жүздеген; twice as much is doubled, and 50% half."""
    assert objected(reader, source, lang, words) is None


@pytest.mark.parametrize("text", ["", "\ud800", "1" * 5_000, "«", "A" * 3_000, "。" * 50])
def test_any_text_can_be_read(reader: ClaimReader, text: str) -> None:
    """Rubbish has claims too, and none of it passes for something else."""
    for lang in ("en", "ru", "zh", "und"):
        reader.read(text, lang)
    assert objected(reader, MEETING, "en", text) is not None


# --- sentences of the press ----------------------------------------------------------------------

_PRESS = Path(__file__).parents[1] / "data" / "figures_press.jsonl"
_STRANGER = {"en": " Olaf Brandt", "ru": " Олаф Брандт", "zh": "伊万诺夫"}


def sentences() -> list[tuple[str, str]]:
    """Sentences with numbers in the languages of frames."""
    rows = map(json.loads, _PRESS.read_text(encoding="utf-8").splitlines())
    return [(row["lang"], row["text"]) for row in rows if row["lang"] in _STRANGER]


def test_every_sentence_has_its_grounds_in_itself(reader: ClaimReader) -> None:
    """A model that repeats what it is given is never objected to."""
    assert [each for each in sentences() if objected(reader, each, each[0], each[1])] == []


def test_no_changed_number_and_no_stranger_passes(reader: ClaimReader) -> None:
    """One digit more in each sentence, or somebody put into it."""
    passed = []
    for lang, text in sentences():
        digit = re.search(r"[0-9]", text)
        middle = max(text.find(" ", len(text) // 2), 1) if lang != "zh" else len(text) // 2
        changed = [f"{text[:middle]}{_STRANGER[lang]}{text[middle:]}"]
        if digit:
            changed.append(f"{text[: digit.start()]}7{text[digit.start() :]}")
        passed += [each for each in changed if not objected(reader, (lang, text), lang, each)]

    assert passed == []
