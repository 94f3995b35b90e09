"""Makes the golden values of the tests from the official METEOR 1.5.

Usage: METEOR_PACKAGE=.../pycocoevalcap/meteor python3 golden.py

METEOR_PACKAGE is the folder with meteor-1.5.jar and data/paraphrase-en.gz; a Java Development Kit must be installed.
Writes stems.json, normaliser.json, tiny.json (with the made-up tables in tiny/) and package.json (with those of the
package) beside this file.
"""

import gzip
import json
import os
import random
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGE = Path(os.environ["METEOR_PACKAGE"]).resolve()
JAR = PACKAGE / "meteor-1.5.jar"

# Reads lines; answers each with its stem, or with its normalised form in lower case.
HARNESS = """
import java.io.*;
import java.nio.charset.StandardCharsets;
import edu.cmu.meteor.util.*;

public class Harness {
    public static void main(String[] arguments) throws Exception {
        var stemmer = Constants.newStemmer("english");
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            out.println(arguments[0].equals("stem")
                ? stemmer.stem(line)
                : Normalizer.normalizeLine(line, Constants.LANG_EN, true).toLowerCase());
        }
        out.flush();
    }
}
"""


def lines_of(command, lines):
    """The lines that a command answers to lines on its standard input."""
    text = "".join(line + "\n" for line in lines).encode()
    return subprocess.run(command, input=text, check=True, capture_output=True).stdout.decode().split("\n")[:-1]


