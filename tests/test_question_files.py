"""Reading question files: what they may hold, and the one message for each thing they may not."""

from __future__ import annotations

import re
import sys
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from derive.errors import DeriveError, QuestionError
from derive.question import source
from derive.question.faults import Faults
from derive.question.question import Conventions, Find, Question
from derive.question.read import read, read_file

ROOT = Path(__file__).parent.parent
Q3_FILE = ROOT / "derive" / "questions" / "q3.yaml"
Q3 = Q3_FILE.read_text(encoding="utf-8")
SYMBOLIC = """\
index: {t: 1..T}
symbols: {W: n x n, U: n x m, 'x[t]': m, 'y[t]': n, n: dimension, T: length}
given: {h: {0: zeros(n)}}
model: |
  h[t] = tanh(W @ h[t-1] + U @ x[t])
  L = sum(sum((h[t] - y[t])**2), t)/T
parts:
  - {find: dL/dW, form: both}
"""


def changed(old: str, new: str, text: str = Q3) -> str:
    assert old in text
    return text.replace(old, new, 1)


def refusal(text: str) -> str:
    with pytest.raises(QuestionError) as caught:
        read(text, "q3", "q3.yaml")
    return str(caught.value)


def mutated(old: str, new: str) -> str:
    return refusal(changed(old, new))


# what is read


def test_q3_is_read() -> None:
    q = read_file(Q3_FILE)
    assert q.title == "A recurrent network by hand"
    assert [p.label for p in q.parts] == ["3.1", "3.2", "3.3", "3.4", "3.5", "3.6", "3.7"]
    assert sum(p.marks or 0 for p in q.parts) == 20
    assert [len(p.requests) for p in q.parts] == [2, 1, 2, 1, 1, 1, 3]
    assert q.families["h"].indices == ("t",)
    assert sorted(q.given["h"].members) == [(-1,)]
    assert q.given["x"].members[1,].tolist() == [-1, 1, 0]
    assert q.notation == {"hbar": r"\bar{h}", "yhat": r"\hat{y}"}
    assert q.conventions == Conventions()


def test_reading_does_not_load_sympy() -> None:
    code = ("import sys; from derive.question.read import read_file; "
            f"read_file({str(Q3_FILE)!r}); sys.exit('sympy' in sys.modules)")
    import subprocess
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_symbolic_question() -> None:
    q = read(SYMBOLIC)
    assert set(q.sizes) == {"n", "m", "T"}
    assert q.parts[0].tasks == (Find(requests=q.parts[0].requests, form="both"),)
    assert q.parts[0].label == "1"
    base = [e for e in q.equations if not e.domain and e.target.family == "h"]
    assert [str(e.target) for e in base] == ["<Symbol h[0]>"]


def test_a_given_length_is_a_number() -> None:
    q = read(changed("given: {", "given: {T: 3, n: 2, ", SYMBOLIC))
    assert q.indices["t"].hi == 3
    assert q.sizes == ("m",)
    assert q.families["h"].shape == (2,)


def test_a_given_array_decides_the_sizes_of_its_declared_shape() -> None:
    q = read(changed("given: {", "given: {W: [[1, 2], [3, 4]], ", SYMBOLIC))
    assert "n" not in q.sizes
    assert q.given["h"].members[0,].tolist() == [0, 0]


@pytest.mark.parametrize("model", [
    "model: y = x**2",
    "model: [y = x**2]",
    'model: "z = x\\ny = z**2"',
    "model: |\n  # the square\n\n  y = (x\n    )**2  # of x",
    "model: |-\n    y = x**2",
])
def test_ways_to_write_a_model(model: str) -> None:
    q = read(f"{model}\ngiven: {{x: 1/3}}\nparts: [{{find: [dy/dx, ∂y/∂x]}}]")
    first, second = q.parts[0].requests
    assert first == second
    assert q.given["x"].members[()].item() == Fraction(1, 3)


