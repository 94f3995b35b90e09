#!/usr/bin/env python3
"""Makes ptb.json: what the Java program and pycocoevalcap 1.2 say to the cases below.

usage: ptb.py [JAR]     with the Python that has pycocoevalcap 1.2, and Java
"""

import json
import os
import subprocess
import sys
import tempfile

import pycocoevalcap.tokenizer.ptbtokenizer as official

JAR = os.path.join(os.path.dirname(official.__file__), official.STANFORD_CORENLP_3_4_1_JAR)
COMMAND = ["java", "-cp", sys.argv[1] if len(sys.argv) > 1 else JAR]
COMMAND += ["edu.stanford.nlp.process.PTBTokenizer", "-preserveLines", "-lowerCase"]

# By concept; cases of one string are apart by " | ".
SHORT = {
    "words": "a man | café naïve Zürich ÉCOLE | 日本語 שלום مرحبا | a1 1a | x̂ ˂a 1˂ | A.B | ab.cd.ef | README.md | a!b a?b 1!2 | "
    "Yahoo! | a_b _a_ __init__ ___ | gonnab agonna cannots | a\xadb can\xadnot \xad 5\xad a\xad-b | a‐b ‐a a‐ | ASP.NET .NET",
    "split words": "cannot Cannot CANNOT cannot. cannot-a | gonna gotta lemme gimme wanna | 'tis 'Twas 'tisn't | whatcha dunno kinda",
    "clitics": "don't DON'T can't won't ain't isn't mustn't've | donn't nt't 1n't én't n't | he'd he'll he's he're he've I'm he'S | "
    "it'sa it's1 it's-a it's's 's 'd 'll | don’t he’s ’s ’sb | a.b's U.S.'s O'Brien's | don&apos;t he&apos;s &apos;s | n‘t don`t | "
    "children's dogs' | a's, 's. | a's' ‘a’sb",
    "clitics before words": "d'you D'you d'etre l'amour j'ai c'est y'all y' y'1 y'é | ol' ol'a d' l' o' | y’all d’you",
    "words with an apostrophe": "c'est c'mon c’mon cap'n Cap’n nor'easter s'mores s'more g'day G'day ten-o'clock | O'Brien O’Brien O‘Brien O`Brien o'b O'Neill-Smith Smith-O'Neill a-o'hearn a-o'b | o'clock O’CLOCK | "
    "rock 'n' roll rock'n'roll 'n 'em 'til 'till 'cause 'bout 'round | ne'er o'er e'er e’er ev'ry nat'l li'l int'l gov't | "
    "Qu'Appelle Hawai'i Ya'acov Qur'an ha'penny | B'nai M'Gee K'Nex I'Ma n'ab | d'abc-d o'1a o'a1 o'a-b | cont'd. sec'y",
    "abbreviations": "Mr. Mrs. Dr. Smith | mr.smith Mr.. Mr... Mr.' | Jan. Feb. Sept. 5 | Calif. N.Y. D.C. U.S. U.S.A. | "
    "a.m. p.m. 5 a.m. 5a.m. | e.g. i.e. etc. vs. al. | Inc. Co. Ltd. Corp. Bros. | Ph.D. M.D. Ed.D. B.Sc. | mfg. MFG. Mtg. | "
    "Pty. Pte. PTY. | ark. Ark. ill. Ill. miss. Miss. wash. | approx. vol. ex. | abc., abc.; abc.: a-b., 1., AT&T., | "
    "no. No. 5 no.5 Nos. 1 Fig. 2b pp. 3 p. 4 | etc.a etc.ab etc.a. etc.-a etc.-ab etc.1 Mr.a etc.@1 etc.@ | nos.、a a.、 | inD.C. xD.C. co.h mr.h",
    "sentence ends": "etc. The | etc. the | etc.  the | etc. É | etc. <p>a | Rd. A | U.S. The | U.S. Theb | U.S. the | U.S. He's | U.S. Mr. A | "
    "U.S. <p> a | U.S. <p>a | A. The b | A. Smith | Mr. The | Co. Ltd. | Co. Limited | Co. Inc. | Pty. Ltd | U.S.-U.K. The | anti-U.S. The | "
    "etc. | etc.. | etc... | etc.? | etc.) | etc.\" The",
    "initials in compounds": "U.S.-based U.S.-China anti-U.S. a-X.Y. newlib-X.Y.Z/: foci-p.m.-ltd a_X.Y. é-X.Y. a-X.Yb.",
    "compounds": "mother-in-law t-shirt 5-year-old x-ray 10-K F-16 R2-D2 | a- -a --a a--b a - b | a,b-c a.b-c a-b.c a..-a 1.-a | a-b_c a_b-c é-é | "
    "and/or he/she a/b/c a/b/c/d w/o 1/a a-b/c-d a-1/b a/ /a é/a a\\/b | schoolbus/boat/house | a-b-c-d/e x/y-z-w-v | AT&T R&D A&b a&b A&amp;B A+B a+b U+A71B | "
    "C++ c# F# G# C+ C++11",
    "numbers": "1,000 1,000.50 .5 -5 +5 -.5 5. 1,,5 1;5 10:30 10:30am 16:9 1.2.3 ٣٫٥ | 5th 1990s 5m 1.5m 4x4 3D 1e5 1E-5 | 1+1 1-2-3 | '90s '90 '90a ’90s '05s",
    "fractions": "٣/٤ ١ ٣⁄٤ 12⁄34567 | 1/2 3/4 1 1/2 3-1/2 12 3/16 10/200 1000/2000 10000/2 1\\/2 1⁄2 | ½ ¼ ¾ ⅓ ⅔ ⅛ 1½ 1 ½ ½cup | 1/2-inch 1/8th 5 1/8-inch",
    "dates": "٣/٣/٣٣ 12/31/2010 12-31-10 2010-01-01 1/1-11 9/11 1990/91 10/10/10/10",
    "telephone numbers": "555-1234 | 555 1234 | 415-555-1234 | 415 555 1234 | (415) 555-1234 | (415)555-1234 | (415)-555-1234 | +44 20 7946 0958 | "
    "+1 415 555 1234 | 1-800-555-1234 | 12 345678 | 415 555 1234a | 415\xa0555\xa01234 | (12) 345",
    "money": "$5 $3.50 US$5 A$5 us$5 $1-$2 £5 €10 5€ ¥5 50¢ 5% ₹5 #1 # 1 ¤5",
    "web": "http://a.com/b?c=d http://a.com. (http://a.com) http://a.com/b_(c) https://a http://ab HTTP://A.COM http:// ftp://a.com | "
    "www.a.com www.a.com/b www.a_b.com/cd www.a_b.infos www.a-b.com. | a.com a.com/cde A.com/cde a1.com/cde a~b.org &.net é.com/cde | "
    "foo@bar.com <foo@bar.com> a+b@c.d a@b a@b. a@b, a@ &lt;a@b.c&gt; mailto:a@b.c é@b.c | @foo @_a1 @1a @foo's @a-b | #foo #1 #foo_bar #é ## | "
    "a.jpg 1.jpg 1.jpg/a a.b.TXT 1.jpga 1.mp3! 1.docx, 1.svg x-1.jpg 日本http://a.b/c | a.com/{b} a.com/a{b www.a.com/a{b}c a.com/}}x http://a.b/{c}d | a \xa0m.com a\xa0m.com n't \xa0m.com",
    "markup": "<b>bold</b> | <a href=\"b c\">d</a> | <a b=c> | <a b='(c)'/> | <br /> | <1> < a > </a b> | <!-- a > b --> | <!DOCTYPE html> | <?xml version=\"1.0\"?> | "
    "<!1> <?> | a<b a>b << >> >>> | &amp; &lt; &gt; &LT; &quot; &quot;a &QUOT; &nbsp; a&nbsp;b &mdash; &ndash; &apos; | &eacute; &ntilde; &hellip; &#39; &#x27; &# &lt &;",
    "accents": "caf&eacute; na&iuml;ve &eacute;t&eacute; CAF&EACUTE; &Agrave; a&uuml;b&ouml;c | caf&eacute;-bar caf&eacute;'s caf&eacute;. caf&eacute;.com | d'&eacute;t &eacute;1 1&eacute; A.&eacute; &eacute;.&eacute; #&ouml; &ntilde;a",
    "names with ampersands": "S&P-500 s&p-500 S&Ls s&ls S&amp;Ls s&AMP;ls S&P-500x S&Ls. xS&Ls S&LS | &MD; &md; a&MD;b &ND;",
    "brackets as printed": "-LRB- a -RRB- -lrb- | -LRB-small-RRB- x-LRB-y -LSB- -RSB- -LCB- -RCB- -lrb-. --LRB- -LRB-- a-lrb-b | -LRB-a-b -LRB-'s -lrb-1",
    "emoticons": ":) :-) ;-) :( :'( =) :D :P :p :o :O :/ :\\ :| :] :} :{ :@ :3 :* 8) xD <3 >:( (: | :)a a:) :Da =ding RIF=d | ^_^ (^_^) (^^) (x_x) (^-^) (^-`) (^--) (--^) (---) -_- o_O T_T ('.') ^-^ (^_^ | :)) :-)) ;D. ",
    "quotes": "\"a b\" \"a\" \"é\" \"$5\" \" a \" \"\" a\"b 6\" 6'2\" | 'abc' 'a' 'a b' 'a.' 'éa' '1' ' a ' ''a'' '''a | ``a'' `a' ``` a` | “a” ‘a’ “‘a’” ’’’ “““ «a» ‹a› ‚a‛ „a‟ \x93a\x94 \x91a\x92 | "
    "(\"a\") [\"a\"] a,\"b \"... ...\" \"'a'\" '\"a\"'",
    "brackets": "(a) [b] {c} word(s) (( )) [[1]] ()",
    "dashes": "- -- --- ---- ----- a--b a---b – — a–b —— 1–2 \x96 \x97 -> <-- -->",
    "stops": ". .. ... .... ..... ...... a... a....b . . . . . . . .. . … …… \x85 ! !! ?! !? ?!? a! !a ; : , :: ;; ,, a:b a:1 1:a a,b a;b",
    "symbols": "* ** a*b *** _ @ @@ a @ b % ^ ~ = + | \\ \\* \\*\\* \\/ / // a\\b a|b & && x=y a=\"b\" © ™ a™ ® • · → ♥ ☺ ° 100°C × m² H₂O x⁻¹ ⁻₀ ²₁ § № 、 Ⓐ Ⅳ ٪",
    "others": "a 😀 b 👍🏽 | 😀😀 | http://😀 | \u200e \u200b \ufeffa | a\x07b \x7f | İ ΑΣ ΑΣ. ΑΣ-Α Σ a1Σ | ǅ ﬁ ß ẞ | a\u2003b a\u3000b a\xa0b | a\tb | \x80 | Ꭰ ꙮ ↀ | ! | \" | ' | - | .",
}

