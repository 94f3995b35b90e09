"""Golden numbers for trainings with several seeds, by SciPy 1.16: python3 trainings.py > trainings.json"""
import json
import math

from scipy import stats

cases = []
for samples, other, deviation, count in [
    ([6.4, 6.6, 6.9], 6.61, 0.16, 5),
    ([8.27, 8.31, 8.02, 8.4, 8.11], 8.75, 0.2, 3),
    ([1.0, 1.25], 3.0, 0.5, 10),
    ([-0.1, 0.2, 0.05, -0.3, 0.15, 0.01, 0.07], 0.4, 0.1, 4),
]:
    n = len(samples)
    mean = sum(samples) / n
    s = math.sqrt(sum((x - mean) ** 2 for x in samples) / (n - 1))
    error = s * math.sqrt(1 + 1 / n)
    half = stats.t.ppf(0.975, n - 1) * error
    cases.append({
        "samples": samples, "other": other, "deviation": deviation, "count": count,
        "low": mean - half, "high": mean + half,
        "prediction_p": 2 * stats.t.sf(abs(other - mean) / error, n - 1),
        "welch_p": float(stats.ttest_ind_from_stats(mean, s, n, other, deviation, count, equal_var=False).pvalue),
        "paired_p": float(stats.ttest_1samp(samples, 0).pvalue),
    })
print(json.dumps(cases, indent=1))