def test_a_series_may_be_a_list() -> None:
    q = read("index: {t: 1..2}\ngiven: {x: [5, 7]}\nmodel: y[t] = x[t]\nparts: [{find: y}]")
    assert {at: a.item() for at, a in q.given["x"].members.items()} == {(1,): 5, (2,): 7}


LATTICE = ("index: {t: 1..%s}\ngiven: {A: [[1, 2], [3, 4]]%s}\nsymbols: {'e[t]': 2}\nmodel: |\n"
           "  M[t] = A + v[t-1]\n  S[t] = 2*M[t]\n  v[t] = max(S[t], axis=1) + e[t]\n%s\n"
           "parts: [{find: \"v[2]\"}]")


@pytest.mark.parametrize("end", ["4", "T"])
@pytest.mark.parametrize(("known", "line", "first"), [
    (", v: {1: [1, 0]}", "", 2), ("", "  v[1] = e[1]", 2), (", v: {0: [1, 0]}", "", 1),
    (", v: {1: [1, 0]}", "  best[t] = argmax(S[t], axis=1)", 2),
])
def test_what_is_made_from_the_step_before_begins_where_it_is_read(
        end: str, known: str, line: str, first: int) -> None:
    q = read(LATTICE % (end, known, line))
    starts = {e.target.family: e.domain[0][1].lo for e in q.equations if e.domain}
    assert set(starts.values()) == {first}
    assert {"M", "S", "v"} <= set(starts)


@pytest.mark.parametrize(("known", "line", "missing"), [
    ("", "", "v[0]"),                                               # nothing to start from
    (", v: {1: [1, 0]}", "  L = sum(sum(S[t], t))", "v[0]"),        # M[1] is read
    (", v: {1: [1, 0]}, x: [1, 2, 3, 4]", "  d[t] = x[t] - x[t-1]", "x[0]"),    # a result
])
def test_a_value_that_is_needed_is_still_asked_for(known: str, line: str, missing: str) -> None:
    with pytest.raises(DeriveError, match=re.escape(f"`{missing}` is needed")):
        read(LATTICE % ("4", known, line))


def test_yaml_words_stay_text() -> None:
    q = read("given: {no: 1, y: 2, on: 3}\nmodel: L = no*y*on\nparts: [{find: dL/dno}]")
    assert set(q.families) == {"no", "y", "on", "L"}


def test_conventions() -> None:
    q = read(changed("digits: 3, mode: significant", "digits: 4, mode: decimals, ties: even, "
                     "kinks: {relu: 1/2}"))
    assert (q.conventions.digits, q.conventions.mode, q.conventions.ties) == (4, "decimal", "even")
    assert q.conventions.kinks == {"relu": Fraction(1, 2)}


# what is refused: (what in q3 is replaced, by what, what the message holds)

