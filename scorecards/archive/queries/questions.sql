-- What was answered to each question last, how often, and with what score
SELECT scenario, question, choice, bool_or(is_right) AS is_right, count(*) AS runs,
       round(count(*) / sum(count(*)) OVER (PARTITION BY scenario, question), 3) AS share, round(avg(score), 1) AS mean_score
FROM (SELECT run, question, arg_max(choice, seq) AS choice, arg_max(is_right, seq) AS is_right FROM answers GROUP BY ALL)
JOIN runs USING (run) LEFT JOIN cards USING (run)
WHERE $scenario::VARCHAR IS NULL OR scenario = $scenario
GROUP BY scenario, question, choice
ORDER BY scenario, question, runs DESC
