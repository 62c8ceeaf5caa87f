-- What somebody did in one run, and what was heard: run=ITS FIRST CHARACTERS
SELECT seq, printf('%d:%02d', at_ms // 60000, at_ms // 1000 % 60) AS at, fact, name, arguments
FROM entries
WHERE run = (SELECT min(run) FROM runs WHERE starts_with(digest, $run::VARCHAR))
  AND fact IN ('Asked', 'Refused', 'Predicted', 'AlertFired', 'AlertCleared', 'MessageArrived', 'Ended')
ORDER BY seq
