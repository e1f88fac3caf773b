"""What programs write is read back: whatever the delimiter, quotes, decimal sign, order of columns and encoding."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalogue.tasks import TASKS
from engine.data import CsvData, CsvError, CsvReader, guess_reading, points_to_text, read_text
from engine.data.tables import ENCODINGS, Text
from engine.data.tables.detect import DELIMITERS
from engine.data.tables.source import ZEROS
from engine.experiment import Points
from tests.engine.data.strategies import NUMBERS, arrays_of, bits

LETTERS = st.text("abcdefgzäöß ,;|'\"#", min_size=1, max_size=6).map(
    lambda text: "w" + " ".join(text.split()) + "w"
)
"""Words that no number begins with."""
PLACES = st.integers(-(10**8), 10**8).map(lambda number: (2 * number + 1) / 16)
"""Numbers that always have decimals, for only these show the decimal sign."""


def read(source: Text, task: str) -> CsvData:
    """The points of a text of which every row can be read."""
    reader = CsvReader(source, guess_reading(source, task), stop=False)
    reader.finish()
    assert list(map(str, reader.problems)) == []
    return reader.result()


@dataclass
class Table:
    xy: list[tuple[float, float]]
    labels: list[str]


@st.composite
def tables(draw: st.DrawFn, words: st.SearchStrategy[str] = LETTERS) -> Table:
    labels = draw(st.lists(words, min_size=1, max_size=4, unique=True))
    rows = draw(st.lists(st.tuples(PLACES, PLACES, st.sampled_from(labels)), min_size=3, max_size=20))
    return Table([row[:2] for row in rows], [row[2] for row in rows])


def check(data: CsvData, table: Table) -> None:
    assert data.xy.tolist() == [list(row) for row in table.xy]
    assert [data.class_names[int(k)] for k in data.target] == table.labels


def decimal(value: float, sign: str) -> str:
    return f"{value:.7f}".replace(".", sign)


@given(
    table=tables(),
    delimiter=st.sampled_from(list(DELIMITERS)),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    quote=st.sampled_from(['"', "'"]),
    sign=st.sampled_from(".,"),
    header=st.booleans(),
    order=st.permutations(range(3)),
)
def test_what_pythons_csv_writes(
    table: Table, delimiter: str, quoting: int, quote: str, sign: str, header: bool, order: list[int]
) -> None:
    text = io.StringIO()
    # A quote sign that is not around every text cannot be told from an apostrophe.
    quoting = csv.QUOTE_ALL if quote == "'" else quoting
    writer = csv.writer(text, delimiter=delimiter, quotechar=quote, quoting=quoting)
    rows = [
        (decimal(x1, sign), decimal(x2, sign), label)
        for (x1, x2), label in zip(table.xy, table.labels, strict=True)
    ]
    names = [("x1", "x2", "class")] if header else []
    # Without names, the numbers are in their order wherever the labels stand.
    order = order if header else [2, 0, 1] if order[0] == 2 else [0, 1, 2]
    writer.writerows([[row[place] for place in order] for row in [*names, *rows]])
    check(read(Text.of(text.getvalue()), "classification"), table)


@given(
    points=arrays_of("surface").filter(lambda points: len(points) > 1),
    delimiter=st.sampled_from([" ", ",", ";", "\t"]),
    form=st.sampled_from(["%.18e", "%.17g", "%r"]),
    header=st.sampled_from(["", "x1{0}x2{0}value", "a{0}b{0}c", "x1{0}x2{0}value\nmade by hand"]),
)
def test_what_numpy_savetxt_writes(points: Points, delimiter: str, form: str, header: str) -> None:
    text, table = io.StringIO(), np.column_stack((points.xy, points.target))
    if form == "%r":
        text.write("".join(delimiter.join(map(repr, row)) + "\n" for row in table.tolist()))
    else:
        np.savetxt(text, table, fmt=form, delimiter=delimiter, header=header.format(delimiter), footer="")
    data = read(Text.of(text.getvalue()), "surface")
    assert bits(Points(data.xy, data.target)) == bits(Points(points.xy, points.target))


@given(
    table=tables(),
    delimiter=st.sampled_from([" ", "\t", ";", ","]),
    quote=st.booleans(),
    row_names=st.booleans(),
    sign=st.sampled_from(".,"),
)
def test_what_rs_write_table_writes(
    table: Table, delimiter: str, quote: bool, row_names: bool, sign: str
) -> None:
    def quoted(text: str) -> str:
        return '"' + text.replace('"', '\\"') + '"' if quote else text

    if not quote:
        table.labels = ["".join(c for c in label if c.isalpha()) for label in table.labels]
    if delimiter == sign:
        sign = "."
    lines = [delimiter.join(map(quoted, ("width", "height", "kind")))]
    for number, ((x1, x2), label) in enumerate(zip(table.xy, table.labels, strict=True), 1):
        row = [decimal(x1, sign), decimal(x2, sign), quoted(label)]
        lines.append(delimiter.join([quoted(str(number)), *row] if row_names else row))
    check(read(Text.of("\n".join(lines) + "\n"), "classification"), table)


@given(
    arrays_of("classification"), st.sampled_from([(), tuple("zyxwvutsrq"), ("01", "1", "1e0", *"abcdefg")])
)
def test_exported_data_comes_back(points: Points, names: tuple[str, ...]) -> None:
    if len(points):
        data = read(Text.of(points_to_text(points, "classification", names)), "classification")
        found = [data.class_names[int(k)] for k in data.target]
        assert found == [names[int(k)] if names else str(int(k) + 1) for k in points.target]
        assert bits(Points(data.xy, points.target, data.split)) == bits(points)


@pytest.mark.parametrize(
    "encoding", [name for name in ENCODINGS if name not in ("cp874", "cp1255", "cp1256")]
)
def test_any_encoding_can_be_chosen(encoding: str) -> None:
    words = {
        "cp1251": "собака", "koi8_r": "собака", "cp1253": "σκύλος", "cp932": "犬ネコ", "euc_jp": "犬ネコ",
        "gb18030": "红色", "big5": "紅色", "cp949": "고양이", "cp1254": "yeşil", "cp1257": "žalias", "cp1258": "đỏ",
        "cp1250": "žlutá", "iso8859_2": "žlutá",
    }  # fmt: skip
    word = words.get(encoding, "grün")
    content = f"x1,x2,class\n1,2,{word}\n3,4,b\n".encode(encoding, "ignore")
    text = Text.of(content).encoded(encoding)
    assert word.encode(encoding, "ignore").decode(encoding) in read(text, "classification").class_names


@pytest.mark.parametrize(
    ("encoding", "sentence"),
    [
        ("cp1251", "класс,красный,зелёный,синий,собака,кошка,лошадь,птица"),
        ("cp1253", "κατηγορία,κόκκινο,πράσινο,μπλε,σκύλος,γάτα,άλογο,πουλί"),
        ("gb18030", "类别,红色,绿色,蓝色,狗在花园里,猫在屋子里"),
        ("cp932", "種類,あかい,みどり,あおい,いぬがいます,ねこがいます"),
        ("gb18030", "類別,紅色,藍色,綠色"),
        ("cp932", "種類,表示,ソース,能力,十字,申請,予定"),
        ("big5", "種類,功能,成功,許多,測試,綠色,紅色"),
        ("cp949", "종류,빨간색,초록색,파란색,강아지가 있습니다,고양이가 있습니다"),
        ("cp1252", "Größe,café,señor,naïve,Æble,år"),
        ("utf-8", "класс,κόκκινο,红色"),
        ("utf-16-le", "x1,x2,ä,ö"),
        ("utf-16-be", "x1,x2,ä,ö"),
    ],
)
def test_encodings_are_found_by_their_letters(encoding: str, sentence: str) -> None:
    table = "".join(f"{k},{-k},{word}\n" for k, word in enumerate(sentence.split(",")))
    assert Text.of(table.encode(encoding)).encoding == encoding


@given(st.lists(st.sampled_from([*b"0123456789.,;|\t \n\"'-+eE#xyclass", 0, 0x80, 0xE4, 0xFF]), max_size=120))
def test_whatever_looks_like_a_table_is_read_or_refused(content: list[int]) -> None:
    for task in TASKS:
        try:
            text = read_text(bytes(content))
        except CsvError as error:
            sentence = str(error)
        else:
            reader = CsvReader(text, guess_reading(text, task), stop=False)
            reader.finish()
            data = reader.result()
            assert len(reader) == len(Points(data.xy, data.target, data.split))
            sentence = str(reader.problems[0]) if reader.problems else "read"
            assert len(data.target) or reader.problems
        assert sentence
        assert "\n" not in sentence


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=20))
def test_curves_of_any_numbers(rows: list[tuple[float, float]]) -> None:
    text = "x,y\n" + "".join(f"{x!r},{y!r}\n" for x, y in rows)
    assert read(Text.of(text), "curve").xy.tolist() == [[x + 0.0, y + 0.0] for x, y in rows]


def test_zero_bytes_are_left_out_only_where_they_are_no_halves_of_letters() -> None:
    text = Text.of(b"1,2,a\n3,4,b\n\0\0")
    assert text.notes == (ZEROS,)
    assert text.encoded("utf-16-le").notes == ()
    assert text.encoded("utf-16-le").encoded("cp1252").notes == (ZEROS,)
