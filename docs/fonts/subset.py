#!/usr/bin/env python3
"""Makes the fonts of the web pages: subsets of New Computer Modern in derive/formats/html/fonts/.

    python -m pip install fonttools brotli
    python docs/fonts/subset.py FOLDER

FOLDER holds the OpenType fonts of New Computer Modern (from CTAN, a TeX distribution, or wherever
they are): NewCMMath-Book, NewCM10-Regular, NewCM10-Bold and NewCM10-Italic. A font is known by the
name it gives itself, so the files may be called anything.

A subset is a derived work, and the licence asks for another name: the subsets call themselves
"Derive Math" and "Derive Text". The MATH table stays, with the larger forms of brackets, sums and
roots that it points to. Glyphs for scripts (``ssty``) and for running text are left out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

TARGET = Path(__file__).resolve().parents[2] / "derive" / "formats" / "html" / "fonts"
RANGES = tuple[tuple[int, int], ...]

LATIN: RANGES = ((0x20, 0x7E), (0xA0, 0xFF))
EUROPEAN: RANGES = (*LATIN, (0x100, 0x17F), (0x218, 0x21B), (0x300, 0x308), (0x30A, 0x30C))
PUNCTUATION: RANGES = ((0x2010, 0x2015), (0x2018, 0x201E), (0x2020, 0x2022), (0x2026, 0x2026),
                       (0x2030, 0x2033), (0x2039, 0x203A), (0x20AC, 0x20AC))
GREEK: RANGES = ((0x391, 0x3A1), (0x3A3, 0x3A9), (0x3B1, 0x3C9), (0x3D1, 0x3D1), (0x3D5, 0x3D6),
                 (0x3F0, 0x3F1), (0x3F4, 0x3F5))
ACCENTS: RANGES = ((0x2C6, 0x2C7), (0x2D8, 0x2DD), (0x20D7, 0x20D7), (0x20D6, 0x20D6),
                   (0x203E, 0x203E), (0x300, 0x308), (0x30A, 0x30C), (0x332, 0x332), (0x338, 0x338))
SIGNS: RANGES = (
    (0x2002, 0x200A),
    (0x2016, 0x2016), (0x2032, 0x2034), (0x2044, 0x2044), (0x2061, 0x2064), (0x210F, 0x210F),
    (0x2111, 0x2111), (0x2113, 0x2113), (0x211C, 0x211C), (0x2135, 0x2135),
    (0x2190, 0x2195), (0x21A6, 0x21A6),
    (0x21D0, 0x21D4), (0x2200, 0x220C), (0x220F, 0x2213), (0x2216, 0x2219), (0x221A, 0x221A),
    (0x221D, 0x221E), (0x2223, 0x222B), (0x2234, 0x2236), (0x223C, 0x223C), (0x2243, 0x2243),
    (0x2245, 0x2245), (0x2248, 0x2248), (0x224D, 0x224D), (0x2250, 0x2250),
    (0x2254, 0x2254), (0x225C, 0x225C), (0x2260, 0x2262),
    (0x2264, 0x2265), (0x226A, 0x226B), (0x227A, 0x227B), (0x2282, 0x2287),
    (0x2295, 0x2299), (0x22A2, 0x22A5), (0x22A8, 0x22A8), (0x22BA, 0x22BA),
    (0x22C0, 0x22C6), (0x22EE, 0x22F1), (0x25A1, 0x25A1), (0x25CB, 0x25CB), (0x22A0, 0x22A0),
    (0x27C2, 0x27C2), (0x27F5, 0x27FC), (0x2A7D, 0x2A7E), (0x2AAF, 0x2AB0))
# brackets, braces and what they are put together from
BRACKETS: RANGES = ((0x2308, 0x230B), (0x239B, 0x23B3), (0x23B4, 0x23B5), (0x23D0, 0x23D0),
                    (0x23DC, 0x23DF), (0x27E6, 0x27EB))
# the alphabets: bold, italic, bold italic, script, double-struck, sans, typewriter; then Greek
ALPHABETS: RANGES = ((0x1D400, 0x1D4CF), (0x1D538, 0x1D56B), (0x1D5A0, 0x1D5D3),
                     (0x1D670, 0x1D6A5), (0x1D6A8, 0x1D755), (0x1D7CE, 0x1D7EB),
                     (0x1D7F6, 0x1D7FF))
# letters that had places of their own before the alphabets came
LETTERS = "ℂℍℕℙℚℝℤℬℰℱℋℐℒℳℛℯℊℴℎ"
# plain mathematics in the labels of figures
SMALL: RANGES = ((0x2070, 0x209C), (0x2190, 0x2193), (0x2202, 0x2202), (0x2207, 0x2207),
                 (0x2211, 0x2212), (0x2264, 0x2265), (0x221E, 0x221E), (0x2299, 0x2299),
                 (0x1D40, 0x1D40), (0x22A4, 0x22A4))

MATHEMATICS = (*LATIN, *PUNCTUATION, *GREEK, *ACCENTS, *SIGNS, *BRACKETS, *ALPHABETS)
WORDS = (*EUROPEAN, *PUNCTUATION, *GREEK, *SMALL)
# what the font calls itself -> file, name, characters, features of its layout
FONTS = {
    "NewComputerModernMath-Book": ("math", "Derive Math", MATHEMATICS, ["dtls", "flac"]),
    "NewComputerModern10-Regular": ("text-regular", "Derive Text", WORDS, ["kern", "liga"]),
    "NewComputerModern10-Bold": ("text-bold", "Derive Text", WORDS, ["kern", "liga"]),
    "NewComputerModern10-Italic": ("text-italic", "Derive Text", WORDS, ["kern", "liga"]),
}
KEPT_NAMES = [0, 1, 2, 3, 4, 5, 6, 13, 14]      # the copyright and the licence among them


def main(folder: str) -> None:
    found = {font["name"].getDebugName(4): font for font in _fonts(Path(folder))}
    missing = [name for name in FONTS if name not in found]
    if missing:
        sys.exit(f"{folder} has no {' and no '.join(missing)}; it has {', '.join(found)}")
    for own, (file, name, characters, features) in FONTS.items():
        subset(found[own], name, characters, features).save(TARGET / f"{file}.woff2")
        print(f"{file}.woff2: {(TARGET / f'{file}.woff2').stat().st_size} bytes")


def _fonts(folder: Path) -> Iterable[TTFont]:
    for path in sorted(folder.glob("*.[ot]tf")):
        yield TTFont(path)


def subset(font: TTFont, name: str, ranges: RANGES, features: list[str]) -> TTFont:
    """Cut a font down to its characters, under another name."""
    options = Options(flavor="woff2", hinting=False, desubroutinize=True, notdef_outline=True,
                      name_IDs=KEPT_NAMES, layout_features=features)
    options.drop_tables += ["FFTM", "PfEd"]
    if name.endswith("Text"):
        options.drop_tables.append("MATH")
    cutter = Subsetter(options)
    cutter.populate(unicodes=[c for first, last in ranges for c in range(first, last + 1)],
                    text=LETTERS)
    cutter.subset(font)
    _rename(font, name)
    if "MATH" in font:
        _level(font)
    font.flavor = "woff2"
    return font


def _level(font: TTFont) -> None:
    """Let a subscript stand as low behind y as behind x: browsers drop it below what a letter ends.

    Plain TeX's drop, 0.05 em, in place of 0.2 em; TeX itself drops no subscript of a letter.
    """
    font["MATH"].table.MathConstants.SubscriptBaselineDropMin.Value = 50


def _rename(font: TTFont, name: str) -> None:
    style = font["name"].getDebugName(2) or "Regular"
    new = {1: name, 3: f"{name} {style}", 4: f"{name} {style}",
           6: f"{name}-{style}".replace(" ", "")}
    for record in font["name"].names:
        if record.nameID in new:
            record.string = new[record.nameID]
    cff = font["CFF "].cff
    cff.fontNames[0] = new[6]
    cff.topDictIndex[0].FamilyName, cff.topDictIndex[0].FullName = name, new[4]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
