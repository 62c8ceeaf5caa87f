-- The best attempt of each trainee, by score and then by requests failed; of one scenario with scenario=ID
SELECT trainee, scenario, score, outcome, failed, coalesce(rows_lost, 0) + coalesce(rows_wrong, 0) AS rows_hurt,
       round(resolved_at_ms / 60000, 1) AS minutes, attempts, left(digest, 12) AS run
FROM (
    SELECT arg_min(run, (-score, failed, run)) AS run, count(*) AS attempts FROM runs JOIN cards USING (run)
    WHERE trainee IS NOT NULL AND ($scenario::VARCHAR IS NULL OR scenario = $scenario)
    GROUP BY trainee, scenario
)
JOIN runs USING (run) JOIN cards USING (run)
ORDER BY score DESC, failed, trainee
LIMIT 50
