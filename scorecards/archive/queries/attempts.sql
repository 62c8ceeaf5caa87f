-- Whether people get better: the mean score of first, second, third … attempts
SELECT scenario, attempt, count(*) AS runs, round(avg(score), 1) AS mean, round(stddev_samp(score), 1) AS spread
FROM (
    SELECT scenario, score, row_number() OVER (PARTITION BY trainee, scenario ORDER BY played_at, run) AS attempt
    FROM runs JOIN cards USING (run)
    WHERE trainee IS NOT NULL AND ($scenario::VARCHAR IS NULL OR scenario = $scenario)
)
WHERE attempt <= 10
GROUP BY scenario, attempt
ORDER BY scenario, attempt
