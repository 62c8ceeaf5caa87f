-- The latest runs
SELECT played_at, trainee, scenario, seed, outcome, score, passed, left(digest, 12) AS run
FROM runs LEFT JOIN cards USING (run)
ORDER BY played_at DESC NULLS LAST, runs.run DESC
LIMIT 50
