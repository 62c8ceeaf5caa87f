-- Each criterion as an item: how many points it gives, and how it goes with the rest of the card
SELECT scenario, axis, criterion, count(*) AS runs, round(avg(share), 3) AS p,
       round(corr(share, total - share), 3) AS corrected_r
FROM (
    SELECT run, scenario, axis, criterion, earned / possible AS share,
           sum(earned / possible) OVER (PARTITION BY run) AS total
    FROM findings JOIN runs USING (run)
    WHERE possible > 0 AND ($scenario::VARCHAR IS NULL OR scenario = $scenario)
)
GROUP BY scenario, axis, criterion
ORDER BY scenario, axis, criterion
