-- What the world refused most often
SELECT scenario, name AS action, count(*) AS times, count(DISTINCT run) AS runs
FROM entries JOIN runs USING (run)
WHERE fact = 'Refused' AND ($scenario::VARCHAR IS NULL OR scenario = $scenario)
GROUP BY scenario, name
ORDER BY times DESC, scenario, action
LIMIT 50
