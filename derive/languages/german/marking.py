"""What marking schemes say of themselves."""

from __future__ import annotations

__all__ = ["MARKING"]

MARKING = {
    "M is a mark for the method: a right line of working, or a value that needs one.":
        "M ist ein Punkt für den Rechenweg (Methode): eine richtige Zeile oder ein Wert, der "
        "ohne sie nicht zu haben ist.",
    "A is a mark for the value: any in the interval, which holds what full precision gives and "
    "what rounding at every line gives.":
        "A ist ein Punkt für das Ergebnis: jeder Wert im angegebenen Intervall; es enthält, was "
        "volle Genauigkeit und was Runden in jeder Zeile ergibt.",
    "After an equals sign a value is exact, and every rounding of it is right.":
        "Nach einem Gleichheitszeichen ist der Wert exakt, und jede Rundung davon ist richtig.",
    "A value that follows rightly from a wrong one earns its marks (follow-through); an error "
    "costs marks once.":
        "Ein Wert, der richtig aus einem falschen folgt, erhält seine Punkte (Folgefehler); ein "
        "Fehler kostet nur einmal Punkte.",
    "M {#}": "M {#}",
    "A {#}": "A {#}",
    "accept {} to {}": "richtig von {} bis {}",
    "accept from here": "richtig von hier",
    "to here": "bis hier",
    "quantity": "Größe",
    "value": "Wert",
    "at least": "mindestens",
    "at most": "höchstens",
    "Marks: {#} M and {#} A.": "Punkte: {#} M und {#} A.",
    "Marks: {#} M and {#} A for each of {#}.":
        "Punkte: {#} M und {#} A für jede der {#} Größen.",
    "A person awards these marks.": "Diese Punkte vergibt ein Mensch.",
    "The transpose is right too, where it is kept to throughout.":
        "Die Transponierte ist ebenfalls richtig, wenn sie durchgehend verwendet wird.",
    "Any formula that is equal to this one is right.":
        "Jede hierzu gleichwertige Formel ist richtig.",
    "Follow-through from {}.": "Folgefehler möglich aus {}.",
}