LONG = [
    "A man in a red shirt is riding a bike down the street.",
    "THERE ARE PEOLE SITTING IN A WAITNG ROOM",
    "A group dressed in wintery attire on a sidewalk in Washington D.C.",
    "A stop sign is at an intersection on Morgan Rd. ",
    "The Iowa State football player blocks a Texas A&amp;M defenseman while running with the ball .",
    "two young children RIF=ding sleds down the snow .",
    'He said, "It\'s 5 o\'clock, isn\'t it?" and left (in a hurry).',
    "",
    " ",
    "   leading and trailing   ",
    "x" * 300,
    "-" * 120,
    "1" * 150 + "." * 40,
    "a." * 60,
    "a " * 300 + "b",
]

# Captions that follow one another in one file.
TEXTS = [
    ["on the corner of 5th St. and Morgan Rd.", "A dog runs.", "a parked R.V.", "The man etc.", "the end etc.", "", "x etc.", "5 x"],
    ["plan B.", "A dog", "plan B.", "a dog", "vitamin C. ", "Two dogs", "see no.", "5 dogs", "see fig.", "x", "at 5 p.m.", "Mr. X", "the U.S.", "<b> x", "Co.", "Ltd. x", "a ", "<a", "b>", ". .", ". x"],
]

# At the end of the last caption, behind which no line feed stands.
ENDS = ":) | a man smiles ;-) | :D | it'll | they've | we're | dog's | he'd | can't | don’t | it’ll | Jan.x | co.1 | etc. | etc | U.S. | U.S | 25.jpg | photo.jpg | plan B. | B. | '11 | ’11 | '90s | '90 | \"a\" | a... | 1 1/2 | 415 555 1234 | <b> | http://a.b | a@b.c | (^_^) | cannot | y' | no. | fig. | St. | a. . . | -LRB- | caf&eacute; | &quot; | 😀 | x :) "

