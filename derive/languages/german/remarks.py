"""What a marked submission is told: reasons, counts and headings of reports."""

from __future__ import annotations

__all__ = ["REMARKS"]

REMARKS = {
    # headings, counts, marks
    "Line by line": "Zeile für Zeile",
    "part": "Teil",
    "marks": "Punkte",
    "mark": "Punkt",
    "for": "für",
    "line": "Zeile",
    "written": "geschrieben",
    "why": "warum",
    "what is right": "was richtig ist",
    "right is": "richtig ist",
    "Skip to the submission": "Zur Abgabe springen",
    "of the solution": "der Lösung",
    "Step": "Schritt",
    "{#} of {#} claims are right": "{#} von {#} Aussagen sind richtig",
    "{#} of {#}": "{#} von {#}",
    "{#} of {#} marks": "{#} von {#} Punkten",
    "line {#}": "Zeile {#}",
    "part {thing}: {#} of {#}": "Teil {thing}: {#} von {#}",
    "marks: {#} of {#}": "Punkte: {#} von {#}",
    "M {#} of {#}": "M {#} von {#}",
    "A {#} of {#}": "A {#} von {#}",
    "ft {#} of {#}": "Folgefehler {#} von {#}",
    "nothing was found for it": "dazu wurde nichts gefunden",
    "for a person to look at": "bitte ansehen",
    "right": "richtig",
    "wrong": "falsch",
    "follows from an earlier slip": "Folgefehler",
    "the same slip again": "derselbe Fehler noch einmal",
    "only the writing is wrong": "nur die Schreibweise ist falsch",
    "could not be read": "nicht lesbar",
    "again": "wieder",
    "carried": "weitergerechnet mit",
    "or": "oder",
    "and": "und",
    # what a claim is taken for
    "it is so for every one of them": "es gilt für jedes davon",
    "it is so for {thing}": "es gilt für {thing}",
    "right, where {thing} is 1 at {thing} and 0 elsewhere":
        "richtig, wenn {thing} bei {thing} 1 und sonst 0 ist",
    "it is right where {thing} is one-hot: whether that may be assumed is for a person":
        "es ist richtig, wenn {thing} one-hot ist: ob das angenommen werden darf, bitte ansehen",
    "for which it holds is for a person": "wofür es gilt, bitte ansehen",
    "what this is about is not said": "wovon das handelt, steht nicht da",
    "what is written over {thing} is about {thing}":
        "was als {thing} bezeichnet ist, handelt von {thing}",
    "it is what it is about": "es ist das, wovon es handelt",
    "the chain rule, whatever these names stand for":
        "die Kettenregel, was auch immer diese Namen bedeuten",
    "it is so with the numbers given": "es ist so mit den gegebenen Zahlen",
    "it holds at all numbers that were tried": "es gilt bei allen Zahlen, die probiert wurden",
    "it does not hold for all numbers: whether it is meant as an assumption is for a person":
        "es gilt nicht für alle Zahlen; ob es als Annahme gemeint ist, bitte ansehen",
    "from here on nothing is judged": "von hier an wird nichts mehr beurteilt",
    "more is written than in any answer": "hier steht mehr als in jeder Antwort",
    "it would be so with {thing}: whether that may be assumed is for a person":
        "es wäre so mit {thing}: ob das angenommen werden darf, bitte ansehen",
    "right: what stands on the left moves so": "richtig: was links steht, ändert sich so",
    "what stands on the left does not move so": "was links steht, ändert sich nicht so",
    "it is so where {thing} is held: whether that is meant is for a person":
        "es ist so, wenn {thing} festgehalten wird: ob das gemeint ist, bitte ansehen",
    "the question itself says this: for which it holds is for a person":
        "das sagt die Frage selbst: wofür es gilt, bitte ansehen",
    "an equation between differentials is for a person":
        "eine Gleichung zwischen Differentialen, bitte ansehen",
    "it is right if {thing}, as is said there: whether that may be assumed is for a person":
        "es ist richtig, falls {thing}, wie dort steht: ob das angenommen werden darf, bitte "
        "ansehen",
    "it is so if {thing} is the {thing}: whether that may be assumed is for a person":
        "es ist so, falls {thing} die Funktion {thing} ist: ob das angenommen werden darf, bitte "
        "ansehen",
    "a condition on what is to be found is for a person":
        "eine Bedingung an das Gesuchte, bitte ansehen",
    "it is said under a condition: whether it holds there is for a person":
        "es ist unter einer Bedingung gesagt; ob es dann gilt, bitte ansehen",
    "it is supposed, not claimed: whether that may be done is for a person":
        "es ist angenommen, nicht behauptet; ob das erlaubt ist, bitte ansehen",
    "it is said of one point: whether it holds there is for a person":
        "es ist von einer Stelle gesagt; ob es dort gilt, bitte ansehen",
    "the characteristic polynomial of a matrix that is given":
        "das charakteristische Polynom einer gegebenen Matrix",
    "the eigenvalues of this matrix have that size":
        "die Eigenwerte dieser Matrix haben diesen Betrag",
    "the norm of a matrix is its largest singular value, and not the size of its largest "
    "eigenvalue":
        "die Norm einer Matrix ist ihr größter Singulärwert, nicht der Betrag ihres größten "
        "Eigenwerts",
    "it follows from the size of an eigenvalue, taken for the norm":
        "es folgt aus dem Betrag eines Eigenwerts, der für die Norm genommen wurde",
    "the chain has {thing} factors, and the power in the bound is {thing}":
        "die Kette hat {thing} Faktoren, und die Potenz in der Schranke ist {thing}",
    "so says the answer": "so sagt es die Antwort",
    "right for every solution": "richtig für jede Lösung",
    "no solution has it": "keine Lösung hat das",
    "not every solution has it: whether it is a choice is for a person":
        "nicht jede Lösung hat das: ob es eine Wahl ist, bitte ansehen",
    "these are not all solutions": "das sind nicht alle Lösungen",
    "not all of these are solutions": "nicht alle davon sind Lösungen",
    "it follows from the conditions written before":
        "es folgt aus den Bedingungen, die davor stehen",
    "it is the condition of row {#}": "es ist die Bedingung der Zeile {#}",
    "this is the condition of row {#}": "das ist die Bedingung der Zeile {#}",
    "it follows from the conditions of the rows": "es folgt aus den Bedingungen der Zeilen",
    "row {#} asks for something else": "Zeile {#} verlangt etwas anderes",
    "row {#} asks for the opposite": "Zeile {#} verlangt das Gegenteil",
    "whether it follows from the rows is for a person":
        "ob es aus den Zeilen folgt, bitte ansehen",
    "these weights put every row on its side":
        "mit diesen Gewichten liegt jede Zeile auf ihrer Seite",
    "with these weights row {#} is on the wrong side":
        "mit diesen Gewichten liegt Zeile {#} auf der falschen Seite",
    "the number of rows": "die Anzahl der Zeilen",
    "the number of columns": "die Anzahl der Spalten",
    "whether these are the channels that are asked for is for a person":
        "ob das die gefragten Kanäle sind, bitte ansehen",
    "the number of channels in": "die Anzahl der Kanäle am Eingang",
    "the number of channels out": "die Anzahl der Kanäle am Ausgang",
    "the number of parameters": "die Anzahl der Parameter",
    "right: {thing}": "richtig: {thing}",
    "wrong: {thing} is {thing}": "falsch: {thing} ist {thing}",
    "this is no size": "das ist keine Größe",
    "it follows from what was found before": "es folgt aus dem, was zuvor gefunden wurde",
    "it lies there": "es liegt darin",
    "whether it lies in there is for a person": "ob es darin liegt, bitte ansehen",
    "it is {thing}, not {thing}": "es ist {thing}, nicht {thing}",
    "right, to the digits written with a power of ten":
        "richtig, auf die Stellen, die vor der Zehnerpotenz stehen",
    "the shapes fit together": "die Formen passen zusammen",
    "the columns of one factor are not the rows of the next":
        "die Spalten eines Faktors sind nicht die Zeilen des nächsten",
    "a product has the rows of its first and the columns of its last factor":
        "ein Produkt hat die Zeilen seines ersten und die Spalten seines letzten Faktors",
    "this cannot be judged": "das lässt sich nicht beurteilen",
    "right where all of these are numbers; the order of the factors, rows and diagonals are left "
    "open":
        "richtig, wo alles davon Zahlen sind; die Reihenfolge der Faktoren, Zeilen und Diagonalen "
        "bleiben offen",
    "up to how it is laid out": "bis auf die Anordnung",
    "but those leave nothing to do here": "aber diese lassen hier nichts zu tun übrig",
    "it follows from the line before": "es folgt aus der Zeile davor",
    "it follows from the formula written for it": "es folgt aus der dafür angegebenen Formel",
    "right: behind the last step there is nothing to go back from":
        "richtig: hinter dem letzten Schritt gibt es nichts, wovon man zurückgehen könnte",
    "it follows from values found before": "es folgt aus zuvor berechneten Werten",
    "shapes do not fit: {thing}": "die Formen passen nicht zusammen: {thing}",
    "it follows from the formula found before, whose shapes do not fit":
        "es folgt aus der zuvor gefundenen Formel, deren Formen nicht zusammenpassen",
    "it is so in the case that is told beside it": "im daneben genannten Fall ist es so",
    "right for the others, of which it is said":
        "richtig für die anderen, von denen es gesagt ist",
    "right, approximately, with the numbers given":
        "richtig, ungefähr, mit den gegebenen Zahlen",
    "eigenvalues of a matrix that is given, or made of one":
        "Eigenwerte einer gegebenen Matrix, oder einer daraus gebildeten",
    "so these rows ask": "das verlangen diese Zeilen",
    "the rows of this class ask for the opposite":
        "die Zeilen dieser Klasse verlangen das Gegenteil",
    "of which class it is said is for a person":
        "von welcher Klasse es gesagt ist, beurteilt ein Mensch",
    "it is said of a case: whether it is so there is for a person":
        "das ist über einen Fall gesagt: ob es dort so ist, entscheidet ein Mensch",
    "what follows is as it should be": "was folgt, stimmt",
    # faults in copying
    "one digit or sign differs": "eine Ziffer oder ein Vorzeichen ist anders",
    "the entries add up to {#}, not 1": "die Summe der Einträge ist {#}, nicht 1",
    "what follows was worked out with the right value":
        "danach wurde mit dem richtigen Wert weitergerechnet",
    "{thing} for {thing} would mend it": "mit {thing} statt {thing} wäre es richtig",
    "probably a fault in copying": "vermutlich ein Abschreibfehler",
    # how a value differs
    "{#} of {#} entries differ": "{#} von {#} Einträgen weichen ab",
    "and {#} more": "und {#} weitere",
    "{thing} is {thing}, not {thing}": "{thing} ist {thing}, nicht {thing}",
    "wrong in {#} of {#} members": "falsch bei {#} von {#} Gliedern",
    "there is no {thing}": "{thing} fehlt",
    "{thing} is incomplete": "{thing} ist unvollständig",
    "with rounded values carried on": "mit gerundeten Werten weitergerechnet",
    "it is what rounding every line to {#} digits leads to":
        "dahin führt es, wenn jede Zeile auf {#} Stellen gerundet wird",
    "it is what rounding every line to {#} digit leads to":
        "dahin führt es, wenn jede Zeile auf {#} Stelle gerundet wird",
    "rounded too early": "zu früh gerundet",
    "the same value": "derselbe Wert",
    "the same expression": "derselbe Ausdruck",
    "laid out in another way, but the same numbers": "anders angeordnet, aber dieselben Zahlen",
    "to the digits written": "auf die angegebenen Stellen",
    "to the {#} digits written": "auf die angegebenen {#} Stellen",
    "at {#} sets of numbers": "bei {#} Sätzen von Zahlen",
    "at {#} set of numbers": "bei {#} Satz von Zahlen",
    "it also has the shape of the transpose": "es hat auch die Form der Transponierten",
    "it agrees for the numbers given, but not for others":
        "es stimmt für die gegebenen Zahlen, aber nicht für andere",
    "both sides are close, but in exact arithmetic they differ":
        "beide Seiten liegen nahe beieinander, sind exakt gerechnet aber verschieden",
    # slips
    "it may be right, but it has only one digit": "es kann richtig sein, hat aber nur eine Stelle",
    "give at least two": "geben Sie mindestens zwei an",
    "the sign is wrong": "das Vorzeichen ist falsch",
    "it is the transpose of the right answer": "es ist die Transponierte der richtigen Antwort",
    "it is {thing} times the right answer": "es ist das {thing}-Fache der richtigen Antwort",
    "it is the right answer divided by {thing}":
        "es ist die richtige Antwort, geteilt durch {thing}",
    "a factor {thing} is missing": "ein Faktor {thing} fehlt",
    "the logarithm was taken to the base {thing}":
        "der Logarithmus wurde zur Basis {thing} genommen",
    "not {thing}": "nicht {thing}",
    "the entries stand in reverse order": "die Einträge stehen in umgekehrter Reihenfolge",
    "the rows stand in reverse order": "die Zeilen stehen in umgekehrter Reihenfolge",
    "the columns stand in reverse order": "die Spalten stehen in umgekehrter Reihenfolge",
    "the entries {thing} and {thing} are swapped":
        "die Einträge {thing} und {thing} sind vertauscht",
    "the sign of the entry {thing} is wrong": "das Vorzeichen des Eintrags {thing} ist falsch",
    "the sign of the row {thing} is wrong": "das Vorzeichen der Zeile {thing} ist falsch",
    "the sign of the column {thing} is wrong": "das Vorzeichen der Spalte {thing} ist falsch",
    "all signs are left out": "alle Vorzeichen fehlen",
    "every entry is too large by {thing}": "jeder Eintrag ist um {thing} zu groß",
    "every entry is too small by {thing}": "jeder Eintrag ist um {thing} zu klein",
    "it is too large by {thing}": "es ist um {thing} zu groß",
    "it is too small by {thing}": "es ist um {thing} zu klein",
    "it is {thing}": "es ist {thing}",
    "the line before gives {thing}, not {thing}": "die Zeile davor ergibt {thing}, nicht {thing}",
    "{thing} stands for {thing}": "{thing} steht anstelle von {thing}",
    "the entry {thing} is left out": "der Eintrag {thing} fehlt",
    "the row {thing} is left out": "die Zeile {thing} fehlt",
    "the column {thing} is left out": "die Spalte {thing} fehlt",
    "{thing} is left out": "{thing} fehlt",
    "the term {thing} is missing": "der Term {thing} fehlt",
    "the term at {thing} = {thing} is missing": "der Term bei {thing} = {thing} fehlt",
    "only the first term is there, at {thing} = {thing}":
        "nur der erste Term ist da, bei {thing} = {thing}",
    "only the last term is there, at {thing} = {thing}":
        "nur der letzte Term ist da, bei {thing} = {thing}",
    "only the term {thing} is there": "nur der Term {thing} ist da",
    "the sign of {thing} is wrong": "das Vorzeichen von {thing} ist falsch",
    "the factor {thing} is missing": "der Faktor {thing} fehlt",
    "the division by {thing} is missing": "die Division durch {thing} fehlt",
    "{thing} is not known here": "{thing} ist hier nicht bekannt",
    "a column of {thing} stands beside a column of {thing}":
        "eine Spalte mit {thing} Einträgen steht neben einer Spalte mit {thing} Einträgen",
    "{thing} was not applied": "{thing} wurde nicht angewandt",
    "right, as the slopes of each entry; they stand on the diagonal of a matrix":
        "richtig, als Steigung jedes Eintrags; sie stehen auf der Diagonalen einer Matrix",
    "it is the sum over {thing}, not the mean":
        "es ist die Summe über {thing}, nicht der Mittelwert",
    "it is the mean over {thing}, not the sum":
        "es ist der Mittelwert über {thing}, nicht die Summe",
    "it is the sum over the entries, not the mean":
        "es ist die Summe der Einträge, nicht ihr Mittelwert",
    "it is the mean over the entries, not the sum":
        "es ist der Mittelwert der Einträge, nicht ihre Summe",
    "{thing} should be transposed": "{thing} müsste transponiert sein",
    "{thing} should not be transposed": "{thing} dürfte nicht transponiert sein",
    "{thing} is not transposed": "{thing} ist nicht transponiert",
    "right, counted from 1": "richtig, von 1 an gezählt",
    "right: {thing}, with numbers put in": "richtig: {thing}, mit eingesetzten Zahlen",
    "worked out from {things} as found before": "gerechnet mit {things} wie zuvor gefunden",
    "it follows from other rows, and one asks for the opposite":
        "es folgt aus anderen Zeilen, und eine verlangt das Gegenteil",
    "right, for every row": "richtig, für jede Zeile",
    "right: these are its entries, row by row": "richtig: das sind die Einträge, Zeile für Zeile",
    "the floor is left out": "das Abrunden fehlt",
    "right: a part of what is counted": "richtig: ein Teil dessen, was gezählt wird",
    "right: the number of windows in a row": "richtig: die Zahl der Fenster in einer Reihe",
    "right: the number of parameters": "richtig: die Zahl der Parameter",
    "{thing} in another order": "{thing} in anderer Reihenfolge",
    "the answer says {thing}": "die Antwort sagt {thing}",
    "wrong: the number of parameters is {thing}": "falsch: die Zahl der Parameter ist {thing}",
    "wrong: the size is {thing}": "falsch: die Größe ist {thing}",
    "wrong: what stands before it is {thing}": "falsch: was davor steht, ist {thing}",
    "right: the size": "richtig: die Größe",
    "this is not the number of windows in a row":
        "das ist nicht die Zahl der Fenster in einer Reihe",
    "what is counted here is for a person": "was hier gezählt wird, beurteilt ein Mensch",
    "it follows from sizes found before": "es folgt aus Größen, die zuvor gefunden wurden",
    "two factors are in the wrong order": "zwei Faktoren stehen in der falschen Reihenfolge",
    "the factors of the outer product are swapped":
        "die Faktoren des äußeren Produkts sind vertauscht",
    "the exponent of {thing} is missing": "der Exponent von {thing} fehlt",
    "the order of {thing} and {thing} is swapped":
        "die Reihenfolge von {thing} und {thing} ist vertauscht",
    "{thing} was used in the place of {thing}": "{thing} wurde anstelle von {thing} verwendet",
    "the recursion was run forward in time instead of backward":
        "die Rekursion lief in der Zeit vorwärts statt rückwärts",
    "the path through the next time step is missing":
        "der Pfad über den nächsten Zeitschritt fehlt",
    "{thing} is read with its 1 at another entry":
        "{thing} wurde mit der 1 an anderer Stelle gelesen",
    "the derivative of the activation at {thing} is missing":
        "die Ableitung der Aktivierung bei {thing} fehlt",
    "the derivative of the activation is taken at {thing}, not at {thing}":
        "die Ableitung der Aktivierung ist bei {thing} genommen, nicht bei {thing}",
    "in the derivative of the activation {thing} stands for {thing}":
        "in der Ableitung der Aktivierung steht {thing} anstelle von {thing}",
    "the derivative is taken at {thing}, not at {thing}":
        "die Ableitung ist an der Stelle {thing} genommen, nicht bei {thing}",
    "of the softmax's Jacobian only the diagonal is there":
        "von der Jacobi-Matrix des Softmax ist nur die Diagonale da",
    "{thing} and {thing} are exchanged": "{thing} und {thing} sind vertauscht",
    "it would be right if {thing}": "es wäre richtig, falls {thing}",
    # shapes
    "it has the shape of": "es hat die Form",
    "not of": "nicht",
    "a scalar": "eines Skalars",
    "a vector of {thing}": "eines Vektors der Länge {thing}",
    "{thing} x {thing}": "{thing} x {thing}",
    "a sum or a mean over one axis is missing":
        "eine Summe oder ein Mittelwert über eine Achse fehlt",
    "the Jacobian is asked for, not its own derivative":
        "gefragt ist die Jacobi-Matrix, nicht deren Ableitung",
    "a matrix is asked for, as an outer product or diag(...) gives it":
        "gefragt ist eine Matrix, wie ein äußeres Produkt oder diag(...) sie ergibt",
    "a vector is asked for; multiply the matrix by one, or sum over an axis":
        "gefragt ist ein Vektor; multiplizieren Sie die Matrix mit einem, oder summieren Sie über "
        "eine Achse",
    "one number for each entry is asked for, not their sum":
        "gefragt ist eine Zahl für jeden Eintrag, nicht ihre Summe",
    "a number is asked for": "gefragt ist eine Zahl",
    "sum over the entries": "summieren Sie über die Einträge",
    "see which factor is to be transposed": "sehen Sie nach, welcher Faktor zu transponieren ist",
    # what went wrong in a class: headings, and the names of slips
    "{#} submissions": "{#} Abgaben",
    "{#} submissions, {#} more could not be marked":
        "{#} Abgaben, {#} weitere konnten nicht bewertet werden",
    "slip": "Fehler",
    "about": "bei",
    "submissions": "Abgaben",
    "times": "Anzahl",
    "of": "von",
    "mean": "Mittel",
    "median": "Median",
    "full marks": "alle Punkte",
    "none": "keine",
    "too few digits": "zu wenige Stellen",
    "sign": "Vorzeichen",
    "transpose": "Transponierte",
    "logarithm": "Logarithmus",
    "factor": "Faktor",
    "swapped entries": "vertauschte Einträge",
    "another step": "anderer Zeitschritt",
    "sign of an entry": "Vorzeichen eines Eintrags",
    "mistake in the formula": "Fehler in der Formel",
    "another quantity": "andere Größe",
    "constant factor": "konstanter Faktor",
    "constant added": "addierte Konstante",
    "arithmetic": "Rechenfehler",
    "element dropped": "Eintrag fehlt",
    "sum or mean": "Summe oder Mittel",
    "recursion forward in time": "Rekursion vorwärts in der Zeit",
    "missing path through time": "fehlender Weg durch die Zeit",
    "transpose of a factor": "Transponierte eines Faktors",
    "missing derivative of the activation": "fehlende Ableitung der Aktivierung",
    "derivative at the output": "Ableitung an der Ausgabe",
    "derivative of another function": "Ableitung einer anderen Funktion",
    "sign of a term": "Vorzeichen eines Terms",
    "only the diagonal": "nur die Diagonale",
    "missing term": "fehlender Term",
    "exchanged": "vertauscht",
    "missing function": "fehlende Funktion",
    "one-hot misread": "One-Hot-Vektor falsch gelesen",
}
