-- Each criterion as an item: how many points it gives, and how it goes with the rest of the card
SELECT scenario, axis, criterion, count(*) AS runs, round(avg(share), 3) AS p,
       if(stddev_pop(share) > 0, round(corr(share, shares - share), 3), NULL) AS corrected_r
FROM (SELECT run, axis, criterion, earned / possible AS share FROM findings WHERE possible > 0)
JOIN (SELECT run, scenario, shares FROM runs JOIN cards USING (run) WHERE $scenario::VARCHAR IS NULL OR scenario = $scenario)
USING (run)
GROUP BY scenario, axis, criterion
ORDER BY scenario, axis, criterion
