//! Labels in a column that would lie on one another move apart as little as they can.

/// Returns where labels stand whose wishes are `wanted` (ascending), `height` apart at least, within `from` and `to` where
/// they have room there: the places nearest to the wishes, in least squares.
pub(super) fn apart(wanted: &[f64], height: f64, (from, to): (f64, f64)) -> Vec<f64> {
    // Without its own height each label may lie on the one before: isotonic regression by pooling adjacent violators.
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for (wish, place) in wanted.iter().zip(0_u32..) {
        let mut block = (wish - f64::from(place) * height, 1);
        while let Some(&(mean, count)) = blocks.last()
            && mean > block.0
        {
            let all = count + block.1;
            block = ((mean * count as f64 + block.0 * block.1 as f64) / all as f64, all);
            blocks.pop();
        }
        blocks.push(block);
    }
    let last = (to - from - height * wanted.len().saturating_sub(1) as f64).max(0.0);
    let levels = blocks.into_iter().flat_map(|(level, count)| std::iter::repeat_n(level, count));
    levels
        .zip(0_u32..)
        .map(|(level, place)| (level - from).clamp(0.0, last) + from + f64::from(place) * height)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::apart;

    #[test]
    fn labels_move_no_further_than_they_must() {
        assert_eq!(apart(&[10.0, 50.0], 12.0, (0.0, 100.0)), [10.0, 50.0]);
        assert_eq!(apart(&[10.0, 10.0], 12.0, (0.0, 100.0)), [4.0, 16.0]);
        assert_eq!(apart(&[0.0, 1.0, 90.0], 10.0, (0.0, 100.0)), [0.0, 10.0, 90.0]);
        assert_eq!(apart(&[99.0, 99.0], 10.0, (0.0, 100.0)), [90.0, 100.0]);
        assert!(apart(&[], 10.0, (0.0, 100.0)).is_empty());
    }
}
