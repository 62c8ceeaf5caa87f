"""The clock: SimPy schedules what takes time, and nothing else.

engine      one run: facts become true, traffic is settled, processes answer facts
mixes       what a build does to its requests in this world, and the regime that follows
rows        requests that wrote something become rows when somebody needs them
history     what was done to the rows, in order    making    carries it out, up to any moment
restores    backups are taken and brought back     alone     whether one table may be
scripts     SQL on the primary: locks, waiting, verdict, cost, loss
rollouts    a release replaces another, instance by instance
jobs        work by the clock          story    what happens by itself
costs       seconds by table size      endings  what 'resolved' means, computed
"""
