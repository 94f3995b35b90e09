//! The paper under every figure: colours that follow the reader's light or dark mode, and text that fits.
//!
//! Must not know what is drawn. plotters writes fixed colours; each of ours is a stand-in that becomes a class.

use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontStyle, IntoFont, RGBColor, TextStyle};

/// The width of every figure, in its own units: as wide as a phone's column, so that text keeps its size there.
pub(crate) const WIDTH: u32 = 420;

/// What a colour is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colour {
    /// Text and axes.
    Ink,
    /// Less important text.
    Muted,
    /// Grid lines.
    Grid,
    /// Measured here; the first series.
    First,
    /// Published; the second series.
    Second,
    /// The third series.
    Third,
    /// What is left over.
    Rest,
}

const COLOURS: [(Colour, u8, &str); 7] = [
    (Colour::Ink, 1, "ink"),
    (Colour::Muted, 2, "muted"),
    (Colour::Grid, 3, "grid"),
    (Colour::First, 4, "c1"),
    (Colour::Second, 5, "c2"),
    (Colour::Third, 6, "c3"),
    (Colour::Rest, 7, "c4"),
];

impl Colour {
    /// The stand-in that [`finish`] looks for: near-black colours that nothing else uses.
    pub(crate) fn rgb(self) -> RGBColor {
        let code = COLOURS.iter().find(|(colour, ..)| *colour == self).map_or(1, |(_, code, _)| *code);
        RGBColor(0, 1, code)
    }
}

impl Colour {
    /// The class of what is drawn in it as a line.
    pub(crate) fn line_class(self) -> String {
        let class = COLOURS.iter().find(|(colour, ..)| *colour == self).map_or("ink", |(.., class)| *class);
        format!("s-{class}")
    }
}

/// A text style: size in the figure's units, colour, horizontal anchor; vertically centred.
pub(crate) fn text(size: u32, colour: Colour, anchor: HPos, bold: bool) -> TextStyle<'static> {
    // plotters-svg divides by this factor when it writes a size.
    let size = f64::from(size) * 1.24;
    let style = if bold { FontStyle::Bold } else { FontStyle::Normal };
    let mut text = TextStyle::from(("sans-serif", size, style).into_font());
    text.color = colour.rgb().to_backend_color();
    text.pos = Pos::new(anchor, VPos::Center);
    text
}

/// The width of a text, estimated: plotters knows no font.
pub(crate) fn width(text: &str, size: u32) -> u32 {
    let units: f64 = text
        .chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | ' ' | 'I' | '·' => 0.34,
            'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.9,
            c if c.is_uppercase() => 0.7,
            c if c.is_ascii() => 0.57,
            _ => 0.8,
        })
        .sum();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "short texts of positive width")]
    let width = (units * f64::from(size)).ceil() as u32;
    width
}

/// `text`, cut with an ellipsis so that it is at most `room` wide.
pub(crate) fn fit(text: &str, size: u32, room: u32) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut kept: Vec<char> = text.chars().collect();
    while !kept.is_empty() {
        kept.pop();
        let cut: String = kept.iter().collect::<String>().trim_end().to_owned() + "…";
        if width(&cut, size) <= room {
            return cut;
        }
    }
    "…".to_owned()
}

/// Turns plotters' output into an element for a page: classes for colours, a name and a description for readers who
/// do not see it.
pub(crate) fn finish(drawn: &str, title: &str, description: &str) -> String {
    let mut svg = drawn.replace(" font-family=\"sans-serif\"", "").replace(" opacity=\"1\"", "");
    for (_, code, class) in COLOURS {
        svg = svg
            .replace(&format!("fill=\"#0001{code:02X}\""), &format!("class=\"f-{class}\""))
            .replace(&format!("stroke=\"#0001{code:02X}\""), &format!("class=\"s-{class}\""));
    }
    let about = maud::html! { title { (title) } desc { (description) } }.into_string();
    match svg.split_once('>') {
        Some((head, rest)) => {
            format!("{head} class=\"plot\" role=\"img\" aria-label=\"{}\">{about}{rest}", label(title))
        }
        None => svg,
    }
}

/// A figure's element as a file of its own.
pub(crate) fn standalone(svg: &str) -> String {
    let style = concat!(
        "<style>",
        include_str!("../../assets/plot-alone.css"),
        include_str!("../../assets/plot.css"),
        "</style>"
    );
    match svg.split_once('>') {
        Some((head, rest)) => format!("{head}>{style}{rest}"),
        None => svg.to_owned(),
    }
}

fn label(text: &str) -> String {
    maud::html! { (text) }.into_string().replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_to_its_room() {
        let cut = fit("a network with a name that nobody wants to read to its end", 13, 120);
        assert!(cut.ends_with('…') && width(&cut, 13) <= 120, "{cut}");
        assert_eq!(fit("short", 13, 120), "short");
    }

    #[test]
    fn colours_become_classes() {
        let svg = finish("<svg width=\"1\">\n<line opacity=\"1\" stroke=\"#000104\"/></svg>", "a < b", "c");
        insta::assert_snapshot!(svg, @r#"
        <svg width="1" class="plot" role="img" aria-label="a &lt; b"><title>a &lt; b</title><desc>c</desc>
        <line class="s-c1"/></svg>
        "#);
    }
}
