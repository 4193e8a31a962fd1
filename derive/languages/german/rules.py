"""The sentences of steps: titles, reasons of a chain rule, what a proof rests on."""

from __future__ import annotations

__all__ = ["RULES"]

RULES = {
    # values
    "The largest entry is {}; positions count from 0.":
        "Der größte Eintrag ist {}; Positionen werden ab 0 gezählt.",
    "The first of the largest entries is {}; positions count from 0.":
        "Der erste der größten Einträge ist {}; Positionen werden ab 0 gezählt.",
    "In the same way for {*} to {*}.": "Ebenso für {*} bis {*}.",
    "In the same way for all other positions.": "Ebenso für alle übrigen Positionen.",
    "The values left out above are": "Die oben ausgelassenen Werte sind",
    "Write {} for the argument of {}.": "Mit {} sei das Argument von {} bezeichnet.",
    # derivatives
    "The derivative with respect to {}": "Die Ableitung nach {}",
    "The derivative of {} with respect to {}": "Die Ableitung von {} nach {}",
    "Put together, with equal terms added up:":
        "Zusammengesetzt, gleiche Terme zusammengefasst:",
    "The differential {}": "Das Differential {}",
    "the factors in a trace may go round":
        "die Faktoren in einer Spur dürfen zyklisch vertauscht werden",
    "linear in {}": "linear in {}",
    "a number is its own transpose": "eine Zahl ist ihre eigene Transponierte",
    "The derivative is the transpose of what is multiplied with {} in the trace.":
        "Die Ableitung ist die Transponierte dessen, was in der Spur mit {} multipliziert wird.",
    "The derivative, as a row, is what is multiplied with {}.":
        "Die Ableitung ist, als Zeile geschrieben, das, was mit {} multipliziert wird.",
    "The Jacobian is what is multiplied with {}.":
        "Die Jacobi-Matrix ist das, was mit {} multipliziert wird.",
    "Every product is differentiated factor by factor, in its order (product rule).":
        "Jedes Produkt wird Faktor für Faktor abgeleitet, in seiner Reihenfolge (Produktregel).",
    "{} enters only {}.": "{} geht nur in {} ein.",
    "{} enters {} and {}, so both ways count (chain rule).":
        "{} geht in {} und in {} ein, also zählen beide Wege (Kettenregel).",
    "{} enters {*}, and every way counts (chain rule).":
        "{} geht in {*} ein, und jeder Weg zählt (Kettenregel).",
    "{} enters {} itself for {}, and reaches it through {} for {}.":
        "{1} geht für {3} unmittelbar in {2} ein und wirkt für {5} über {4} darauf.",
    "{} reaches {} through {} for {}, and through {} for {}.":
        "{1} wirkt auf {2} für {4} über {3} und für {6} über {5}.",
    "because {} is linear in {}": "da {} linear in {} ist",
    "because an entry of {} depends on the same entry of {} alone":
        "da ein Eintrag von {} nur vom gleichen Eintrag von {} abhängt",
    "Here {}": "Dabei ist {}",
    "and {} has the derivative {}": "und {} hat die Ableitung {}",
    "and": "und",
    "{} is row {} of {}; the other rows have no part in it, so their derivative is zero.":
        "{} ist die Zeile {} von {}; die anderen Zeilen haben keinen Anteil daran, ihre Ableitung "
        "ist also null.",
    "Of {} only row {} is read, so the gradient of every other row is zero.":
        "Von {} wird nur die Zeile {} gelesen, der Gradient jeder anderen Zeile ist also null.",
    "Of {} only the rows {*} are read, so the gradient of every other row is zero; a row that is "
    "read twice gets both shares.":
        "Von {} werden nur die Zeilen {*} gelesen, der Gradient jeder anderen Zeile ist also null; "
        "eine Zeile, die zweimal gelesen wird, erhält beide Anteile.",
    "{} is used for every {*}, so its gradients add up.":
        "{} wird für jedes {*} verwendet, also addieren sich die Gradienten.",
    "{} enters {*} for every {*}, so its gradients add up.":
        "{1} geht für jedes {3} in {2} ein, also addieren sich die Gradienten.",
    "As a sum over paths": "Als Summe über Pfade",
    "{} reaches {} along several paths; each is a product of local derivatives.":
        "{} wirkt auf {} über mehrere Pfade; jeder ist ein Produkt lokaler Ableitungen.",
    "{} reaches {} along one path, a product of local derivatives.":
        "{} wirkt auf {} über einen einzigen Pfad, ein Produkt lokaler Ableitungen.",
    "With {*} held fixed, {} reaches {} along {}.":
        "Hält man {*} fest, so wirkt {} auf {} über {}.",
    "one path": "einen Pfad",
    "two paths": "zwei Pfade",
    "three paths": "drei Pfade",
    "four paths": "vier Pfade",
    "{#} paths": "{#} Pfade",
    "With {*} held fixed, no way is left on which {} could reach {}.":
        "Hält man {*} fest, so bleibt kein Weg, auf dem {} auf {} wirken könnte.",
    "The Jacobian is diagonal: entry by entry, the derivative is {}.":
        "Die Jacobi-Matrix ist diagonal: Eintrag für Eintrag ist die Ableitung {}.",
    "With row vectors in place of columns, the derivative of {} with respect to {} is the "
    "transpose: every factor is transposed, and they stand in reverse order.":
        "Mit Zeilenvektoren anstelle von Spalten ist die Ableitung von {} nach {} die "
        "Transponierte: Jeder Faktor wird transponiert, und sie stehen in umgekehrter Reihenfolge.",
    "{} is not written out as a sum over paths: they are too many, or one is no product of "
    "matrices.":
        "{} wird nicht als Summe über Pfade ausgeschrieben: Es sind zu viele, oder einer ist kein "
        "Produkt von Matrizen.",
    "with what was found before put in": "das zuvor Gefundene eingesetzt",
    "This was found on the way above.": "Dies hat sich oben schon ergeben.",
    "{} does not depend on {}, so the derivative is zero.":
        "{} hängt nicht von {} ab, die Ableitung ist also null.",
    "Write {} for the gradient of {}.": "Mit {} sei der Gradient von {} bezeichnet.",
    "{} depends on {} only through jumps and is constant between them, so the derivative is zero "
    "almost everywhere; at a jump there is none.":
        "{} hängt von {} nur über Sprünge ab und ist dazwischen konstant, die Ableitung ist also "
        "fast überall null; an einer Sprungstelle gibt es keine.",
    "{} depends on {} only through sg, through which no derivative goes, so the derivative is "
    "zero.":
        "{} hängt von {} nur über sg ab, durch das keine Ableitung geht, die Ableitung ist also "
        "null.",
    "{} is an array; its derivative is given entry by entry.":
        "{} ist ein Array; seine Ableitung wird Eintrag für Eintrag angegeben.",
    "The shapes fit together: {*}": "Die Formen passen zusammen: {*}",
    "It has one row for every entry of {} and one column for every entry of {}.":
        "Sie hat eine Zeile für jeden Eintrag von {} und eine Spalte für jeden Eintrag von {}.",
    "one row for every entry of {} and one column for every entry of {}.":
        "eine Zeile für jeden Eintrag von {} und eine Spalte für jeden Eintrag von {}.",
    # differentials
    "product rule": "Produktregel",
    "chain rule": "Kettenregel",
    "{} changes by {}": "{} ändert sich um {}",
    "the trace is linear": "die Spur ist linear",
    # proofs
    "the second derivative of {} with respect to {} is {}":
        "die zweite Ableitung von {} nach {} ist {}",
    "This was to be shown.": "Das war zu zeigen.",
    "{} is the gradient {}, so this is the second derivative of {}, which was to be shown.":
        "{} ist der Gradient {}, dies ist also die zweite Ableitung von {}, was zu zeigen war.",
    "{} does not depend on {}.": "{} hängt nicht von {} ab.",
    "chain rule over all entries": "Kettenregel über alle Einträge",
    "chain rule, every way counts": "Kettenregel, jeder Weg zählt",
    "the sum splits": "die Summe zerfällt",
    "the delta picks one term": "das Delta wählt einen Term aus",
    "for all entries at once": "für alle Einträge zugleich",
    "term by term": "Term für Term",
    "quotient rule": "Quotientenregel",
    "by the definition of {}": "nach der Definition von {}",
    "as shown": "wie gezeigt",
    "since {}": "wegen {}",
    "for {}": "für {}",
    # closed forms
    "Going back step by step": "Schritt für Schritt zurück",
    "Put {*} in: what is left is a recurrence for {} alone.":
        "{*} eingesetzt: Es bleibt eine Rekursion für {} allein.",
    "The closed form": "Die geschlossene Form",
    "Written with {*}:": "Mit {*} geschrieben:",
    "From here on, {*}.": "Von hier an gilt {*}.",
    "{} reaches {} only through the {}, whose derivatives add up.":
        "{} wirkt auf {} nur über die {}, deren Ableitungen sich addieren.",
    "The factors stand in the order of {}: {} on the left, {} on the right.":
        "Die Faktoren stehen in der Reihenfolge von {}: {} links, {} rechts.",
    "An empty product is the identity.": "Ein leeres Produkt ist die Einheitsmatrix.",
    "An empty product ({}) is the identity.": "Ein leeres Produkt ({}) ist die Einheitsmatrix.",
    "An empty product is 1.": "Ein leeres Produkt ist 1.",
    "An empty product ({}) is 1.": "Ein leeres Produkt ({}) ist 1.",
    "The product is taken entry by entry; an empty one is 1 everywhere.":
        "Das Produkt wird Eintrag für Eintrag gebildet; ein leeres ist überall 1.",
    "The product is taken entry by entry; an empty one ({}) is 1 everywhere.":
        "Das Produkt wird Eintrag für Eintrag gebildet; ein leeres ({}) ist überall 1.",
    "There is no single product here: {*} need each other from one step to the next, so the "
    "recurrence is the answer.":
        "Ein einzelnes Produkt gibt es hier nicht: {*} brauchen einander von Schritt zu Schritt, "
        "also ist die Rekursion die Antwort.",
    "There is no single product here: {} is needed from more than one step away, so the "
    "recurrence is the answer.":
        "Ein einzelnes Produkt gibt es hier nicht: {} wird über mehr als einen Schritt hinweg "
        "gebraucht, also ist die Rekursion die Antwort.",
    "There is no single product here: {} takes part in several recurrences, so these are the "
    "answer.":
        "Ein einzelnes Produkt gibt es hier nicht: {} kommt in mehreren Rekursionen vor, also sind "
        "diese die Antwort.",
    "There is no single product here: {} runs in two indices, so the recurrence is the answer.":
        "Ein einzelnes Produkt gibt es hier nicht: {} läuft in zwei Indizes, also ist die "
        "Rekursion die Antwort.",
    "There is no product of matrices here: what takes {} from one step to the next is no matrix, "
    "so the recurrence is the answer.":
        "Ein Produkt von Matrizen gibt es hier nicht: Was {} von einem Schritt zum nächsten führt, "
        "ist keine Matrix, also ist die Rekursion die Antwort.",
    "There is no single product here: {} is read at every later step, so the recurrence is the "
    "answer.":
        "Ein einzelnes Produkt gibt es hier nicht: {} wird in jedem späteren Schritt gelesen, also "
        "ist die Rekursion die Antwort.",
    "There is no single formula here: the recurrence for {} changes on the way, so its cases are "
    "the answer.":
        "Eine einzelne Formel gibt es hier nicht: Die Rekursion für {} ändert sich unterwegs, also "
        "sind ihre Fälle die Antwort.",
    # what was checked
    "Checked: {#} of {#} lines": "Geprüft: {#} von {#} Zeilen",
    "Checked: {#} of {#} values": "Geprüft: {#} von {#} Werten",
    "largest gradient error below {#}": "größter Fehler eines Gradienten kleiner als {#}",
}
