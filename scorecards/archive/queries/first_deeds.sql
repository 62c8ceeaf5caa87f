-- What people decide first, and how their runs end
SELECT scenario, name AS first_deed, count(*) AS runs, round(avg(score), 1) AS mean,
       round(100 * avg((outcome = 'resolved')::INTEGER), 1) AS resolved_percent, median(at_ms) // 60000 AS at_minute
FROM (
    SELECT run, arg_min(name, seq) AS name, min(at_ms) AS at_ms FROM entries
    WHERE fact = 'Asked' AND NOT look AND name NOT IN ('declare', 'page', 'post_update', 'announce')
    GROUP BY run
)
JOIN runs USING (run) LEFT JOIN cards USING (run)
WHERE $scenario::VARCHAR IS NULL OR scenario = $scenario
GROUP BY scenario, name
ORDER BY scenario, runs DESC
