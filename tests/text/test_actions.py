"""What a sentence says was done, and what it only plans, denies or supposes."""

from __future__ import annotations

import pytest

from monitor.text.actions import acts_in, kinds, speaks_of_part
from monitor.text.tables import table

LANGUAGES = ("en", "ru", "zh", "kk", "uz", "ky", "tg", "tk")
DONE = [
    ("en", "The mayors signed a treaty in Oslo.", "signed"),
    ("en", "Ground broken for the new harbour", "started"),
    ("ru", "В Риге подписана декларация о портах.", "signed"),
    ("ru", "Подписанное министрами соглашение хранится в архиве.", "signed"),
    ("ru", "Выставка открылась в субботу.", "opened"),
    ("zh", "双方在赫尔辛基签署协议。", "signed"),
    ("zh", "大桥已经建成,桥上可以通车。", "built"),
    ("kk", "Тараптар келісімге қол қойды.", "signed"),
    ("kk", "Жаңа көпір пайдалануға берілді.", "commissioned"),
    ("uz", "Yangi ko‘prik ochildi.", "opened"),
    ("uz", "Янги кўприк очилди.", "opened"),
    ("ky", "Жаңы көпүрө ачылды.", "opened"),
    ("tg", "Созишнома дар Хелсинки имзо шуд.", "signed"),
    ("tk", "Täze köpri açyldy.", "opened"),
]
NOT_DONE = [
    ("en", "The mayors will sign a treaty in Oslo."),
    ("en", "The bridge is expected to be opened in May."),
    ("en", "The bridge has not been opened."),
    ("en", "If the bridge is completed, ferries stop."),
    ("en", "Negotiators began talks on a bridge."),
    ("en", "The city invited bids and opened a tender."),
    ("ru", "Министры планируют подписать декларацию."),
    ("ru", "Мост будет открыт в мае."),
    ("ru", "Мост не открыт до сих пор."),
    ("ru", "Подписание намечено на май."),
    ("ru", "Стороны начали переговоры о мосте."),
    ("zh", "大桥将于明年建成。"),
    ("zh", "大桥建成后将缩短路程。"),
    ("zh", "大桥尚未开工。"),
    ("zh", "项目竣工前需要验收材料。"),
    ("kk", "Көпір келесі жылы ашылады."),
    ("kk", "Көпір әлі ашылған жоқ."),
    ("uz", "Ko‘prik ochilishi kutilmoqda."),
    ("uz", "Ko‘prik ochilgan emas."),
    ("ky", "Көпүрө ачыла элек."),
    ("ky", "Көпүрө ачылган эмес."),
    ("tg", "Созишнома имзо нашуд."),
    ("tg", "Созишнома имзо хоҳад шуд."),
    ("tk", "Köpri açylmady."),
    ("tk", "Köpri açylar diýlip garaşylýar."),
]


@pytest.mark.parametrize(("lang", "sentence", "kind"), DONE)
def test_what_happened_is_told(lang: str, sentence: str, kind: str) -> None:
    """The past and its participles are found in every language."""
    assert kind in {act.kind for act in acts_in(sentence, lang)}


@pytest.mark.parametrize(("lang", "sentence"), NOT_DONE)
def test_what_did_not_happen_is_not_told(lang: str, sentence: str) -> None:
    """Plans, denials, conditions, and talks about it are no acts."""
    assert acts_in(sentence, lang) == ()


def test_a_plan_in_another_clause_takes_nothing_back() -> None:
    """What will come later does not undo what was done."""
    sentence = "The bridge was opened, and a tunnel will be built."

    acts = acts_in(sentence, "en")

    assert "built" not in {act.kind for act in acts}
    assert {sentence[act.start : act.end] for act in acts} == {"The bridge was opened"}


def test_every_kind_has_words_in_every_language() -> None:
    """No language lacks a kind of act, nor plans, denials and parts."""
    rows = table("actions")
    groups = {**rows["acts"], "plans": rows["plans"], "not": rows["negations"], "of": rows["parts"]}

    missing = [(kind, lang) for kind, row in groups.items() for lang in LANGUAGES if not row[lang]]

    assert missing == []
    assert set(rows["void"]["kinds"]) <= kinds()


def test_a_part_is_told_from_the_whole() -> None:
    """Sections, stages and tunnels are parts; guests and participants are none."""
    assert speaks_of_part("The first section of the road was opened.", "en")
    assert speaks_of_part("Построен участок дороги.", "ru")
    assert speaks_of_part("一期工程竣工。", "zh")
    assert not speaks_of_part("Дорога открыта с участием министров.", "ru")


@pytest.mark.parametrize("text", ["", ",", "。", "!!!", "1,5", "ﷺ", "\u200b"])
def test_odd_texts_tell_nothing(text: str) -> None:
    """Nothing is read into marks, numbers and unknown scripts, in whichever language."""
    assert [acts_in(text, lang) for lang in (*LANGUAGES, "und")] == [()] * 9
