-- How scores and harm are spread over the runs of each scenario
SELECT scenario, count(*) AS runs, round(avg(score), 1) AS mean,
       quantile_cont(score, [0.1, 0.25, 0.5, 0.75, 0.9]) AS scores,
       quantile_disc(failed, [0.1, 0.5, 0.9]) AS failed,
       quantile_disc(resolved_at_ms // 60000, [0.1, 0.5, 0.9]) AS minutes,
       round(100 * avg(passed::INTEGER), 1) AS passed_percent
FROM runs JOIN cards USING (run)
WHERE $scenario::VARCHAR IS NULL OR scenario = $scenario
GROUP BY scenario
ORDER BY scenario
