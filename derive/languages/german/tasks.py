"""What parts ask where their author does not, and what the kinds of parts say in their answers."""

from __future__ import annotations

__all__ = ["TASKS"]

TASKS = {
    "Find {*}.": "Bestimmen Sie {*}.",
    "Prove that": "Zeigen Sie:",
    "Answer in words.": "Antworten Sie in Worten.",
    "Draw a figure.": "Zeichnen Sie eine Abbildung.",
    "Draw the computation graph.": "Zeichnen Sie den Berechnungsgraphen.",
    "Draw the recurrence unrolled.": "Zeichnen Sie die abgerollte Rekursion.",
    "Draw the paths along which {} flows.": "Zeichnen Sie die Wege, auf denen {} fließt.",
    "Each layer stands in one box, named by its result; parameters that only one box reads stand "
    "together.":
        "Jede Schicht steht in einem Kasten, benannt nach ihrem Ergebnis; Parameter, die nur ein "
        "Kasten liest, stehen zusammen.",
    "Under each quantity stands its value.": "Unter jeder Größe steht ihr Wert.",
    "Under each quantity stands the derivative of {} by it.":
        "Unter jeder Größe steht die Ableitung von {} nach ihr.",
    "Under each quantity stands its value, then the derivative of {} by it.":
        "Unter jeder Größe steht ihr Wert, dann die Ableitung von {} nach ihr.",
    "Which of these is right?": "Welche dieser Aussagen ist richtig?",
    "Which of these are right?": "Welche dieser Aussagen sind richtig?",
    # tables and plots
    "Make a table of {*}.": "Stellen Sie eine Tabelle auf: {*}.",
    "Plot {*} against {}.": "Tragen Sie {*} gegen {} auf.",
    "yes": "ja",
    "no": "nein",
    # shapes and counts
    "Give the shape of {*}.": "Geben Sie die Form von {*} an.",
    "How many parameters are there in {*}?": "Wie viele Parameter haben {*}?",
    "How many numbers are there in {*}?": "Wie viele Zahlen enthalten {*}?",
    "{} is a number, it has no axes.": "{} ist eine Zahl und hat keine Achsen.",
    "The derivative of a number has the shape of {}.":
        "Die Ableitung einer Zahl hat die Form von {}.",
    "Each entry of {} is differentiated by each entry of {}: the axes of {} come first, then "
    "those of {}.":
        "Jeder Eintrag von {} wird nach jedem Eintrag von {} abgeleitet: Zuerst kommen die Achsen "
        "von {}, dann die von {}.",
    "{} has {} entries, which are laid out row by row.":
        "{} hat {} Einträge, die zeilenweise hintereinander stehen.",
    "Every entry of {} gives one of {}.": "Jeder Eintrag von {} ergibt einen von {}.",
    "{} is {} and {} is {}: the sum runs over the {} that they share, the other sizes stay.":
        "{} ist {} und {} ist {}: Die Summe läuft über die gemeinsamen {}, die anderen Größen "
        "bleiben.",
    "{} holds {} filters of {} weights each.": "{} enthält {} Filter mit je {} Gewichten.",
    "{} has {} entry.": "{} hat {} Eintrag.",
    "{} has {} entries.": "{} hat {} Einträge.",
    "{} has {} row and {} column.": "{} hat {} Zeile und {} Spalte.",
    "{} has {} row and {} columns.": "{} hat {} Zeile und {} Spalten.",
    "{} has {} rows and {} column.": "{} hat {} Zeilen und {} Spalte.",
    "{} has {} rows and {} columns.": "{} hat {} Zeilen und {} Spalten.",
    "{} has {} channels": "{} hat {} Kanäle",
    "{} has {} images of {} channels": "{} hat {} Bilder mit je {} Kanälen",
    "each with {} entry.": "jeder mit {} Eintrag.",
    "each with {} entries.": "jeder mit {} Einträgen.",
    "each with {} row and {} column.": "jeder mit {} Zeile und {} Spalte.",
    "each with {} row and {} columns.": "jeder mit {} Zeile und {} Spalten.",
    "each with {} rows and {} column.": "jeder mit {} Zeilen und {} Spalte.",
    "each with {} rows and {} columns.": "jeder mit {} Zeilen und {} Spalten.",
    # separability
    "Do the weights {} classify every row right?":
        "Klassifizieren die Gewichte {} jede Zeile richtig?",
    "Is there a linear threshold for the labels {} of {}?":
        "Gibt es eine lineare Schwelle für die Labels {} von {}?",
    "A row is on its side if": "Eine Zeile liegt auf ihrer Seite, wenn",
    "{} where the label is {}": "{} beim Label {}",
    "and {} where the label is {}": "und {} beim Label {}",
    "asks for": "verlangt",
    "side": "Seite",
    "right": "richtig",
    "wrong": "falsch",
    "With {} = ({*}) every row is on its side:":
        "Mit {} = ({*}) liegt jede Zeile auf ihrer Seite:",
    "With {} = ({*}) and {} = {} every row is on its side:":
        "Mit {} = ({*}) und {} = {} liegt jede Zeile auf ihrer Seite:",
    "All rows are right, so {} separates the classes: they are linearly separable.":
        "Alle Zeilen sind richtig, also trennt {} die Klassen: Sie sind linear trennbar.",
    "{} is wrong on row {}.": "{} ist bei Zeile {} falsch.",
    "So the classes are linearly separable.": "Die Klassen sind also linear trennbar.",
    "No weights can do it. Add up rows of either class:":
        "Solche Gewichte gibt es nicht. Addiert man Zeilen jeder der beiden Klassen, so ergibt "
        "sich:",
    "Weights {} that are right on all rows would give {} and {}. But both sums are the same "
    "vector, so both values are the same number.":
        "Gewichte {}, die bei allen Zeilen richtig sind, ergäben {} und {}. Beide Summen sind aber "
        "derselbe Vektor, beide Werte also dieselbe Zahl.",
    "Weights {} and a number {} that are right on all rows would give {} and {}. But the rows add "
    "up to the same vector, and {} is added {} times on either side, so both values are the same "
    "number.":
        "Gewichte {} und eine Zahl {}, die bei allen Zeilen richtig sind, ergäben {} und {}. Die "
        "Summen der Zeilen sind aber derselbe Vektor, und {} wird auf jeder Seite {}-mal addiert, "
        "beide Werte sind also dieselbe Zahl.",
    "Weights {} that are right on all rows would give {}. But the sum is the zero vector, and the "
    "value 0.":
        "Gewichte {}, die bei allen Zeilen richtig sind, ergäben {}. Die Summe ist aber der "
        "Nullvektor und der Wert 0.",
    "The classes are not linearly separable.": "Die Klassen sind nicht linear trennbar.",
    # conditions to be solved
    "The conditions entry by entry": "Die Bedingungen Eintrag für Eintrag",
    "Elimination": "Elimination",
    "All solutions": "Alle Lösungen",
    "Find all {*} with {*}.": "Bestimmen Sie alle {*} mit {*}.",
    "Every entry of the condition reads 0 = 0.": "Jeder Eintrag der Bedingung lautet 0 = 0.",
    "The condition is one equation": "Die Bedingung ist eine einzige Gleichung",
    "There is one equation for each of the {#} entries":
        "Für jeden der {#} Einträge gibt es eine Gleichung",
    "one of them is distinct": "davon ist eine verschieden",
    "{#} of them are distinct": "davon sind {#} verschieden",
    "The first {#} are": "Die ersten {#} sind",
    "Subtracting multiples of the equations from each other leaves the solved form below.":
        "Zieht man Vielfache der Gleichungen voneinander ab, so bleibt die aufgelöste Form unten.",
    "minus": "minus",
    "plus": "plus",
    "{#} times": "{#} mal",
    "Every unknown is determined.": "Jede Unbekannte ist bestimmt.",
    "{*} are free.": "{*} sind frei.",
    "{} is free.": "{} ist frei.",
    "There is no solution: whatever {*} may be, {} reads 0 = {}, which is false.":
        "Es gibt keine Lösung: Was auch immer {*} sein mag, {} lautet 0 = {}, und das ist falsch.",
    "There is exactly one solution.": "Es gibt genau eine Lösung.",
    "The first term is the solution whose free numbers are 0; the others are all solutions of the "
    "same equations with 0 on the right, a space of dimension {#}.":
        "Der erste Term ist die Lösung, deren freie Zahlen 0 sind; die übrigen sind alle Lösungen "
        "derselben Gleichungen mit 0 auf der rechten Seite, ein Raum der Dimension {#}.",
    "Only the trivial solution is left": "Es bleibt nur die triviale Lösung",
    "The solutions form a space of dimension {#}, and the array in this product is its basis.":
        "Die Lösungen bilden einen Raum der Dimension {#}, und das Array in diesem Produkt ist "
        "seine Basis.",
    "The solutions form a space of dimension {#}, and the arrays in this sum are its basis.":
        "Die Lösungen bilden einen Raum der Dimension {#}, und die Arrays in dieser Summe sind "
        "seine Basis.",
    "The trivial one is": "Die triviale ist",
    "another one is": "eine andere ist",
    # bounds
    "How large can {} get?": "Wie groß kann {} werden?",
    "One step": "Ein Schritt",
    "All steps": "Alle Schritte",
    "In numbers": "In Zahlen",
    "What follows": "Was daraus folgt",
    "the norm of a product is at most the product of the norms":
        "die Norm eines Produkts ist höchstens das Produkt der Normen",
    "norms of sums and products are at most sums and products of norms":
        "Normen von Summen und Produkten sind höchstens Summen und Produkte von Normen",
    "By the chain rule {} is the product of the derivatives of the single steps.":
        "Nach der Kettenregel ist {} das Produkt der Ableitungen der einzelnen Schritte.",
    "The largest singular value of {} is the square root of the largest eigenvalue {} of {}.":
        "Der größte Singulärwert von {} ist die Quadratwurzel aus dem größten Eigenwert {} von {}.",
    "{} is the largest size of an eigenvalue of {}.":
        "{} ist der größte Betrag eines Eigenwerts von {}.",
    "Each step multiplies by the same matrix, so the largest size {} of its eigenvalues bounds "
    "the norm from below.":
        "Jeder Schritt multipliziert mit derselben Matrix, also beschränkt der größte Betrag {} "
        "ihrer Eigenwerte die Norm nach unten.",
    "{} is the largest slope of {}": "{} ist die größte Steigung von {}",
    "{} is the largest slope of {name}": "{} ist die größte Steigung von {name}",
    "{} is the largest slope of the leaky ReLU": "{} ist die größte Steigung der Leaky-ReLU",
    "{} is the largest slope of the sigmoid": "{} ist die größte Steigung der Sigmoidfunktion",
    "{} is the largest slope of the identity": "{} ist die größte Steigung der Identität",
    "the slope of {name} is at most {}": "die Steigung von {name} ist höchstens {}",
    "the slope of the leaky ReLU is at most {}": "die Steigung der Leaky-ReLU ist höchstens {}",
    "the slope of the sigmoid is at most {}":
        "die Steigung der Sigmoidfunktion ist höchstens {}",
    "the slope of the identity is at most {}": "die Steigung der Identität ist höchstens {}",
    "{name} lies between {} and {}": "{name} liegt zwischen {} und {}",
    "the leaky ReLU lies between {} and {}": "die Leaky-ReLU liegt zwischen {} und {}",
    "the sigmoid lies between {} and {}": "die Sigmoidfunktion liegt zwischen {} und {}",
    "the identity lies between {} and {}": "die Identität liegt zwischen {} und {}",
    "The bound is never below 1, so it neither shows that {} vanishes nor rules out that it "
    "explodes: the 1 in it belongs to what each step passes on unchanged.":
        "Die Schranke ist nie kleiner als 1; sie zeigt also weder, dass {} verschwindet, noch "
        "schließt sie aus, dass es explodiert: Die 1 darin gehört zu dem, was jeder Schritt "
        "unverändert weitergibt.",
    "The bound is 1 for every number of steps: it rules out that {} explodes, and does not tell "
    "whether it vanishes.":
        "Die Schranke ist 1 für jede Anzahl von Schritten: Sie schließt aus, dass {} explodiert, "
        "und sagt nicht, ob es verschwindet.",
    "If {}, the bound goes to zero as the number of steps grows, and {} with it: the gradient "
    "vanishes, at least as fast as {}.":
        "Ist {}, so geht die Schranke mit wachsender Anzahl der Schritte gegen null und mit ihr "
        "{}: Der Gradient verschwindet, mindestens so schnell wie {}.",
    "As {}, the bound goes to zero as the number of steps grows, and {} with it: the gradient "
    "vanishes, at least as fast as {}.":
        "Wegen {} geht die Schranke mit wachsender Anzahl der Schritte gegen null und mit ihr {}: "
        "Der Gradient verschwindet, mindestens so schnell wie {}.",
    "If {}, the bound grows without end: {} may explode, but it need not, as slopes below the "
    "largest one make it smaller.":
        "Ist {}, so wächst die Schranke unbegrenzt: {} kann explodieren, muss es aber nicht, da "
        "Steigungen unter der größten es kleiner machen.",
    "As {}, the bound grows without end: {} may explode, but it need not, as slopes below the "
    "largest one make it smaller.":
        "Wegen {} wächst die Schranke unbegrenzt: {} kann explodieren, muss es aber nicht, da "
        "Steigungen unter der größten es kleiner machen.",
    "That {} is sufficient for vanishing, and {} is necessary for exploding, but not sufficient "
    "(Pascanu, Mikolov and Bengio, 2013, section 2.1).":
        "Dass {} gilt, ist hinreichend für das Verschwinden, und {} ist notwendig für das "
        "Explodieren, aber nicht hinreichend (Pascanu, Mikolov und Bengio, 2013, Abschnitt 2.1).",
    "If {}, {} goes to zero as the number of steps grows: the gradient vanishes.":
        "Ist {}, so geht {} mit wachsender Anzahl der Schritte gegen null: Der Gradient "
        "verschwindet.",
    "As {}, {} goes to zero as the number of steps grows: the gradient vanishes.":
        "Wegen {} geht {} mit wachsender Anzahl der Schritte gegen null: Der Gradient "
        "verschwindet.",
    "If {}, {} grows without end: the gradient explodes.":
        "Ist {}, so wächst {} unbegrenzt: Der Gradient explodiert.",
    "As {}, {} grows without end: the gradient explodes.":
        "Wegen {} wächst {} unbegrenzt: Der Gradient explodiert.",
    "As {}, {} neither goes to zero nor grows exponentially.":
        "Wegen {} geht {} weder gegen null, noch wächst es exponentiell.",
    "For learning this means: the gradient of a loss at {} with respect to {} is a sum over the "
    "steps, and the term that comes from {} has the factor {}.":
        "Für das Lernen heißt das: Der Gradient eines Verlusts bei {} nach {} ist eine Summe über "
        "die Schritte, und der Term, der von {} kommt, hat den Faktor {}.",
    "The terms of steps long ago therefore add next to nothing, so what happened then can hardly "
    "change the weights: long-term dependencies are not learned, while the terms of the last few "
    "steps, and with them the gradient as a whole, need not be small.":
        "Die Terme lange zurückliegender Schritte tragen daher fast nichts bei; was damals "
        "geschah, kann die Gewichte also kaum ändern: Langfristige Abhängigkeiten werden nicht "
        "gelernt, während die Terme der letzten Schritte, und mit ihnen der Gradient als Ganzes, "
        "nicht klein sein müssen.",
    "The terms of steps long ago may therefore outweigh all others, and a single update may throw "
    "the weights far away; clipping the norm of the gradient prevents that.":
        "Die Terme lange zurückliegender Schritte können daher alle anderen überwiegen, und eine "
        "einzige Aktualisierung kann die Gewichte weit verschieben; das Begrenzen der Norm des "
        "Gradienten (clipping) verhindert das.",
    "It is bounded alike for all steps.": "Er ist für alle Schritte gleichermaßen beschränkt.",
    "Where it vanishes, steps long ago add next to nothing and long-term dependencies are not "
    "learned, though the terms of the last few steps need not be small; where it explodes, a few "
    "terms outweigh all others, and the norm of the gradient has to be clipped.":
        "Wo er verschwindet, tragen lange zurückliegende Schritte fast nichts bei, und "
        "langfristige Abhängigkeiten werden nicht gelernt, auch wenn die Terme der letzten "
        "Schritte nicht klein sein müssen; wo er explodiert, überwiegen wenige Terme alle anderen, "
        "und die Norm des Gradienten muss begrenzt werden.",
}
