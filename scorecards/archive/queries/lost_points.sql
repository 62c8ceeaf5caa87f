-- Where points are lost most: criteria by what they cost on average
SELECT scenario, axis, criterion, round(avg(possible - earned), 2) AS lost, round(avg(possible), 2) AS possible,
       round(100 * avg((earned = 0)::INTEGER), 1) AS none_percent
FROM findings JOIN runs USING (run)
WHERE possible > 0 AND ($scenario::VARCHAR IS NULL OR scenario = $scenario)
GROUP BY scenario, axis, criterion
ORDER BY lost DESC
LIMIT 50