CAPTIONS = [
    "A man (with a hat) eats \"pizza\"; it's good!",
    "two dogs -- one black, one white -- run...",
    "a\nline feed\n",
    "",
    "...",
    "' `` '' : - ;",
    "[a] {b} (c)",
    "see http://a.b\xa0",
    "a <b c> d 1 1/2",
    "No. 5 vs. No. x",
    "ends in spaces  ",
    "“quoted” – ‘words’…",
    "plan B.",
    "The plan",
    "at 10:30 p.m. on Jan. 5, 2010 at 5% (or $3.50)",
]


def java(lines):
    """The program's output lines for a file of these lines."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="\n", suffix=".txt") as file:
        file.write("".join(line + "\n" for line in lines))
        file.flush()
        out = subprocess.run(COMMAND + [file.name], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    out = out.stdout.decode().split("\n")[:-1]
    assert len(out) == len(lines), (len(out), len(lines))
    return [[token for token in line.split(" ") if token] for line in out]


def main():
    cases = [(name, case) for name, group in SHORT.items() for case in group.split(" | ")]
    # Each string apart as well, for where a case fails.
    cases += [(name, word) for name, group in SHORT.items() for case in group.split(" | ") for word in case.split(" ") if " " in case and word]
    cases += [("lines", line) for line in LONG]
    cases = list(dict.fromkeys(cases))
    # A line between any two, for what a line's end looks at.
    out = java([line for _, case in cases for line in (case, "x")])
    captions = official.PTBTokenizer().tokenize({i: [{"caption": c}] for i, c in enumerate(CAPTIONS)})
    ends = [["a dog", end] for end in ENDS.split(" | ")]
    last = [official.PTBTokenizer().tokenize({i: [{"caption": c}] for i, c in enumerate(two)})[1][0] for two in ends]
    answer = {
        "lines": [{"of": name, "line": case, "tokens": tokens} for (name, case), tokens in zip(cases, out[::2])],
        "texts": [{"lines": text, "tokens": java(text)} for text in TEXTS],
        "captions": [{"caption": c, "words": [w for w in captions[i][0].split(" ") if w]} for i, c in enumerate(CAPTIONS)],
        "ends": [{"captions": two, "last": words.strip()} for two, words in zip(ends, last)],
    }
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "ptb.json")
    with open(path, "w", encoding="utf-8") as file:
        # One case a line.
        parts = (f'"{key}": [\n' + ",\n".join(map(json.dumps, value)) + "\n]" for key, value in answer.items())
        file.write("{\n" + ",\n".join(parts) + "\n}\n")
    print(len(answer["lines"]), "lines")


main()
