-- How often each scenario was played and resolved
SELECT scenario, count(*) AS runs, count(DISTINCT trainee) AS trainees,
       round(100 * avg((outcome = 'resolved')::INTEGER), 1) AS resolved_percent,
       median(resolved_at_ms) // 60000 AS median_minutes, sum(rows_lost) AS rows_lost
FROM runs
GROUP BY scenario
ORDER BY runs DESC, scenario
