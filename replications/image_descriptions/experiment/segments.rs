//! Segments of a sentence, each aligned to one region: the best assignment of words to regions, where neighbouring words of one region
//! are worth β more (equations 10 to 12), by dynamic programming.
//!
//! Must not score words.

/// The region of each word; `scores` are by word, region by region. Of equally good assignments the one with the earlier regions.
pub(super) fn aligned(scores: &[f32], regions: usize, beta: f64) -> Vec<usize> {
    let words = scores.len().checked_div(regions).unwrap_or(0);
    if words == 0 {
        return Vec::new();
    }
    let score = |word: usize, region: usize| f64::from(scores[word * regions + region]);
    let mut sums: Vec<f64> = (0..regions).map(|region| score(0, region)).collect();
    // By word from the second on: from which region each one's best assignment comes.
    let mut from: Vec<Vec<usize>> = Vec::with_capacity(words - 1);
    for word in 1..words {
        let best = first_best(&sums);
        let comes: Vec<usize> =
            (0..regions).map(|region| if sums[region] + beta >= sums[best] { region } else { best }).collect();
        let next = |(region, before): (usize, &usize)| {
            sums[*before] + if *before == region { beta } else { 0.0 } + score(word, region)
        };
        sums = comes.iter().enumerate().map(next).collect();
        from.push(comes);
    }
    let mut assigned = vec![first_best(&sums)];
    for comes in from.iter().rev() {
        let last = assigned.last().copied().unwrap_or(0);
        assigned.push(comes[last]);
    }
    assigned.reverse();
    assigned
}

fn first_best(sums: &[f64]) -> usize {
    let mut best = 0;
    for (place, sum) in sums.iter().enumerate() {
        if *sum > sums[best] {
            best = place;
        }
    }
    best
}

/// The segments of an assignment: each one's region, first word and number of words.
pub(super) fn segments(assigned: &[usize]) -> Vec<(usize, usize, usize)> {
    let mut all = Vec::new();
    for own in assigned.chunk_by(|a, b| a == b) {
        let first = all.last().map_or(0, |(_, first, count)| first + count);
        all.push((own[0], first, own.len()));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worth(scores: &[f32], regions: usize, beta: f64, assigned: &[usize]) -> f64 {
        let own = assigned.iter().enumerate().map(|(word, region)| f64::from(scores[word * regions + region]));
        own.sum::<f64>() + beta * assigned.windows(2).filter(|pair| pair[0] == pair[1]).count() as f64
    }

    #[test]
    fn no_other_assignment_is_better() {
        let (words, regions) = (5, 3);
        let scores: Vec<f32> = (0..words * regions).map(|k| (k as f32 * 1.7).sin() * 3.0).collect();
        for beta in [0.0, 0.5, 2.0, 20.0] {
            let found = worth(&scores, regions, beta, &aligned(&scores, regions, beta));
            for number in 0..regions.pow(5) {
                let other: Vec<usize> = (0..words).map(|word| number / regions.pow(word as u32) % regions).collect();
                assert!(worth(&scores, regions, beta, &other) <= found + 1e-9, "{beta} {other:?}");
            }
        }
        // With nothing for neighbours each word takes its best; with much all take one.
        let each = aligned(&scores, regions, 0.0);
        let best =
            |word: usize| (0..regions).max_by(|a, b| scores[word * 3 + a].total_cmp(&scores[word * 3 + b])).unwrap();
        assert_eq!(each, (0..words).map(best).collect::<Vec<_>>());
        assert_eq!(segments(&aligned(&scores, regions, 100.0)).len(), 1);
    }

    #[test]
    fn segments_are_neighbours_of_one_region() {
        assert_eq!(segments(&[2, 2, 0, 2]), [(2, 0, 2), (0, 2, 1), (2, 3, 1)]);
        assert!(segments(&[]).is_empty() && aligned(&[], 3, 1.0).is_empty() && aligned(&[], 0, 1.0).is_empty());
    }
}
