//! What holds for any text, tried on random ones.

/// Pieces that the rules care about.
const PIECES: &[&str] = &[
    "a", "B", "n't", "'s", "O'", "the", "The", "etc", "U.S", "Mr", "No", "1", "25", "٣", "é", "É", "日", "Σ",
    "\u{301}", "😀", "\u{ad}", "\u{200b}", ".", "..", ",", ";", ":", "!", "?", "'", "\"", "`", "“", "’", "‘", "„", "-",
    "--", "–", "_", "/", "\\", "&", "&amp;", "&lt;", "&quot;", "&apos;", "@", "#", "$", "€", "£", "¢", "%", "^", "~",
    "*", "=", "+", "|", "(", ")", "[", "]", "{", "}", "<", ">", "<b>", "<!", "½", "²", "₂", "™", "…", "http://",
    "www.", ".com", ".jpg", " ", " ", " ", "\t", "\n", "\r", "\u{a0}", "\u{2003}", "\u{2028}", "\u{85}", "\0",
];

/// Tokens that stand for others.
const NORMALIZED: &[&str] = &[
    "-lrb-", "-rrb-", "-lsb-", "-rsb-", "-lcb-", "-rcb-", "``", "''", "`", "...", "--", "cents", "#", "$", "-", "1/2",
    "<", ">", "&",
];

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }

    fn text(&mut self) -> String {
        (0..self.below(25)).map(|_| PIECES[self.below(PIECES.len())]).collect()
    }
}

#[test]
fn tokens_come_from_the_text() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..3000 {
        let text = random.text();
        // A full stop may be read twice; the rest is in order.
        let lower: Vec<char> = text.to_lowercase().replace('σ', "ς").chars().collect();
        let mut at = 0_usize;
        for token in ptb::tokens(&text) {
            assert!(!token.is_empty() && !token.contains([' ', '\n']), "{text:?}: {token:?}");
            if NORMALIZED.contains(&token.as_str()) {
                continue;
            }
            let token = token.replace("-lrb-", "(").replace("-rrb-", ")").replace('σ', "ς");
            at = at.saturating_sub(1);
            for c in token.chars().filter(|c| !matches!(c, '\'' | '`' | '\u{a0}' | '-')) {
                let found = lower.iter().skip(at).position(|&l| l == c);
                at += found.unwrap_or_else(|| panic!("{text:?}: {token:?}")) + 1;
            }
        }
    }
}

#[test]
fn each_line_has_its_tokens() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for _ in 0..1000 {
        let text = random.text();
        assert_eq!(ptb::lines(&text).len(), text.split_terminator('\n').count(), "{text:?}");
        let captions = [text.as_str(), "", text.as_str()];
        assert_eq!(ptb::corpus_sentences(captions).len(), 3);
        let words = ptb::words(&text);
        assert!(words.iter().all(|word| !ptb::PUNCTUATION.contains(&word.as_str())), "{text:?}");
    }
}

#[test]
fn long_lines_end() {
    for piece in ["~", "a,", "<!a ", "+a", "a@(", "😀", "word ", "<a b=\"", "1", "a.", "U.S.  ", "www.1-"] {
        let line = piece.repeat(100_000 / piece.len());
        // Each piece once more brings no fewer tokens, and a search back from every place would take minutes.
        let (once, whole) = (ptb::tokens(piece).len(), ptb::tokens(&line).len());
        assert!(once <= whole, "{piece:?}: {once} and {whole}");
    }
}