MISTAKES = {
    "unknown name": ("U @ x[t]", "UU @ x[t]", "q3.yaml:18:26: unknown name `UU`", "'U'"),
    "unknown function": ("tanh(", "tahn(", "q3.yaml:19:13: unknown function `tahn`", "'tanh'"),
    "wrong shape": ("c: [1, 1, 0]", "c: [1, 1]", "q3.yaml:20:21: ", "a vector of 3",
                    "a vector of 2"),
    "index out of range": ("dL/dh[1]", "dL/dh[5]", "q3.yaml:44:14: `h[5]` is out of range",
                           "h[-1] .. h[2]"),
    "missing initial state": ("{-1: [0", "{-2: [0", "q3.yaml:18:3: ", "`h[-1]`", "h: {-1: ...}"),
    "cyclic equations": ("tanh(hbar[t])", "tanh(hbar[t] + yhat[t])", "q3.yaml:", "circle"),
    "attribute": ("h[t] + c", "h[t].real + c", "q3.yaml:20:25: `.real`", ".T"),
    "lambda": ("tanh(hbar[t])", "(lambda: 1)()", "q3.yaml:19:14: ", "lambda"),
    "import": ("tanh(hbar[t])", "__import__(os)", "q3.yaml:19:13: ", "`__import__`"),
    "import of text": ("tanh(hbar[t])", "__import__('os')", "q3.yaml:19:", "no place"),
    "text for a matrix": ("V: [[2, -1, 0], [1, 1, -1], [-1, 2, 1]]", "V: hello",
                          "q3.yaml:9:6: `hello` is text"),
    "text for a cell": ("b: [0, 1, -1]", "b: [0, one, -1]", "q3.yaml:8:10: `one`", "'ones'"),
    "yes for a cell": ("b: [0, 1, -1]", "b: [0, yes, -1]", "q3.yaml:8:10: `yes` is not a number"),
    "nothing for a cell": ("b: [0, 1, -1]", "b: [0, null, -1]", "q3.yaml:8:10: `null`"),
    "ragged matrix": ("[1, 1, -1]", "[1, -1]", "q3.yaml:9:19: a ragged array: item 2 of 3"),
    "empty list": ("b: [0, 1, -1]", "b: []", "q3.yaml:8:6: an empty list"),
    "odd member": ("1: [-1, 1, 0]", "1: [-1, 1]", "q3.yaml:11:25: `x[1]` is a vector of 2",
                   "the others are a vector of 3"),
    "odd position": ("1: [-1, 1, 0]", "one: [-1, 1, 0]", "q3.yaml:11:22: `one`", "{0: ...,"),
    "member in a key": ("h: {-1: [0, 0, 0]}", "'h[-1]': [0, 0, 0]", "q3.yaml:13:3: `h[-1]`",
                        "h: {0: ...}"),
    "huge power": ("tanh(hbar[t])", "9**9**9", "q3.yaml:19:16: ", "exponent"),
    "huge power given": ("b: [0, 1, -1]", "b: [0, 9**9**9, -1]", "q3.yaml:8:10: ", "exponents"),
    "huge number": ("b: [0, 1, -1]", "b: [0, 1e999999, -1]", "q3.yaml:8:10: ", "too large"),
    "not a number": ("b: [0, 1, -1]", "b: [0, nan, -1]", "q3.yaml:8:10: `nan`"),
    "division by zero": ("b: [0, 1, -1]", "b: [0, 1/0, -1]", "q3.yaml:8:10: division by zero"),
    "decimal comma": ("b: [0, 1, -1]", "b: '1,5'", "q3.yaml:8:6: ", "decimal point"),
    "cut off": ("b: [0, 1, -1]", "b: {0: zeros(2, 2)}", "q3.yaml:8:", "quote text"),
    "nested brackets": ("tanh(hbar[t])", "(" * 2000 + "1" + ")" * 2000, "q3.yaml:19:3: ",
                        "nested"),
    "nested lists": ("b: [0, 1, -1]", "b: " + "[" * 2000 + "]" * 2000, "q3.yaml:8:64: ",
                     "nested"),
    "duplicate key": ("index: {t: 0..2}", "index: {t: 0..2}\nindex: {t: 0..1}",
                      "q3.yaml:4:1: `index` stands here twice, on lines 3 and 4"),
    "duplicate quantity": ("  V:", "  b: [1]\n  V:",
                           "q3.yaml:9:3: `b` stands here twice, on lines 8 and 9"),
    "unknown section": ("parts:", "pats:", "q3.yaml:28:1: unknown key `pats`", "'parts'",
                        "`parts` is missing"),
    "unknown part key": ("    find: yhat", "    fnd: yhat", "q3.yaml:36:5: unknown key `fnd`",
                         "'find'"),
    "later part key": ("    find: yhat", "    where: t > 1", "q3.yaml:36:5: `where`",
                       "not supported yet"),
    "unknown convention": ("layout:", "layuot:", "q3.yaml:26:15: ", "'layout'"),
    "unknown layout": ("gradient, d", "gradeint, d", "q3.yaml:26:23: `gradeint`", "'gradient'"),
    "digits": ("digits: 3", "digits: 16", "q3.yaml:26:41: `16`", "1 to 15"),
    "log": ("log: e", "log: 3", "`3`", "e, 2, 10"),
    "kink": ("log: e", "kinks: {rel: 0}", "`rel`", "'relu'"),
    "empty range": ("0..2}", "2..0}", "q3.yaml:3:12: the range `2..0` is empty"),
    "odd range": ("0..2}", "0-2}", "q3.yaml:3:12: `0-2` is not a range", "0..2"),
    "long range": ("0..2}", "0..999999999}", "q3.yaml:3:12: ", "longer than"),
    "reserved word": ("  V:", "  lambda: 1\n  V:", "q3.yaml:9:3: `lambda`", "lambda_"),
    "index given": ("  V:", "  t: [0, 1, -1]\n  V:", "q3.yaml:9:3: `t` is an index"),
    "negative marks": ("marks: 2", "marks: -2", "q3.yaml:38:12: -2 marks"),
    "odd marks": ("marks: 2", "marks: two", "q3.yaml:38:12: `two`"),
    "float marks": ("marks: 2", "marks: pi", "q3.yaml:38:12: ", "not an exact number"),
    "duplicate label": ('"3.2"', '"3.1"', "q3.yaml:33:5: two parts are labelled 3.1",
                        "on lines 29 and 33"),
    "odd form": ("    find: yhat", "    find: yhat\n    form: path", "q3.yaml:37:11: ", "'paths'"),
    "nothing asked": ("    find: yhat", "    note: yhat",
                      "q3.yaml:33:5: part 3.2 asks for nothing"),
    "unknown asked": ("dL/dU", "dL/dUU", "q3.yaml:52:14: unknown name `UU`", "'U'"),
    "cut off text": ("    find: yhat", "    find: [d(a, b), c]", "q3.yaml:36:12: `d(a`", "quote"),
    "unknown notation": ("{hbar:", "{hba:", "q3.yaml:24:12: unknown name `hba`", "'hbar'"),
    "open brace": (r"'\hat{y}'", r"'\hat{y'", "q3.yaml:24:35: ", "a brace is not closed"),
    "unknown command": (r"'\hat{y}'", r"'\hta{y}'", "q3.yaml:24:35: ", r"\hta is not known",
                        r"'\\hat'"),
    "dollar in a notation": (r"'\hat{y}'", r"'\text{y $x$}'", "q3.yaml:24:35: ", "$ is not known"),
    "accent without braces": (r"'\hat{y}'", r"'\hat\mathbf{y}'", "q3.yaml:24:35: ",
                              r"\mathbf must stand in braces"),
    "command": (r"'\hat{y}'", r"'\input{/etc/passwd}'", "q3.yaml:24:35: ", r"\input"),
    "double quotes": (r"'\bar{h}'", r'"\bar{h}"', "q3.yaml:24:18: ", "single quotes"),
    "unquoted bracket": ("assume: sum(y[t]) == 1", "assume: [sum(y[t]) == 1]", "q3.yaml:15:15: ",
                         '["sum(y[t]) == 1"]'),
    "tab": ("  b: [0", "\tb: [0", "q3.yaml:8:1: a tab", "spaces"),
    "indentation": ("  b: [0", " b: [0", "q3.yaml:8:2: this line does not fit"),
    "open quote": ("[dL/dW, dL/db, dL/dc]", "\"dL/dW",
                   "q3.yaml:55:11: a quote opened here is never closed"),
    "open bracket": ("b: [0, 1, -1]", "b: [0, 1, -1", "q3.yaml:"),
    "open bracket in the model": ("mean(l[t], t)", "mean(l[t], t", "q3.yaml:22:3: ",
                                  "never closed"),
    "folded model": ("model: |", "model: >", "q3.yaml:17:8: ", "model: |"),
    "anchor": ("b: [0, 1, -1]", "b: &b [0, 1, -1]", "q3.yaml:8:6: ", "anchors"),
    "alias": ("b: [0, 1, -1]", "b: *b", "q3.yaml:8:6: ", "aliases"),
    "tag": ("b: [0, 1, -1]", "b: !!python/object/apply:os.system [ls]", "q3.yaml:8:6: ", "tags"),
    "control character": ("b: [0", "b: [\x00", "q3.yaml:8:7: ", r"'\x00'"),
    "second document": ("parts:", "---\nparts:", "q3.yaml:28:1: a second document"),
    "list for a text": ("title: A", "title: [A]\n#", "q3.yaml:1:8: a list"),
    "text for a mapping": ("index: {t: 0..2}", "index: t", "q3.yaml:3:8: `index` is a mapping"),
    "key that is no text": ("index: {t: 0..2}", "index: {t: 0..2, [s]: 0..2}",
                            "q3.yaml:3:18: a key"),
    "unknown function shape": ("index: {t", "symbols: {psi: function of z}\nindex: {t",
                               "q3.yaml:3:16: `function of z`", "psi: function"),
    "function with an index": ("index: {t", "symbols: {'psi[t]': function}\nindex: {t",
                               "q3.yaml:3:11: `psi[t]`: a function has no index"),
    "a prime on a known function": ("= tanh(hbar[t])", "= tanh'(hbar[t])",
                                    "q3.yaml:19:13: unknown function `tanh'`", "tanh: function"),
    "odd shape": ("index: {t", "symbols: {A: a b}\nindex: {t", "q3.yaml:3:14: `a b`", "n x m"),
    "other shape": ("index: {t", "symbols: {V: n x 4}\nindex: {t",
                    "q3.yaml:3:11: `V` is declared 3 x 4, but 3 x 3 is given"),
    "unknown index of a symbol": ("index: {t", "symbols: {'a[s]': n}\nindex: {t",
                                  "q3.yaml:3:11: unknown index `s`"),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_mistake_has_one_message_with_place_and_remedy(mistake: tuple[str, ...]) -> None:
    old, new, *held = mistake
    message = mutated(old, new)
    for part in held:
        assert part in message
    assert message.count("\n") == ("is missing" in message)  # nothing that only follows from it


def test_all_errors_of_a_file_are_reported_at_once() -> None:
    text = Q3
    wrong = {"0..2}": "0--2}", "c: [1, 1, 0]": "c: [1, one, 0]", "tanh(": "tahn(",
             "h[t] + c": "h[t] + cc", "layout:": "layuot:", "marks: 2": "marks: two",
             "dL/dU": "dL/dUU"}
    for old, new in wrong.items():
        text = changed(old, new, text)
    lines = refusal(text).split("\n")
    assert [line.split(":")[1] for line in lines] == ["3", "10", "19", "20", "26", "38", "52"]


@pytest.mark.parametrize("text", ["", "   \n", "# only a comment", "---\n"])
def test_empty_file(text: str) -> None:
    assert "q3.yaml:1:1: this question file is empty" in refusal(text)


@pytest.mark.parametrize("text", ["hello", "- a\n- b", "[1, 2]"])
def test_not_a_mapping(text: str) -> None:
    assert "q3.yaml:1:1: a question file is a mapping" in refusal(text)


def test_equations_that_wait_for_each_other_are_all_named() -> None:
    message = refusal("model: [a = b, b = a]\nparts: [{find: a}]")
    assert "a -> b -> a" in message


# files


def test_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="cannot be read: No such file"):
        read_file(tmp_path / "no.yaml")


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="cannot be read"):
        read_file(tmp_path)


