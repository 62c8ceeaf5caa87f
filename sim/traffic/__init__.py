"""The traffic room counts requests: per second, endpoint, version and cause; queues and latency.

values      Mix, Serving, Flow, Pool, Regime: what is constant between two changes
quantiles   inverse distribution functions, made of + - * / only
noise       named streams, in blocks
plan        a regime, prepared for counting
ledger      what was counted
counts      arrivals, versions, causes
queue       connections: backlog, stalls, giving up
latency     how long it took; worked out only when somebody asks
watch       the first moment at which a threshold is passed
traffic     Traffic: settle, then change
"""
