-- One primary key in all: it is what makes a run that is brought twice one run.
CREATE TABLE runs (
    run INTEGER NOT NULL, seal VARCHAR PRIMARY KEY, digest VARCHAR NOT NULL, journal VARCHAR NOT NULL,
    trainee VARCHAR, played_at TIMESTAMP,
    scenario VARCHAR NOT NULL, scenario_digest VARCHAR NOT NULL, seed BIGINT NOT NULL, engine VARCHAR NOT NULL,
    format INTEGER NOT NULL, outcome VARCHAR NOT NULL, resolved_at_ms BIGINT, ended_at_ms BIGINT,
    entries INTEGER NOT NULL, decisions INTEGER NOT NULL, looks INTEGER NOT NULL, refused INTEGER NOT NULL,
    requests BIGINT, failed BIGINT, harmed BIGINT, rows_lost BIGINT, rows_wrong BIGINT, rows_overwritten BIGINT
);

CREATE TABLE entries (
    run INTEGER NOT NULL, seq INTEGER NOT NULL, at_ms BIGINT NOT NULL,
    fact VARCHAR NOT NULL, name VARCHAR, look BOOLEAN NOT NULL, arguments VARCHAR
);

CREATE TABLE counts (
    run INTEGER NOT NULL, block VARCHAR NOT NULL, name VARCHAR NOT NULL, measure VARCHAR NOT NULL, value BIGINT NOT NULL
);

CREATE TABLE answers (
    run INTEGER NOT NULL, seq INTEGER NOT NULL, at_ms BIGINT NOT NULL,
    question VARCHAR NOT NULL, choice VARCHAR[] NOT NULL, is_right BOOLEAN
);

CREATE TABLE cards (
    run INTEGER NOT NULL, score DOUBLE NOT NULL, passed BOOLEAN NOT NULL, hints DOUBLE NOT NULL,
    shares DOUBLE NOT NULL, -- of the points that each criterion could give, summed: what items are held against
    user_harm DOUBLE, data_harm DOUBLE, decisions DOUBLE, diagnosis DOUBLE, communication DOUBLE
);

CREATE TABLE findings (
    run INTEGER NOT NULL, criterion VARCHAR NOT NULL, axis VARCHAR NOT NULL,
    earned DOUBLE NOT NULL, possible DOUBLE NOT NULL, why VARCHAR NOT NULL, evidence INTEGER[] NOT NULL
);