def harness(what, lines):
    """A value of the jar for each line."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "Harness.java"
        source.write_text(HARNESS)
        answers = lines_of(["java", "-cp", str(JAR), str(source), what], lines)
    assert len(answers) == len(lines)
    return list(zip(lines, answers))


def scores(options, cases):
    """Statistics and score of each case of references and hypothesis, and the score of their sum."""
    command = ["java", "-Xmx2G", "-jar", str(JAR), "-", "-", "-stdio", "-l", "en", "-norm", *options]
    score_lines = [" ||| ".join(["SCORE", *references, hypothesis]) for references, hypothesis in cases]
    statistics = lines_of(command, score_lines)
    assert len(statistics) == len(cases)
    *each, corpus = lines_of(command, [" ||| ".join(["EVAL", *statistics])])
    return {
        "corpus": float(corpus),
        "segments": [
            {"references": references, "hypothesis": hypothesis, "statistics": line, "score": float(score)}
            for (references, hypothesis), line, score in zip(cases, statistics, each)
        ],
    }


def write(name, value):
    """Writes a value, one item a line."""
    items = value if isinstance(value, list) else value["segments"]
    body = ",\n".join(json.dumps(item, ensure_ascii=False) for item in items)
    if isinstance(value, list):
        text = f"[\n{body}\n]\n"
    else:
        text = f'{{"corpus": {value["corpus"]!r}, "segments": [\n{body}\n]}}\n'
    (HERE / name).write_text(text)


def stems():
    """Words for every rule and exception of the stemmer."""
    whole = """skis skies dying lying tying idly gently ugly early only singly sky news howe atlas cosmos bias andes inning
    innings outing canning herring herrings earring proceed proceeds exceed exceeded succeed succeeding a I is as it's
    dogs' dog's 'tis 's ' '' yes yy yay boy boyish youth say saying crying syzygy by buy toy employ enjoyed caresses
    caress gas gaps this kiwis cries ties died tied us bus buses focus feed agreed agreedly proceedly hopped hoping
    hopping bed shed shred bead embed beds fizzed failing filing hissing sized luxuriated bled bling conflated troubled
    cry happy enjoy day relational conditional rational valenci hesitanci radically vilely analogously vietnamization
    predication operator feudalism decisiveness hopefulness callousness formaliti sensitiviti sensibiliti apology
    apologies geology hopefully carelessly singularly badly quickly likely triplicate formative formalize electriciti
    electrical hopeful goodness national talkative revival allowance inference airliner gyroscopic adjustable defensible
    irritant replacement adjustment dependent adoption vision union homologou communism activate angulariti homologous
    effective bowdlerize probate rate cease controll roll rolled fill filled general generate generously communicate
    community arsenal arsenic arsenals university past emergency interest organization later naïve café fiancées
    1980s 10th u.s. e.g""".split()
    random_words = random.Random(1)
    beginnings = "run walk nation commun gener hop happi arg activ electri relat hope wonder cri try stress bl siz".split()
    endings = """s ed ing ly ness ies eedly ingly ational ization fulness ousli biliti logi li 's ' s' y ment ive ative e
    le ll ous al ied yed able ible ant ence er ic ism ate iti ion sion tion ion ize""".split()
    made = ["".join([random_words.choice(beginnings), *random_words.choices(endings, k=random_words.randint(1, 2))])
            for _ in range(600)]
    return harness("stem", list(dict.fromkeys([*whole, *made])))


def normaliser():
    """Lines for every step of the normaliser."""
    lines = [
        "", " ", "A man, a plan.", "the U.S. is here", "He lives in the u.s.a.", "e.g. this", "at 5 p.m.", "at 5 p.m. today",
        "Mr. Smith and mr. smith", "Dr. No", "No. 5", "No. Five", "No.", "No. no", "a street.", "a street. b", "a street. B",
        "x v. y", "x v. Y", "wait... what", "wait.. what", "wait....", "...", "..", ".", ". .", "a...b..c", "...a",
        "DOTMULTI", "xDOTMULTIy", "DOTDOTMULTI", "DOTMULTI.", "DOTMULTI..DOTMULTI", "DOT DOTMULTI.x", "1,000", "1,a", "a,1",
        "a,b", "a,,b", ",,,", "5, 6", ", ,", "don't", "can't won't", "dogs' tails", "the dog's tail", "1980's", "80's and 80't",
        "'tis", "''", "'''", "''''", "a''b", "o'clock's", "' ' '", "a'b'c", "1'2", "a'1", "`a`", "``hi''", "‘hi’", "“hi”",
        "it’s", "rock 'n' roll", "well-known", "a-b-c", "a-b-c-d", "-a", "a-", "--", "---", "a--b", "a – b", "a–b", "a — b",
        ".-a", "a.-b", "1-2", "-'s", "'-", "\"quoted\" text", "(a) [b] {c}", "a/b", "50% of $5", "#1 @home", "C++", "x_y",
        "<tag> &amp;", "a|b", "naïve café", "ÅNGSTRÖM Čapek Žižek", "ПРИВЕТ-мир", "ΟΔΟΣ ΣΑΣ Σ", "İstanbul", "中文 字",
        "العربية نص", "עברית", "😀 a😀b", "👨‍👩‍👧", "a\u00a0b", "a\u3000\u2003b", "a\tb\x0bc\x0cd", "\x01a\x02", "a \x01", "½ ² №",
        "a.b.c", "a.b.", "1.5", "1.5.", "..5", "x.", ".x", ".x.", "'.", ".'", "`", "’s", "é's", "中's", "e\u0301's",
    ]
    return harness("normalise", lines)


def tiny():
    """Cases over the made-up tables: every matcher, ties, and phrases that overlap."""
    words = random.Random(2)
    cases = [
        (["the dog runs"], "the dog runs"), (["the dog runs"], "the dogs run"), (["a big dog"], "a large hound"),
        (["a huge dog"], "a big dog"), (["the children"], "a kid"), (["men"], "persons"), (["comics"], "a cartoon"),
        (["two buses"], "a coach"), (["boxes in cities"], "crates in towns"), (["happier"], "glad"), (["nicest"], "fine"), (["glass"], "box"),
        (["is"], "man"), (["glased"], "box"),
        (["of course"], "certainly"), (["certainly"], "of course"), (["of course"], "sure"), (["sure"], "of course"),
        (["a lot of dogs"], "many dogs"), (["a lot of dogs"], "plenty of dogs"), (["the dog"], "it"), (["dog"], "the puppy"),
        ([""], ""), (["a"], ""), ([""], "a"), (["."], "."), (["a", ""], "b"), (["b", "a", "a b"], "a b"),
        (["the the the"], "the"), (["the"], "the the the"), (["a a b b"], "b b a a"), (["a b a b a b"], "b a b a b a"),
        (["in front of the man"], "before the man"), (["a man next to a dog"], "a man beside a dog"),
        (["the dog is running next to the man"], "beside the man the dog runs quickly"),
        (["The Dog's tail."], "the dog's tail"), (["dog | man"], "dog man"), (["😀 dog العربية"], "dog 😀 العربية"),
    ]
    vocabulary = """the a in of is and to on dog dogs hound puppy child children kid run runs running ran sprint big large
    huge man men person bus coach comics cartoon box crate city town happy glad certainly course sure lot many plenty front
    before next beside quickly it .""".split()
    for _ in range(260):
        few = words.sample(vocabulary, words.choice([3, 6, 12, len(vocabulary)]))
        line = lambda: " ".join(words.choice(few) for _ in range(words.randint(1, words.choice([4, 10, 24]))))
        cases.append(([line() for _ in range(words.randint(1, 3))], line()))
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "paraphrase.gz"
        table.write_bytes(gzip.compress((HERE / "tiny/paraphrases").read_bytes()))
        return scores(["-s", str(HERE / "tiny/english.words"), "-d", str(HERE / "tiny"), "-a", str(table)], cases)


def package():
    """Cases over the tables of the package."""
    words = random.Random(3)
    lines = """A child in a red coat is climbing the steps of a wooden house.|A little kid climbs up the stairs into a cabin.
    A young girl walks into a small building made of wood.|Two dogs are playing with a ball on the grass.
    A pair of hounds chase after a toy in the meadow.|Puppies run quickly across the lawn.
    A man wearing a hat stands in front of a brick wall.|A guy with glasses and an orange cap is standing next to a building.
    An elderly gentleman leans against the side of a house.|Several people are waiting for the bus at the corner.
    A number of persons wait beside a street for public transport.|A crowd of men and women stands close to the road.
    The boy didn't want to go to school.|He doesn't wish to attend class, of course.|Certainly the lad will not be there.
    A surfer rides a huge wave in the ocean.|Someone is surfing on a big wave at sea.|The sea is calm tonight.
    A woman rode her bicycle down the hill at 5 p.m.|A lady on a bike is going downhill in the late afternoon.
    Three children built a sandcastle near the water's edge.|Kids are making castles of sand on the beach.
    "Well-known" singers performed live in the U.S. last year.|Famous vocalists gave a concert in the United States.
    There's a cat sleeping on top of the refrigerator.|A kitten naps on a fridge.|The comics are on the table.
    It is estimated that 1,000 people took part in the race.|About one thousand athletes participated.""".replace("\n", "|")
    lines = [line.strip() for line in lines.split("|")]
    cases = [([lines[other] for other in words.sample(range(len(lines)), words.randint(1, 4))], line)
             for line in lines for _ in range(4)]
    for _ in range(60):
        line = lambda: " ".join(words.sample([word for _ in range(3) for word in words.choice(lines).split()], 12))
        cases.append(([line() for _ in range(words.randint(1, 3))], line()))
    return scores(["-a", str(PACKAGE / "data/paraphrase-en.gz")], cases)


write("stems.json", stems())
write("normaliser.json", normaliser())
write("tiny.json", tiny())
write("package.json", package())
