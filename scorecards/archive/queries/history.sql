-- Everything that one trainee played, the latest first: trainee=NAME
SELECT played_at, scenario, seed, outcome, score, passed, user_harm, data_harm, cards.decisions, diagnosis, communication,
       failed, left(digest, 12) AS run
FROM runs LEFT JOIN cards USING (run)
WHERE trainee = $trainee::VARCHAR
ORDER BY played_at DESC, run DESC
