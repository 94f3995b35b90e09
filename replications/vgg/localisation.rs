//! What appendix A trains, on trunks whose weights can be had and for the twenty classes of PASCAL VOC: heads that read a
//! trunk's maps and say what is there or where it is.
//!
//! Must not hold the paper's own networks: `network.rs` does.

use super::network::fully_connected;
use crate::build::{Builder, Kernel};
use crate::googlenet;
use crate::graph::Graph;

/// PASCAL VOC's classes.
const CLASSES: usize = 20;
/// Centre, width and height.
const BOX: usize = 4;

/// The network of that id, if it is a trunk or a head.
pub(super) fn build(id: &str) -> Option<Graph> {
    if id == "googlenet-bvlc-trunk" {
        return googlenet::build("googlenet").map(|graph| Graph { name: id.to_owned(), ..graph });
    }
    let (trunk, what) = id.rsplit_once('-')?;
    let last = match what {
        "classes" => ("classes", CLASSES),
        "scr" => ("box", BOX),
        "pcr" => ("box", BOX * CLASSES),
        _ => return None,
    };
    match trunk {
        "googlenet-voc" => Some(on_googlenet(id, last)),
        "vgg16-voc" => {
            let mut net = Builder::new(id, [512, 7, 7]);
            let x = net.input();
            let x = fully_connected(&mut net, x, last);
            Some(net.finish(x))
        }
        _ => None,
    }
}

/// On the last inception module. Classes as GoogLeNet's own classifier tells them; its mean over places forgets where things
/// are, so a box is told as by its auxiliary heads, without their pool: 128 maps, 1024 features.
fn on_googlenet(id: &str, last: (&str, usize)) -> Graph {
    let mut net = Builder::new(id, [1024, 7, 7]);
    let mut x = net.input();
    if last.0 == "classes" {
        x = net.avg_pool("pool", x, Kernel::square(7).pool());
        x = net.flatten("flatten", x);
        x = net.dropout("drop", x, 0.4);
    } else {
        x = net.conv("reduce", x, 128, Kernel::same(1));
        x = net.relu("reduce/relu", x);
        x = net.flatten("flatten", x);
        x = net.linear("fc", x, 1024);
        x = net.relu("fc/relu", x);
        x = net.dropout("drop", x, 0.5);
    }
    x = net.linear(last.0, x, last.1);
    net.finish(x)
}
