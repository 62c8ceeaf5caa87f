-- The best attempt of each trainee, by score and then by users harmed; of one scenario with scenario=ID
SELECT trainee, scenario, score, outcome, failed, coalesce(rows_lost, 0) + coalesce(rows_wrong, 0) AS rows_hurt,
       round(resolved_at_ms / 60000, 1) AS minutes, attempts, left(digest, 12) AS run
FROM (
    SELECT *, count(*) OVER mine AS attempts, row_number() OVER (mine ORDER BY score DESC, failed, run) AS place
    FROM runs JOIN cards USING (run)
    WHERE trainee IS NOT NULL AND ($scenario::VARCHAR IS NULL OR scenario = $scenario)
    WINDOW mine AS (PARTITION BY trainee, scenario)
)
WHERE place = 1
ORDER BY score DESC, failed, trainee
LIMIT 50
