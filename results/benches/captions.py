#!/usr/bin/env python3
"""How long the caption tools of COCO (pycocoevalcap 1.2, with Java) and `harness score` take for the same sentences, in turn.

usage: captions.py HARNESS FIXTURES [HOME]

HARNESS   the built program
FIXTURES  the mirror's caption-fixtures, unpacked: flickr30k-magic, 1,000 images with five sentences each
HOME      a home of the harness that has METEOR's tables (`harness data fetch meteor-1.5 --home HOME`); METEOR is
          compared only with it

The harness is timed as a whole: starting, reading, cutting into words, every measure, and 1,000 draws for the intervals.
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import time

from pycocoevalcap.bleu.bleu import Bleu
from pycocoevalcap.cider.cider import Cider
from pycocoevalcap.meteor.meteor import Meteor
from pycocoevalcap.rouge.rouge import Rouge
from pycocoevalcap.tokenizer.ptbtokenizer import PTBTokenizer


def seconds(call):
    start = time.perf_counter()
    value = call()
    return time.perf_counter() - start, value


def main():
    harness, fixtures = sys.argv[1], pathlib.Path(sys.argv[2])
    home = sys.argv[3] if len(sys.argv) > 3 else None
    magic = json.loads((fixtures / "flickr30k-magic/magic_result.json").read_text())
    people = {number: [{"caption": said} for said in one["captions"]] for number, one in enumerate(magic)}
    system = {number: [{"caption": one["prediction"]}] for number, one in enumerate(magic)}
    room = pathlib.Path(tempfile.mkdtemp())
    written = [{"image_id": number, "caption": said["caption"]} for number, all_said in people.items() for said in all_said]
    (room / "people.json").write_text(json.dumps({"annotations": written}))
    written = [{"image_id": number, "caption": own[0]["caption"]} for number, own in system.items()]
    (room / "system.json").write_text(json.dumps(written))

    def theirs():
        cutter = PTBTokenizer()
        own = cutter.tokenize(people), cutter.tokenize(system)
        for measure in (Bleu(4), Rouge(), Cider()):
            measure.compute_score(*own)
        return own

    def ours(place):
        call = [harness, "score", "--json", "--offline", "--home", place, "--references", str(room / "people.json"), str(room / "system.json")]
        return json.loads(subprocess.check_output(call))

    for turn in range(3):
        took, cut = seconds(theirs)
        without, _ = seconds(lambda: ours(str(room / "nothing")))
        print(f"turn {turn + 1}: BLEU, ROUGE-L, CIDEr with cutting: {took:.2f} s, here {without:.2f} s, ratio {took / without:.1f}", flush=True)
        if home:
            alone, (score, _) = seconds(lambda: Meteor().compute_score(*cut))
            whole, rows = seconds(lambda: ours(home))
            value = next(row["value"] for row in rows["rows"] if row["metric"] == "METEOR")
            print(f"        METEOR: {alone:.2f} s, here {whole - without:.2f} s more, ratio {alone / (whole - without):.1f}; {100 * score:.6f} and {value:.6f}", flush=True)


main()
