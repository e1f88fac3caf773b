import pytest

from engine.data.quoting import quoted


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ten", "“ten”"),
        ("it's", "“it's”"),
        ("a\tb\n", "“a\\tb\\n”"),
        ("", "“”"),
        ("x" * 60, f"“{'x' * 60}”"),
        ("x" * 61, f"“{'x' * 59}…”"),
    ],
)
def test_a_text_is_quoted_in_one_line_and_never_without_its_end(text: str, shown: str) -> None:
    assert quoted(text) == shown