def test_large_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as stream:
        stream.truncate(10_000_000)
    with pytest.raises(QuestionError, match="larger than 1 MiB"):
        read_file(path)


def test_file_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("title: a\nmodel: é".encode("latin-1"))
    with pytest.raises(QuestionError, match=r"latin\.yaml:2:8: this file is not UTF-8.*0xe9"):
        read_file(path)


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends_of_other_systems_and_a_byte_order_mark(tmp_path: Path, ends: str) -> None:
    path = tmp_path / "q3.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + Q3.replace("\n", ends).encode())
    assert read_file(path).equations == read_file(Q3_FILE).equations


# YAML


DOCUMENTS = (Q3, SYMBOLIC, 'é: [1, "∂x", \'b\']\nm: |\n  x = é\n    y\n\n  z\nq: >-\n  a\n  b\n',
             "k: {é: ∂, w: [𝔸, 2]}\nn:\n- a\n- {b: c}\nlong: two\n  lines\ne:\n")


@pytest.mark.parametrize("text", DOCUMENTS)
def test_both_parsers_of_yaml_give_one_tree(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    trees = []
    for loader in (yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        monkeypatch.setattr(source, "LOADER", loader)
        trees.append(source.compose(text, "q.yaml", Faults()))
    assert trees[0] == trees[1]


@pytest.mark.parametrize("loader", ["SafeLoader", "CSafeLoader"])
def test_both_parsers_give_the_same_messages(loader: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "LOADER", getattr(yaml, loader, yaml.SafeLoader))
    for name in ("unquoted bracket", "tab", "indentation", "open quote", "open bracket", "alias"):
        old, new, *held = MISTAKES[name]
        assert all(part in mutated(old, new) for part in held)


def test_places_inside_a_block() -> None:
    tree = source.compose("a:\n  b: |\n\n      x\n       y\n", "q", Faults())
    assert isinstance(tree, source.Mapping_)
    inner = tree.items[0][1]
    assert isinstance(inner, source.Mapping_)
    block = inner.items[0][1]
    assert isinstance(block, source.Scalar)
    assert [(block.at(i).line, block.at(i).column) for i in (1, 3, 4)] == [(4, 7), (5, 7), (5, 8)]


def test_too_many_values() -> None:
    rows = "[" + "1," * 1000 + "1]"
    assert "more than" in refusal("given:\n  W:\n" + f"  - {rows}\n" * 300)


# whatever the text, a DeriveError is the worst that happens


def survives(text: str) -> Question | None:
    try:
        return read(text, "fuzz", "fuzz.yaml")
    except DeriveError:
        return None


PIECES = ["[", "]", "(", ")", "{", "}", ":", ": ", "\n", "  ", "-", "- ", "|", ">", '"', "'", "#",
          "0", "1", "t", "h", "W", "T", "n", "@", "*", "**", "/", "=", "==", "<", ".", ".T", ",",
          "..", "sum", "mean", "outer(", "dot(", "transpose(", "diag(", "log(", "softmax(", "axis=",
          "keepdims=", "zeros(", "eye(", "d", "dL/d", "∂", "é", "\t", "&a", "*a", "!!x", "%", "\\",
          "if", "lambda", "None", "True", "1e9", "9**9", "-1", "h[", "h[t]", "[t]", "0..T", "n x n",
          "scalar", "dimension", "function", "find: ", "h[t,t]", "W[0]", "x[t+1]", "()", "1j",
          "0x1", "d()/d()", "dh/dh", "cross_entropy(y)", "sum()", "relu", "\x00", "\ufeff", "\x85"]


@st.composite
def damaged(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from([Q3, SYMBOLIC]))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.sampled_from([0, 0, 1, 2, 5, 20]))
        text = text[:start] + "".join(draw(st.lists(st.sampled_from(PIECES), max_size=3))) \
            + text[end:]
    return text


@settings(max_examples=300, deadline=None)
@given(damaged())
@example(changed("tanh(hbar[t])", "tanh(), h"))
@example(changed("W @ h[t-1]", "h[t,t] @ h[t-1]"))
@example(changed("cross_entropy(y[t], yhat[t])", "cross_entropy(y[t])"))
def test_a_damaged_question_never_crashes(text: str) -> None:
    survives(text)


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_random_text_never_crashes(text: str) -> None:
    survives(text)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_a_random_number_never_crashes(text: str) -> None:
    survives(f"given:\n  W: {text}\n  V: {{0: {text!r}}}\nmodel: y = W\nparts: [{{find: y}}]")
    survives(f"symbols:\n  W: {text!r}\nindex:\n  t: {text!r}\nmodel: y = W\nparts: [{{find: y}}]")
