-- PR-1207: one boolean in place of verification_status
-- up (each statement commits by itself)
ALTER TABLE users ADD COLUMN email_verified boolean NOT NULL DEFAULT false;
ALTER TABLE users ADD COLUMN verification_source text;
ALTER TABLE users ADD COLUMN verification_changed_at timestamptz;
UPDATE users SET email_verified = true WHERE verification_status = 'verified' AND created_at >= '2006-01-01';

-- down
ALTER TABLE users DROP COLUMN verification_changed_at;
ALTER TABLE users DROP COLUMN verification_source;
ALTER TABLE users DROP COLUMN email_verified;
